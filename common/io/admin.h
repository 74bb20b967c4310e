/* admin.h - /healthz, /readyz and /metrics of one process; service.c alone uses it.
 *
 * Promise: /healthz is 200 while the process can answer at all and asks nobody else. /readyz is 200 only while every part is ready,
 *          else 503, and names each part with "ready" or why not. /metrics is Prometheus text. Nothing else is served.
 * Threads: two of civetweb's; admin_ask() is called on them, several at a time.
 */
#ifndef PARLEY_ADMIN_H
#define PARLEY_ADMIN_H
#include "base/err.h"
#include "io/metrics.h"

enum {
    ADMIN_PARTS_MAX = 12
};

struct admin_part {
    const char *name;
    bool is_ready;
    struct err why; /* while it is not */
};

struct admin_state {
    const char *status; /* "starting", "ready", "not_ready" or "stopping" */
    bool is_ready;
    size_t n;
    struct admin_part parts[ADMIN_PARTS_MAX];
};

typedef void admin_ask(struct admin_state *out);

/* False: *err names ADMIN_LISTEN. One per process. */
MUST_USE bool admin_start(const char *listen, const struct metric_table *metrics, admin_ask *ask, struct err *err);
void admin_stop(void);
/* Where it listens: the one that was picked when ADMIN_LISTEN ends in :0. */
int admin_port(void);

#endif
