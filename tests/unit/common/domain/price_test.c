#include "domain/price.h"

#include "unit/cmocka_all.h"

static const struct price PRICES[] = {
    { STR("+1"), STR("North America"), 5500, 4000, 18000, 16500 },
    { STR("+1787"), STR("Puerto Rico"), 9000, 0, 0, 0 },
    { STR("+44"), STR("United Kingdom"), 43000, 0, 0, 0 },
    { STR("+"), STR("Elsewhere"), 100000, 0, 0, 0 },
};

static const char *name_for(const char *address, size_t n)
{
    const struct price *price = price_find(PRICES, n, str_of(address));
    return price ? price->name.p : "none";
}

static void the_longest_prefix_decides(void **state)
{
    (void)state;
    assert_string_equal(name_for("+15550100001", 4), "North America");
    assert_string_equal(name_for("+17875550100", 4), "Puerto Rico");
    assert_string_equal(name_for("+447700900000", 4), "United Kingdom");
    assert_string_equal(name_for("+81312345678", 4), "Elsewhere");
}

static void what_no_row_fits_has_no_price(void **state)
{
    (void)state;
    assert_string_equal(name_for("+81312345678", 3), "none");
    assert_string_equal(name_for("55501", 3), "none"); /* a short code that happens to begin with digits of a prefix */
    assert_string_equal(name_for("55501", 4), "Elsewhere");
}

static void sms_cost_per_segment_and_mms_per_message(void **state)
{
    (void)state;
    assert_int_equal(price_of_outbound(&PRICES[0], 3, false), 16500);
    assert_int_equal(price_of_outbound(&PRICES[0], 3, true), 18000);
    assert_int_equal(price_of_inbound(&PRICES[0], 2, false), 8000);
    assert_int_equal(price_of_inbound(&PRICES[0], 2, true), 16500);
}

/* 1,000 texts out of two segments, 500 in of two, one long code at 0.50: what one adds up on paper. */
static void a_month_is_what_one_adds_up_on_paper(void **state)
{
    (void)state;
    const struct month month = {
        .outbound = 1000, .inbound = 500, .segments = 2, .mms_outbound = 10, .mms_inbound = 1
    };
    const struct month_cost cost = price_month(&PRICES[0], &month,
                                               rent_of(RENTS_DEFAULT, RENTS_DEFAULT_N, NUMBER_LONG_CODE));
    assert_int_equal(cost.outbound, 11 * MONEY_UNIT);
    assert_int_equal(cost.inbound, 4 * MONEY_UNIT);
    assert_int_equal(cost.mms_outbound, 180000);
    assert_int_equal(cost.mms_inbound, 16500);
    assert_int_equal(cost.rent, MONEY_UNIT / 2);
    assert_int_equal(cost.total, 15 * MONEY_UNIT + 696500);
    assert_int_equal(rent_of(RENTS_DEFAULT, RENTS_DEFAULT_N, NUMBER_UNKNOWN), 0);
}

static void a_month_beyond_all_bounds_does_not_overflow(void **state)
{
    (void)state;
    const struct month month = { INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX };
    assert_int_equal(price_month(&PRICES[0], &month, INT64_MAX).total, MONEY_MAX);
}

static void the_default_table_has_a_price_for_everybody(void **state)
{
    (void)state;
    struct err err;
    assert_non_null(price_find(PRICES_DEFAULT, PRICES_DEFAULT_N, STR("+81312345678")));
    assert_int_equal(price_find(PRICES_DEFAULT, PRICES_DEFAULT_N, STR("+15550100001"))->outbound, 5500);
    for (size_t i = 0; i < PRICES_DEFAULT_N; i++)
        assert_true(price_prefix_check(PRICES_DEFAULT[i].prefix, "prefix", &err));
}

static void a_prefix_is_a_plus_and_a_few_digits(void **state)
{
    (void)state;
    static const char *const BAD[] = { "", "1", "+0", "+12a", "+12345678", "++1", "US" };
    struct err err;
    for (size_t i = 0; i < COUNT(BAD); i++)
        assert_false(price_prefix_check(str_of(BAD[i]), "prefix", &err));
    assert_true(price_prefix_check(STR("+"), "prefix", &err));
    assert_true(price_prefix_check(STR("+1787"), "prefix", &err));
    assert_true(price_place_check(STR("+15550100001"), &err));
    assert_false(price_place_check(STR("15550100001"), &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_longest_prefix_decides),
        cmocka_unit_test(what_no_row_fits_has_no_price),
        cmocka_unit_test(sms_cost_per_segment_and_mms_per_message),
        cmocka_unit_test(a_month_is_what_one_adds_up_on_paper),
        cmocka_unit_test(a_month_beyond_all_bounds_does_not_overflow),
        cmocka_unit_test(the_default_table_has_a_price_for_everybody),
        cmocka_unit_test(a_prefix_is_a_plus_and_a_few_digits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
