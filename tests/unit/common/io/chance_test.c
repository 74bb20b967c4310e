#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "io/chance.h"
#include "io/clock.h"

enum {
    DRAWS = 6000
};

static void bytes_fill_exactly_what_was_asked(void **unused)
{
    (void)unused;
    unsigned char bytes[600];
    unsigned char seen[598] = { 0 }; /* every byte changes in some of eight rounds, but for one chance in 256^8 */
    for (int round = 0; round < 8; round++) {
        memset(bytes, 0xA5, sizeof bytes);
        chance_bytes(bytes + 1, 598); /* over 256: getrandom() may give less at once */
        assert_int_equal(bytes[0], 0xA5);
        assert_int_equal(bytes[599], 0xA5);
        for (size_t i = 0; i < sizeof seen; i++)
            seen[i] |= (unsigned char)(bytes[1 + i] ^ 0xA5);
    }
    for (size_t i = 0; i < sizeof seen; i++)
        assert_int_not_equal(seen[i], 0);
    chance_bytes(bytes, 0);
}

static void below_is_never_reached_and_all_beneath_it_is(void **unused)
{
    (void)unused;
    int count[6] = { 0 };
    for (int i = 0; i < DRAWS; i++) {
        uint64_t v = chance_below(COUNT(count));
        assert_true(v < COUNT(count));
        count[v]++;
    }
    for (size_t i = 0; i < COUNT(count); i++) /* 1000 expected, deviation 29: 300 away is ten of them */
        assert_in_range(count[i], 700, 1300);
    assert_int_equal(chance_below(1), 0);
    (void)chance_below(UINT64_MAX); /* ends */
    uint64_t half = (UINT64_C(1) << 63) + 1; /* the range that throws nearly every second draw away */
    assert_true(chance_below(half) < half);
}

static void ids_are_of_now_and_never_the_same(void **unused)
{
    (void)unused;
    int64_t before = clock_wall_ms();
    struct id first = chance_id();
    struct id second = chance_id();
    assert_false(id_eq(first, second));
    assert_in_range(id_time_ms(first), before, clock_wall_ms());
    assert_int_equal(first.b[6] >> 4, 7);
    assert_int_equal(first.b[8] >> 6, 2);
}

static void the_boot_clock_never_goes_back_and_counts_microseconds(void **unused)
{
    (void)unused;
    int64_t last = clock_boot_us();
    assert_true(last > 0);
    for (int i = 0; i < 1000; i++) {
        int64_t now = clock_boot_us();
        assert_true(now >= last);
        last = now;
    }
    int64_t us = clock_boot_us();
    int64_t ms = clock_boot_ms();
    assert_true(ms >= us / 1000);
    assert_true(clock_wall_ms() > INT64_C(1700000000000)); /* milliseconds, and this century */
    assert_true(clock_wall_ms() < INT64_C(4102444800000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_fill_exactly_what_was_asked),
        cmocka_unit_test(below_is_never_reached_and_all_beneath_it_is),
        cmocka_unit_test(ids_are_of_now_and_never_the_same),
        cmocka_unit_test(the_boot_clock_never_goes_back_and_counts_microseconds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
