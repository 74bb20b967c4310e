#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "unit/common/wire/sample.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static struct arena arena;
static struct buf out;
static struct err err;

static int set_up(void **unused)
{
    (void)unused;
    arena_init(&arena, 4 * 1024 * 1024);
    buf_init(&out, 4 * 1024 * 1024);
    memset(&err, 0, sizeof err);
    return 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    arena_release(&arena);
    buf_release(&out);
    return 0;
}

static const struct id ID = { { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 } };

static struct leaf leaves[] = { { .word = { "a", 1 }, .count = 0 }, { .word = { "", 0 }, .count = INT_UNSET } };
static struct leaf alone = { .word = { 0 }, .count = -5 };
static struct twig twigs[] = { { .leaves = { leaves, 2 }, .one = &alone }, { .one = NULL } };
static struct str words[] = { { "x", 1 }, { "", 0 }, { "\xC3\xA9", 2 } };

static struct sample full_sample(void)
{
    return (struct sample){
        .text = STR("h\xC3\xA9llo \"you\"\n"),
        .bytes = { "\0\xFF\x80", 3 },
        .inner = STR("{\"a\":[1,2.5,null]}"),
        .number = INT64_MIN + 1,
        .maybe = 0,
        .real = -0.1,
        .flag = true,
        .id = ID,
        .at = 1772471045123,
        .via = CALL_UNKNOWN,
        .twig = &twigs[0],
        .twigs = { twigs, 2 },
        .words = { words, 3 },
    };
}

static void assert_str(struct str have, struct str want)
{
    assert_int_equal(str_is_set(have), str_is_set(want));
    assert_int_equal(have.n, want.n);
    if (have.n)
        assert_memory_equal(have.p, want.p, have.n);
}

static void assert_leaf(const struct leaf *have, const struct leaf *want)
{
    assert_str(have->word, want->word);
    assert_int_equal(have->count, want->count);
}

static void assert_twig(const struct twig *have, const struct twig *want)
{
    assert_int_equal(have->leaves.n, want->leaves.n);
    for (size_t i = 0; i < have->leaves.n; i++)
        assert_leaf(&have->leaves.v[i], &want->leaves.v[i]);
    assert_int_equal(have->one != NULL, want->one != NULL);
    if (have->one)
        assert_leaf(have->one, want->one);
}

/* Without BIN, which JSON never shows. */
static void assert_sample(const struct sample *have, const struct sample *want)
{
    assert_str(have->text, want->text);
    assert_str(have->inner, want->inner);
    assert_int_equal(have->number, want->number);
    assert_int_equal(have->maybe, want->maybe);
    assert_true(have->real == want->real);
    assert_int_equal(have->flag, want->flag);
    assert_true(id_eq(have->id, want->id));
    assert_int_equal(have->at, want->at);
    assert_int_equal(have->via, want->via);
    assert_int_equal(have->twig != NULL, want->twig != NULL);
    if (have->twig)
        assert_twig(have->twig, want->twig);
    assert_int_equal(have->twigs.n, want->twigs.n);
    for (size_t i = 0; i < have->twigs.n; i++)
        assert_twig(&have->twigs.v[i], &want->twigs.v[i]);
    assert_int_equal(have->words.n, want->words.n);
    for (size_t i = 0; i < have->words.n; i++)
        assert_str(have->words.v[i], want->words.v[i]);
}

static void assert_wrong(const char *field)
{
    assert_int_equal(err.kind, ERR_INPUT);
    assert_string_equal(err.field, field);
    assert_true(err.text[0] != '\0');
}

/* --- msgpack --- */

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

/* --- JSON --- */

static void every_kind_survives_json(void **unused)
{
    (void)unused;
    struct sample want = full_sample();
    struct sample have;
    uint64_t present = 0;
    assert_true(record_to_json(&sample_record, &want, &out));
    assert_true(record_from_json(&sample_record, buf_str(&out), &arena, &have, &present, &err));
    assert_sample(&have, &want);
    assert_false(str_is_set(have.bytes));
    assert_int_equal(present, ((UINT64_C(1) << sample_record.n) - 1) & ~record_bit(&sample_record, "bytes"));
}

