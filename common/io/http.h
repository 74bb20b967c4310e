/* http.h - civetweb behind a small face: one handler, raw path and query, bodies with a limit, whole answers in one write.
 *
 * Promise: path and query are as they stood on the request line, nothing decoded or normalised (signatures need that).
 *          Over-long headers (16 KiB) and malformed requests are answered by civetweb itself; requests whose length is ambiguous
 *          (two Content-Length, one beside Transfer-Encoding, 64 headers or more) by us with 400 or 431: they never reach the handler.
 *          Every method reaches it that civetweb knows, OPTIONS and PATCH included. Files are never served, nor looked for.
 *          An answer carries Content-Length, and leaves in one send. Keep-alive is on; above 80 % of busy threads, while draining
 *          and after a large body that nobody read: Connection: close. A handler that did not answer is answered for with 500.
 *          A handler may leave its answer to another thread: the connection's next request, its end and a drain wait for it.
 * Memory:  what a request lends (path, headers) lives until the handler returns; the body lives in the arena it was read into.
 * Threads: the handler runs on civetweb's threads, one a connection. Their stacks are 100 KB: no large arrays in handlers.
 */
#ifndef PARLEY_HTTP_H
#define PARLEY_HTTP_H
#include "base/arena.h"
#include "base/base.h"
#include "base/err.h"

struct http_server;
struct http_connection;
struct mg_connection;

struct http_request {
    struct str method;
    struct str path; /* raw, without query */
    struct str query; /* raw, without '?'; unset when there is no '?' */
    struct str peer; /* address of the TCP peer, no port */
    int64_t content_length; /* -1: not told */
    bool is_answered;
    /* for http.c alone */
    struct mg_connection *connection;
    struct http_connection *own; /* of a deferred one: whom to tell */
    bool is_deferred;
    bool is_chunked;
    bool has_body_left; /* the peer sends, or waits to send, bytes that nobody has read */
    bool must_close;
};

struct http_header {
    const char *name;
    struct str value;
};

struct http_options {
    const char *listen; /* "127.0.0.1:3001"; port 0 picks a free one */
    int threads; /* one per open connection: idle keep-alive ones hold a thread too; fewer where the process may open few files */
    int keep_alive_ms; /* an idle connection is closed after this */
    int request_ms; /* a header must be here whole by then; a body and an answer must move on within it */
    const char *variable; /* "INGRESS_LISTEN": named when the address is taken */
    /* A thread with a request waits for its turn on a processor instead of pushing another off it. */
    bool is_for_throughput;
};

typedef void http_handler(struct http_request *rq, void *context);

/* Listens and serves when it returns true; requests may be served before it returns, *out is set before the first.
 * False: *err names options->variable, *out is NULL. */
MUST_USE bool http_server_start(struct http_server **out, const struct http_options *options, http_handler *handler,
                                void *context, struct err *err);
/* Answers new requests with 503 and Connection: close, and waits for the running handlers. False: some still ran at the deadline. */
bool http_server_drain(struct http_server *server, int64_t deadline_boot_ms);
/* Drains (at most 5 s), stops accepting, joins the threads (civetweb looks every 2 s), frees; *server becomes NULL. NULL is fine. */
void http_server_stop(struct http_server **server);
int http_server_port(const struct http_server *server);
/* Connections that are open now. */
int http_server_connections(const struct http_server *server);

/* Value of a request header, any case of the name; unset when missing. */
struct str http_header(const struct http_request *rq, const char *name);
/* Value of a cookie; unset when missing. */
struct str http_cookie(const struct http_request *rq, const char *name);

/* Reads the whole body, once; answers "Expect: 100-continue". Content-Length or chunked. False: ERR_TOO_BIG over max_bytes (before reading when Content-Length tells), ERR_INPUT when it broke off. */
MUST_USE bool http_read_body(struct http_request *rq, size_t max_bytes, struct arena *arena, struct str *out,
                             struct err *err);

/* The one answer. Content-Type is left out when NULL; no body for 204/304 and HEAD. False when the peer is gone: nothing to do then. */
bool http_respond(struct http_request *rq, int status, const char *content_type, const struct http_header *headers,
                  size_t n, struct str body);

/* Takes the one answer out of the handler, which returns without it: any thread then calls http_respond(later, …) once, does what else must
 * be done before a drain is over, and calls http_release(). *later is the caller's; what the request lends ends with the handler all the same.
 * False: the handler must answer by itself. So it is on a connection whose peer did not wait for an earlier answer: it may not read this
 * one either, and who answers many must not wait for one. */
MUST_USE bool http_defer(struct http_request *rq, struct http_request *later);
void http_release(struct http_request *later);

/* A stream (SSE): header first, then pieces until a write fails. */
bool http_stream_begin(struct http_request *rq, const char *content_type, const struct http_header *headers, size_t n);
bool http_stream_write(struct http_request *rq, struct str bytes);

#endif
