#include "core/quiet_rules.h"

#include "core/tenant_settings.h"
#include "unit/cmocka_all.h"

static struct settings_view defaults(void)
{
    struct settings_row row;
    struct settings_view view;
    record_init(&settings_row_record, &row);
    tenant_settings_resolve(&row, &view);
    return view;
}

static void bulk_alone_has_quiet_hours_by_default(void **state)
{
    (void)state;
    struct settings_view own = defaults();
    struct day_window window;
    assert_true(quiet_window_of(&own, CLASS_BULK, &window));
    assert_true(window.opens == 8 * 60 && window.closes == 21 * 60);
    for (int class = CLASS_CONFIRM; class < CLASS_BULK; class ++)
        assert_false(quiet_window_of(&own, (enum message_class) class, &window));
}

static void all_day_is_no_quiet_hours_and_any_class_but_the_confirmation_can_have_them(void **state)
{
    (void)state;
    struct settings_view own = defaults();
    struct day_window window;
    own.quiet_bulk = STR("00:00-24:00");
    own.quiet_states = false;
    own.quiet_human = own.quiet_auto = own.quiet_transactional = STR("09:00-17:00");
    assert_false(quiet_window_of(&own, CLASS_BULK, &window));
    assert_true(quiet_window_of(&own, CLASS_HUMAN, &window) && quiet_window_of(&own, CLASS_AUTO, &window) &&
                quiet_window_of(&own, CLASS_TRANSACTIONAL, &window));
    assert_false(quiet_window_of(&own, CLASS_CONFIRM, &window));
}

static void a_tenant_without_hours_of_its_own_still_has_those_of_states_and_its_holidays(void **state)
{
    (void)state;
    struct str christmas = STR("12-25");
    struct settings_view own = defaults();
    struct day_window window = {0};
    own.quiet_bulk = own.quiet_transactional = STR("00:00-24:00");
    assert_true(own.quiet_states && quiet_window_of(&own, CLASS_BULK, &window) && quiet_is_all_day(&window));
    struct week_windows week = quiet_week(window, state_window_find(STR("FL")));
    assert_true(week.day[DAY_WEEKDAY].opens == 8 * 60 && week.day[DAY_WEEKDAY].closes == 20 * 60);
    week = quiet_week(window, state_window_find(STR("AL")));
    assert_int_equal(week.day[DAY_SUNDAY].closes, 0); /* not at all */
    week = quiet_week(window, NULL);
    assert_true(quiet_is_all_day(&week.day[DAY_SUNDAY]));
    own.quiet_states = false;
    assert_false(quiet_window_of(&own, CLASS_BULK, &window));
    own.federal_holidays = true;
    assert_true(quiet_window_of(&own, CLASS_BULK, &window));
    own.federal_holidays = false;
    own.holidays.v = &christmas;
    own.holidays.n = 1;
    assert_true(quiet_window_of(&own, CLASS_BULK, &window));
    assert_false(quiet_window_of(&own, CLASS_TRANSACTIONAL, &window)); /* a day keeps back what has quiet hours */
}

static void a_state_narrows_the_week_and_never_widens_it(void **state)
{
    (void)state;
    const struct day_window all = { 8 * 60, 21 * 60 };
    struct week_windows week = quiet_week(all, state_window_find(STR("TX")));
    assert_true(week.day[DAY_WEEKDAY].opens == 9 * 60 && week.day[DAY_WEEKDAY].closes == 21 * 60);
    assert_true(week.day[DAY_SUNDAY].opens == 12 * 60);
    week = quiet_week(all, state_window_find(STR("AL")));
    assert_true(week.day[DAY_SUNDAY].opens == week.day[DAY_SUNDAY].closes); /* not at all */
    assert_true(week.day[DAY_WEEKDAY].closes == 20 * 60);
    week = quiet_week((struct day_window){ 10 * 60, 12 * 60 }, state_window_find(STR("RI")));
    assert_true(week.day[DAY_SATURDAY].opens == 10 * 60 && week.day[DAY_SATURDAY].closes == 12 * 60);
    week = quiet_week(all, NULL);
    for (size_t i = 0; i < DAY_KINDS; i++)
        assert_true(week.day[i].opens == all.opens && week.day[i].closes == all.closes);
}

static void every_row_of_the_table_can_be_read_and_names_its_source(void **state)
{
    (void)state;
    struct day_window window;
    struct str rest = str_of(US_STATES);
    struct str state_name;
    size_t rows = 0;
    while (str_next(&rest, ' ', &state_name)) {
        const struct state_window *row = state_window_find(state_name);
        if (!row)
            continue;
        rows++;
        assert_true(strlen(row->source) > 10);
        for (size_t k = 0; k < DAY_KINDS; k++)
            assert_true(!row->day[k] || day_window_parse(str_of(row->day[k]), &window));
    }
    size_t of_table = 0;
#define X(state, weekday, saturday, sunday, holiday, daily, source) of_table++;
    STATE_WINDOWS(X)
#undef X
    assert_int_equal(rows, of_table); /* each is of a state, and there is no second one of it */
    assert_null(state_window_find(STR("NY")));
    assert_false(is_us_state(STR("XX")) || is_us_state(STR("")) || is_us_state(STR("AL AK")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bulk_alone_has_quiet_hours_by_default),
        cmocka_unit_test(all_day_is_no_quiet_hours_and_any_class_but_the_confirmation_can_have_them),
        cmocka_unit_test(a_tenant_without_hours_of_its_own_still_has_those_of_states_and_its_holidays),
        cmocka_unit_test(a_state_narrows_the_week_and_never_widens_it),
        cmocka_unit_test(every_row_of_the_table_can_be_read_and_names_its_source),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
