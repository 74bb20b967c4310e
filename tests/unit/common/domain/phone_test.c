#include "domain/phone.h"

#include "domain/address.h"
#include "unit/cmocka_all.h"

static void a_number_in_e164_form_is_kept_as_it_is(void **state)
{
    (void)state;
    static const char *const NUMBERS[] = { "+15550100001", "+12", "+123456789012345" };
    for (size_t i = 0; i < COUNT(NUMBERS); i++) {
        struct phone phone;
        struct err err;
        assert_true(phone_parse(str_of(NUMBERS[i]), "to", &phone, &err));
        assert_str_eq(phone_str(&phone), str_of(NUMBERS[i]));
        struct phone again = phone;
        assert_true(phone_eq(&phone, &again));
    }
}

static void anything_else_is_refused_by_field_and_never_repeated(void **state)
{
    (void)state;
    static const char *const NUMBERS[] = {
        "",    "+",      "15550123456",   "+1",           "+1234567890123456", "+05550123456",
        "++1", "+1 555", "+1555-0123456", "+1555012345a", " +15550123456",     "+15550123456 "
    };
    for (size_t i = 0; i < COUNT(NUMBERS); i++) {
        struct phone phone = { "untouched" };
        struct err err = { 0 };
        if (phone_parse(str_of(NUMBERS[i]), "to", &phone, &err))
            fail_msg("\"%s\" was taken", NUMBERS[i]);
        assert_int_equal(err.kind, ERR_INPUT);
        assert_string_equal(err.field, "to");
        assert_string_equal(phone.e164, "untouched");
        if (strlen(NUMBERS[i]) > 6)
            assert_null(strstr(err.text, NUMBERS[i] + 2));
    }
    struct phone phone;
    struct err err;
    assert_false(phone_parse((struct str){ "+1555\0"
                                           "100001",
                                           12 },
                             "to", &phone, &err)); /* a NUL is no digit */
    assert_false(phone_parse((struct str){ 0 }, "to", &phone, &err));
}

static void the_kind_of_an_address_follows_from_its_text(void **state)
{
    (void)state;
    assert_int_equal(address_kind_of(STR("+15550100001")), ADDRESS_PHONE);
    assert_int_equal(address_kind_of(STR("24587")), ADDRESS_SHORT_CODE);
    assert_int_equal(address_kind_of(STR("123456")), ADDRESS_SHORT_CODE);
    static const char *const LETTERS[] = { "PARLEY", "", "+", "+abc", "12", "1234567", "24587a", "+1234567890123456" };
    for (size_t i = 0; i < COUNT(LETTERS); i++) {
        assert_int_equal(address_kind_of(str_of(LETTERS[i])), ADDRESS_LETTERS);
        assert_false(address_can_be_answered(str_of(LETTERS[i])));
    }
    assert_false(address_can_be_answered(STR("24587")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_number_in_e164_form_is_kept_as_it_is),
        cmocka_unit_test(anything_else_is_refused_by_field_and_never_repeated),
        cmocka_unit_test(the_kind_of_an_address_follows_from_its_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
