#include "domain/quiet_hours.h"

#include "unit/cmocka_all.h"

#define HOUR_MS INT64_C(3600000)
#define DAY_MS (24 * HOUR_MS)

/* A week of one window a day at a place `hours` ahead of UTC. */
static struct quiet_place place(int hours, int opens_h, int closes_h)
{
    struct quiet_place p = { .clock = { .v = { { .offset_ms = hours * HOUR_MS } }, .n = 1 } };
    for (size_t i = 0; i < DAY_KINDS; i++)
        p.windows.day[i] = (struct day_window){ (int16_t)(opens_h * 60), (int16_t)(closes_h * 60) };
    return p;
}

static int64_t at(int year, int month, int day, int hour)
{
    return day_of_date((struct calendar_date){ .year = year, .month = month, .day = day }) * DAY_MS + hour * HOUR_MS;
}

static struct quiet_verdict look(const struct quiet_place *places, size_t n, int64_t now_ms)
{
    struct quiet_verdict verdict;
    quiet_hours_decide(places, n, NULL, 0, now_ms, &verdict);
    return verdict;
}

static void inside_the_window_it_is_open_until_its_end(void **state)
{
    (void)state;
    struct quiet_place p = place(0, 8, 21);
    struct quiet_verdict v = look(&p, 1, at(2026, 6, 10, 12));
    assert_true(v.is_open);
    assert_int_equal(v.closes_ms, at(2026, 6, 10, 21));
    assert_int_equal(v.opens_ms, at(2026, 6, 11, 8));
    assert_true(look(&p, 1, at(2026, 6, 10, 8)).is_open);
    assert_false(look(&p, 1, at(2026, 6, 10, 8) - 1).is_open);
    assert_true(look(&p, 1, at(2026, 6, 10, 21) - 1).is_open);
    assert_false(look(&p, 1, at(2026, 6, 10, 21)).is_open);
}

static void outside_it_opens_at_the_next_beginning(void **state)
{
    (void)state;
    struct quiet_place p = place(-5, 8, 21);
    assert_int_equal(look(&p, 1, at(2026, 6, 10, 3)).opens_ms, at(2026, 6, 10, 13));
    assert_int_equal(look(&p, 1, at(2026, 6, 10, 12)).opens_ms, at(2026, 6, 10, 13));
}

static void a_day_without_a_window_is_passed_over(void **state)
{
    (void)state;
    struct quiet_place p = place(0, 8, 20);
    p.windows.day[DAY_SUNDAY] = (struct day_window){ 0, 0 };
    struct quiet_verdict v = look(&p, 1, at(2026, 6, 13, 21)); /* a Saturday night */
    assert_int_equal(v.opens_ms, at(2026, 6, 15, 8));
}

static void of_several_places_only_their_common_hours_count(void **state)
{
    (void)state;
    const struct quiet_place p[] = { place(-5, 8, 21), place(-8, 8, 21), place(-5, 9, 18) };
    struct quiet_verdict v = look(p, 3, at(2026, 6, 10, 10));
    assert_int_equal(v.opens_ms, at(2026, 6, 10, 16));
    v = look(p, 3, at(2026, 6, 10, 17));
    assert_true(v.is_open);
    assert_int_equal(v.closes_ms, at(2026, 6, 10, 23));
    assert_int_equal(v.opens_ms, at(2026, 6, 11, 16));
}

static void places_that_share_no_hour_never_open(void **state)
{
    (void)state;
    const struct quiet_place p[] = { place(10, 9, 18), place(-4, 9, 18) };
    struct quiet_verdict v = look(p, 2, at(2026, 6, 10, 10));
    assert_false(v.is_open);
    assert_true(v.opens_ms == QUIET_NEVER);
}

static void a_holiday_of_ones_own_closes_the_day(void **state)
{
    (void)state;
    struct quiet_place p = place(0, 8, 21);
    const struct calendar_date days[] = { { .year = 2026, .month = 6, .day = 10 }, { .month = 6, .day = 11 } };
    struct quiet_verdict v;
    quiet_hours_decide(&p, 1, days, COUNT(days), at(2026, 6, 10, 12), &v);
    assert_false(v.is_open);
    assert_int_equal(v.opens_ms, at(2026, 6, 12, 8));
    quiet_hours_decide(&p, 1, days, COUNT(days), at(2027, 6, 10, 12), &v); /* only that year's; the other comes again */
    assert_true(v.is_open);
    assert_int_equal(v.opens_ms, at(2027, 6, 12, 8));
}

