#include "apply/day_clock.h"

#include "wire/record.h"

#include "unit/cmocka_all.h"

enum { HOUR_MS = 3600000 };

static int64_t utc(const char *text)
{
    int64_t ms = 0;
    struct err err;
    assert_true(time_parse(str_of(text), "time", &ms, &err));
    return ms;
}

static void a_day_of_utc_ends_at_midnight(void **state)
{
    (void)state;
    struct day_clock day = utc_day(utc("2026-11-23T22:30:00Z"));
    assert_int_equal(day.day, 20780);
    assert_int_equal(day.resets_in_ms, 3 * HOUR_MS / 2);
}

static void a_day_of_the_carriers_ends_at_midnight_pacific_on_the_days_of_a_change_too(void **state)
{
    (void)state;
    static const struct {
        const char *now, *midnight;
    } DAYS[] = {
        { "2026-11-23T20:00:00Z", "2026-11-24T08:00:00Z" }, { "2026-07-01T06:59:59Z", "2026-07-01T07:00:00Z" },
        { "2026-07-01T07:00:00Z", "2026-07-02T07:00:00Z" }, { "2026-03-08T08:30:00Z", "2026-03-09T07:00:00Z" },
        { "2026-11-01T07:30:00Z", "2026-11-02T08:00:00Z" },
    };
    for (size_t i = 0; i < COUNT(DAYS); i++) {
        struct day_clock day = pacific_day(utc(DAYS[i].now));
        assert_int_equal(utc(DAYS[i].now) + day.resets_in_ms, utc(DAYS[i].midnight));
        assert_int_equal(pacific_day(utc(DAYS[i].midnight)).day, day.day + 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_day_of_utc_ends_at_midnight),
        cmocka_unit_test(a_day_of_the_carriers_ends_at_midnight_pacific_on_the_days_of_a_change_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
