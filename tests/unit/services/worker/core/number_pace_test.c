#include "core/number_pace.h"

#include "unit/cmocka_all.h"

enum { MS = 1000 };
static const int64_t T0 = INT64_C(5000000000);

static void a_number_that_was_never_slowed_has_all_of_its_rate(void **state)
{
    (void)state;
    const struct number_pace pace = { 0 };
    assert_int_equal(number_pace_now(&pace, T0), PACE_ALL);
}

static void every_sign_halves_it_and_a_burst_of_them_counts_once(void **state)
{
    (void)state;
    struct number_pace pace = { 0 };
    number_pace_slow(&pace, T0);
    assert_int_equal(number_pace_now(&pace, T0), 500);
    for (int i = 0; i < 50; i++)
        number_pace_slow(&pace, T0 + i * MS);
    assert_int_equal(number_pace_now(&pace, T0 + 50 * MS), 500);
    number_pace_slow(&pace, T0 + PACE_DEAF_MS * MS);
    assert_int_equal(number_pace_now(&pace, T0 + PACE_DEAF_MS * MS), 250);
}

static void it_never_stops_and_all_of_it_comes_back(void **state)
{
    (void)state;
    struct number_pace pace = { 0 };
    int64_t now = T0;
    for (int i = 0; i < 20; i++, now += PACE_DEAF_MS * MS)
        number_pace_slow(&pace, now);
    int64_t least = number_pace_now(&pace, now);
    assert_true(least >= PACE_LEAST && least <= 2 * PACE_LEAST);
    int64_t before = least;
    for (int step = 0; step < PACE_ALL / PACE_STEP; step++, now += PACE_STEP_MS * MS) {
        int64_t left = number_pace_now(&pace, now);
        assert_true(left >= before);
        before = left;
    }
    assert_int_equal(number_pace_now(&pace, now), PACE_ALL);
}

static void a_clock_that_went_back_is_just_now(void **state)
{
    (void)state;
    struct number_pace pace = { 0 };
    number_pace_slow(&pace, T0);
    assert_int_equal(number_pace_now(&pace, 0), 500);
    number_pace_slow(&pace, 0);
    assert_int_equal(number_pace_now(&pace, 0), 250);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_number_that_was_never_slowed_has_all_of_its_rate),
        cmocka_unit_test(every_sign_halves_it_and_a_burst_of_them_counts_once),
        cmocka_unit_test(it_never_stops_and_all_of_it_comes_back),
        cmocka_unit_test(a_clock_that_went_back_is_just_now),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
