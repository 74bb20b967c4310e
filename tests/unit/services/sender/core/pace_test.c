#include "core/pace.h"

#include "unit/cmocka_all.h"

enum { SECOND_US = 1000000 };

static void nothing_starts_while_plivo_wants_us_to_wait(void **state)
{
    (void)state;
    struct pace pace;
    pace_init(&pace, 32);
    assert_int_equal(pace_allowance(&pace, 0), 32);
    pace_limited(&pace, 10 * SECOND_US, 5000);
    assert_int_equal(pace_allowance(&pace, 10 * SECOND_US), 0);
    assert_int_equal(pace_allowance(&pace, 15 * SECOND_US - 1), 0);
    assert_int_equal(pace_allowance(&pace, 15 * SECOND_US), 16);
}

static void a_429_without_a_time_still_brings_a_pause(void **state)
{
    (void)state;
    struct pace pace;
    pace_init(&pace, 4);
    pace_limited(&pace, SECOND_US, 0);
    assert_int_equal(pace_allowance(&pace, SECOND_US + PACE_PAUSE_MIN_MS * 1000 - 1), 0);
    assert_int_equal(pace_allowance(&pace, SECOND_US + PACE_PAUSE_MIN_MS * 1000), 2);
}

static void a_burst_of_429s_slows_down_once_and_lengthens_the_pause(void **state)
{
    (void)state;
    struct pace pace;
    pace_init(&pace, 32);
    for (int i = 0; i < 32; i++)
        pace_limited(&pace, SECOND_US + i, 2000);
    pace_limited(&pace, SECOND_US + 40, 1000); /* a shorter one does not shorten it */
    assert_int_equal(pace_allowance(&pace, 3 * SECOND_US + 30), 0);
    assert_int_equal(pace_allowance(&pace, 3 * SECOND_US + 31), 16);
}

static void it_never_falls_below_one_nor_rises_above_the_most(void **state)
{
    (void)state;
    struct pace pace;
    pace_init(&pace, 5);
    int64_t now_us = 0;
    for (int i = 0; i < 10; i++) {
        pace_limited(&pace, now_us, 0);
        now_us += 2 * SECOND_US;
        assert_true(pace_allowance(&pace, now_us) >= 1);
    }
    assert_int_equal(pace_allowance(&pace, now_us), 1);
    for (int i = 0; i < 1000; i++)
        pace_answered(&pace);
    assert_int_equal(pace_allowance(&pace, now_us), 5);
}

static void it_recovers_by_one_for_each_round_of_answers(void **state)
{
    (void)state;
    struct pace pace;
    pace_init(&pace, 8);
    pace_limited(&pace, 0, 0);
    int64_t later_us = 2 * SECOND_US;
    for (int64_t allowed = 4; allowed < 8; allowed++) {
        for (int64_t i = 0; i < allowed; i++) {
            assert_int_equal(pace_allowance(&pace, later_us), allowed);
            pace_answered(&pace);
        }
    }
    assert_int_equal(pace_allowance(&pace, later_us), 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_starts_while_plivo_wants_us_to_wait),
        cmocka_unit_test(a_429_without_a_time_still_brings_a_pause),
        cmocka_unit_test(a_burst_of_429s_slows_down_once_and_lengthens_the_pause),
        cmocka_unit_test(it_never_falls_below_one_nor_rises_above_the_most),
        cmocka_unit_test(it_recovers_by_one_for_each_round_of_answers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
