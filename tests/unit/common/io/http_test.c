/* A server on a free port and raw bytes against it. The handler tells what it saw. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/buf.h"
#include "io/http.h"
#include "unit/common/io/peer.h"

#include <civetweb.h>
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

static void gate_pass(void)
{
    (void)pthread_mutex_lock(&gate.lock);
    gate.waiting++;
    (void)pthread_cond_broadcast(&gate.changed);
    while (!gate.is_open)
        (void)pthread_cond_wait(&gate.changed, &gate.lock);
    gate.waiting--;
    (void)pthread_mutex_unlock(&gate.lock);
}

static void gate_set(bool is_open)
{
    (void)pthread_mutex_lock(&gate.lock);
    gate.is_open = is_open;
    (void)pthread_cond_broadcast(&gate.changed);
    (void)pthread_mutex_unlock(&gate.lock);
}

static void gate_await(int waiting)
{
    (void)pthread_mutex_lock(&gate.lock);
    while (gate.waiting < waiting)
        (void)pthread_cond_wait(&gate.changed, &gate.lock);
    (void)pthread_mutex_unlock(&gate.lock);
}

/* --- the handler --- */

static atomic_int handled;

/* method|path|query|X-Test|cookie a|length|body */
static void echo(struct http_request *rq)
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

static void stream(struct http_request *rq)
{
    static const struct http_header HEADERS[] = { { "X-Accel-Buffering", { "no", 2 } } };
    assert_true(http_stream_begin(rq, "text/event-stream", HEADERS, 1));
    assert_true(http_stream_write(rq, STR("one\n")));
    assert_true(http_stream_write(rq, STR("")));
    assert_true(http_stream_write(rq, STR("two\n")));
}

static void handle(struct http_request *rq, void *context)
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

static int start_server(void **unused)
{
    struct err err;
    (void)unused;
    gate_set(false);
    if (!http_server_start(&server, &OPTIONS, handle, (void *)"context", &err))
        return -1;
    port = http_server_port(server);
    return port > 0 ? 0 : -1;
}

static int stop_server(void **unused)
{
    (void)unused;
    gate_set(true);
    http_server_stop(&server);
    return server ? -1 : 0;
}

static void expect(const char *request, const char *wanted)
{
    peer_talk(port, request, answer);
    if (!strstr(answer, wanted))
        fail_msg("asked: %s\nwanted: %s\ncame: %s", request, wanted, answer);
}

static size_t count(const char *text)
{
    size_t n = 0;
    for (const char *at = answer; (at = strstr(at, text)); at++)
        n++;
    return n;
}

/* --- the tests --- */

static void path_and_query_arrive_as_they_stood_on_the_request_line(void **unused)
{
    (void)unused;
    expect("GET /a%2Fb/../c//d%20?x=%41&y=+%zz HTTP/1.1\r\nConnection: close\r\n\r\n",
           "\r\n\r\nGET|/a%2Fb/../c//d%20|x=%41&y=+%zz|");
    expect("GET / HTTP/1.1\r\nConnection: close\r\n\r\n", "\r\n\r\nGET|/|(unset)|");
    expect("GET /? HTTP/1.1\r\nConnection: close\r\n\r\n", "\r\n\r\nGET|/|||");
    expect("GET /a?b?c HTTP/1.1\r\nConnection: close\r\n\r\n", "\r\n\r\nGET|/a|b?c|");
}

static void every_method_reaches_the_handler(void **unused)
{
    (void)unused;
    static const char *const METHODS[] = { "GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND" };
    for (size_t i = 0; i < COUNT(METHODS); i++) {
        char request[256];
        char wanted[64];
        (void)snprintf(
            request, sizeof request,
            "%s /m HTTP/1.1\r\nOrigin: http://x\r\nAccess-Control-Request-Method: PUT\r\nConnection: close\r\n\r\n",
            METHODS[i]);
        (void)snprintf(wanted, sizeof wanted, "\r\n\r\n%s|/m|", METHODS[i]);
        expect(request, wanted);
        assert_null(strstr(answer, "Access-Control"));
    }
}

