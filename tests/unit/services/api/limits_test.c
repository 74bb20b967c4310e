#include "unit/cmocka_all.h"
#include "limits.h"

#include <stdio.h>

static const int64_t START_US = 1000000000;

static int passed(const char *who, int asked, int64_t now_us)
{
    int n = 0;
    int64_t retry_s;
    for (int i = 0; i < asked; i++)
        n += limit_try(str_of(who), now_us, &retry_s);
    return n;
}

static void a_burst_passes_and_then_the_rate(void **state)
{
    (void)state;
    limits_init(50, 500);
    assert_in_range(passed("key:a", 1000, START_US), 500, 501);
    assert_int_equal(passed("key:a", 100, START_US), 0);
    assert_in_range(passed("key:a", 100, START_US + 1000000), 50, 51);
}

static void one_asker_does_not_slow_another(void **state)
{
    (void)state;
    limits_init(50, 10);
    (void)passed("key:a", 1000, START_US);
    assert_in_range(passed("key:b", 20, START_US), 10, 11);
}

static void a_refusal_says_when_to_come_again(void **state)
{
    int64_t retry_s = 0;
    (void)state;
    limits_init(1, 1);
    (void)passed("203.0.113.9", 5, START_US);
    assert_false(limit_try(STR("203.0.113.9"), START_US, &retry_s));
    assert_in_range(retry_s, 1, 2);
    assert_true(limit_try(STR("203.0.113.9"), START_US + retry_s * 1000000, &retry_s));
}

static void more_askers_than_lines_only_let_more_through(void **state)
{
    char who[32];
    int64_t retry_s;
    (void)state;
    limits_init(50, 500);
    for (int i = 0; i < 3 * LIMIT_LINES; i++) {
        (void)snprintf(who, sizeof who, "10.%d.%d.%d", i >> 16, i >> 8 & 255, i & 255);
        assert_true(limit_try(str_of(who), START_US + i, &retry_s));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_burst_passes_and_then_the_rate),
        cmocka_unit_test(one_asker_does_not_slow_another),
        cmocka_unit_test(a_refusal_says_when_to_come_again),
        cmocka_unit_test(more_askers_than_lines_only_let_more_through),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
