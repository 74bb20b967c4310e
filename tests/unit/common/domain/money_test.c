#include "domain/money.h"

#include "unit/cmocka_all.h"

static int64_t parsed(const char *text)
{
    struct err err;
    int64_t amount = -1;
    return money_parse(str_of(text), "amount", &amount, &err) ? amount : -1;
}

static void an_amount_is_read_to_the_millionth(void **state)
{
    (void)state;
    assert_int_equal(parsed("0.00550"), 5500);
    assert_int_equal(parsed("0.0055"), 5500);
    assert_int_equal(parsed("1"), 1000000);
    assert_int_equal(parsed("12.345678"), 12345678);
    assert_int_equal(parsed("0.000001"), 1);
    assert_int_equal(parsed("0.0000010000"), 1);
    assert_int_equal(parsed("999999999.999999"), 999999999999999);
}

static void what_is_no_amount_is_refused(void **state)
{
    (void)state;
    static const char *const BAD[] = { "",     ".",         "1.",   ".5",  "-1", "+1", "1,5", "1e3",
                                       "0x10", "0.0000001", "1 ",   " 1",  "1.2.3", "1000000000", "NaN" };
    for (size_t i = 0; i < COUNT(BAD); i++)
        assert_int_equal(parsed(BAD[i]), -1);
}

static void what_was_read_is_written_with_the_same_value(void **state)
{
    (void)state;
    static const int64_t AMOUNTS[] = { 0, 1, 10, 5500, 999999, 1000000, 12345670, 12345678, MONEY_MAX };
    for (size_t i = 0; i < COUNT(AMOUNTS); i++) {
        char text[MONEY_TEXT_BYTES];
        money_format(AMOUNTS[i], text);
        if (AMOUNTS[i] < MONEY_MAX)
            assert_int_equal(parsed(text), AMOUNTS[i]);
    }
    char text[MONEY_TEXT_BYTES];
    money_format(5500, text);
    assert_string_equal(text, "0.00550");
    money_format(-5, text);
    assert_string_equal(text, "0.00000");
}

static void a_product_stops_at_the_end(void **state)
{
    (void)state;
    assert_int_equal(money_times(5500, 3), 16500);
    assert_int_equal(money_times(5500, 0), 0);
    assert_int_equal(money_times(5500, -7), 0);
    assert_int_equal(money_times(MONEY_MAX, INT64_MAX), MONEY_MAX);
    assert_int_equal(money_times(INT64_MAX, 2), MONEY_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_amount_is_read_to_the_millionth),
        cmocka_unit_test(what_is_no_amount_is_refused),
        cmocka_unit_test(what_was_read_is_written_with_the_same_value),
        cmocka_unit_test(a_product_stops_at_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
