/* webhook.h - the port that Plivo calls: one HTTP request, from its first line to its answer.
 *
 * Promise: a 200 is written only after the event is on stable storage (P1). Refusals come in the contract's order: 404, 405, 413, 415,
 *          400 Missing signature headers, 403 Invalid signature, 400 naming the field, 503 with Retry-After.
 * Units:   bodies of at most BODY_MAX_BYTES.
 * Memory:  one scratch a request, pooled.
 * Threads: civetweb's, one a connection: INGRESS_THREADS of them, since an idle connection holds one, too. What is durable is answered by
 *          the lane's answering thread (ack.h).
 * Source:  contract.md, section Ingress.
 */
#ifndef PARLEY_INGRESS_WEBHOOK_H
#define PARLEY_INGRESS_WEBHOOK_H
#include "io/bus.h"
#include "signed_url.h"

enum { BODY_MAX_BYTES = 64 * 1024, REQUEST_MS = 10000, RETRY_AFTER_S = 5, WORKER_HEARD_MS = 3000 };

struct webhook_options {
    struct str listen;
    int64_t port; /* not 0: in place of the one in `listen` */
    int threads;
    int keep_alive_ms;
    struct str public_url;
    struct str name; /* of this ingress; empty: the host's */
    bool is_observing;
    struct proxies proxies;
    struct bus_client *worker; /* for /health alone */
};

MUST_USE bool webhook_start(const struct webhook_options *options, struct err *err);
/* Whether a webhook could be made durable now, by the worker or by the spool. */
bool webhook_ready(struct err *why);
void webhook_drain(int64_t deadline_boot_ms);
void webhook_stop(void);
/* Where it listens; for tests that asked for port 0. */
int webhook_port(void);

#endif