static void an_upgrade_is_answered_as_a_plain_request(void **unused)
{
    (void)unused;
    expect(
        "GET /w HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        "Sec-WebSocket-Version: 13\r\n\r\n",
        "\r\n\r\nGET|/w|");
    assert_non_null(strstr(answer, "HTTP/1.1 200 "));
    assert_non_null(strstr(answer, "\r\nConnection: close\r\n"));
}

static void headers_and_cookies_are_found(void **unused)
{
    (void)unused;
    expect("GET /h HTTP/1.1\r\nX-Test:  v w \r\nCookie: aa=1; a=two=2 ;b=3\r\nConnection: close\r\n\r\n",
           "|/h|(unset)|v w");
    assert_non_null(strstr(answer, "|two=2|"));
    expect("GET /h HTTP/1.1\r\nCookie: aa=1; b=3\r\nConnection: close\r\n\r\n", "|/h|(unset)|||-1|");
}

static void a_head_request_gets_the_length_and_no_body(void **unused)
{
    (void)unused;
    expect("HEAD /h HTTP/1.1\r\nConnection: close\r\n\r\n", "\r\nContent-Length: 21\r\n");
    assert_string_equal(strstr(answer, "\r\n\r\n"), "\r\n\r\n");
}

static void no_content_has_neither_length_nor_body(void **unused)
{
    (void)unused;
    expect("GET /204 HTTP/1.1\r\nConnection: close\r\n\r\n", "HTTP/1.1 204 No Content\r\n");
    assert_null(strstr(answer, "Content-Length"));
    assert_string_equal(strstr(answer, "\r\n\r\n"), "\r\n\r\n");
}

static void an_answer_names_date_and_no_product(void **unused)
{
    (void)unused;
    expect("GET / HTTP/1.1\r\nConnection: close\r\n\r\n", " GMT\r\n");
    assert_null(strstr(answer, "Server:"));
    assert_null(strstr(answer, "ivet"));
    assert_null(strstr(answer, "\r\nX-"));
}

static void a_headers_value_cannot_begin_a_header(void **unused)
{
    (void)unused;
    expect("GET /nasty HTTP/1.1\r\nConnection: close\r\n\r\n", "\r\nX-Nasty: a  Set-Cookie: b\r\n");
}

static void a_handler_that_says_nothing_is_a_500(void **unused)
{
    (void)unused;
    expect("GET /silent HTTP/1.1\r\nConnection: close\r\n\r\n", "HTTP/1.1 500 ");
}

static void a_connection_serves_many_requests_also_pipelined(void **unused)
{
    (void)unused;
    int fd = peer_connect(port);
    peer_say(fd, "GET /1 HTTP/1.1\r\n\r\n");
    peer_read_until(fd, answer, "GET|/1|");
    assert_non_null(strstr(answer, "\r\nConnection: keep-alive\r\n"));
    peer_say(fd, "POST /2 HTTP/1.1\r\nContent-Length: 3\r\n\r\nabcPOST /3 HTTP/1.1\r\nContent-Length: 2\r\n\r\nde"
                 "GET /4 HTTP/1.1\r\nConnection: close\r\n\r\n");
    peer_read_all(fd, answer);
    assert_non_null(strstr(answer, "POST|/2|(unset)|||3|abc"));
    assert_non_null(strstr(answer, "POST|/3|(unset)|||2|de"));
    assert_non_null(strstr(answer, "GET|/4|"));
    assert_int_equal(count("HTTP/1.1 200 "), 3);
    (void)close(fd);
}

static void http_1_0_closes_unless_asked_otherwise(void **unused)
{
    (void)unused;
    expect("GET / HTTP/1.0\r\n\r\n", "\r\nConnection: close\r\n");
    int fd = peer_connect(port);
    peer_say(fd, "GET /1 HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n");
    peer_read_until(fd, answer, "GET|/1|");
    assert_non_null(strstr(answer, "\r\nConnection: keep-alive\r\n"));
    peer_say(fd, "GET /2 HTTP/1.0\r\n\r\n");
    peer_read_all(fd, answer);
    assert_non_null(strstr(answer, "GET|/2|"));
    (void)close(fd);
}

static void a_chunked_body_is_put_together(void **unused)
{
    (void)unused;
    expect("POST /c HTTP/1.1\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\nabc\r\n5;x=y\r\n",
           "HTTP/1.1 400");
    expect(
        "POST /c HTTP/1.1\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n",
        "POST|/c|(unset)|||-1|abc0123456789");
}

