/* Answers that leave their handler: who waits for them, in which order they arrive, and what becomes of them at an end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "unit/common/io/http_fixture.h"

#include <errno.h>

enum { LEFT_MAX = 4 };

/* What the handler has left to the test, in its order. */
static struct {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct http_request rq[LEFT_MAX];
    char path[LEFT_MAX][16];
    int n;
    int refused; /* handlers that had to answer by themselves */
} left = { .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER };

static void leave(struct http_request *rq)
{
    char body[32];
    (void)pthread_mutex_lock(&left.lock);
    assert_true(left.n < LEFT_MAX);
    if (http_defer(rq, &left.rq[left.n])) {
        (void)snprintf(left.path[left.n++], sizeof left.path[0], "%.*s", STR_ARGS(rq->path));
    } else {
        left.refused++;
        (void)snprintf(body, sizeof body, "<%.*s>", STR_ARGS(rq->path));
        (void)http_respond(rq, 200, "text/plain", NULL, 0, str_of(body));
    }
    (void)pthread_cond_broadcast(&left.changed);
    (void)pthread_mutex_unlock(&left.lock);
}

static void handle_by_leaving(struct http_request *rq, void *context)
{
    if (str_starts(rq->path, STR("/now")))
        handle(rq, context);
    else
        leave(rq);
}

static void left_await(int n)
{
    (void)pthread_mutex_lock(&left.lock);
    while (left.n < n)
        (void)pthread_cond_wait(&left.changed, &left.lock);
    (void)pthread_mutex_unlock(&left.lock);
}

/* Until n requests have met leave(). How many of them were left. */
static int met_await(int n)
{
    (void)pthread_mutex_lock(&left.lock);
    while (left.n + left.refused < n)
        (void)pthread_cond_wait(&left.changed, &left.lock);
    int were_left = left.n;
    (void)pthread_mutex_unlock(&left.lock);
    return were_left;
}

static void left_forget(void)
{
    (void)pthread_mutex_lock(&left.lock);
    left.n = left.refused = 0;
    (void)pthread_mutex_unlock(&left.lock);
}

static int left_refused(void)
{
    (void)pthread_mutex_lock(&left.lock);
    int n = left.refused;
    (void)pthread_mutex_unlock(&left.lock);
    return n;
}

/* Gives the answer that was left as the i-th: its path in brackets. */
static bool give(int i)
{
    char body[32];
    (void)snprintf(body, sizeof body, "<%s>", left.path[i]);
    bool is_written = http_respond(&left.rq[i], 200, "text/plain", NULL, 0, str_of(body));
    http_release(&left.rq[i]);
    return is_written;
}

static int start_leaving(void **unused)
{
    struct err err;
    (void)unused;
    left_forget();
    gate_set(false);
    if (!http_server_start(&server, &OPTIONS, handle_by_leaving, (void *)"context", &err))
        return -1;
    port = http_server_port(server);
    return port > 0 ? 0 : -1;
}

static void another_thread_answers_and_the_connection_goes_on(void **unused)
{
    (void)unused;
    int fd = peer_connect(port);
    for (int i = 0; i < 3; i++) {
        peer_say(fd, "GET /a HTTP/1.1\r\n\r\n");
        left_await(i + 1);
        assert_true(give(i));
        peer_read_until(fd, answer, "<");
        assert_non_null(strstr(answer, "\r\nConnection: keep-alive\r\n"));
        assert_non_null(strstr(answer, "\r\nContent-Length: 4\r\n"));
        assert_non_null(strstr(answer, "\r\n\r\n</a>"));
    }
    assert_int_equal(left_refused(), 0);
    peer_say(fd, "GET /now HTTP/1.1\r\nConnection: close\r\n\r\n");
    peer_read_all(fd, answer);
    assert_non_null(strstr(answer, "GET|/now|"));
    (void)close(fd);
}

