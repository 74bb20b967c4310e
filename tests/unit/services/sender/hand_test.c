#include "hand.h"

#include "io/clock.h"
#include "unit/cmocka_all.h"

#include <pthread.h>

enum { CONNECTIONS = 4, LONG_US = 5000000 };

static struct granted_send a_send(int64_t attempt)
{
    return (
        struct granted_send){ .tenant = 1, .attempt = attempt, .from = STR("+15550100000"), .to = STR("+15550100001") };
}

static struct hand *a_hand(void)
{
    struct hand *hand = NULL;
    struct err err;
    assert_true(hand_new(&hand, CONNECTIONS, &err));
    return hand;
}

static void put(struct hand *hand, int64_t attempt)
{
    struct granted_send send = a_send(attempt);
    assert_true(hand_put(hand, &send, clock_boot_us(), clock_boot_us() + LONG_US));
}

static bool is_listed(struct hand *hand, int64_t attempt)
{
    static struct attempt_ref refs[HAND_SLOTS];
    size_t n = hand_list(hand, refs);
    for (size_t i = 0; i < n; i++)
        if (refs[i].attempt == attempt)
            return true;
    return false;
}

static void an_attempt_is_in_hand_until_its_outcome_is_acknowledged(void **state)
{
    (void)state;
    struct hand *hand = a_hand();
    struct hand_slot *ended[2];
    put(hand, 7);
    assert_true(is_listed(hand, 7));
    struct hand_slot *slot = hand_take(hand);
    assert_true(is_listed(hand, 7));
    hand_end(hand, slot);
    assert_true(is_listed(hand, 7));
    assert_int_equal(hand_ended(hand, clock_boot_us() + LONG_US, ended, 2), 1);
    assert_true(is_listed(hand, 7));
    hand_return(hand, ended[0]); /* the worker was away */
    assert_int_equal(hand_ended(hand, clock_boot_us() + LONG_US, ended, 2), 1);
    hand_drop(hand, ended[0]);
    assert_false(is_listed(hand, 7));
    hand_free(&hand);
}

static void there_is_room_for_as_many_as_connections_are_free(void **state)
{
    (void)state;
    struct hand *hand = a_hand();
    int64_t now_us = clock_boot_us();
    assert_int_equal(hand_room(hand, now_us), CONNECTIONS);
    for (int64_t i = 0; i < CONNECTIONS; i++) {
        put(hand, i + 1);
        assert_int_equal(hand_room(hand, now_us), CONNECTIONS - 1 - i);
    }
    struct hand_slot *slot = hand_take(hand);
    assert_int_equal(hand_room(hand, now_us), 0);
    hand_end(hand, slot); /* its connection is free; its outcome still waits for the worker */
    assert_int_equal(hand_room(hand, now_us), 1);
    hand_limited(hand, now_us, 60000);
    assert_int_equal(hand_room(hand, now_us), 0);
    hand_free(&hand);
}

static void outcomes_that_wait_for_the_worker_leave_no_room_at_last(void **state)
{
    (void)state;
    struct hand *hand = a_hand();
    for (int64_t i = 0; i < HAND_SLOTS; i++) {
        put(hand, i + 1);
        hand_end(hand, hand_take(hand));
    }
    struct granted_send one_more = a_send(HAND_SLOTS + 1);
    assert_int_equal(hand_room(hand, clock_boot_us()), 0);
    assert_false(hand_put(hand, &one_more, 0, 0));
    hand_free(&hand);
}

static void what_is_in_hand_is_not_taken_twice(void **state)
{
    (void)state;
    struct hand *hand = a_hand();
    struct granted_send again = a_send(3);
    put(hand, 3);
    assert_false(hand_put(hand, &again, 0, 0));
    hand_free(&hand);
}

static void a_send_is_copied_whole(void **state)
{
    (void)state;
    struct hand *hand = a_hand();
    char text[] = "hello";
    char url[] = "https://m.example/a.png";
    struct str urls[] = { { url, sizeof url - 1 } };
    struct granted_send send = a_send(1);
    send.text = str_of(text);
    send.media_urls.v = urls;
    send.media_urls.n = 1;
    assert_true(hand_put(hand, &send, 0, 0));
    memset(text, '?', sizeof text - 1);
    memset(url, '?', sizeof url - 1);
    urls[0] = (struct str){ 0 };
    const struct hand_slot *slot = hand_take(hand);
    assert_str_eq(slot->send.text, STR("hello"));
    assert_str_eq(slot->send.media_urls.v[0], STR("https://m.example/a.png"));
    hand_free(&hand);
}

static void they_are_called_in_the_order_of_their_grants(void **state)
{
    (void)state;
    struct hand *hand = a_hand();
    for (int64_t i = 1; i <= CONNECTIONS; i++)
        put(hand, i);
    for (int64_t i = 1; i <= CONNECTIONS; i++)
        assert_int_equal(hand_take(hand)->send.attempt, i);
    assert_null(hand_take(hand));
    hand_free(&hand);
}

static void a_nudge_is_not_lost_and_ends_one_wait(void **state)
{
    (void)state;
    struct hand *hand = a_hand();
    hand_nudge(hand);
    hand_wait(hand, INT64_MAX / 2, false); /* would never return */
    int64_t soon_us = clock_boot_us() + 1000;
    hand_wait(hand, soon_us, false);
    assert_true(clock_boot_us() >= soon_us);
    hand_close(hand);
    hand_wait(hand, INT64_MAX / 2, false);
    hand_rest(hand, INT64_MAX / 2);
    hand_free(&hand);
}

static void *rest_long(void *hand)
{
    hand_rest(hand, clock_boot_us() + LONG_US);
    return NULL;
}

static void *end_one(void *hand)
{
    hand_end(hand, hand_take(hand));
    return NULL;
}

/* One sleeper for each reason: who only rests must not swallow the news of an outcome. */
static void an_outcome_is_taken_at_once_whoever_else_sleeps(void **state)
{
    (void)state;
    struct hand *hand = a_hand();
    pthread_t resting[4], calling;
    struct hand_slot *ended[1];
    put(hand, 1);
    for (size_t i = 0; i < COUNT(resting); i++)
        assert_int_equal(pthread_create(&resting[i], NULL, rest_long, hand), 0);
    int64_t deadline_us = clock_boot_us() + LONG_US;
    assert_int_equal(pthread_create(&calling, NULL, end_one, hand), 0);
    assert_int_equal(hand_ended(hand, deadline_us, ended, 1), 1);
    assert_true(clock_boot_us() < deadline_us);
    hand_close(hand);
    for (size_t i = 0; i < COUNT(resting); i++)
        assert_int_equal(pthread_join(resting[i], NULL), 0);
    assert_int_equal(pthread_join(calling, NULL), 0);
    hand_free(&hand);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_attempt_is_in_hand_until_its_outcome_is_acknowledged),
        cmocka_unit_test(there_is_room_for_as_many_as_connections_are_free),
        cmocka_unit_test(outcomes_that_wait_for_the_worker_leave_no_room_at_last),
        cmocka_unit_test(what_is_in_hand_is_not_taken_twice),
        cmocka_unit_test(a_send_is_copied_whole),
        cmocka_unit_test(they_are_called_in_the_order_of_their_grants),
        cmocka_unit_test(a_nudge_is_not_lost_and_ends_one_wait),
        cmocka_unit_test(an_outcome_is_taken_at_once_whoever_else_sleeps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