static void after_a_chunked_body_the_connection_goes_on(void **unused)
{
    (void)unused;
    int fd = peer_connect(port);
    peer_say(fd, "POST /1 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n");
    peer_read_until(fd, answer, "|-1|x");
    peer_say(fd, "GET /2 HTTP/1.1\r\nConnection: close\r\n\r\n");
    peer_read_all(fd, answer);
    assert_non_null(strstr(answer, "GET|/2|"));
    (void)close(fd);
}

static void a_body_in_many_pieces_arrives_whole(void **unused)
{
    (void)unused;
    char head[128];
    char *body = malloc(BODY_MAX + 1);
    assert_non_null(body);
    memset(body, 'z', BODY_MAX);
    body[BODY_MAX] = '\0';
    int fd = peer_connect(port);
    (void)snprintf(head, sizeof head, "POST /b HTTP/1.1\r\nContent-Length: %d\r\nConnection: close\r\n\r\n",
                   BODY_MAX - 1024);
    peer_say(fd, head);
    for (size_t at = 0; at < BODY_MAX - 1024; at += 1000)
        peer_send(fd, body + at, min_size(1000, BODY_MAX - 1024 - at));
    peer_read_all(fd, answer);
    const char *begin = strstr(answer, "|64512|zzz");
    assert_non_null(begin);
    assert_int_equal(strlen(begin), 7 + BODY_MAX - 1024);
    (void)close(fd);
    free(body);
}

static void a_client_that_waits_for_continue_is_told(void **unused)
{
    (void)unused;
    int fd = peer_connect(port);
    peer_say(fd, "POST /e HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 3\r\nConnection: close\r\n\r\n");
    peer_read_until(fd, answer, "HTTP/1.1 100 Continue\r\n\r\n");
    peer_say(fd, "abc");
    peer_read_all(fd, answer);
    assert_non_null(strstr(answer, "|3|abc"));
    (void)close(fd);
}

static void a_client_that_waits_is_refused_without_its_body(void **unused)
{
    (void)unused;
    expect("POST /e HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 65537\r\n\r\n", "HTTP/1.1 413 ");
    assert_non_null(strstr(answer, "\r\nConnection: close\r\n"));
    assert_null(strstr(answer, "100 Continue"));
}

static void a_body_over_the_limit_is_413_and_its_sender_still_reads_that(void **unused)
{
    (void)unused;
    static char body[300 * 1000];
    memset(body, 'b', sizeof body);
    static const char *const HEADS[] = { "POST /big HTTP/1.1\r\nContent-Length: 300000\r\n\r\n",
                                         "POST /unread HTTP/1.1\r\nContent-Length: 300000\r\n\r\n" };
    for (size_t i = 0; i < COUNT(HEADS); i++) {
        int fd = peer_connect(port);
        peer_say(fd, HEADS[i]);
        peer_send(fd, body, sizeof body);
        peer_read_all(fd, answer);
        assert_non_null(strstr(answer, "HTTP/1.1 413 "));
        assert_non_null(strstr(answer, "\r\nConnection: close\r\n"));
        (void)close(fd);
    }
}

static void a_chunked_body_over_the_limit_is_413(void **unused)
{
    (void)unused;
    char *body = malloc(BODY_MAX + 64);
    assert_non_null(body);
    int n = snprintf(body, 32, "10001\r\n");
    memset(body + n, 'c', 0x10001);
    memcpy(body + n + 0x10001, "\r\n0\r\n\r\n", 7);
    int fd = peer_connect(port);
    peer_say(fd, "POST /big HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n");
    peer_send(fd, body, (size_t)n + 0x10001 + 7);
    peer_read_all(fd, answer);
    assert_non_null(strstr(answer, "HTTP/1.1 413 "));
    (void)close(fd);
    free(body);
}

static void a_small_body_that_nobody_read_does_not_become_the_next_request(void **unused)
{
    (void)unused;
    int fd = peer_connect(port);
    peer_say(
        fd,
        "POST /unread HTTP/1.1\r\nContent-Length: 30\r\n\r\nGET /smuggled HTTP/1.1\r\n\r\nxxxxGET /2 HTTP/1.1\r\nConnection: close\r\n\r\n");
    peer_read_all(fd, answer);
    assert_non_null(strstr(answer, "HTTP/1.1 413 "));
    assert_non_null(strstr(answer, "GET|/2|"));
    assert_null(strstr(answer, "smuggled"));
    (void)close(fd);
}

