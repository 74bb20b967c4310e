/* requests.h - webhooks made and signed before the clock starts, so that making them costs the run nothing.
 *
 * Promise: as Plivo sends an inbound text: its parameters, its headers, a V3 signature over them; or as a program asks the API to send. MessageUUIDs are unique within a pool and
 *          between pools of different seeds; senders are drawn from `people` numbers. The same options give the same bytes.
 * Units:   a request is about 700 bytes.
 * Memory:  one heap block; requests_release() frees it.
 * Threads: one owner.
 */
#ifndef PARLEY_BENCH_REQUESTS_H
#define PARLEY_BENCH_REQUESTS_H
#include "base/buf.h"
#include "base/err.h"

enum { UUID_CHARS = 36 };

struct request_options {
    const char *host_port; /* of the Host header */
    const char *path;
    const char *public_url; /* what is signed: scheme and host as Plivo was told */
    const char *token, *to;
    size_t numbers; /* of ours, from `to` on, in turn */
    bool is_send;   /* POST /api/v1/messages instead, unsigned, to one of the people */
    size_t n, people;
    uint64_t seed;
};

struct request {
    uint32_t at, n; /* in `bytes` */
    char uuid[UUID_CHARS + 1];
};

struct requests {
    struct request *v;
    size_t n;
    struct buf bytes;
};

MUST_USE bool requests_make(const struct request_options *options, struct requests *out, struct err *err);
void requests_release(struct requests *requests);

#endif