static void a_head_request_gets_no_body_later_either(void **unused)
{
    (void)unused;
    int fd = peer_connect(port);
    peer_say(fd, "HEAD /a HTTP/1.1\r\nConnection: close\r\n\r\n");
    left_await(1);
    assert_true(give(0));
    peer_read_all(fd, answer);
    assert_non_null(strstr(answer, "\r\nContent-Length: 4\r\n"));
    assert_string_equal(strstr(answer, "\r\n\r\n"), "\r\n\r\n");
    (void)close(fd);
}

/* The second is not handled before the first is answered; from then on the peer is one that does not wait, and gets no deferred answers:
 * unless its thread was so late to read on that the first answer had begun. */
static void pipelined_requests_are_answered_in_their_order(void **unused)
{
    (void)unused;
    int fd = peer_connect(port);
    int before = atomic_load(&handled);
    peer_say(fd, "GET /a HTTP/1.1\r\n\r\nGET /now HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\nConnection: close\r\n\r\n");
    left_await(1);
    int probe = peer_connect(port); /* a whole other request meanwhile */
    peer_say(probe, "GET /now HTTP/1.1\r\nConnection: close\r\n\r\n");
    peer_read_all(probe, answer);
    (void)close(probe);
    assert_int_equal(atomic_load(&handled), before + 1);
    assert_true(give(0));
    if (met_await(2) == 2)
        assert_true(give(1));
    peer_read_all(fd, answer);
    const char *a = strstr(answer, "</a>"), *now = strstr(answer, "GET|/now|"), *b = strstr(answer, "</b>");
    assert_true(a && now && b && a < now && now < b);
    assert_int_equal(count("HTTP/1.1 200 "), 3);
    (void)close(fd);
}

static void what_civetweb_refuses_comes_behind_the_answer_before_it(void **unused)
{
    (void)unused;
    int fd = peer_connect(port);
    peer_say(fd, "GET /a HTTP/1.1\r\n\r\nnonsense\r\n\r\n");
    left_await(1);
    assert_true(give(0));
    peer_read_all(fd, answer);
    const char *a = strstr(answer, "</a>"), *refusal = strstr(answer, "HTTP/1.1 400 ");
    assert_true(a && refusal && a < refusal);
    (void)close(fd);
}

/* The one before may still be ending. */
static bool connections_become(int n)
{
    int64_t until_ms = clock_boot_ms() + PEER_DEADLINE_MS;
    while (http_server_connections(server) != n && clock_boot_ms() < until_ms)
        (void)usleep(1000);
    return http_server_connections(server) == n;
}

static void a_connection_ends_after_its_answer(void **unused)
{
    (void)unused;
    static const char *const REQUESTS[] = { "GET /a HTTP/1.1\r\nConnection: close\r\n\r\n", "GET /a HTTP/1.0\r\n\r\n" };
    for (int i = 0; i < 2; i++) {
        int fd = peer_connect(port);
        peer_say(fd, REQUESTS[i]);
        left_await(i + 1);
        assert_true(connections_become(1));
        assert_true(give(i));
        peer_read_all(fd, answer);
        assert_non_null(strstr(answer, "\r\nConnection: close\r\n"));
        assert_non_null(strstr(answer, "</a>"));
        (void)close(fd);
    }
}

/* And is told that the connection ends, once its thread has seen that: sooner or later. */
static void a_peer_that_has_said_all_still_gets_its_answer(void **unused)
{
    (void)unused;
    bool is_told = false;
    int64_t until_ms = clock_boot_ms() + PEER_DEADLINE_MS;
    for (int others = 0; !is_told && clock_boot_ms() < until_ms; others++) {
        int fd = peer_connect(port);
        left_forget();
        peer_say(fd, "GET /a HTTP/1.1\r\n\r\n");
        assert_int_equal(shutdown(fd, SHUT_WR), 0);
        left_await(1);
        for (int i = 0; i < others; i++)
            expect("GET /now HTTP/1.1\r\nConnection: close\r\n\r\n", "GET|/now|");
        assert_true(give(0));
        peer_read_all(fd, answer);
        assert_non_null(strstr(answer, "</a>"));
        is_told = strstr(answer, "\r\nConnection: close\r\n") != NULL;
        (void)close(fd);
    }
    assert_true(is_told);
}