static void federal_holidays_count_where_they_are_kept(void **state)
{
    (void)state;
    struct quiet_place p = place(0, 8, 21);
    p.windows.day[DAY_HOLIDAY] = (struct day_window){ 9 * 60, 12 * 60 };
    int64_t thanksgiving_noon = at(2026, 11, 26, 12);
    assert_true(look(&p, 1, thanksgiving_noon).is_open);
    p.keeps_federal = true;
    assert_false(look(&p, 1, thanksgiving_noon).is_open);
    assert_int_equal(look(&p, 1, at(2026, 11, 26, 10)).closes_ms, thanksgiving_noon);
}

static void days_that_are_open_all_round_have_no_gap_at_midnight(void **state)
{
    (void)state;
    struct quiet_place p = place(0, 0, 24);
    p.windows.day[DAY_SUNDAY] = (struct day_window){ 0, 12 * 60 };
    struct quiet_verdict v = look(&p, 1, at(2026, 6, 11, 23));
    assert_true(v.is_open);
    assert_int_equal(v.closes_ms, at(2026, 6, 14, 12));
    assert_int_equal(v.opens_ms, at(2026, 6, 15, 0));
}

/* Q1, minute by minute against the definition, over two weeks with a change of the clocks in them. */
static void open_is_what_the_clock_on_the_wall_says(void **state)
{
    (void)state;
    struct quiet_place p = place(1, 8, 21);
    int64_t change = at(2026, 6, 10, 1);
    p.clock.v[1] = (struct zone_span){ .from_ms = change, .offset_ms = 2 * HOUR_MS };
    p.clock.n = 2;
    for (int64_t now = change - 7 * DAY_MS; now < change + 7 * DAY_MS; now += 11 * 60000) {
        int64_t minute = zone_clock_local(&p.clock, now) % DAY_MS / 60000;
        struct quiet_verdict v = look(&p, 1, now);
        assert_int_equal(v.is_open, minute >= 8 * 60 && minute < 21 * 60);
        assert_true(v.opens_ms > now && v.opens_ms <= now + 25 * HOUR_MS);
        assert_int_equal(zone_clock_local(&p.clock, v.opens_ms) % DAY_MS, 8 * HOUR_MS);
        if (v.is_open)
            assert_int_equal(zone_clock_local(&p.clock, v.closes_ms) % DAY_MS, 21 * HOUR_MS);
    }
}

static void a_window_is_read_from_its_text(void **state)
{
    (void)state;
    struct day_window w;
    assert_true(day_window_parse(STR("08:00-21:00"), &w));
    assert_true(w.opens == 480 && w.closes == 1260);
    assert_true(day_window_parse(STR("00:00-24:00"), &w));
    assert_true(w.opens == 0 && w.closes == DAY_MINUTES);
    assert_true(day_window_parse(STR("13:30 - 21:05"), &w));
    assert_true(w.opens == 810 && w.closes == 1265);
    static const char *const WRONG[] = {
        "", "8-21", "08:00", "21:00-08:00", "08:00-08:00", "08:00-24:01", "08:60-21:00", "-1:00-21:00", "08:00-21:00-"
    };
    for (size_t i = 0; i < COUNT(WRONG); i++)
        if (day_window_parse(str_of(WRONG[i]), &w))
            fail_msg("\"%s\" was taken for a window", WRONG[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(inside_the_window_it_is_open_until_its_end),
        cmocka_unit_test(outside_it_opens_at_the_next_beginning),
        cmocka_unit_test(a_day_without_a_window_is_passed_over),
        cmocka_unit_test(of_several_places_only_their_common_hours_count),
        cmocka_unit_test(places_that_share_no_hour_never_open),
        cmocka_unit_test(a_holiday_of_ones_own_closes_the_day),
        cmocka_unit_test(federal_holidays_count_where_they_are_kept),
        cmocka_unit_test(days_that_are_open_all_round_have_no_gap_at_midnight),
        cmocka_unit_test(open_is_what_the_clock_on_the_wall_says),
        cmocka_unit_test(a_window_is_read_from_its_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
