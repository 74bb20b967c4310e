#include "domain/holidays.h"

#include "unit/cmocka_all.h"

static int64_t day(int year, int month, int of_month)
{
    return day_of_date((struct calendar_date){ .year = year, .month = month, .day = of_month });
}

static void days_and_dates_turn_into_each_other(void **state)
{
    (void)state;
    assert_int_equal(day(1970, 1, 1), 0);
    assert_int_equal(day(2000, 3, 1), 11017);
    assert_int_equal(day(2026, 11, 23), 20780);
    for (int64_t d = -1000; d < 60000; d++) {
        struct calendar_date date = date_of_day(d);
        assert_int_equal(day_of_date(date), d);
        assert_true(date.month >= 1 && date.month <= 12 && date.day >= 1 && date.day <= 31);
    }
}

static void every_day_has_its_weekday(void **state)
{
    (void)state;
    assert_int_equal(weekday_of_day(day(1970, 1, 1)), THURSDAY);
    assert_int_equal(weekday_of_day(day(2026, 11, 23)), MONDAY);
    assert_int_equal(weekday_of_day(day(1969, 12, 31)), WEDNESDAY);
    assert_int_equal(weekday_of_day(day(2028, 2, 29)), TUESDAY);
}

/* The list of 2026, and of 2027 the two that are observed on another day. */
static void the_federal_holidays_are_those_of_the_statute(void **state)
{
    (void)state;
    static const int OF_2026[][2] = { { 1, 1 },  { 1, 19 }, { 2, 16 },  { 5, 25 },  { 6, 19 },  { 7, 3 },
                                      { 7, 4 },  { 9, 7 },  { 10, 12 }, { 11, 11 }, { 11, 26 }, { 12, 25 } };
    size_t next = 0;
    for (int64_t d = day(2026, 1, 1); d < day(2027, 1, 1); d++) {
        struct calendar_date date = date_of_day(d);
        bool is_listed = next < COUNT(OF_2026) && date.month == OF_2026[next][0] && date.day == OF_2026[next][1];
        next += is_listed ? 1 : 0;
        if (is_federal_holiday(d) != is_listed)
            fail_msg("2026-%02d-%02d: wanted %d", date.month, date.day, is_listed);
    }
    assert_int_equal(next, COUNT(OF_2026));
    assert_true(is_federal_holiday(day(2027, 6, 18)) && is_federal_holiday(day(2027, 6, 19))); /* a Saturday */
    assert_true(is_federal_holiday(day(2027, 7, 4)) && is_federal_holiday(day(2027, 7, 5)));   /* a Sunday */
    assert_true(is_federal_holiday(day(2027, 12, 31)));                                        /* New Year 2028 */
}

static void a_date_is_read_with_its_year_or_for_every_year(void **state)
{
    (void)state;
    struct calendar_date date;
    assert_true(date_parse(STR("2026-12-24"), &date));
    assert_true(date.year == 2026 && date.month == 12 && date.day == 24);
    assert_true(date_parse(STR("02-29"), &date));
    assert_true(date.year == 0 && date.month == 2 && date.day == 29);
    static const char *const WRONG[] = { "2026-02-29", "2026-13-01", "02-30", "2026-1-01",   "1-1",
                                         "2026-12-2x", "",      "-1-01", "2026/12/24", "2026-00-10" };
    for (size_t i = 0; i < COUNT(WRONG); i++)
        if (date_parse(str_of(WRONG[i]), &date))
            fail_msg("\"%s\" was taken for a date", WRONG[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_and_dates_turn_into_each_other),
        cmocka_unit_test(every_day_has_its_weekday),
        cmocka_unit_test(the_federal_holidays_are_those_of_the_statute),
        cmocka_unit_test(a_date_is_read_with_its_year_or_for_every_year),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
