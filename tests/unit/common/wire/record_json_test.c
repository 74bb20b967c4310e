/* The JSON half of record.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "unit/common/wire/record_fixture.h"

#include <math.h>

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
        "\"one\":{\"word\":null,\"count\":-5}},{\"leaves\":[],\"one\":null}],\"words\":[\"x\",\"\",\"\xC3\xA9\"],\"rare\":\"rare\"}");
}

static void unset_is_null_in_json_and_missing_only_where_its_kind_says_so(void **unused)
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_kind_survives_json),
        TEST(json_is_exactly_this),
        TEST(unset_is_null_in_json_and_missing_only_where_its_kind_says_so),
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