static void a_body_that_breaks_off_is_400(void **unused)
{
    (void)unused;
    int fd = peer_connect(port);
    peer_say(fd, "POST /b HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc");
    assert_int_equal(shutdown(fd, SHUT_WR), 0);
    peer_read_all(fd, answer);
    assert_non_null(strstr(answer, "HTTP/1.1 400 "));
    assert_non_null(strstr(answer, "broke off after 3 bytes"));
    (void)close(fd);
}

static void an_ambiguous_length_is_refused_before_the_handler(void **unused)
{
    (void)unused;
    static const char *const HEADERS[] = { "Content-Length: 3\r\nContent-Length: 4",
                                           "Content-Length: 3\r\nTransfer-Encoding: chunked",
                                           "Content-Length: 3x",
                                           "Content-Length: +3",
                                           "Transfer-Encoding: identity",
                                           "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
                                           "Content-Length: 99999999999999999999",
                                           "Content-Length: -3" };
    int before = atomic_load(&handled);
    for (size_t i = 0; i < COUNT(HEADERS); i++) {
        char request[256];
        (void)snprintf(request, sizeof request, "POST /s HTTP/1.1\r\n%s\r\n\r\n", HEADERS[i]);
        peer_talk(port, request, answer);
        if (!strstr(answer, "HTTP/1.1 400 ") && !strstr(answer, "HTTP/1.1 411 "))
            fail_msg("%s: %s", HEADERS[i], answer);
    }
    assert_int_equal(atomic_load(&handled), before);
}

static void more_headers_than_are_read_are_refused(void **unused)
{
    (void)unused;
    char request[4096] = "GET / HTTP/1.1\r\n";
    size_t n = strlen(request);
    for (int i = 0; i < 70; i++)
        n += (size_t)snprintf(request + n, sizeof request - n, "X-%d: y\r\n", i);
    (void)snprintf(request + n, sizeof request - n, "\r\n");
    int before = atomic_load(&handled);
    expect(request, "HTTP/1.1 431 ");
    assert_int_equal(atomic_load(&handled), before);
}

static void malformed_requests_never_reach_the_handler(void **unused)
{
    (void)unused;
    static const char *const REQUESTS[] = {
        "BREW / HTTP/1.1\r\n\r\n",     "GET / HTTP/2.0\r\n\r\n", "GET /\r\n\r\n",
        "GET / HTTP/1.1\r\nx\r\n\r\n", "GET x HTTP/1.1\r\n\r\n", "\x16\x03\x01\r\n\r\n",
        "GET /\x80 HTTP/1.1\r\n\r\n"
    };
    int before = atomic_load(&handled);
    for (size_t i = 0; i < COUNT(REQUESTS); i++) {
        peer_talk(port, REQUESTS[i], answer);
        assert_null(strstr(answer, "HTTP/1.1 200 "));
    }
    assert_int_equal(atomic_load(&handled), before);
}

static void an_over_long_header_is_refused(void **unused)
{
    (void)unused;
    static char request[17 * 1024];
    memset(request, 'h', sizeof request - 1);
    memcpy(request, "GET / HTTP/1.1\r\nX-Test: ", 24);
    int fd = peer_connect(port);
    peer_send(fd, request, 16 * 1024); /* not a byte more than is read: what stays unread would reset the connection */
    int before = atomic_load(&handled);
    peer_read_all(fd, answer);
    assert_int_equal(atomic_load(&handled), before);
    assert_non_null(strstr(answer, "HTTP/1.1 400 "));
    (void)close(fd);
}

static void a_stream_goes_on_until_its_handler_ends(void **unused)
{
    (void)unused;
    expect("GET /stream HTTP/1.1\r\n\r\n", "\r\nContent-Type: text/event-stream\r\n");
    assert_non_null(strstr(answer, "\r\nX-Accel-Buffering: no\r\n"));
    assert_non_null(strstr(answer, "\r\nConnection: close\r\n"));
    assert_null(strstr(answer, "Content-Length"));
    assert_string_equal(strstr(answer, "\r\n\r\n"), "\r\n\r\none\ntwo\n");
}

