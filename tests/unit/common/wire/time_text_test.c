#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "wire/record.h"

#include <time.h>

static void times_are_shown_as_rfc_3339_with_milliseconds(void **unused)
{
    (void)unused;
    static const struct {
        int64_t ms;
        const char *text;
    } CASES[] = {
        { 0, "1970-01-01T00:00:00.000Z" },
        { 1, "1970-01-01T00:00:00.001Z" },
        { 1772471045123, "2026-03-02T17:04:05.123Z" },
        { 1709210096007, "2024-02-29T12:34:56.007Z" },
        { 253402300799999, "9999-12-31T23:59:59.999Z" },
        { 253402300800000, "9999-12-31T23:59:59.999Z" },
        { -1, "1970-01-01T00:00:00.000Z" },
        { INT64_MAX, "9999-12-31T23:59:59.999Z" },
        { INT64_MIN, "1970-01-01T00:00:00.000Z" },
    };
    for (size_t i = 0; i < COUNT(CASES); i++) {
        char text[TIME_TEXT_BYTES];
        time_format(CASES[i].ms, text);
        assert_string_equal(text, CASES[i].text);
    }
}

/* The C library is the oracle. */
static void every_day_of_four_centuries_and_the_last_one_has_its_date(void **unused)
{
    (void)unused;
    enum { DAYS = 400 * 366, LAST_DAY = 2932896 };
    for (int64_t day = 0; day <= LAST_DAY; day = day == DAYS ? LAST_DAY - DAYS : day + 1) {
        char text[TIME_TEXT_BYTES];
        char wanted[TIME_TEXT_BYTES];
        time_t seconds = (time_t)(day * 86400 + 86399);
        struct tm tm;
        assert_non_null(gmtime_r(&seconds, &tm));
        assert_int_equal(strftime(wanted, sizeof wanted, "%Y-%m-%dT%H:%M:%S.000Z", &tm), sizeof wanted - 1);
        time_format((int64_t)seconds * 1000, text);
        assert_string_equal(text, wanted);
    }
}

static void what_was_shown_is_read_back(void **unused)
{
    (void)unused;
    struct err err;
    for (int64_t ms = 1; ms < 253402300800000; ms += 86399977 * 13LL) {
        char text[TIME_TEXT_BYTES];
        int64_t back = -1;
        time_format(ms, text);
        assert_true(time_parse(str_of(text), "at", &back, &err));
        assert_int_equal(back, ms);
    }
}

static void other_ways_to_write_a_time_are_understood(void **unused)
{
    (void)unused;
    static const struct {
        const char *text;
        int64_t ms;
    } CASES[] = {
        { "2026-03-02T17:04:05Z", 1772471045000 },
        { "2026-03-02t17:04:05z", 1772471045000 },
        { "2026-03-02 17:04:05Z", 1772471045000 },
        { "2026-03-02T17:04:05.1Z", 1772471045100 },
        { "2026-03-02T17:04:05.12Z", 1772471045120 },
        { "2026-03-02T17:04:05.123999999999999999999Z", 1772471045123 },
        { "2026-03-02T18:34:05+01:30", 1772471045000 },
        { "2026-03-02T12:04:05.5-05:00", 1772471045500 },
        { "2026-03-02T17:04:05-00:00", 1772471045000 },
        { "2024-02-29T00:00:00Z", 1709164800000 },
        { "2000-02-29T00:00:00Z", 951782400000 },
        { "2016-12-31T23:59:60Z", 1483228800000 }, /* a leap second: the next one */
        { "1970-01-01T01:00:00+01:00", 0 },
    };
    for (size_t i = 0; i < COUNT(CASES); i++) {
        struct err err;
        int64_t ms = -1;
        if (!time_parse(str_of(CASES[i].text), "at", &ms, &err))
            fail_msg("%s: %s", CASES[i].text, err.text);
        assert_int_equal(ms, CASES[i].ms);
    }
}

static void what_is_no_time_is_refused(void **unused)
{
    (void)unused;
    static const char *const CASES[] = {
        "",
        "now",
        "2026-03-02",
        "2026-03-02T17:04:05",
        "2026-03-02T17:04Z",
        "2026-03-02T17:04:05.Z",
        "2026-03-02T17:04:05,5Z",
        "2026-03-02T17:04:05.5",
        "2026-03-02T17:04:05+1:00",
        "2026-03-02T17:04:05+0100",
        "2026-03-02T17:04:05+24:00",
        "2026-03-02T17:04:05+01:60",
        "2026-03-02T17:04:05ZZ",
        " 2026-03-02T17:04:05Z",
        "2026-03-02T17:04:05Z ",
        "2026-02-29T00:00:00Z",
        "1900-02-29T00:00:00Z",
        "2026-04-31T00:00:00Z",
        "2026-00-10T00:00:00Z",
        "2026-13-10T00:00:00Z",
        "2026-01-00T00:00:00Z",
        "2026-01-32T00:00:00Z",
        "2026-03-02T24:00:00Z",
        "2026-03-02T17:60:05Z",
        "2026-03-02T17:04:61Z",
        "2026-03--2T17:04:05Z",
        "2026-03-02T-1:04:05Z",
        "2026-03-02T17:04:-0Z",
        "+026-03-02T17:04:05Z",
        "1969-12-31T23:59:59Z",
        "1970-01-01T00:00:00+00:01", /* before 1970 in UTC */
        "9999-12-31T23:59:59-00:01", /* behind 9999 in UTC */
        "20260-03-02T17:04:05Z",
        "2026-03-02X17:04:05Z",
        "2026/03/02T17:04:05Z",
    };
    for (size_t i = 0; i < COUNT(CASES); i++) {
        struct err err;
        int64_t ms = 42;
        if (time_parse(str_of(CASES[i]), "send_at", &ms, &err))
            fail_msg("taken: %s as %lld", CASES[i], (long long)ms);
        assert_int_equal(err.kind, ERR_INPUT);
        assert_string_equal(err.field, "send_at");
        assert_int_equal(ms, 42);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_are_shown_as_rfc_3339_with_milliseconds),
        cmocka_unit_test(every_day_of_four_centuries_and_the_last_one_has_its_date),
        cmocka_unit_test(what_was_shown_is_read_back),
        cmocka_unit_test(other_ways_to_write_a_time_are_understood),
        cmocka_unit_test(what_is_no_time_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
