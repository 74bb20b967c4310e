/* Request and reply between a client and a server that come and go. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "unit/common/io/bus_fixture.h"

static void a_call_brings_the_context_there_and_the_reply_back(void **unused)
{
    (void)unused;
    struct peer peer;
    peer_start(&peer);
    struct bus_client *client = client_open();
    struct welcome welcome;
    struct bus_reply_info info = { 0 };
    struct arena arena;
    struct err err;
    arena_init(&arena, 1024 * 1024);
    const struct bus_context context = { .tenant = 42, .actor = STR("user:1"), .operation = { { 9 } } };
    const struct hello hello = { .sender = STR("echo 5") };
    assert_true(bus_call(client, OP_hello, &context, &hello, &arena, &welcome, &info, DEADLINE_MS, &err));
    assert_int_equal(welcome.epoch, 5);
    assert_int_equal(welcome.generation, 42);
    assert_int_equal(info.event_id, 77);
    assert_true(info.is_replay);
    assert_true(
        bus_call(client, OP_hello, &context, &hello, &arena, NULL, NULL, DEADLINE_MS, &err)); /* only success matters */
    arena_release(&arena);
    bus_client_close(&client);
    assert_null(client);
    peer_stop(&peer);
}

static void a_refusal_arrives_with_kind_field_and_text(void **unused)
{
    (void)unused;
    struct peer peer;
    peer_start(&peer);
    struct bus_client *client = client_open();
    struct arena arena;
    struct err err;
    arena_init(&arena, 1024);
    const struct bus_context context = { .actor = STR("key:7") };
    const struct hello hello = { .sender = STR("refuse") };
    assert_false(bus_call(client, OP_hello, &context, &hello, &arena, NULL, NULL, DEADLINE_MS, &err));
    assert_int_equal(err.kind, ERR_CONFLICT);
    assert_string_equal(err.field, "sender");
    assert_string_equal(err.text, "key:7 is not wanted");
    arena_release(&arena);
    bus_client_close(&client);
    peer_stop(&peer);
}

static void silence_is_busy_at_the_deadline_and_not_before(void **unused)
{
    (void)unused;
    struct peer peer;
    peer_start(&peer);
    struct bus_client *client = client_open();
    int64_t epoch;
    struct err err;
    int64_t began_us = clock_boot_us();
    assert_false(ask(client, "silent", 1, SHORT_MS, &epoch, &err));
    assert_true(clock_boot_us() - began_us >= SHORT_MS * 1000 - 1000);
    assert_int_equal(err.kind, ERR_BUSY);
    assert_false(ask(client, "silent", 1, 0, &epoch, &err));
    assert_int_equal(err.kind, ERR_BUSY);
    assert_false(ask(client, "silent", 1, -5, &epoch, &err));
    expect_echo(client, 3);
    bus_client_close(&client);
    peer_stop(&peer);
}

static void a_reply_after_its_deadline_goes_to_nobody(void **unused)
{
    (void)unused;
    struct peer peer;
    peer_start(&peer);
    struct bus_client *client = client_open();
    int64_t epoch;
    struct err err;
    assert_false(ask(client, "keep", 1, SHORT_MS, &epoch, &err));
    expect_echo(client, 2); /* the late reply comes just before this one's */
    expect_echo(client, 3);
    bus_client_close(&client);
    peer_stop(&peer);
}

struct caller {
    pthread_t thread;
    struct bus_client *client;
    int64_t first;
    int wrong, answered;
};

static void call_once(struct caller *c, int64_t number, int64_t timeout_ms)
{
    int64_t epoch = -1;
    struct err err;
    bool ok = ask(c->client, "echo", number, timeout_ms, &epoch, &err);
    c->answered += ok ? 1 : 0;
    c->wrong += ok && epoch != number ? 1 : 0;
}

static void *caller_thread(void *arg)
{
    struct caller *c = arg;
    for (int64_t i = 0; i < CALLS; i++)
        call_once(c, c->first + i, DEADLINE_MS);
    return NULL;
}

static void callers_start(struct caller callers[CALLERS], struct bus_client *client)
{
    for (int i = 0; i < CALLERS; i++) {
        callers[i] = (struct caller){ .client = client, .first = (int64_t)i * 1000000 };
        assert_int_equal(pthread_create(&callers[i].thread, NULL, caller_thread, &callers[i]), 0);
    }
}

/* Each has that many answers, and none of them is another's. */
static void callers_join(struct caller callers[CALLERS], int wanted)
{
    int answered = 0;
    int wrong = 0;
    for (int i = 0; i < CALLERS; i++) {
        assert_int_equal(pthread_join(callers[i].thread, NULL), 0);
        answered += callers[i].answered;
        wrong += callers[i].wrong;
    }
    assert_int_equal(wrong, 0);
    assert_int_equal(answered, CALLERS * wanted);
}

