/* http_fixture.h - a server on a free port whose handler tells what it saw, and raw bytes against it; for the tests of http.
 *
 * Promise: a handler at /gate answers only when the test opens the gate: no test waits for a time.
 * Memory:  static; include it once a program.
 * Threads: handlers run on the server's threads, everything else on the test's.
 */
#ifndef PARLEY_TEST_HTTP_FIXTURE_H
#define PARLEY_TEST_HTTP_FIXTURE_H
#include "base/buf.h"
#include "io/http.h"
#include "unit/common/io/peer.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

enum {
    BODY_MAX = 64 * 1024,
    THREADS = 10
};

/* What one handler waits for, and the tests open: no request is answered before the fact that the test needs. */
struct gate {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int waiting;
    bool is_open;
};

static struct gate gate = { .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER };

static inline void gate_pass(void)
{
    (void)pthread_mutex_lock(&gate.lock);
    gate.waiting++;
    (void)pthread_cond_broadcast(&gate.changed);
    while (!gate.is_open)
        (void)pthread_cond_wait(&gate.changed, &gate.lock);
    gate.waiting--;
    (void)pthread_mutex_unlock(&gate.lock);
}

static inline void gate_set(bool is_open)
{
    (void)pthread_mutex_lock(&gate.lock);
    gate.is_open = is_open;
    (void)pthread_cond_broadcast(&gate.changed);
    (void)pthread_mutex_unlock(&gate.lock);
}

static inline void gate_await(int waiting)
{
    (void)pthread_mutex_lock(&gate.lock);
    while (gate.waiting < waiting)
        (void)pthread_cond_wait(&gate.changed, &gate.lock);
    (void)pthread_mutex_unlock(&gate.lock);
}

/* --- the handler --- */

static atomic_int handled;

/* method|path|query|X-Test|cookie a|length|body */
static inline void echo(struct http_request *rq)
{
    struct arena arena;
    struct buf out;
    struct str body;
    struct err err;
    arena_init(&arena, 1024 * 1024);
    buf_init(&out, 1024 * 1024);
    if (http_read_body(rq, BODY_MAX, &arena, &body, &err)) {
        struct str query = str_is_set(rq->query) ? rq->query : STR("(unset)");
        struct str header = http_header(rq, "x-TEST");
        struct str cookie = http_cookie(rq, "a");
        (void)buf_add_format(&out, "%.*s|%.*s|%.*s|%.*s|%.*s|%lld|", STR_ARGS(rq->method), STR_ARGS(rq->path),
                             STR_ARGS(query), STR_ARGS(header), STR_ARGS(cookie), (long long)rq->content_length);
        (void)buf_add(&out, body);
        (void)http_respond(rq, 200, "text/plain", NULL, 0, buf_str(&out));
    } else {
        (void)http_respond(rq, err_http_status(err.kind), "text/plain", NULL, 0, str_of(err.text));
    }
    buf_release(&out);
    arena_release(&arena);
}

static inline void stream(struct http_request *rq)
{
    static const struct http_header HEADERS[] = { { "X-Accel-Buffering", { "no", 2 } } };
    assert_true(http_stream_begin(rq, "text/event-stream", HEADERS, 1));
    assert_true(http_stream_write(rq, STR("one\n")));
    assert_true(http_stream_write(rq, STR("")));
    assert_true(http_stream_write(rq, STR("two\n")));
}

static inline void handle(struct http_request *rq, void *context)
{
    static const struct http_header NASTY[] = { { "X-Nasty", { "a\r\nSet-Cookie: b", 16 } } };
    assert_string_equal(context, "context");
    atomic_fetch_add(&handled, 1);
    if (str_is(rq->path, "/gate"))
        gate_pass();
    if (str_is(rq->path, "/silent"))
        return;
    if (str_is(rq->path, "/204"))
        (void)http_respond(rq, 204, NULL, NULL, 0, STR("never shown"));
    else if (str_is(rq->path, "/nasty"))
        (void)http_respond(rq, 200, NULL, NASTY, 1, STR("ok"));
    else if (str_is(rq->path, "/unread"))
        (void)http_respond(rq, 413, "text/plain", NULL, 0, STR("too much"));
    else if (str_is(rq->path, "/stream"))
        stream(rq);
    else
        echo(rq);
}

/* --- around each test --- */

static struct http_server *server;
static int port;
static char answer[PEER_ANSWER_BYTES];

static const struct http_options OPTIONS = {
    .listen = "127.0.0.1:0", .threads = THREADS, .keep_alive_ms = 3000, .request_ms = 3000, .variable = "TEST_LISTEN"
};

static inline int start_server(void **unused)
{
    struct err err;
    (void)unused;
    gate_set(false);
    if (!http_server_start(&server, &OPTIONS, handle, (void *)"context", &err))
        return -1;
    port = http_server_port(server);
    return port > 0 ? 0 : -1;
}

static inline int stop_server(void **unused)
{
    (void)unused;
    gate_set(true);
    http_server_stop(&server);
    return server ? -1 : 0;
}

static inline void expect(const char *request, const char *wanted)
{
    peer_talk(port, request, answer);
    if (!strstr(answer, wanted))
        fail_msg("asked: %s\nwanted: %s\ncame: %s", request, wanted, answer);
}

static inline size_t count(const char *text)
{
    size_t n = 0;
    for (const char *at = answer; (at = strstr(at, text)); at++)
        n++;
    return n;
}

#endif
