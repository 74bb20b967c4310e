#include "core/pool_choose.h"

#include <stdio.h>

#include "unit/cmocka_all.h"

static struct pool_candidate POOL[] = {
    { STR("+12125550100"), true, 0 },
    { STR("+14155550100"), true, 0 },
    { STR("+447700900100"), true, 0 },
    { STR("+14155550101"), true, 0 },
};

static const char *chosen(const struct pool_candidate *pool, size_t n, const char *person, bool sticky, bool local)
{
    return pool[pool_choose(pool, n, str_of(person), sticky, local)].address.p;
}

static void a_number_of_the_persons_area_goes_before_one_of_their_country(void **state)
{
    (void)state;
    assert_string_equal(chosen(POOL, 4, "+12125559999", true, true), "+12125550100");
    assert_string_equal(chosen(POOL, 4, "+447911123456", true, true), "+447700900100");
    for (int i = 0; i < 50; i++) {
        char person[20];
        (void)snprintf(person, sizeof person, "+1303555%04d", i);
        assert_string_not_equal(chosen(POOL, 4, person, true, true), "+447700900100");
        (void)snprintf(person, sizeof person, "+1415555%04d", i);
        assert_memory_equal(chosen(POOL, 4, person, true, true), "+1415", 5);
    }
}

static void whoever_talked_with_the_person_last_keeps_them(void **state)
{
    (void)state;
    struct pool_candidate pool[4];
    memcpy(pool, POOL, sizeof pool);
    pool[1].talked_at = 10;
    pool[2].talked_at = 20;
    assert_string_equal(chosen(pool, 4, "+12125559999", true, true), "+447700900100");
    assert_string_equal(chosen(pool, 4, "+12125559999", false, true), "+12125550100");
    pool[2].can_send = false;
    assert_string_equal(chosen(pool, 4, "+12125559999", true, true), "+14155550100");
}

static void one_that_cannot_send_is_taken_only_when_none_can(void **state)
{
    (void)state;
    struct pool_candidate pool[4];
    memcpy(pool, POOL, sizeof pool);
    pool[0].can_send = false;
    assert_string_not_equal(chosen(pool, 4, "+12125559999", true, true), "+12125550100");
    for (size_t i = 0; i < 4; i++)
        pool[i].can_send = false;
    assert_string_equal(chosen(pool, 4, "+12125559999", true, true), "+12125550100");
}

static void people_are_spread_and_each_always_to_the_same(void **state)
{
    (void)state;
    int hits[4] = { 0 };
    for (int i = 0; i < 1000; i++) {
        char person[20];
        (void)snprintf(person, sizeof person, "+1303555%04d", i);
        size_t first = pool_choose(POOL, 4, str_of(person), true, false);
        assert_int_equal(first, pool_choose(POOL, 4, str_of(person), true, false));
        hits[first]++;
    }
    for (size_t i = 0; i < 4; i++)
        assert_in_range(hits[i], 150, 350);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_number_of_the_persons_area_goes_before_one_of_their_country),
        cmocka_unit_test(whoever_talked_with_the_person_last_keeps_them),
        cmocka_unit_test(one_that_cannot_send_is_taken_only_when_none_can),
        cmocka_unit_test(people_are_spread_and_each_always_to_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