static void many_threads_call_at_once_and_each_gets_its_own_reply(void **unused)
{
    (void)unused;
    struct peer peer;
    struct caller callers[CALLERS];
    peer_start(&peer);
    struct bus_client *client = client_open();
    callers_start(callers, client);
    callers_join(callers, CALLS);
    assert_int_equal(atomic_load(&peer.taken), CALLERS * CALLS);
    bus_client_close(&client);
    peer_stop(&peer);
}

static atomic_bool restarts_are_over;

/* A call that a restart has lost costs its deadline, so that is short: whoever still wants to know asks again, as P2 allows. */
static void *restless_thread(void *arg)
{
    struct caller *c = arg;
    int64_t number = c->first;
    while (!atomic_load(&restarts_are_over))
        call_once(c, number++, SHORT_MS);
    c->answered = 0;
    call_once(c, number, DEADLINE_MS);
    return NULL;
}

static void await_taken(struct peer *peer, int wanted)
{
    int64_t until_ms = clock_boot_ms() + DEADLINE_MS;
    while (atomic_load(&peer->taken) < wanted) {
        if (clock_boot_ms() > until_ms)
            fail_msg("the server was asked %d times, not %d", atomic_load(&peer->taken), wanted);
        (void)poll(NULL, 0, 1); /* between two looks */
    }
}

static void a_server_that_restarts_amid_calls_is_found_again(void **unused)
{
    (void)unused;
    struct peer peer;
    struct caller callers[CALLERS];
    peer_start(&peer);
    struct bus_client *client = client_open();
    for (int i = 0; i < CALLERS; i++) {
        callers[i] = (struct caller){ .client = client, .first = (int64_t)i * 1000000 };
        assert_int_equal(pthread_create(&callers[i].thread, NULL, restless_thread, &callers[i]), 0);
    }
    for (int restart = 0; restart < 5; restart++) {
        await_taken(&peer, CALLERS);
        peer_stop(&peer);
        peer_start(&peer);
    }
    await_taken(&peer, CALLERS);
    atomic_store(&restarts_are_over, true);
    callers_join(callers, 1); /* the last call of each */
    bus_client_close(&client);
    peer_stop(&peer);
}

static void a_call_waits_for_a_peer_that_comes_before_its_deadline(void **unused)
{
    (void)unused;
    struct peer peer;
    struct caller callers[CALLERS];
    int64_t epoch;
    struct err err;
    struct bus_client *client = client_open();
    assert_false(ask(client, "echo", 1, SHORT_MS, &epoch, &err));
    assert_int_equal(err.kind, ERR_BUSY);
    callers_start(callers, client);
    peer_start(&peer);
    callers_join(callers, CALLS);
    assert_int_equal(atomic_load(&peer.taken), CALLERS * CALLS); /* the one that gave up was not queued for later */
    bus_client_close(&client);
    peer_stop(&peer);
}

static void a_client_knows_whether_its_peer_lives(void **unused)
{
    (void)unused;
    struct peer peer;
    struct bus_client *client = client_open();
    assert_false(bus_client_is_connected(client, DEADLINE_MS));
    peer_start(&peer);
    await_connected(client, true, 3000); /* by its own pings */
    peer_stop(&peer);
    await_connected(client, false, 100);
    peer_start(&peer);
    await_connected(client, true, 3000);
    bus_client_close(&client);
    peer_stop(&peer);
}

static void *call_in_vain(void *client)
{
    struct err err = { 0 };
    struct hello hello = { .sender = STR("never 1") };
    bool ok = bus_call(client, OP_hello, NULL, &hello, NULL, NULL, NULL, DEADLINE_MS, &err);
    return !ok && err.kind == ERR_BUSY ? client : NULL;
}

static void who_hangs_up_ends_the_calls_that_wait_and_those_that_come(void **unused)
{
    (void)unused;
    struct bus_client *client = client_open(); /* nobody is there: a call waits */
    pthread_t caller;
    void *was_busy = NULL;
    int64_t began_ms = clock_boot_ms();
    assert_int_equal(pthread_create(&caller, NULL, call_in_vain, client), 0);
    bus_client_hang_up(client); /* before the call or amid it: both end */
    assert_int_equal(pthread_join(caller, &was_busy), 0);
    assert_non_null(was_busy);
    assert_non_null(call_in_vain(client));
    assert_true(clock_boot_ms() - began_ms < DEADLINE_MS); /* not by their deadlines */
    bus_client_close(&client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_call_brings_the_context_there_and_the_reply_back),
        cmocka_unit_test(a_refusal_arrives_with_kind_field_and_text),
        cmocka_unit_test(silence_is_busy_at_the_deadline_and_not_before),
        cmocka_unit_test(a_reply_after_its_deadline_goes_to_nobody),
        cmocka_unit_test(many_threads_call_at_once_and_each_gets_its_own_reply),
        cmocka_unit_test(a_server_that_restarts_amid_calls_is_found_again),
        cmocka_unit_test(a_call_waits_for_a_peer_that_comes_before_its_deadline),
        cmocka_unit_test(a_client_knows_whether_its_peer_lives),
        cmocka_unit_test(who_hangs_up_ends_the_calls_that_wait_and_those_that_come),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
