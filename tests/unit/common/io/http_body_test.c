/* Bodies, their limits, and requests that are malformed or ambiguous. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "unit/common/io/http_fixture.h"

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

int main(void)
{
    const struct CMUnitTest shared[] = {
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
    };
    return cmocka_run_group_tests(shared, start_server, stop_server);
}