static void json_is_exactly_this(void **unused)
{
    (void)unused;
    struct sample s = full_sample();
    assert_true(record_to_json(&sample_record, &s, &out));
    assert_string_equal(
        buf_text(&out),
        "{\"text\":\"h\xC3\xA9llo \\\"you\\\"\\n\",\"inner\":{\"a\":[1,2.5,null]},\"number\":-9223372036854775807,"
        "\"maybe\":0,\"real\":-0.1,\"flag\":true,\"id\":\"01020304-0506-0708-090a-0b0c0d0e0f10\","
        "\"at\":\"2026-03-02T17:04:05.123Z\",\"via\":\"unknown\","
        "\"twig\":{\"leaves\":[{\"word\":\"a\",\"count\":0},{\"word\":\"\",\"count\":null}],"
        "\"one\":{\"word\":null,\"count\":-5}},"
        "\"twigs\":[{\"leaves\":[{\"word\":\"a\",\"count\":0},{\"word\":\"\",\"count\":null}],"
        "\"one\":{\"word\":null,\"count\":-5}},{\"leaves\":[],\"one\":null}],\"words\":[\"x\",\"\",\"\xC3\xA9\"]}");
}

static void unset_is_null_in_json_and_never_missing(void **unused)
{
    (void)unused;
    struct sample s;
    record_init(&sample_record, &s);
    assert_true(record_to_json(&sample_record, &s, &out));
    assert_string_equal(buf_text(&out),
                        "{\"text\":null,\"inner\":null,\"number\":0,\"maybe\":null,\"real\":0.0,\"flag\":false,"
                        "\"id\":null,\"at\":null,\"via\":null,\"twig\":null,\"twigs\":[],\"words\":[]}");
}

static void malformed_utf8_is_shown_as_the_replacement_character(void **unused)
{
    (void)unused;
    struct leaf s = { .word = { "a\xFF\xC3z\xED\xA0\x80\0.", 9 }, .count = 1 };
    assert_true(record_to_json(&leaf_record, &s, &out));
    assert_string_equal(
        buf_text(&out),
        "{\"word\":\"a\xEF\xBF\xBD\xEF\xBF\xBDz\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\\u0000.\",\"count\":1}");
}

static void what_json_cannot_say_is_null(void **unused)
{
    (void)unused;
    struct sample s;
    record_init(&sample_record, &s);
    s.real = (double)NAN;
    s.inner = STR("{broken");
    assert_true(record_to_json(&sample_record, &s, &out));
    assert_non_null(strstr(buf_text(&out), "\"inner\":null"));
    assert_non_null(strstr(buf_text(&out), "\"real\":null"));
}

static void json_that_is_wrong_names_its_field(void **unused)
{
    (void)unused;
    static const struct {
        const char *json;
        const char *field;
    } CASES[] = {
        { "{\"text\":1}", "text" },
        { "{\"text\":[]}", "text" },
        { "{\"bytes\":\"x\"}", "bytes" },
        { "{\"inner\":\"{}\"}", "inner" },
        { "{\"inner\":[]}", "inner" },
        { "{\"number\":\"1\"}", "number" },
        { "{\"number\":1.0}", "number" },
        { "{\"number\":true}", "number" },
        { "{\"maybe\":1.5}", "maybe" },
        { "{\"real\":\"1\"}", "real" },
        { "{\"flag\":1}", "flag" },
        { "{\"flag\":\"true\"}", "flag" },
        { "{\"id\":\"x\"}", "id" },
        { "{\"id\":5}", "id" },
        { "{\"at\":\"yesterday\"}", "at" },
        { "{\"at\":1772471045123}", "at" },
        { "{\"via\":\"pigeon\"}", "via" },
        { "{\"via\":3}", "via" },
        { "{\"twig\":[]}", "twig" },
        { "{\"twigs\":{}}", "twigs" },
        { "{\"words\":[1]}", "words" },
        { "{\"words\":[null]}", "words" },
        { "{\"words\":\"x\"}", "words" },
        { "{\"txt\":\"x\"}", "txt" },
        { "{\"twig\":{\"leafs\":[]}}", "leafs" },
        { "{\"twig\":{\"leaves\":[{\"count\":\"x\"}]}}", "count" },
        { "{\"maybe\":-9223372036854775808}", "maybe" },
        { "[]", "" },
        { "\"x\"", "" },
        { "null", "" },
        { "", "" },
        { "{", "" },
        { "{\"text\":\"x\",\"text\":\"y\"}", "" },
        { "{\"text\":\"x\"}x", "" },
        { "{\"text\":\"x\"}{}", "" },
        { "{\"text\":\"x\",}", "" },
        { "{text:\"x\"}", "" },
        { "{\"text\":'x'}", "" },
        { "{\"text\":\"\xFF\"}", "" },
        { "{\"text\":\"\\ud800\"}", "" },
        { "{\"number\":9223372036854775808}", "" },
        { "{\"number\":01}", "" },
        { "{\"real\":NaN}", "" },
        { "{\"real\":1e999}", "" },
    };
    for (size_t i = 0; i < COUNT(CASES); i++) {
        struct sample have;
        memset(&err, 0, sizeof err);
        if (record_from_json(&sample_record, str_of(CASES[i].json), &arena, &have, NULL, &err))
            fail_msg("taken: %s", CASES[i].json);
        if (err.kind != ERR_INPUT || strcmp(err.field, CASES[i].field) != 0)
            fail_msg("%s: kind %d, field %s, %s", CASES[i].json, (int)err.kind, err.field, err.text);
    }
}

