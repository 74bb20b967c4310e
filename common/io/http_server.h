/* http_server.h - what http.c and http_server.c share; nobody else includes it.
 *
 * Promise: http.c reads and answers one request; http_server.c owns the connections, the counters and the drain.
 * Memory:  a server is made by http_server_start() and freed by http_server_stop().
 * Threads: handler, context and threads are const while it runs; the rest is atomic or under the lock.
 */
#ifndef PARLEY_HTTP_SERVER_H
#define PARLEY_HTTP_SERVER_H
#include "io/http.h"

#include <pthread.h>
#include <stdatomic.h>

struct mg_context;

struct http_server {
    struct mg_context *civetweb;
    http_handler *handler;
    void *context;
    int threads;
    int queued_max; /* accepted, and waiting for a thread */
    atomic_int connections;
    atomic_int running; /* handlers */
    atomic_bool is_draining;
    pthread_mutex_t lock; /* with `idle` only: a drain waits for running == 0 */
    pthread_cond_t idle;
    atomic_bool is_started;
    char why_not[120]; /* what civetweb said while starting; nothing writes it afterwards */
};

struct http_server *http_server_of(const struct mg_connection *c);
/* Whether the peer sends its body only after a "100 Continue". */
bool http_expects_continue(const struct http_request *rq);
/* Now, as the Date header wants it. Borrowed until the thread's next call. */
const char *http_date(void);

#endif
