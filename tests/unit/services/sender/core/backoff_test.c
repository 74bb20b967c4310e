#include "core/backoff.h"

#include "unit/cmocka_all.h"

static const struct backoff BACKOFF = { .first_ms = 100, .most_ms = 5000 };

static void the_longest_wait_doubles_up_to_its_bound(void **state)
{
    (void)state;
    static const int64_t MOST[] = { 100, 200, 400, 800, 1600, 3200, 5000, 5000 };
    for (size_t tries = 0; tries < COUNT(MOST); tries++) {
        int64_t longest = 0, shortest = INT64_MAX;
        for (uint64_t chance = 0; chance < 20000; chance++) {
            int64_t wait = backoff_ms(&BACKOFF, (int64_t)tries, -1, chance);
            longest = max_i64(longest, wait);
            shortest = min_i64(shortest, wait);
        }
        assert_int_equal(longest, MOST[tries]);
        assert_int_equal(shortest, 0); /* full jitter */
    }
}

static void no_number_of_tries_overflows(void **state)
{
    (void)state;
    const struct backoff wide = { .first_ms = 1, .most_ms = INT64_MAX / 4 };
    assert_in_range(backoff_ms(&wide, INT64_MAX, -1, UINT64_MAX), 0, INT64_MAX / 4);
    assert_in_range(backoff_ms(&BACKOFF, -1, -1, UINT64_MAX), 0, 100);
}

static void nobody_comes_back_before_the_time_that_was_named(void **state)
{
    (void)state;
    for (uint64_t chance = 0; chance < 1000; chance++) {
        int64_t wait = backoff_ms(&BACKOFF, 0, 7000, chance);
        assert_in_range(wait, 7000, 7100);
    }
    assert_in_range(backoff_ms(&BACKOFF, 0, INT64_MAX, 0), 0, RETRY_AFTER_MAX_MS + 100);
}

static void retry_after_is_read_in_seconds_and_nothing_else(void **state)
{
    (void)state;
    static const struct {
        const char *header;
        int64_t wanted_ms;
    } ROWS[] = {
        { "5", 5000 }, { " 12\r\n", 12000 }, { "0", 0 },     { "999999999", RETRY_AFTER_MAX_MS },
        { "-1", -1 },  { "", -1 },           { "soon", -1 }, { "Wed, 21 Oct 2015 07:28:00 GMT", -1 },
        { "1.5", -1 },   { NULL, -1 },
    };
    for (size_t i = 0; i < COUNT(ROWS); i++)
        assert_int_equal(retry_after_ms(str_of(ROWS[i].header)), ROWS[i].wanted_ms);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_longest_wait_doubles_up_to_its_bound),
        cmocka_unit_test(no_number_of_tries_overflows),
        cmocka_unit_test(nobody_comes_back_before_the_time_that_was_named),
        cmocka_unit_test(retry_after_is_read_in_seconds_and_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