/* Opens connections whose handlers wait at the gate; all of them are answered at the end. */
static void above_eighty_percent_of_the_threads_connections_close(void **unused)
{
    (void)unused;
    enum {
        HELD = THREADS * 8 / 10
    };
    int held[HELD];
    for (int i = 0; i < HELD - 1; i++) {
        held[i] = peer_connect(port);
        peer_say(held[i], "GET /gate HTTP/1.1\r\n\r\n");
    }
    gate_await(HELD - 1);
    int probe = peer_connect(port); /* the eighth of ten: still kept */
    peer_say(probe, "GET /probe HTTP/1.1\r\n\r\n");
    peer_read_until(probe, answer, "GET|/probe|");
    assert_non_null(strstr(answer, "\r\nConnection: keep-alive\r\n"));
    held[HELD - 1] = peer_connect(port);
    peer_say(held[HELD - 1], "GET /gate HTTP/1.1\r\n\r\n");
    gate_await(HELD); /* nine now */
    assert_int_equal(http_server_connections(server), HELD + 1);
    peer_say(probe, "GET /probe HTTP/1.1\r\n\r\n");
    peer_read_all(probe, answer);
    assert_non_null(strstr(answer, "\r\nConnection: close\r\n"));
    (void)close(probe);
    gate_set(true);
    for (int i = 0; i < HELD; i++) {
        peer_read_until(held[i], answer, "GET|/gate|");
        (void)close(held[i]);
    }
}

static void *stops(void *unused)
{
    (void)unused;
    http_server_stop(&server);
    return NULL;
}

static void a_stop_waits_for_running_handlers_and_their_answers_arrive(void **unused)
{
    (void)unused;
    pthread_t stopper;
    int held = peer_connect(port);
    int idle = peer_connect(port);
    peer_say(idle, "GET /idle HTTP/1.1\r\n\r\n");
    peer_read_until(idle, answer, "GET|/idle|");
    peer_say(held, "GET /gate HTTP/1.1\r\n\r\n");
    gate_await(1);
    assert_int_equal(pthread_create(&stopper, NULL, stops, NULL), 0);
    do { /* served or refused: closed as soon as the drain has begun */
        peer_say(idle, "GET /again HTTP/1.1\r\n\r\n");
        peer_read_until(idle, answer, "\r\n\r\n");
    } while (!strstr(answer, "\r\nConnection: close\r\n"));
    (void)close(idle);
    int before = atomic_load(&handled);
    expect("GET /late HTTP/1.1\r\n\r\n", "HTTP/1.1 503 ");
    assert_int_equal(atomic_load(&handled), before);
    gate_set(true);
    peer_read_all(held, answer);
    assert_non_null(strstr(answer, "GET|/gate|"));
    (void)close(held);
    assert_int_equal(pthread_join(stopper, NULL), 0);
    assert_null(server);
}

static void a_drain_that_is_not_done_in_time_says_so(void **unused)
{
    (void)unused;
    int held = peer_connect(port);
    peer_say(held, "GET /gate HTTP/1.1\r\n\r\n");
    gate_await(1);
    assert_false(http_server_drain(server, clock_boot_ms() + 10));
    gate_set(true);
    assert_true(http_server_drain(server, clock_boot_ms() + PEER_DEADLINE_MS));
    peer_read_all(held, answer);
    assert_non_null(strstr(answer, "GET|/gate|"));
    (void)close(held);
}

static void an_address_that_is_taken_is_named_with_its_variable(void **unused)
{
    (void)unused;
    struct http_server *second = NULL;
    struct http_options options = OPTIONS;
    struct err err;
    char listen[32];
    (void)snprintf(listen, sizeof listen, "127.0.0.1:%d", port);
    options.listen = listen;
    assert_false(http_server_start(&second, &options, handle, NULL, &err));
    char wanted[128];
    (void)snprintf(wanted, sizeof wanted, "%s cannot be listened on: Address already in use", listen);
    assert_string_equal(err.field, "TEST_LISTEN");
    assert_string_equal(err.text, wanted);
    options.listen = "192.0.2.1:0"; /* TEST-NET-1: nobody's */
    assert_false(http_server_start(&second, &options, handle, NULL, &err));
    assert_string_equal(err.text, "192.0.2.1:0 cannot be listened on: Cannot assign requested address");
    assert_null(second);
}

