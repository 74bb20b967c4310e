#include "base/base.h"

#include "unit/cmocka_all.h"

static void views_compare_by_bytes_and_unset_equals_empty(void **state)
{
    (void)state;
    assert_true(str_eq(STR("a\0b"), STR("a\0b")));
    assert_false(str_eq(STR("a\0b"), STR("a\0c")));
    assert_false(str_eq(STR("a"), STR("ab")));
    assert_true(str_eq((struct str){ 0 }, STR("")));
    assert_false(str_is_set((struct str){ 0 }));
    assert_true(str_is_set(STR("")));
    assert_false(str_is_set(str_of(NULL)));
    assert_true(str_is(STR("abc"), "abc"));
    assert_true(str_starts(STR("abc"), STR("ab")) && str_starts(STR("abc"), STR("")) &&
                !str_starts(STR("a"), STR("ab")));
    assert_true(str_ends(STR("abc"), STR("bc")) && str_ends(STR("abc"), STR("")) && !str_ends(STR("c"), STR("bc")));
    assert_true(str_eq_ascii_case(STR("X-Plivo"), STR("x-pLIVO")));
    assert_false(str_eq_ascii_case(STR("\xC3\x84"), STR("\xC3\xA4"))); /* Ä, ä: ASCII only */
    assert_false(str_eq_ascii_case(STR("@"), STR("`")));               /* beside the letters */
}

static void order_is_by_bytes_and_the_shorter_first(void **state)
{
    (void)state;
    assert_true(str_compare(STR("Media10"), STR("Media2")) < 0);
    assert_true(str_compare(STR("Media0"), STR("MediaCount")) < 0);
    assert_true(str_compare(STR("ab"), STR("a")) > 0);
    assert_true(str_compare(STR("\xC3"), STR("z")) > 0); /* unsigned */
    assert_int_equal(str_compare(STR("a"), STR("a")), 0);
    assert_int_equal(str_compare((struct str){ 0 }, STR("")), 0);
}

static void cutting_never_leaves_the_view(void **state)
{
    (void)state;
    assert_str_eq(str_slice(STR("abc"), 1, 1), STR("b"));
    assert_str_eq(str_slice(STR("abc"), 1, 99), STR("bc"));
    assert_str_eq(str_slice(STR("abc"), 99, 1), STR(""));
    assert_str_eq(str_slice((struct str){ 0 }, 1, 1), STR(""));
    assert_str_eq(str_trim(STR(" \t a b \r\n")), STR("a b"));
    assert_str_eq(str_trim(STR(" \n ")), STR(""));
    assert_str_eq(str_trim((struct str){ 0 }), STR(""));
    assert_int_equal(str_find(STR("abc"), 'c'), 2);
    assert_int_equal(str_find(STR("abc"), 'x'), 3);
    assert_int_equal(str_find((struct str){ 0 }, 'x'), 0);
}

static void a_list_is_cut_into_all_its_items(void **state)
{
    (void)state;
    struct str rest = STR("a,,b,"), item;
    static const char *const WANTED[] = { "a", "", "b", "" };
    for (size_t i = 0; i < COUNT(WANTED); i++) {
        assert_true(str_next(&rest, ',', &item));
        assert_str_eq(item, str_of(WANTED[i]));
    }
    assert_false(str_next(&rest, ',', &item));
    rest = STR("");
    assert_true(str_next(&rest, ',', &item));
    assert_int_equal(item.n, 0);
    assert_false(str_next(&rest, ',', &item));
}

static void integers_are_read_whole_or_not_at_all(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t value;
    } GOOD[] = { { "0", 0 },           { "-1", -1 },   { "007", 7 }, { "9223372036854775807", INT64_MAX }, { "-9223372036854775808", INT64_MIN },
                 { "1234567", 1234567 } };
    for (size_t i = 0; i < COUNT(GOOD); i++) {
        int64_t v = 42;
        assert_true(str_to_int(str_of(GOOD[i].text), INT64_MIN, INT64_MAX, &v));
        assert_true(v == GOOD[i].value);
    }
    static const char *const
        BAD[] = { "",    "-",   "+1",      " 1", "1 ", "1.0", "0x1", "9223372036854775808", "-9223372036854775809",
                  "1e3", "--1", "\xD9\xA1" /* an Arabic digit */ };
    for (size_t i = 0; i < COUNT(BAD); i++) {
        int64_t v = 42;
        if (str_to_int(str_of(BAD[i]), INT64_MIN, INT64_MAX, &v))
            fail_msg("\"%s\" was taken", BAD[i]);
        assert_int_equal(v, 42);
    }
    int64_t v;
    assert_true(str_to_int(STR("5"), 5, 5, &v));
    assert_false(str_to_int(STR("4"), 5, 9, &v));
    assert_false(str_to_int(STR("10"), 5, 9, &v));
}

static void utf8_is_what_rfc_3629_says(void **state)
{
    (void)state;
    static const char *const GOOD[] = {
        "", "a", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"
    };
    for (size_t i = 0; i < COUNT(GOOD); i++)
        assert_true(str_is_utf8(str_of(GOOD[i])));
    static const char *const BAD[] = {
        "\x80",         "\xC3",         "\xC0\x80",         "\xC1\xBF",         "\xE0\x9F\xBF",
        "\xED\xA0\x80", "\xED\xBF\xBF", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80",
        "\xFF",         "a\xC3z",       "\xE2\x82"
    };
    for (size_t i = 0; i < COUNT(BAD); i++)
        if (str_is_utf8(str_of(BAD[i])))
            fail_msg("bad sequence %zu was taken", i);
    assert_true(str_is_utf8(STR("a\0b")));
}

static void every_code_point_survives_and_malformed_bytes_are_skipped_one_by_one(void **state)
{
    (void)state;
    for (uint32_t c = 1; c <= 0x10FFFF; c++) {
        if (c >= 0xD800 && c <= 0xDFFF)
            continue;
        char bytes[4];
        size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
        static const uint8_t LEAD[] = { 0, 0, 0xC0, 0xE0, 0xF0 };
        for (size_t i = n - 1; i > 0; i--)
            bytes[i] = (char)(0x80 | ((c >> (6 * (n - 1 - i))) & 0x3F));
        bytes[0] = (char)(n == 1 ? c : LEAD[n] | (c >> (6 * (n - 1))));
        uint32_t got;
        size_t at = 0;
        assert_true(str_next_code_point((struct str){ bytes, n }, &at, &got));
        assert_int_equal(got, c);
        assert_int_equal(at, n);
    }
    struct str text = STR("a\xE2\x82z\xFF");
    static const uint32_t WANTED[] = { 'a', 0xFFFD, 0xFFFD, 'z', 0xFFFD };
    size_t at = 0;
    uint32_t got;
    for (size_t i = 0; i < COUNT(WANTED); i++) {
        assert_true(str_next_code_point(text, &at, &got));
        assert_int_equal(got, WANTED[i]);
    }
    assert_false(str_next_code_point(text, &at, &got));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(views_compare_by_bytes_and_unset_equals_empty),
        cmocka_unit_test(order_is_by_bytes_and_the_shorter_first),
        cmocka_unit_test(cutting_never_leaves_the_view),
        cmocka_unit_test(a_list_is_cut_into_all_its_items),
        cmocka_unit_test(integers_are_read_whole_or_not_at_all),
        cmocka_unit_test(utf8_is_what_rfc_3629_says),
        cmocka_unit_test(every_code_point_survives_and_malformed_bytes_are_skipped_one_by_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
