#include "core/bulk_cap.h"

#include "unit/cmocka_all.h"

#define HOUR INT64_C(3600000)
#define NOON INT64_C(1800000000000)

static struct id id_of(uint8_t n)
{
    struct id id = { 0 };
    id.b[0] = 1;
    id.b[sizeof id.b - 1] = n;
    return id;
}

static void the_fourth_waits_until_the_first_is_a_day_old(void **state)
{
    struct bulk_cap cap = { 0 };
    (void)state;
    for (uint8_t i = 0; i < 3; i++) {
        assert_int_equal(bulk_cap_wait(&cap, id_of(i), 3, NOON + i * HOUR), 0);
        bulk_cap_count(&cap, id_of(i), NOON + i * HOUR);
    }
    assert_int_equal(bulk_cap_wait(&cap, id_of(9), 3, NOON + 4 * HOUR), 20 * HOUR);
    assert_int_equal(bulk_cap_wait(&cap, id_of(9), 3, NOON + 24 * HOUR - 1), 1);
    assert_int_equal(bulk_cap_wait(&cap, id_of(9), 3, NOON + 24 * HOUR), 0);
    assert_int_equal(bulk_cap_wait(&cap, id_of(9), 4, NOON + 4 * HOUR), 0);
    assert_int_equal(bulk_cap_wait(&cap, id_of(9), 1, NOON + 4 * HOUR), 22 * HOUR); /* the newest counts */
}

static void a_message_that_is_granted_again_counts_once(void **state)
{
    struct bulk_cap cap = { 0 };
    (void)state;
    bulk_cap_count(&cap, id_of(1), NOON);
    bulk_cap_count(&cap, id_of(2), NOON + HOUR);
    bulk_cap_count(&cap, id_of(1), NOON + 2 * HOUR);
    assert_int_equal(cap.n, 2);
    assert_int_equal(bulk_cap_wait(&cap, id_of(1), 2, NOON + 2 * HOUR), 0);
    assert_int_equal(bulk_cap_wait(&cap, id_of(3), 2, NOON + 2 * HOUR), 23 * HOUR); /* by when it left last */
}

static void a_clock_that_went_back_makes_nobody_wait_longer_than_a_day(void **state)
{
    struct bulk_cap cap = { 0 };
    (void)state;
    bulk_cap_count(&cap, id_of(1), NOON);
    assert_int_equal(bulk_cap_wait(&cap, id_of(2), 1, NOON - 100 * HOUR), 24 * HOUR);
}

/* C1 of bulk_cap.h: whatever comes when, no 24 hours have more than were allowed. */
static void no_day_ever_has_more(void **state)
{
    enum { TRIES = 20000 };
    static int64_t granted[TRIES];
    uint32_t chance = 1;
    (void)state;
    for (int64_t most = 1; most <= BULK_CAP_MAX; most += 5) {
        struct bulk_cap cap = { 0 };
        size_t n = 0;
        int64_t now = NOON;
        for (int i = 0; i < TRIES; i++) {
            struct id id = id_of((uint8_t)i);
            id.b[1] = (uint8_t)(i >> 8);
            chance = chance * 1664525 + 1013904223;
            now += chance >> 8;
            if (bulk_cap_wait(&cap, id, most, now) > 0)
                continue;
            bulk_cap_count(&cap, id, now);
            granted[n++] = now;
            assert_true(n <= (size_t)most || now - granted[n - 1 - (size_t)most] >= 24 * HOUR);
        }
        assert_true(n > (size_t)most);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_fourth_waits_until_the_first_is_a_day_old),
        cmocka_unit_test(a_message_that_is_granted_again_counts_once),
        cmocka_unit_test(a_clock_that_went_back_makes_nobody_wait_longer_than_a_day),
        cmocka_unit_test(no_day_ever_has_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
