/* arena.h, buf.h and secret.h: bounds are kept, and what is full is a state. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/secret.h"

#include "unit/cmocka_all.h"

#include <stdio.h>

static void an_arena_hands_out_zeroed_aligned_memory(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 100000);
    for (int round = 0; round < 3; round++) {
        for (size_t n = 0; n < 200; n++) {
            unsigned char *p = arena_alloc(&arena, n);
            assert_non_null(p);
            assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
            for (size_t i = 0; i < n; i++)
                assert_int_equal(p[i], 0);
            memset(p, 0xAA, n);
        }
        arena_reset(&arena);
        assert_int_equal(arena.used_bytes, 0);
    }
    assert_true(arena.high_water_bytes >= 199 * 200 / 2 && arena.high_water_bytes <= 100000);
    arena_release(&arena);
}

static void an_arena_rewinds_to_a_mark_and_keeps_what_was_before_it(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 100000);
    arena_rewind(&arena, arena_mark(&arena)); /* of nothing */
    struct str kept = arena_dup(&arena, STR("kept"));
    struct arena_mark mark = arena_mark(&arena);
    size_t used_bytes = arena.used_bytes;
    for (int i = 0; i < 1000; i++) { /* ten times its maximum, in small pieces and in chunks of their own */
        unsigned char *p = arena_alloc(&arena, i % 10 == 0 ? 40000 : 100);
        assert_non_null(p);
        assert_int_equal(p[0], 0);
        p[0] = 1;
        arena_rewind(&arena, mark);
        assert_int_equal(arena.used_bytes, used_bytes);
    }
    assert_str_eq(kept, STR("kept"));
    arena_release(&arena);
}

static void an_arena_never_hands_out_more_than_its_maximum(void **state)
{
    (void)state;
    struct arena arena;
    struct err err;
    arena_init(&arena, 1000);
    assert_non_null(arena_alloc(&arena, 900));
    assert_null(arena_alloc(&arena, 200));
    assert_true(arena_is_full(&arena));
    assert_null(arena_alloc_array(&arena, SIZE_MAX / 2, 4));
    assert_null(arena_alloc(&arena, SIZE_MAX));
    assert_false(str_is_set(arena_format(&arena, "%0500d", 1)));
    assert_false(arena_err(&arena, &err));
    assert_int_equal(err.kind, ERR_TOO_BIG);
    arena_reset(&arena);
    assert_false(arena_is_full(&arena));
    assert_non_null(arena_alloc(&arena, 900));
    arena_release(&arena);
}

static void copies_in_an_arena_are_terminated_and_unset_stays_unset(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 1000);
    struct str copy = arena_dup(&arena, STR("a\0b"));
    assert_str_eq(copy, STR("a\0b"));
    assert_int_equal(copy.p[3], '\0');
    assert_true(str_is_set(arena_dup(&arena, STR(""))));
    assert_false(str_is_set(arena_dup(&arena, (struct str){ 0 })));
    assert_str_eq(arena_format(&arena, "%d-%s", 5, "x"), STR("5-x"));
    arena_release(&arena);
}

static void a_buffer_grows_up_to_its_maximum_and_keeps_what_it_had(void **state)
{
    (void)state;
    struct buf buf;
    buf_init(&buf, 1000);
    for (int i = 0; i < 1000; i++)
        assert_true(buf_add_char(&buf, (char)('a' + i % 26)));
    assert_false(buf_add_char(&buf, 'x'));
    assert_true(buf.has_failed);
    assert_int_equal(buf.n, 1000);
    assert_int_equal(buf_str(&buf).p[999], 'a' + 999 % 26);
    assert_false(buf_add(&buf, STR(""))); /* once failed, until cleared */
    buf_clear(&buf);
    assert_true(buf_add_text(&buf, "n=") && buf_add_int(&buf, INT64_MIN) && buf_add_format(&buf, "%c", '!'));
    assert_string_equal(buf_text(&buf), "n=-9223372036854775808!");
    assert_false(buf_add_format(&buf, "%01000d", 1));
    assert_string_equal(buf_text(&buf), "n=-9223372036854775808!");
    buf_release(&buf);
}