/* Its place is not given away while its answer is outstanding: or that would go to whoever came next. */
static void the_answer_for_a_peer_that_is_gone_reaches_nobody_else(void **unused)
{
    (void)unused;
    int fd = peer_connect(port);
    peer_say(fd, "GET /a HTTP/1.1\r\n\r\n");
    left_await(1);
    (void)close(fd);
    enum { OTHERS = THREADS / 2 };
    int others[OTHERS];
    for (int i = 0; i < OTHERS; i++) {
        others[i] = peer_connect(port);
        peer_say(others[i], "GET /now HTTP/1.1\r\n\r\n");
        peer_read_until(others[i], answer, "GET|/now|");
    }
    assert_int_equal(http_server_connections(server), OTHERS + 1);
    (void)give(0); /* written into the void, or not: both are fine */
    for (int i = 0; i < OTHERS; i++) {
        char byte;
        assert_int_equal(recv(others[i], &byte, 1, MSG_DONTWAIT), -1);
        assert_true(errno == EAGAIN);
        (void)close(others[i]);
    }
}

static void *drains(void *is_idle)
{
    *(bool *)is_idle = http_server_drain(server, clock_boot_ms() + PEER_DEADLINE_MS);
    return NULL;
}

static void a_drain_waits_for_answers_that_were_left(void **unused)
{
    (void)unused;
    pthread_t drainer;
    bool is_idle = false;
    int fd = peer_connect(port);
    peer_say(fd, "GET /a HTTP/1.1\r\n\r\n");
    left_await(1);
    assert_false(http_server_drain(server, clock_boot_ms() + 10));
    assert_int_equal(pthread_create(&drainer, NULL, drains, &is_idle), 0);
    assert_true(give(0));
    assert_int_equal(pthread_join(drainer, NULL), 0);
    assert_true(is_idle);
    peer_read_until(fd, answer, "</a>");
    assert_non_null(strstr(answer, "\r\nConnection: close\r\n"));
    (void)close(fd);
}

static void *stops_it(void *unused)
{
    (void)unused;
    http_server_stop(&server);
    return NULL;
}

static bool is_listening(void)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool is_there = connect(fd, (struct sockaddr *)&address, sizeof address) == 0;
    (void)close(fd);
    return is_there;
}

static void a_stop_waits_for_who_still_uses_a_connection(void **unused)
{
    (void)unused;
    pthread_t stopper;
    int fd = peer_connect(port);
    peer_say(fd, "GET /a HTTP/1.1\r\n\r\n");
    left_await(1);
    assert_int_equal(pthread_create(&stopper, NULL, stops_it, NULL), 0);
    while (is_listening()) /* until the drain has given up and civetweb is being stopped */
        continue;
    (void)give(0);
    assert_int_equal(pthread_join(stopper, NULL), 0);
    assert_null(server);
    (void)close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(another_thread_answers_and_the_connection_goes_on, start_leaving, stop_server),
        cmocka_unit_test_setup_teardown(a_head_request_gets_no_body_later_either, start_leaving, stop_server),
        cmocka_unit_test_setup_teardown(pipelined_requests_are_answered_in_their_order, start_leaving, stop_server),
        cmocka_unit_test_setup_teardown(what_civetweb_refuses_comes_behind_the_answer_before_it, start_leaving,
                                        stop_server),
        cmocka_unit_test_setup_teardown(a_connection_ends_after_its_answer, start_leaving, stop_server),
        cmocka_unit_test_setup_teardown(a_peer_that_has_said_all_still_gets_its_answer, start_leaving, stop_server),
        cmocka_unit_test_setup_teardown(the_answer_for_a_peer_that_is_gone_reaches_nobody_else, start_leaving,
                                        stop_server),
        cmocka_unit_test_setup_teardown(a_drain_waits_for_answers_that_were_left, start_leaving, stop_server),
        cmocka_unit_test_setup_teardown(a_stop_waits_for_who_still_uses_a_connection, start_leaving, stop_server),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
