/* The msgpack half of record.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "unit/common/wire/record_fixture.h"

#include <stdlib.h>

static void every_kind_survives_msgpack(void **unused)
{
    (void)unused;
    struct sample want = full_sample();
    struct sample have;
    assert_true(record_encode(&sample_record, &want, &out));
    assert_true(record_decode(&sample_record, buf_str(&out), &arena, &have, &err));
    assert_sample(&have, &want);
    assert_str(have.bytes, want.bytes);
}

static void an_unset_record_is_an_empty_map_and_comes_back_unset(void **unused)
{
    (void)unused;
    struct sample want;
    struct sample have;
    record_init(&sample_record, &want);
    assert_int_equal(want.maybe, INT_UNSET);
    assert_true(record_encode(&sample_record, &want, &out));
    assert_int_equal(out.n, 1);
    memset(&have, 0xA5, sizeof have);
    assert_true(record_decode(&sample_record, buf_str(&out), &arena, &have, &err));
    assert_sample(&have, &want);
    assert_false(str_is_set(have.bytes));
}

static void empty_is_not_unset_after_msgpack(void **unused)
{
    (void)unused;
    struct sample want;
    struct sample have;
    record_init(&sample_record, &want);
    want.text = STR("");
    want.bytes = STR("");
    want.maybe = 0;
    assert_true(record_encode(&sample_record, &want, &out));
    assert_true(record_decode(&sample_record, buf_str(&out), &arena, &have, &err));
    assert_true(str_is_set(have.text));
    assert_true(str_is_set(have.bytes));
    assert_int_equal(have.maybe, 0);
}

static void integers_keep_their_value_at_every_width(void **unused)
{
    (void)unused;
    static const int64_t VALUES[] = { 1,
                                      -1,
                                      127,
                                      128,
                                      -32,
                                      -33,
                                      255,
                                      256,
                                      65535,
                                      65536,
                                      -128,
                                      -129,
                                      -32768,
                                      -32769,
                                      1LL << 31,
                                      (1LL << 32) - 1,
                                      1LL << 32,
                                      -(1LL << 31),
                                      -(1LL << 31) - 1,
                                      INT64_MAX,
                                      INT64_MIN };
    for (size_t i = 0; i < COUNT(VALUES); i++) {
        struct sample want;
        struct sample have;
        record_init(&sample_record, &want);
        want.number = VALUES[i];
        buf_clear(&out);
        assert_true(record_encode(&sample_record, &want, &out));
        assert_true(record_decode(&sample_record, buf_str(&out), &arena, &have, &err));
        assert_int_equal(have.number, VALUES[i]);
    }
}

static void fields_that_this_version_does_not_know_are_ignored(void **unused)
{
    (void)unused;
    struct newer want = { .text = STR("t"), .extra = { twigs, 2 }, .number = 7 };
    struct sample have;
    assert_true(record_encode(&newer_record, &want, &out));
    assert_true(record_decode(&sample_record, buf_str(&out), &arena, &have, &err));
    assert_str(have.text, STR("t"));
    assert_int_equal(have.number, 7);
    struct newer old;
    struct sample sent = full_sample();
    buf_clear(&out);
    assert_true(record_encode(&sample_record, &sent, &out));
    assert_true(record_decode(&newer_record, buf_str(&out), &arena, &old, &err));
    assert_int_equal(old.number, sent.number);
    assert_int_equal(old.extra.n, 0);
}

static void a_message_cut_anywhere_is_refused(void **unused)
{
    (void)unused;
    struct sample want = full_sample();
    struct sample have;
    assert_true(record_encode(&sample_record, &want, &out));
    for (size_t n = 0; n < out.n; n++) {
        char *copy = malloc(n + 1); /* an exact copy: AddressSanitizer sees a read behind it */
        assert_non_null(copy);
        memcpy(copy, out.p, n);
        char *exact = realloc(copy, n ? n : 1);
        if (record_decode(&sample_record, (struct str){ exact, n }, &arena, &have, &err))
            fail_msg("%zu of %zu bytes were taken for a whole message", n, out.n);
        assert_int_equal(err.kind, ERR_INPUT);
        free(exact);
        arena_reset(&arena);
    }
    assert_true(buf_add_char(&out, '\xC0'));
    assert_false(record_decode(&sample_record, buf_str(&out), &arena, &have, &err));
}

