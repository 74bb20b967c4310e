#include "domain/segments.h"

#include <stdio.h>

#include "domain/gsm7.h"
#include "unit/vectors.h"

static const char YA[] = { '\xD1', '\x8F' }; /* я: one unit of UCS-2 */
static const char GRIN[] = { '\xF0', '\x9F', '\x98', '\x80' }; /* 😀: a pair */

static void every_text_counts_as_the_public_calculator_counts_it(void **state)
{
    (void)state;
    json_t *root = vectors_load("segments.json");
    size_t at;
    json_t *vector;
    assert_true(json_array_size(root) >= 124);
    json_array_foreach(root, at, vector)
    {
        struct str name = vectors_str(vector, "name");
        struct segments got = segments_count(vectors_str(vector, "text"));
        int64_t wanted = json_integer_value(json_object_get(vector, "segments"));
        if (vectors_flag(vector, "disputed")) /* it keeps whole graphemes together; the air need not */
            wanted = json_integer_value(json_object_get(vector, "segments_by_code_point"));
        if (!str_eq(vectors_str(vector, "encoding"), str_of(words_name(&encoding_words, (int)got.encoding))) ||
            got.segments != wanted || got.units != json_integer_value(json_object_get(vector, "units")))
            fail_msg("%.*s: got %lld segments and %lld units", STR_ARGS(name), (long long)got.segments,
                     (long long)got.units);
    }
    json_decref(root);
}

/* `left` is a promise about the next characters: exactly that many fit, and one more makes a segment more. */
static void what_is_left_is_exactly_what_still_fits(void **state)
{
    (void)state;
    static const char *const FILLERS[] = { "a", "\xD1\x8F" /* я */ };
    char text[4096];
    for (size_t f = 0; f < COUNT(FILLERS); f++) {
        size_t step = strlen(FILLERS[f]);
        for (size_t n = 1; n * step < 1400; n++) {
            for (size_t i = 0; i < n; i++)
                memcpy(text + i * step, FILLERS[f], step);
            struct segments now = segments_count((struct str){ text, n * step });
            size_t more = n;
            for (int64_t i = 0; i <= now.left; i++, more++)
                memcpy(text + more * step, FILLERS[f], step);
            assert_int_equal(segments_count((struct str){ text, (more - 1) * step }).segments, now.segments);
            assert_true(segments_count((struct str){ text, more * step }).segments > now.segments);
        }
    }
}

static void a_text_over_plivos_limit_is_refused_by_name_and_length(void **state)
{
    (void)state;
    static char text[1700];
    memset(text, 'a', sizeof text);
    struct err err = { 0 };
    assert_true(segments_check((struct str){ text, 1600 }, "text", &err));
    assert_false(segments_check((struct str){ text, 1601 }, "text", &err));
    assert_int_equal(err.kind, ERR_INPUT);
    assert_string_equal(err.field, "text");
    assert_non_null(strstr(err.text, "1601"));
    assert_non_null(strstr(err.text, "1600"));

    text[1599] = '^'; /* two septets: 1601 in 1600 characters */
    assert_false(segments_check((struct str){ text, 1600 }, "text", &err));
    for (size_t i = 0; i < 738; i++)
        memcpy(text + 2 * i, YA, sizeof YA);
    assert_true(segments_check((struct str){ text, 2 * 737 }, "text", &err));
    assert_false(segments_check((struct str){ text, 2 * 738 }, "text", &err));
    assert_true(segments_check(STR(""), "text", &err));
}

static void no_text_within_the_limits_takes_more_than_the_maximum(void **state)
{
    (void)state;
    static char text[4 * SEGMENTS_UCS2_MAX_UNITS];
    size_t n = 0; /* odd parts: one unit, then pairs, so that each part loses one */
    memcpy(text + n, YA, sizeof YA), n += sizeof YA;
    for (int pairs = 0; pairs < (SEGMENTS_UCS2_MAX_UNITS - 1) / 2; pairs++)
        memcpy(text + n, GRIN, sizeof GRIN), n += sizeof GRIN;
    struct segments worst = segments_count((struct str){ text, n });
    assert_int_equal(worst.units, SEGMENTS_UCS2_MAX_UNITS);
    assert_true(worst.segments <= SEGMENTS_MAX);
    assert_int_equal(segments_count((struct str){ text + 2, n - 2 }).segments, SEGMENTS_MAX);
}

static void each_character_that_forces_ucs2_is_named_with_its_place(void **state)
{
    (void)state;
    struct str text = STR(
        "It\xE2\x80\x99s \xF0\x9F\x98\x80 \xE2\x82\xAC 5\xE2\x80\xA6"); /* It's, typographic, emoji, euro, … */
    struct forced_cursor cursor = forced_begin(text);
    struct forced forced;

    assert_true(forced_next(&cursor, &forced));
    assert_int_equal(forced.code_point, 0x2019);
    assert_int_equal(forced.offset, 2);
    assert_int_equal(forced.byte_offset, 2);
    assert_str_eq(forced.character, STR("\xE2\x80\x99"));
    assert_str_eq(forced.replacement, STR("'"));

    assert_true(forced_next(&cursor, &forced));
    assert_int_equal(forced.code_point, 0x1F600);
    assert_int_equal(forced.offset, 5);
    assert_false(str_is_set(forced.replacement));

    assert_true(forced_next(&cursor, &forced));
    assert_int_equal(forced.offset, 10);
    assert_int_equal(forced.byte_offset, 17);
    assert_str_eq(forced.replacement, STR("..."));
    assert_false(forced_next(&cursor, &forced));
    assert_false(forced_next(&cursor, &forced));
}

static void every_replacement_is_in_the_alphabet_and_replaces_what_is_not(void **state)
{
    (void)state;
    int found = 0;
    for (uint32_t c = 0; c <= 0x10FFFF; c++) {
        struct str replacement = gsm7_replacement(c);
        if (!str_is_set(replacement))
            continue;
        found++;
        assert_int_equal(gsm7_septets(c), 0);
        assert_int_equal(segments_count(replacement).encoding, ENCODING_GSM7);
    }
    assert_true(found > 150);
    assert_str_eq(gsm7_replacement(0xFF21), STR("A"));
    assert_str_eq(gsm7_replacement(0xFF40), STR("'"));
    assert_str_eq(gsm7_replacement(0xFF5E), STR("~"));
    assert_str_eq(gsm7_replacement(0x200B), STR(""));
}

static void bytes_that_are_no_utf8_count_and_never_hang(void **state)
{
    (void)state;
    struct segments got = segments_count(STR("a\xFF\xC3"));
    assert_int_equal(got.encoding, ENCODING_UCS2);
    assert_int_equal(got.units, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_text_counts_as_the_public_calculator_counts_it),
        cmocka_unit_test(what_is_left_is_exactly_what_still_fits),
        cmocka_unit_test(a_text_over_plivos_limit_is_refused_by_name_and_length),
        cmocka_unit_test(no_text_within_the_limits_takes_more_than_the_maximum),
        cmocka_unit_test(each_character_that_forces_ucs2_is_named_with_its_place),
        cmocka_unit_test(every_replacement_is_in_the_alphabet_and_replaces_what_is_not),
        cmocka_unit_test(bytes_that_are_no_utf8_count_and_never_hang),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
