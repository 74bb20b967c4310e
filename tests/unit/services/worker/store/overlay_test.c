/* The layers' map against a plain array: gets, walks both ways, and what undo leaves. */
#include "store/overlay.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { KEYS = 40, STEPS = 20000, TABLE = 3, TABLES_N = 5 };

struct known {
    enum overlay_sight sight;
    unsigned value;
};

/* Numerical Recipes' generator: the same each time. */
static unsigned drawn(uint32_t *seed)
{
    *seed = *seed * 1664525U + 1013904223U;
    return *seed >> 8;
}

static struct str key_of(unsigned i, char out[8])
{
    (void)snprintf(out, 8, "k%02u", i);
    return (struct str){out, 3};
}

static void check_same(const struct overlay *overlay, const struct known known[KEYS])
{
    char text[8];
    for (unsigned i = 0; i < KEYS; i++) {
        struct str value;
        assert_int_equal(overlay_get(overlay, TABLE, key_of(i, text), &value), known[i].sight);
        if (known[i].sight == OVERLAY_THERE)
            assert_memory_equal(value.p, &known[i].value, sizeof known[i].value);
    }
}

/* From a key on: the next one that was put, deleted ones told as such. */
static void check_next(const struct overlay *overlay, const struct known known[KEYS], int from, bool is_inclusive,
                       int by)
{
    char text[8];
    struct overlay_row row;
    int next = is_inclusive ? from : from + by;
    while (next >= 0 && next < KEYS && known[next].sight == OVERLAY_UNKNOWN)
        next += by;
    bool is_there = overlay_next(overlay, TABLE, key_of((unsigned)from, text), is_inclusive,
                                 by > 0 ? OVERLAY_UP : OVERLAY_DOWN, &row);
    assert_int_equal(is_there, next >= 0 && next < KEYS);
    if (!is_there)
        return;
    assert_memory_equal(row.key.p, key_of((unsigned)next, text).p, 3);
    assert_int_equal(row.is_deleted, known[next].sight == OVERLAY_DELETED);
}

static void it_is_an_ordered_map_whose_last_puts_can_be_undone(void **unused)
{
    (void)unused;
    struct known kept[KEYS] = {0};
    struct known now[KEYS] = {0};
    char text[8];
    struct overlay *overlay = overlay_new(TABLES_N);
    assert_non_null(overlay);
    uint32_t seed = 20261123;
    for (unsigned step = 0; step < STEPS; step++) {
        unsigned at = drawn(&seed) % KEYS;
        unsigned what = drawn(&seed) % 100;
        const struct str value = {(const char *)&step, sizeof step};
        if (what < 70) {
            bool is_deleted = what < 20;
            assert_true(overlay_put(overlay, TABLE, key_of(at, text), is_deleted ? NULL : &value));
            now[at] = (struct known){is_deleted ? OVERLAY_DELETED : OVERLAY_THERE, step};
        } else if (what < 80) {
            overlay_keep(overlay);
            memcpy(kept, now, sizeof kept);
        } else if (what < 90) {
            overlay_undo(overlay);
            memcpy(now, kept, sizeof now);
            check_same(overlay, now);
        } else {
            check_next(overlay, now, (int)at, what % 2 == 0, what < 95 ? 1 : -1);
        }
    }
    check_same(overlay, now);
    size_t there = 0;
    for (unsigned i = 0; i < KEYS; i++)
        there += now[i].sight != OVERLAY_UNKNOWN;
    assert_int_equal(overlay_count(overlay, TABLE), there);
    assert_int_equal(overlay_count(overlay, TABLE - 1), 0);
    overlay_clear(overlay);
    assert_int_equal(overlay_count(overlay, TABLE), 0);
    assert_int_equal(overlay_bytes(overlay), 0);
    overlay_free(overlay);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(it_is_an_ordered_map_whose_last_puts_can_be_undone)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
