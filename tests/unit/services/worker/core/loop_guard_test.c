#include "core/loop_guard.h"

#include "unit/cmocka_all.h"

static const struct loop_limits LIMITS = { .most = 5, .most_same = 2, .window_ms = 60000 };
static const int64_t T0 = INT64_C(1790000000000);

static void the_same_text_leaves_only_so_often(void **state)
{
    (void)state;
    struct loop_guard guard = { 0 };
    int64_t hash = loop_hash(STR("We are closed"));
    for (int i = 0; i < 2; i++) {
        assert_null(loop_guard_look(&guard, &LIMITS, hash, T0 + i));
        loop_guard_count(&guard, &LIMITS, hash, T0 + i);
    }
    assert_non_null(loop_guard_look(&guard, &LIMITS, hash, T0 + 2));
    assert_null(loop_guard_look(&guard, &LIMITS, loop_hash(STR("We are open")), T0 + 2));
}

static void so_many_texts_and_no_more_leave_in_a_window(void **state)
{
    (void)state;
    struct loop_guard guard = { 0 };
    for (int i = 0; i < 5; i++) {
        char text[] = { (char)('a' + i), '\0' };
        int64_t hash = loop_hash(str_of(text));
        assert_null(loop_guard_look(&guard, &LIMITS, hash, T0 + i));
        loop_guard_count(&guard, &LIMITS, hash, T0 + i);
    }
    assert_non_null(loop_guard_look(&guard, &LIMITS, loop_hash(STR("another")), T0 + 59999));
    assert_null(loop_guard_look(&guard, &LIMITS, loop_hash(STR("another")), T0 + 60000)); /* the next window */
}

static void once_tripped_nothing_leaves_until_the_window_is_over(void **state)
{
    (void)state;
    struct loop_guard guard = { 0 };
    loop_guard_trip(&guard, &LIMITS, T0);
    assert_non_null(loop_guard_look(&guard, &LIMITS, 1, T0));
    assert_non_null(loop_guard_look(&guard, &LIMITS, 1, T0 + 59999));
    assert_null(loop_guard_look(&guard, &LIMITS, 1, T0 + 60000));
    loop_guard_count(&guard, &LIMITS, 1, T0 + 60000);
    assert_false(guard.has_tripped);
    assert_int_equal(guard.n, 1);
}

static void more_texts_than_are_counted_apart_still_count_together(void **state)
{
    (void)state;
    struct loop_guard guard = { 0 };
    const struct loop_limits wide = { .most = 1000, .most_same = 3, .window_ms = 60000 };
    for (int64_t hash = 1; hash <= 100; hash++)
        loop_guard_count(&guard, &wide, hash, T0);
    assert_int_equal(guard.n, 100);
    for (int i = 0; i < 3; i++)
        loop_guard_count(&guard, &wide, 7777, T0);
    assert_non_null(loop_guard_look(&guard, &wide, 7777, T0));
}

static void a_hash_fits_into_a_row(void **state)
{
    (void)state;
    assert_true(loop_hash(STR("")) >= 0 && loop_hash(STR("\xff\xff\xff")) >= 0);
    assert_true(loop_hash(STR("a")) != loop_hash(STR("b")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_text_leaves_only_so_often),
        cmocka_unit_test(so_many_texts_and_no_more_leave_in_a_window),
        cmocka_unit_test(once_tripped_nothing_leaves_until_the_window_is_over),
        cmocka_unit_test(more_texts_than_are_counted_apart_still_count_together),
        cmocka_unit_test(a_hash_fits_into_a_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
