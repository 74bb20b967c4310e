#include "domain/gcra.h"

#include "unit/cmocka_all.h"

enum {
    SECOND_US = 1000000
};

static bool try_at(struct gcra *g, int64_t now_us, int64_t burst, int64_t cost, int64_t *retry_at_us)
{
    return gcra_try(g, now_us, SECOND_US, burst, cost, retry_at_us);
}

static void a_burst_passes_then_one_a_second(void **state)
{
    (void)state;
    struct gcra g = { 0 };
    int64_t retry = 0, now = INT64_C(1000) * SECOND_US;
    for (int i = 0; i < 5; i++)
        assert_true(try_at(&g, now, 5, 1, &retry));
    assert_false(try_at(&g, now, 5, 1, &retry));
    assert_int_equal(retry, now + SECOND_US);
    assert_false(try_at(&g, retry - 1, 5, 1, &retry));
    assert_true(try_at(&g, now + SECOND_US, 5, 1, &retry));
    assert_false(try_at(&g, now + SECOND_US, 5, 1, &retry));
}

static void a_refusal_charges_nothing(void **state)
{
    (void)state;
    struct gcra g = { 0 };
    int64_t retry = 0, now = SECOND_US;
    assert_true(try_at(&g, now, 3, 3, &retry));
    struct gcra before = g;
    for (int i = 0; i < 100; i++)
        assert_false(try_at(&g, now, 3, 1, &retry));
    assert_int_equal(g.tat_us, before.tat_us);
}

static void a_message_larger_than_the_burst_waits_until_nothing_is_owed_and_then_goes(void **state)
{
    (void)state;
    struct gcra g = { 0 };
    int64_t retry = 0, now = INT64_C(100) * SECOND_US;
    assert_true(try_at(&g, now, 1, 1, &retry));
    assert_false(try_at(&g, now, 1, 3, &retry));
    assert_int_equal(retry, now + SECOND_US);
    now = retry;
    assert_true(try_at(&g, now, 1, 3, &retry));
    assert_false(try_at(&g, now, 1, 1, &retry)); /* and pays for it */
    assert_int_equal(retry, now + 3 * SECOND_US);
    assert_true(try_at(&g, retry, 1, 1, &retry));
}

static void no_limit_is_no_limit(void **state)
{
    (void)state;
    struct gcra g = { 0 };
    int64_t retry = 0;
    for (int i = 0; i < 1000; i++)
        assert_true(gcra_try(&g, 5, 0, 1, GCRA_COST_MAX_SEGMENTS, &retry));
    assert_int_equal(g.tat_us, 0);
}

static void a_clock_that_went_back_neither_opens_the_gate_nor_locks_it(void **state)
{
    (void)state;
    struct gcra g = { 0 };
    int64_t retry = 0, late = INT64_C(3600) * SECOND_US;
    assert_true(try_at(&g, late, 5, 5, &retry));
    int64_t now = 10; /* a restart: CLOCK_BOOTTIME begins anew */
    assert_false(try_at(&g, now, 5, 1, &retry));
    assert_true(retry <= now + GCRA_COST_MAX_SEGMENTS * (int64_t)SECOND_US);
    assert_true(try_at(&g, retry, 5, 1, &retry));
}

static void the_slowest_rate_and_the_largest_burst_do_not_overflow(void **state)
{
    (void)state;
    struct gcra g = { 0 };
    int64_t retry = 0, now = INT64_C(4000000000) * SECOND_US; /* over a hundred years */
    assert_true(gcra_try(&g, now, GCRA_PER_SEGMENT_MAX_US, GCRA_BURST_MAX_SEGMENTS, GCRA_COST_MAX_SEGMENTS, &retry));
    g.tat_us = INT64_MAX;
    assert_false(gcra_try(&g, now, GCRA_PER_SEGMENT_MAX_US, GCRA_BURST_MAX_SEGMENTS, GCRA_COST_MAX_SEGMENTS, &retry));
    assert_true(retry > now);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_burst_passes_then_one_a_second),
        cmocka_unit_test(a_refusal_charges_nothing),
        cmocka_unit_test(a_message_larger_than_the_burst_waits_until_nothing_is_owed_and_then_goes),
        cmocka_unit_test(no_limit_is_no_limit),
        cmocka_unit_test(a_clock_that_went_back_neither_opens_the_gate_nor_locks_it),
        cmocka_unit_test(the_slowest_rate_and_the_largest_burst_do_not_overflow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