/* Around every length at which what was formatted no longer fits where it was tried first. */
static void formatted_text_is_whole_at_every_length(void **state)
{
    (void)state;
    for (int n = 1; n < 600; n++) {
        struct arena arena;
        struct buf buf;
        char wanted[600];
        memset(wanted, '0', (size_t)n);
        wanted[n - 1] = '7';
        wanted[n] = '\0';
        arena_init(&arena, 1000);
        struct str text = arena_format(&arena, "%0*d", n, 7);
        assert_str_eq(text, str_of(wanted));
        assert_int_equal(text.p[n], '\0');
        arena_release(&arena);

        buf_init(&buf, (size_t)n + 1);
        assert_true(buf_add_char(&buf, '|') && buf_add_format(&buf, "%0*d", n, 7));
        assert_str_eq(str_slice(buf_str(&buf), 1, buf.n), str_of(wanted));
        buf_clear(&buf);
        assert_true(buf_add_text(&buf, "||"));
        assert_false(buf_add_format(&buf, "%0*d", n, 7)); /* one too many, though the memory has room for it */
        assert_string_equal(buf_text(&buf), "||");
        buf_release(&buf);
    }
}

static void integers_are_written_as_printf_does(void **state)
{
    (void)state;
    static const int64_t NUMBERS[] = { 0, 1, -1, 9, 10, -10, 99, 100, INT64_MAX, INT64_MIN, INT64_MIN + 1 };
    for (size_t i = 0; i < COUNT(NUMBERS); i++) {
        struct buf buf;
        char wanted[32];
        (void)snprintf(wanted, sizeof wanted, "%lld", (long long)NUMBERS[i]);
        buf_init(&buf, sizeof wanted);
        assert_true(buf_add_int(&buf, NUMBERS[i]));
        assert_string_equal(buf_text(&buf), wanted);
        buf_release(&buf);
    }
}

static void an_empty_buffer_is_an_empty_text(void **state)
{
    (void)state;
    struct buf buf;
    buf_init(&buf, 0);
    assert_true(str_is_set(buf_str(&buf)));
    assert_string_equal(buf_text(&buf), "");
    assert_false(buf_add_char(&buf, 'x'));
    buf_release(&buf);
}

static void a_secret_is_bounded_compared_and_wiped(void **state)
{
    (void)state;
    static char long_text[SECRET_MAX_BYTES + 1];
    struct secret secret;
    assert_true(secret_set(&secret, STR("hunter2")));
    assert_true(secret_is_set(&secret));
    assert_true(secret_eq(&secret, STR("hunter2")));
    assert_false(secret_eq(&secret, STR("hunter3")));
    assert_false(secret_eq(&secret, STR("hunter")));
    assert_true(secret_set(&secret, (struct str){ long_text, SECRET_MAX_BYTES }));
    assert_false(secret_set(&secret, (struct str){ long_text, SECRET_MAX_BYTES + 1 }));
    assert_false(secret_is_set(&secret));
    assert_true(secret_set(&secret, STR("hunter2")));
    secret_release(&secret);
    for (size_t i = 0; i < sizeof secret.bytes; i++)
        assert_int_equal(secret.bytes[i], 0);
    assert_true(bytes_eq_constant_time(STR(""), (struct str){ 0 }));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_arena_hands_out_zeroed_aligned_memory),
        cmocka_unit_test(an_arena_rewinds_to_a_mark_and_keeps_what_was_before_it),
        cmocka_unit_test(an_arena_never_hands_out_more_than_its_maximum),
        cmocka_unit_test(copies_in_an_arena_are_terminated_and_unset_stays_unset),
        cmocka_unit_test(a_buffer_grows_up_to_its_maximum_and_keeps_what_it_had),
        cmocka_unit_test(formatted_text_is_whole_at_every_length),
        cmocka_unit_test(integers_are_written_as_printf_does),
        cmocka_unit_test(an_empty_buffer_is_an_empty_text),
        cmocka_unit_test(a_secret_is_bounded_compared_and_wiped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