static void a_complaint_about_json_does_not_repeat_it(void **unused)
{
    (void)unused;
    struct sample have;
    assert_false(record_from_json(&sample_record, STR("{\"text\":\"x\" hush}"), &arena, &have, NULL, &err));
    assert_null(strstr(err.text, "hush"));
    assert_non_null(strstr(err.text, "line 1"));
}

static void an_over_long_name_is_cut_between_characters(void **unused)
{
    (void)unused;
    struct sample have;
    buf_clear(&out);
    (void)buf_add_text(&out, "{\"a");
    for (int i = 0; i < 40; i++)
        (void)buf_add_text(&out, "\xC3\xA9");
    (void)buf_add_text(&out, "\":1}");
    assert_false(record_from_json(&sample_record, buf_str(&out), &arena, &have, NULL, &err));
    assert_true(str_is_utf8(str_of(err.field)));
    assert_true(strlen(err.field) > 20);
}

static void present_tells_null_from_missing(void **unused)
{
    (void)unused;
    struct sample have;
    uint64_t present = 0;
    struct str json = STR(" {\"text\":null, \"maybe\":null,\n\"flag\":false, \"words\":[]} ");
    assert_true(record_from_json(&sample_record, json, &arena, &have, &present, &err));
    assert_int_equal(present, record_bit(&sample_record, "text") | record_bit(&sample_record, "maybe") |
                                  record_bit(&sample_record, "flag") | record_bit(&sample_record, "words"));
    assert_false(str_is_set(have.text));
    assert_int_equal(have.maybe, INT_UNSET);
    assert_true(record_from_json(&sample_record, STR("{}"), &arena, &have, &present, &err));
    assert_int_equal(present, 0);
    assert_int_equal(have.maybe, INT_UNSET);
}

static void a_text_may_hold_nul_and_emoji(void **unused)
{
    (void)unused;
    struct leaf have;
    assert_true(
        record_from_json(&leaf_record, STR("{\"word\":\"a\\u0000b\\ud83d\\ude00\"}"), &arena, &have, NULL, &err));
    assert_str(have.word, (struct str){ "a\0b\xF0\x9F\x98\x80", 7 });
}

static void json_outlives_its_input(void **unused)
{
    (void)unused;
    char json[] = "{\"text\":\"keep\",\"words\":[\"me\"],\"inner\":{\"too\":1}}";
    struct sample have;
    assert_true(record_from_json(&sample_record, str_of(json), &arena, &have, NULL, &err));
    memset(json, 'X', sizeof json);
    assert_str(have.text, STR("keep"));
    assert_str(have.words.v[0], STR("me"));
    assert_str(have.inner, STR("{\"too\":1}"));
}

static void too_large_json_is_413(void **unused)
{
    (void)unused;
    struct sample have;
    buf_clear(&out);
    (void)buf_add_text(&out, "{\"words\":[");
    for (int i = 0; i < RECORD_LIST_MAX; i++)
        (void)buf_add_text(&out, "\"\",");
    (void)buf_add_text(&out, "\"\"]}");
    assert_false(record_from_json(&sample_record, buf_str(&out), &arena, &have, NULL, &err));
    assert_int_equal(err.kind, ERR_TOO_BIG);
    struct arena small;
    arena_init(&small, 16);
    assert_false(
        record_from_json(&sample_record, STR("{\"text\":\"longer than sixteen bytes\"}"), &small, &have, NULL, &err));
    assert_int_equal(err.kind, ERR_TOO_BIG);
    arena_release(&small);
}

static void a_full_buffer_fails_json(void **unused)
{
    (void)unused;
    struct sample s = full_sample();
    struct buf tight;
    buf_init(&tight, 100);
    assert_false(record_to_json(&sample_record, &s, &tight));
    assert_true(tight.has_failed);
    buf_release(&tight);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

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
        TEST(every_kind_survives_json),
        TEST(json_is_exactly_this),
        TEST(unset_is_null_in_json_and_never_missing),
        TEST(malformed_utf8_is_shown_as_the_replacement_character),
        TEST(what_json_cannot_say_is_null),
        TEST(json_that_is_wrong_names_its_field),
        TEST(a_complaint_about_json_does_not_repeat_it),
        TEST(an_over_long_name_is_cut_between_characters),
        TEST(present_tells_null_from_missing),
        TEST(a_text_may_hold_nul_and_emoji),
        TEST(json_outlives_its_input),
        TEST(too_large_json_is_413),
        TEST(a_full_buffer_fails_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
