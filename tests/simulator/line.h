/* line.h - kept connections to webhooks that need neither TLS nor a resolver: http:// and a numeric address. Such a try costs a
 * fifth of libcurl's, and a load test makes three for each message; every other URL is libcurl's (carrier.c).
 *
 * Promise: a request is written once: when a kept connection turns out to be cut, the try has no answer. A connection carries one
 *          try at a time, and is used again when its answer allows it and it was idle for LINE_IDLE_MS at most.
 * Units:   at most LINES_MAX connections; …_us CLOCK_BOOTTIME.
 * Memory:  what lines_go_on() lends lives until the callback returns.
 * Threads: the carrier's.
 * Source:  RFC 9112.
 */
#ifndef PARLEY_SIM_LINE_H
#define PARLEY_SIM_LINE_H
#include "base/buf.h"
#include "base/err.h"
#include <netinet/in.h>
#include <sys/socket.h>

enum { LINES_MAX = 128, LINE_IDLE_MS = 5000 };

/* Where a URL leads. Borrows from it. */
struct line_target {
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } address;
    socklen_t address_n;
    struct str host; /* as the Host header says it */
    struct str path; /* with its query; may be empty, or begin with '?' */
};

/* False: not plain http, no numeric address, or odd (user names, dot segments, a byte that is not printable ASCII). */
bool line_target_of(struct str url, struct line_target *out);

/* A try has ended; `status` 0 when no answer came. */
typedef void line_ended(void *what, int status, struct str body);

MUST_USE bool lines_open(struct err *err);
/* Tells nobody of what still ran. */
void lines_close(void);
/* Readable when lines_go_on() has something to do. */
int lines_fd(void);

/* Sends the request, or begins to. False: no connection, or all LINES_MAX carry a try. */
MUST_USE bool lines_start(const struct line_target *target, struct str request, void *what, int64_t deadline_us);
/* Whatever came in, and whatever passed its deadline. */
void lines_go_on(int64_t now_us, line_ended *ended);

#endif
