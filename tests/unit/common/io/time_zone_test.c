/* Quiet hours by the machine's own tz database: what the clocks of real places do on real days. */
#include "io/time_zone.h"

#include "domain/phone_place.h"
#include "domain/phone_place_table.h"
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

static struct quiet_place place_of(const char *zone, const char *window, int64_t now_ms)
{
    struct quiet_place place = { 0 };
    struct day_window day;
    assert_true(day_window_parse(str_of(window), &day));
    for (size_t i = 0; i < DAY_KINDS; i++)
        place.windows.day[i] = day;
    assert_true(time_zone_clock(zone, now_ms - 48 * HOUR_MS, now_ms + (QUIET_HORIZON_DAYS + 3) * 24 * INT64_C(3600000),
                                &place.clock));
    return place;
}

static struct quiet_verdict look(const char *zone, const char *window, const char *now)
{
    struct quiet_place place = place_of(zone, window, utc(now));
    struct quiet_verdict verdict;
    quiet_hours_decide(&place, 1, NULL, 0, utc(now), &verdict);
    return verdict;
}

static void opens(const char *zone, const char *window, const char *now, const char *when)
{
    struct quiet_verdict verdict = look(zone, window, now);
    if (verdict.is_open || verdict.opens_ms != utc(when))
        fail_msg("%s %s at %s: opens %lld, wanted %s", zone, window, now, (long long)verdict.opens_ms, when);
}

static void closes(const char *zone, const char *window, const char *now, const char *when)
{
    struct quiet_verdict verdict = look(zone, window, now);
    if (!verdict.is_open || verdict.closes_ms != utc(when))
        fail_msg("%s %s at %s: closes %lld, wanted %s", zone, window, now, (long long)verdict.closes_ms, when);
}

static void the_night_the_clocks_go_forward_ends_an_hour_sooner(void **state)
{
    (void)state;
    closes("America/New_York", "08:00-21:00", "2026-03-08T01:59:59Z", "2026-03-08T02:00:00Z");
    opens("America/New_York", "08:00-21:00", "2026-03-08T02:00:00Z", "2026-03-08T12:00:00Z");
    opens("America/New_York", "08:00-21:00", "2026-03-07T02:00:00Z", "2026-03-07T13:00:00Z");
    opens("Europe/Berlin", "08:00-21:00", "2026-03-28T23:00:00Z", "2026-03-29T06:00:00Z");
    opens("Europe/Berlin", "08:00-21:00", "2026-03-27T23:00:00Z", "2026-03-28T07:00:00Z");
}

static void the_night_the_clocks_go_back_ends_an_hour_later(void **state)
{
    (void)state;
    opens("America/New_York", "08:00-21:00", "2026-11-01T01:00:00Z", "2026-11-01T13:00:00Z");
    opens("America/New_York", "08:00-21:00", "2026-10-31T01:00:00Z", "2026-10-31T12:00:00Z");
    opens("Europe/Berlin", "08:00-21:00", "2026-10-24T22:00:00Z", "2026-10-25T07:00:00Z");
    closes("Europe/Berlin", "08:00-21:00", "2026-10-25T19:00:00Z", "2026-10-25T20:00:00Z");
}

static void a_time_that_is_skipped_counts_as_the_change(void **state)
{
    (void)state;
    opens("America/New_York", "02:30-10:00", "2026-03-08T06:00:00Z", "2026-03-08T07:00:00Z");
    closes("America/New_York", "00:00-02:30", "2026-03-08T06:00:00Z", "2026-03-08T07:00:00Z");
    opens("Europe/Berlin", "02:15-10:00", "2026-03-29T00:30:00Z", "2026-03-29T01:00:00Z");
}

static void a_time_that_comes_twice_opens_late_and_closes_early(void **state)
{
    (void)state;
    opens("America/New_York", "01:30-10:00", "2026-11-01T05:45:00Z", "2026-11-01T06:30:00Z");
    closes("America/New_York", "00:00-01:30", "2026-11-01T05:00:00Z", "2026-11-01T05:30:00Z");
    opens("Europe/Berlin", "02:30-10:00", "2026-10-25T00:40:00Z", "2026-10-25T01:30:00Z");
}

