#include "domain/phone_plan.h"

#include "unit/cmocka_all.h"

#include <stdio.h>

static void numbers_as_people_write_them_become_e164(void **state)
{
    (void)state;
    static const struct {
        const char *raw, *e164;
        bool is_valid;
    } CASES[] = {
        { "+15550100001", "+15550100001", false }, /* possible, but 555 is nobody's area code */
        { "+1 (212) 555-2368", "+12125552368", true },
        { " +1.212.555.2368 ", "+12125552368", true },
        { "+44 20 7031 3000", "+442070313000", true },
        { "+41 44 668 18 00", "+41446681800", true },
        { "+49 (0)89 12345678", "+498912345678", true },
        { "+84 00 123 484 567", "+84123484567", false }, /* two trunk zeros: both go */
        { "\xEF\xBC\x8B"
          "12125552368",
          "+12125552368", true }, /* a full-width plus */
        { "+800 1234 5678", "+80012345678", true }, /* worldwide toll-free */
    };
    for (size_t i = 0; i < COUNT(CASES); i++) {
        struct phone phone;
        struct err err = { 0 };
        bool is_valid = !CASES[i].is_valid;
        if (!phone_plan_parse(str_of(CASES[i].raw), "to", &phone, &is_valid, &err))
            fail_msg("\"%s\" was refused: %s", CASES[i].raw, err.text);
        assert_str_eq(phone_str(&phone), str_of(CASES[i].e164));
        if (is_valid != CASES[i].is_valid)
            fail_msg("\"%s\": valid is %d", CASES[i].raw, is_valid);
    }
}

/* A number that is plain already is not parsed by the library: with a blank in it, and where it is described, it is. */
static void a_plain_north_american_number_reads_as_any_other(void **state)
{
    (void)state;
    static const int REST[] = { 0, 1234567, 2368999, 5550100, 9110000 };
    for (int area = 200; area <= 999; area++) {
        int rest = REST[area % (int)COUNT(REST)];
        char plain[24], written[24];
        struct phone a, b;
        struct phone_plan plan;
        struct err err;
        bool is_valid, is_written_valid;
        (void)snprintf(plain, sizeof plain, "+1%03d%07d", area, rest);
        (void)snprintf(written, sizeof written, "+1 %03d %07d", area, rest);
        assert_true(phone_plan_parse(str_of(plain), "to", &a, &is_valid, &err));
        assert_true(phone_plan_parse(str_of(written), "to", &b, &is_written_valid, &err));
        phone_plan_describe(&a, &plan);
        assert_string_equal(a.e164, plain);
        assert_string_equal(b.e164, plain);
        if (plan.is_valid != is_valid || is_written_valid != is_valid)
            fail_msg("%s: valid is %d", plain, is_valid);
    }
}

static void what_is_no_possible_number_is_refused_without_repeating_it(void **state)
{
    (void)state;
    static const char *const RAW[] = {
        "",
        "abc",
        "2125552368",
        "0012125552368",
        "+",
        "+1",
        "+1212555",
        "+121255523681",
        "+999123456789",
        "+1 212 555 2368 ext. 5",
        "+1212555236822222222222222222222222222222222222222222222222222222222222222222222222"
    };
    for (size_t i = 0; i < COUNT(RAW); i++) {
        struct phone phone = { "untouched" };
        bool is_valid = true;
        struct err err = { 0 };
        if (phone_plan_parse(str_of(RAW[i]), "to", &phone, &is_valid, &err))
            fail_msg("\"%s\" was taken as %s", RAW[i], phone.e164);
        assert_int_equal(err.kind, ERR_INPUT);
        assert_string_equal(err.field, "to");
        assert_string_equal(phone.e164, "untouched");
        if (strlen(RAW[i]) > 5)
            assert_null(strstr(err.text, RAW[i]));
    }
    struct phone phone;
    bool is_valid;
    struct err err;
    assert_false(phone_plan_parse((struct str){ 0 }, "to", &phone, &is_valid, &err));
    assert_false(phone_plan_parse(STR("+1\xFF\xFE"), "to", &phone, &is_valid, &err));
}

static void the_plan_tells_region_kind_and_how_people_write_it(void **state)
{
    (void)state;
    static const struct {
        const char *e164, *region, *national;
        enum phone_kind kind;
    } CASES[] = {
        { "+12125552368", "US", "(212) 555-2368", PHONE_KIND_FIXED_OR_MOBILE },
        { "+18005552368", "US", "(800) 555-2368", PHONE_KIND_TOLL_FREE },
        { "+447400123456", "GB", "07400 123456", PHONE_KIND_MOBILE },
        { "+442070313000", "GB", "020 7031 3000", PHONE_KIND_FIXED },
        { "+15550100001", "US", "(555) 010-0001", PHONE_KIND_UNKNOWN },
        { "+99912345678", "", "+99912345678", PHONE_KIND_UNKNOWN }, /* no such country */
    };
    for (size_t i = 0; i < COUNT(CASES); i++) {
        struct phone phone;
        struct err err;
        struct phone_plan plan;
        assert_true(phone_parse(str_of(CASES[i].e164), "to", &phone, &err));
        phone_plan_describe(&phone, &plan);
        assert_string_equal(plan.region, CASES[i].region);
        assert_string_equal(plan.national, CASES[i].national);
        assert_int_equal(plan.kind, CASES[i].kind);
    }
    assert_string_equal(words_name(&phone_kind_words, PHONE_KIND_TOLL_FREE), "toll_free");
}

static void a_landline_stands_for_a_place_and_most_mobiles_for_a_country(void **state)
{
    (void)state;
    static const struct {
        const char *number;
        bool is_geographic;
    } NUMBERS[] = { { "+493012345678", true },  { "+12125550100", true },  { "+4915112345678", false },
                    { "+61491570006", false }, { "+18005550199", false }, { "+5511961234567", true } };
    for (size_t i = 0; i < COUNT(NUMBERS); i++) {
        struct phone phone;
        struct err err;
        assert_true(phone_parse(str_of(NUMBERS[i].number), "to", &phone, &err));
        if (phone_plan_is_geographic(&phone) != NUMBERS[i].is_geographic)
            fail_msg("%s: wanted %d", NUMBERS[i].number, NUMBERS[i].is_geographic);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_as_people_write_them_become_e164),
        cmocka_unit_test(a_plain_north_american_number_reads_as_any_other),
        cmocka_unit_test(what_is_no_possible_number_is_refused_without_repeating_it),
        cmocka_unit_test(the_plan_tells_region_kind_and_how_people_write_it),
        cmocka_unit_test(a_landline_stands_for_a_place_and_most_mobiles_for_a_country),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
