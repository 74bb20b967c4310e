#include "core/quiet_rules.h"

static struct str text_of(const struct settings_view *own, enum message_class class)
{
    switch (class) {
    case CLASS_CONFIRM: break; /* the law wants it at once */
    case CLASS_HUMAN: return own->quiet_human;
    case CLASS_AUTO: return own->quiet_auto;
    case CLASS_TRANSACTIONAL: return own->quiet_transactional;
    case CLASS_BULK: return own->quiet_bulk;
    }
    return (struct str){ 0 };
}

bool quiet_has_days(const struct settings_view *own)
{
    return own->federal_holidays || own->holidays.n > 0;
}

bool quiet_is_all_day(const struct day_window *window)
{
    return window->opens == 0 && window->closes == DAY_MINUTES;
}

/* What a tenant does not ask for itself, a state may ask all the same, and a day on which nothing leaves stays one. */
bool quiet_window_of(const struct settings_view *own, enum message_class class, struct day_window *out)
{
    struct str text = text_of(own, class);
    if (text.n == 0 || !day_window_parse(text, out))
        return false;
    return !quiet_is_all_day(out) || (class == CLASS_BULK && (own->quiet_states || quiet_has_days(own)));
}

size_t quiet_holidays(const struct settings_view *own, struct calendar_date out[HOLIDAYS_MAX])
{
    size_t n = 0;
    for (size_t i = 0; i < own->holidays.n && n < HOLIDAYS_MAX; i++)
        n += date_parse(own->holidays.v[i], &out[n]) ? 1 : 0;
    return n;
}

struct week_windows quiet_week(struct day_window of_class, const struct state_window *state)
{
    struct week_windows week;
    for (size_t i = 0; i < DAY_KINDS; i++) {
        struct day_window here = { 0, DAY_MINUTES };
        if (state && !(state->day[i] && day_window_parse(str_of(state->day[i]), &here)))
            here = (struct day_window){ 0, 0 };
        week.day[i] = day_window_both(of_class, here);
    }
    return week;
}

bool quiet_rules_check(const struct settings_view *changes, uint64_t present, struct err *err)
{
    const struct {
        const char *name;
        struct str text;
    } windows[] = { { "quiet_bulk", changes->quiet_bulk },
                    { "quiet_transactional", changes->quiet_transactional },
                    { "quiet_auto", changes->quiet_auto },
                    { "quiet_human", changes->quiet_human } };
    struct day_window window;
    struct calendar_date date;
    for (size_t i = 0; i < COUNT(windows); i++)
        if (present & record_bit(&settings_view_record, windows[i].name) && str_is_set(windows[i].text) &&
            !day_window_parse(windows[i].text, &window))
            return err_set(err, ERR_INPUT, windows[i].name,
                           "must be a part of the day such as 08:00-21:00; 00:00-24:00 is all of it");
    if (present & record_bit(&settings_view_record, "holidays"))
        for (size_t i = 0; i < changes->holidays.n; i++)
            if (!date_parse(changes->holidays.v[i], &date))
                return err_set(err, ERR_INPUT, "holidays",
                               "item %zu must be a date such as 2026-12-24, or 12-24 for every year", i + 1);
    return true;
}
