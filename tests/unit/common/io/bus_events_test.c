/* The broadcast of events. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "unit/common/io/bus_fixture.h"

/* Publishes `number` again and again until the subscriber has it: subscribing takes a moment. */
static void publish_until_heard(struct bus_publisher *publisher, struct bus_subscriber *subscriber, int64_t number,
                                struct arena *arena)
{
    struct event_frame got = { 0 };
    int64_t until_ms = clock_boot_ms() + DEADLINE_MS;
    while (got.number != number) {
        const struct event_frame event = { .tenant = 1, .number = number, .type = STR("head") };
        bus_publish(publisher, &event);
        (void)bus_subscriber_next(subscriber, 20, arena, &got); /* nothing yet: once more */
        if (clock_boot_ms() > until_ms)
            fail_msg("event %lld was not heard", (long long)number);
    }
    while (bus_subscriber_next(subscriber, 50, arena, &got)) /* its repetitions */
        assert_int_equal(got.number, number);
}

static void events_arrive_in_order_and_again_after_a_restart(void **unused)
{
    (void)unused;
    struct bus_publisher *publisher;
    struct bus_subscriber *subscriber;
    struct err err;
    struct arena arena;
    arena_init(&arena, 4 * 1024 * 1024);
    assert_true(
        bus_subscriber_open(&subscriber, BUS_ALL, endpoint, &err)); /* first: a reader may be there before the worker */
    struct event_frame got;
    assert_false(bus_subscriber_next(subscriber, 1, &arena, &got));
    assert_true(bus_publisher_open(&publisher, endpoint, &err));
    publish_until_heard(publisher, subscriber, 1, &arena);
    for (int64_t i = 2; i <= 500; i++) {
        const struct event_frame event = {
            .tenant = 3, .number = i, .type = STR("message.created"), .data = STR("{\"id\":1}")
        };
        bus_publish(publisher, &event);
    }
    for (int64_t i = 2; i <= 500; i++) {
        assert_true(bus_subscriber_next(subscriber, DEADLINE_MS, &arena, &got));
        assert_int_equal(got.number, i);
        assert_int_equal(got.tenant, 3);
        assert_true(str_is(got.type, "message.created"));
        assert_true(str_is(got.data, "{\"id\":1}"));
    }
    bus_publisher_close(&publisher);
    assert_true(bus_publisher_open(&publisher, endpoint, &err));
    publish_until_heard(publisher, subscriber, 1000, &arena);
    bus_subscriber_close(&subscriber);
    bus_publisher_close(&publisher);
    assert_null(subscriber);
    assert_null(publisher);
    arena_release(&arena);
}

static void nothing_is_heard_and_the_publisher_knows_until_it_is_followed(void **unused)
{
    (void)unused;
    struct bus_publisher *publisher;
    struct bus_subscriber *subscriber;
    struct err err;
    struct arena arena;
    struct event_frame got;
    arena_init(&arena, 4 * 1024 * 1024);
    assert_true(bus_publisher_open(&publisher, endpoint, &err));
    assert_true(bus_subscriber_open(&subscriber, BUS_NOTHING, endpoint, &err));
    for (int round = 1; round <= 2; round++) {
        const int64_t until_ms = clock_boot_ms() + DEADLINE_MS;
        assert_false(bus_publisher_is_followed(publisher));
        bus_publish(publisher, &(struct event_frame){ .tenant = 1, .number = 1, .type = STR("message.created") });
        assert_true(bus_subscriber_follow(subscriber, true));
        publish_until_heard(publisher, subscriber, 10 * round, &arena);
        assert_true(bus_publisher_is_followed(publisher));
        assert_true(bus_subscriber_follow(subscriber, false));
        while (bus_publisher_is_followed(publisher))
            assert_true(clock_boot_ms() < until_ms);
        while (bus_subscriber_next(subscriber, 1, &arena, &got)) /* what was on its way */
            continue;
    }
    bus_subscriber_close(&subscriber);
    bus_publisher_close(&publisher);
    arena_release(&arena);
}

static void a_malformed_event_is_passed_over(void **unused)
{
    (void)unused;
    zsock_t *raw = zsock_new(ZMQ_PUB);
    assert_non_null(raw);
    assert_true(zsock_bind(raw, "%s", endpoint) >= 0);
    struct bus_subscriber *subscriber;
    struct err err;
    struct arena arena;
    arena_init(&arena, 1024 * 1024);
    assert_true(bus_subscriber_open(&subscriber, BUS_ALL, endpoint, &err));
    struct buf good;
    buf_init(&good, 4096);
    const struct event_frame event = { .tenant = 1, .number = 9, .type = STR("head") };
    assert_true(record_encode(&event_frame_record, &event, &good));
    struct event_frame got = { 0 };
    int64_t until_ms = clock_boot_ms() + DEADLINE_MS;
    while (got.number != 9) {
        assert_true(clock_boot_ms() < until_ms);
        (void)zmq_send(zsock_resolve(raw), "\xC1", 1, 0);
        (void)zmq_send(zsock_resolve(raw), buf_str(&good).p, good.n, 0);
        (void)bus_subscriber_next(subscriber, 20, &arena, &got); /* false for the malformed one */
    }
    buf_release(&good);
    arena_release(&arena);
    bus_subscriber_close(&subscriber);
    zsock_destroy(&raw);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events_arrive_in_order_and_again_after_a_restart),
        cmocka_unit_test(nothing_is_heard_and_the_publisher_knows_until_it_is_followed),
        cmocka_unit_test(a_malformed_event_is_passed_over),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