static void places_without_summer_time_keep_their_hours(void **state)
{
    (void)state;
    opens("America/Phoenix", "08:00-21:00", "2026-01-15T10:00:00Z", "2026-01-15T15:00:00Z");
    opens("America/Phoenix", "08:00-21:00", "2026-07-15T10:00:00Z", "2026-07-15T15:00:00Z");
    opens("Asia/Kolkata", "08:00-21:00", "2026-07-15T00:00:00Z", "2026-07-15T02:30:00Z");
    closes("Asia/Kolkata", "08:00-21:00", "2026-07-15T03:00:00Z", "2026-07-15T15:30:00Z");
    opens("America/Mexico_City", "08:00-21:00", "2026-07-15T10:00:00Z", "2026-07-15T14:00:00Z"); /* none since 2022 */
}

/* +1 850 is Florida's panhandle: Eastern and Central. */
static void an_area_code_that_spans_zones_opens_with_the_last_and_closes_with_the_first(void **state)
{
    (void)state;
    struct phone_place found[PHONE_PLACES_MAX];
    enum phone_place_source source;
    size_t n = phone_places(STR("+18502100100"), true, NULL, NULL, found, &source);
    struct quiet_place places[PHONE_PLACES_MAX];
    struct quiet_verdict verdict;
    assert_int_equal(n, 2);
    for (size_t i = 0; i < n; i++)
        places[i] = place_of(found[i].zone, "08:00-21:00", utc("2026-07-15T12:30:00Z"));
    quiet_hours_decide(places, n, NULL, 0, utc("2026-07-15T12:30:00Z"),
                       &verdict); /* 8:30 in the east, 7:30 west of it */
    assert_false(verdict.is_open);
    assert_int_equal(verdict.opens_ms, utc("2026-07-15T13:00:00Z"));
    quiet_hours_decide(places, n, NULL, 0, utc("2026-07-15T20:00:00Z"), &verdict);
    assert_true(verdict.is_open);
    assert_int_equal(verdict.closes_ms, utc("2026-07-16T01:00:00Z")); /* 21:00 in the east */
    assert_int_equal(verdict.opens_ms, utc("2026-07-16T13:00:00Z"));
}

static void the_database_knows_every_zone_of_the_prefix_table(void **state)
{
    (void)state;
    struct err err;
    struct zone_clock clock;
    assert_true(time_zone_load(&err));
    for (size_t i = 0; i < COUNT(ZONES); i++)
        if (!time_zone_clock(ZONES[i], utc("2026-01-01T00:00:00Z"), utc("2026-12-31T00:00:00Z"), &clock))
            fail_msg("%s is not known", ZONES[i]);
    assert_false(time_zone_is_known("America/Nowhere"));
    assert_false(time_zone_is_known(""));
    assert_false(time_zone_is_known("../../etc/passwd"));
}

static void a_zone_has_its_changes_in_order(void **state)
{
    (void)state;
    struct zone_clock clock;
    assert_true(time_zone_clock("America/New_York", utc("2026-01-01T00:00:00Z"), utc("2027-01-01T00:00:00Z"), &clock));
    assert_int_equal(clock.n, 3);
    assert_int_equal(clock.v[1].from_ms, utc("2026-03-08T07:00:00Z"));
    assert_int_equal(clock.v[2].from_ms, utc("2026-11-01T06:00:00Z"));
    assert_int_equal(clock.v[1].offset_ms, -4 * HOUR_MS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_night_the_clocks_go_forward_ends_an_hour_sooner),
        cmocka_unit_test(the_night_the_clocks_go_back_ends_an_hour_later),
        cmocka_unit_test(a_time_that_is_skipped_counts_as_the_change),
        cmocka_unit_test(a_time_that_comes_twice_opens_late_and_closes_early),
        cmocka_unit_test(places_without_summer_time_keep_their_hours),
        cmocka_unit_test(an_area_code_that_spans_zones_opens_with_the_last_and_closes_with_the_first),
        cmocka_unit_test(the_database_knows_every_zone_of_the_prefix_table),
        cmocka_unit_test(a_zone_has_its_changes_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