static void any_single_changed_byte_is_an_answer_never_a_crash(void **unused)
{
    (void)unused;
    struct sample want = full_sample();
    struct sample have;
    assert_true(record_encode(&sample_record, &want, &out));
    for (size_t i = 0; i < out.n; i++)
        for (int v = 0; v < 256; v++) {
            char before = out.p[i];
            out.p[i] = (char)v;
            if (!record_decode(&sample_record, buf_str(&out), &arena, &have, &err))
                assert_true(err.kind == ERR_INPUT || err.kind == ERR_TOO_BIG);
            out.p[i] = before;
            arena_reset(&arena);
        }
}

/* {"<field>": <value>} in msgpack; the value's bytes are given. */
static struct str one_field(const char *field, const char *value, size_t n)
{
    buf_clear(&out);
    (void)buf_add_char(&out, '\x81');
    (void)buf_add_char(&out, (char)(0xA0 + strlen(field)));
    (void)buf_add_text(&out, field);
    (void)buf_add_bytes(&out, value, n);
    assert_false(out.has_failed);
    return buf_str(&out);
}

static void a_wrong_type_names_its_field(void **unused)
{
    (void)unused;
    static const struct {
        const char *field;
        const char *value;
    } CASES[] = {
        { "text", "\x01" },
        { "bytes", "\x90" },
        { "inner", "\xC3" },
        { "number", "\xA1x" },
        { "maybe", "\xC2" },
        { "real", "\xA1x" },
        { "flag", "\x01" },
        { "id", "\xA1x" },
        { "id", "\x01" },
        { "at", "\xA1x" },
        { "via", "\x01" },
        { "via", "\xA3xyz" },
        { "words", "\x81\xA1x\x01" },
        { "words", "\x91\x01" },
        { "twigs", "\x81\xA1x\x01" },
        { "number", "\xCF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF" },
        { "words", "\x91\xC0" },
    };
    for (size_t i = 0; i < COUNT(CASES); i++) {
        struct sample have;
        memset(&err, 0, sizeof err);
        struct str in = one_field(CASES[i].field, CASES[i].value, strlen(CASES[i].value));
        if (record_decode(&sample_record, in, &arena, &have, &err))
            fail_msg("%s took a value of the wrong type (case %zu)", CASES[i].field, i);
        assert_wrong(CASES[i].field);
    }
    struct sample have;
    assert_false(record_decode(&sample_record, one_field("twig", "\x01", 1), &arena, &have, &err));
    assert_wrong("twig");
    assert_false(record_decode(&sample_record, one_field("twigs", "\x91\x01", 2), &arena, &have, &err));
    assert_wrong("twig");
}

static void a_real_that_is_no_number_is_refused(void **unused)
{
    (void)unused;
    struct sample have;
    static const char NOT_FINITE[][10] = { "\xCB\x7F\xF8\0\0\0\0\0\0", "\xCB\x7F\xF0\0\0\0\0\0\0",
                                           "\xCB\xFF\xF0\0\0\0\0\0\0" };
    for (size_t i = 0; i < COUNT(NOT_FINITE); i++) {
        assert_false(record_decode(&sample_record, one_field("real", NOT_FINITE[i], 9), &arena, &have, &err));
        assert_wrong("real");
    }
    assert_true(record_decode(&sample_record, one_field("real", "\x05", 1), &arena, &have, &err));
    assert_true(have.real == 5.0);
}

