/* http_server.h - what http.c and http_server.c share; nobody else includes it.
 *
 * Promise: http.c reads and answers one request; http_server.c owns the connections, the counters and the drain; http_deferred.c knows who
 *          may write on a connection whose handler has returned.
 * Memory:  a server is made by http_server_start() and freed by http_server_stop(), a connection's own by civetweb's first and last call.
 * Threads: what stands before `connections` is const while it runs; the rest is atomic or under the lock.
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
    bool is_for_throughput;
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
/* A handler, or the answer that it left to others, is done. */
void http_handler_ends(struct http_server *server);
/* Whether the connection ends with this answer. */
bool http_must_close(const struct http_request *rq);
/* Whether the peer sends its body only after a "100 Continue". */
bool http_expects_continue(const struct http_request *rq);
/* Now, as the Date header wants it. Borrowed until the thread's next call. */
const char *http_date(void);

/* What one connection owes its peer. NULL: no memory; then every handler answers by itself. */
struct http_connection *http_connection_new(void);
/* Waits until nothing is owed: whoever answers still uses the socket. */
void http_connection_free(struct http_connection *own);
/* Before anything else is written: waits for the answer before. False: that one broke off, and nothing may follow. */
MUST_USE bool http_connection_settle(struct http_connection *own);
/* The same of a deferred answer, whose headers are gone: what was known when it was deferred, or has happened since. */
bool http_deferred_must_close(const struct http_request *later);
/* A deferred answer is about to be written; it could not be written whole. */
void http_deferred_begins(struct http_request *later);
void http_deferred_breaks(struct http_request *later);

#endif
