/* Paths, methods, headers, connections, streams, and how a server ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "unit/common/io/http_fixture.h"

#include <civetweb.h>

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
        cmocka_unit_test(a_stream_goes_on_until_its_handler_ends),
        cmocka_unit_test(an_address_that_is_taken_is_named_with_its_variable),
        cmocka_unit_test(ipv6_is_served_or_refused_by_name),
    };
    const struct CMUnitTest alone[] = {
        cmocka_unit_test_setup_teardown(above_eighty_percent_of_the_threads_connections_close, start_server,
                                        stop_server),
        cmocka_unit_test_setup_teardown(a_stop_waits_for_running_handlers_and_their_answers_arrive, start_server,
                                        stop_server),
        cmocka_unit_test_setup_teardown(a_drain_that_is_not_done_in_time_says_so, start_server, stop_server),
    };
    int failed = cmocka_run_group_tests(shared, start_server, stop_server);
    return failed + cmocka_run_group_tests(alone, NULL, NULL);
}