/* Debian's civetweb is built without IPv6; the day it is not, the other half of this test is the one that runs. */
static void ipv6_is_served_or_refused_by_name(void **unused)
{
    (void)unused;
    struct http_server *second = NULL;
    struct http_options options = OPTIONS;
    struct err err;
    options.listen = "[::1]:0";
    bool is_started = http_server_start(&second, &options, handle, (void *)"context", &err);
    if (mg_check_feature(MG_FEATURES_IPV6) == 0) {
        assert_false(is_started);
        assert_string_equal(err.text, "[::1]:0 cannot be listened on: civetweb is built without IPv6 here");
        return;
    }
    assert_true(is_started);
    struct sockaddr_in6 address = { .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)http_server_port(second)) };
    address.sin6_addr = in6addr_loopback;
    int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    peer_say(fd, "GET /six HTTP/1.1\r\nConnection: close\r\n\r\n");
    peer_read_all(fd, answer);
    assert_non_null(strstr(answer, "GET|/six|"));
    (void)close(fd);
    http_server_stop(&second);
    assert_null(second);
    http_server_stop(&second); /* NULL is fine */
}

#define WITH_SERVER(test) cmocka_unit_test_setup_teardown(test, start_server, stop_server)

int main(void)
{
    /* most tests share one server; those that hold, drain or stop it have their own */
    const struct CMUnitTest shared[] = {
        cmocka_unit_test(path_and_query_arrive_as_they_stood_on_the_request_line),
        cmocka_unit_test(every_method_reaches_the_handler),
        cmocka_unit_test(an_upgrade_is_answered_as_a_plain_request),
        cmocka_unit_test(headers_and_cookies_are_found),
        cmocka_unit_test(a_head_request_gets_the_length_and_no_body),
        cmocka_unit_test(no_content_has_neither_length_nor_body),
        cmocka_unit_test(an_answer_names_date_and_no_product),
        cmocka_unit_test(a_headers_value_cannot_begin_a_header),
        cmocka_unit_test(a_handler_that_says_nothing_is_a_500),
        cmocka_unit_test(a_connection_serves_many_requests_also_pipelined),
        cmocka_unit_test(http_1_0_closes_unless_asked_otherwise),
        cmocka_unit_test(a_chunked_body_is_put_together),
        cmocka_unit_test(after_a_chunked_body_the_connection_goes_on),
        cmocka_unit_test(a_body_in_many_pieces_arrives_whole),
        cmocka_unit_test(a_client_that_waits_for_continue_is_told),
        cmocka_unit_test(a_client_that_waits_is_refused_without_its_body),
        cmocka_unit_test(a_body_over_the_limit_is_413_and_its_sender_still_reads_that),
        cmocka_unit_test(a_chunked_body_over_the_limit_is_413),
        cmocka_unit_test(a_small_body_that_nobody_read_does_not_become_the_next_request),
        cmocka_unit_test(a_body_that_breaks_off_is_400),
        cmocka_unit_test(an_ambiguous_length_is_refused_before_the_handler),
        cmocka_unit_test(more_headers_than_are_read_are_refused),
        cmocka_unit_test(malformed_requests_never_reach_the_handler),
        cmocka_unit_test(an_over_long_header_is_refused),
        cmocka_unit_test(a_stream_goes_on_until_its_handler_ends),
        cmocka_unit_test(an_address_that_is_taken_is_named_with_its_variable),
        cmocka_unit_test(ipv6_is_served_or_refused_by_name),
    };
    const struct CMUnitTest alone[] = {
        WITH_SERVER(above_eighty_percent_of_the_threads_connections_close),
        WITH_SERVER(a_stop_waits_for_running_handlers_and_their_answers_arrive),
        WITH_SERVER(a_drain_that_is_not_done_in_time_says_so),
    };
    int failed = cmocka_run_group_tests(shared, start_server, stop_server);
    return failed + cmocka_run_group_tests(alone, NULL, NULL);
}