static void nil_is_unset(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sample_record.n; i++) {
        struct sample have;
        struct sample want;
        record_init(&sample_record, &want);
        assert_true(
            record_decode(&sample_record, one_field(sample_record.fields[i].name, "\xC0", 1), &arena, &have, &err));
        assert_sample(&have, &want);
    }
}

/* A few bytes that announce gigabytes must cost nothing. */
static void a_count_that_the_bytes_cannot_hold_is_refused(void **unused)
{
    (void)unused;
    static const char *const VALUES[] = { "\xDD\xFF\xFF\xFF\xFF", "\xDF\xFF\xFF\xFF\xFF", "\xDD\x10\x01\x01\x01",
                                          "\xDB\xFF\xFF\xFF\xFF", "\xC6\xFF\xFF\xFF\xFF", "\xDC\xFF\xFF",
                                          "\xDF\x01\x01\x01\x01" };
    for (size_t i = 0; i < COUNT(VALUES); i++) {
        struct sample have;
        assert_false(
            record_decode(&sample_record, one_field("words", VALUES[i], strlen(VALUES[i])), &arena, &have, &err));
        assert_int_equal(err.kind, ERR_INPUT);
        assert_false(record_decode(&sample_record, str_of(VALUES[i]), &arena, &have, &err));
    }
}

static void deep_nesting_is_refused(void **unused)
{
    (void)unused;
    struct sample have;
    char deep[5000];
    memset(deep, '\x91', sizeof deep);
    deep[sizeof deep - 1] = '\xC0';
    assert_false(record_decode(&sample_record, (struct str){ deep, sizeof deep }, &arena, &have, &err));
    assert_false(record_decode(&sample_record, one_field("later", deep, sizeof deep), &arena, &have, &err));
    memset(deep, '\x91', 20);
    deep[20] = '\xC0';
    assert_true(
        record_decode(&sample_record, one_field("later", deep, 21), &arena, &have, &err)); /* unknown, but whole */
}

static void what_is_no_map_is_refused(void **unused)
{
    (void)unused;
    static const struct str BYTES[] = { { "", 0 },     { "\xC0", 1 },         { "\x90", 1 }, { "\x01", 1 },
                                        { "\xA0", 1 }, { "\x81\x01\x01", 3 }, { "\xC1", 1 } };
    for (size_t i = 0; i < COUNT(BYTES); i++) {
        struct sample have;
        assert_false(record_decode(&sample_record, BYTES[i], &arena, &have, &err));
        assert_int_equal(err.kind, ERR_INPUT);
    }
}

static void a_full_arena_and_a_full_buffer_are_answers(void **unused)
{
    (void)unused;
    struct sample want = full_sample();
    struct sample have;
    assert_true(record_encode(&sample_record, &want, &out));
    struct arena small;
    arena_init(&small, 64);
    assert_false(record_decode(&sample_record, buf_str(&out), &small, &have, &err));
    assert_int_equal(err.kind, ERR_TOO_BIG);
    arena_release(&small);
    for (size_t n = 0; n < out.n; n++) {
        struct buf tight;
        buf_init(&tight, n);
        assert_false(record_encode(&sample_record, &want, &tight));
        buf_release(&tight);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_kind_survives_msgpack),
        TEST(an_unset_record_is_an_empty_map_and_comes_back_unset),
        TEST(empty_is_not_unset_after_msgpack),
        TEST(integers_keep_their_value_at_every_width),
        TEST(fields_that_this_version_does_not_know_are_ignored),
        TEST(a_message_cut_anywhere_is_refused),
        TEST(any_single_changed_byte_is_an_answer_never_a_crash),
        TEST(a_wrong_type_names_its_field),
        TEST(a_real_that_is_no_number_is_refused),
        TEST(nil_is_unset),
        TEST(a_count_that_the_bytes_cannot_hold_is_refused),
        TEST(deep_nesting_is_refused),
        TEST(what_is_no_map_is_refused),
        TEST(a_full_arena_and_a_full_buffer_are_answers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
