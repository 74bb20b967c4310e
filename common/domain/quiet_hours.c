#include "domain/quiet_hours.h"

enum { MINUTE_MS = 60000 };
#define DAY_MS INT64_C(86400000)

/* --- one zone's clock --- */

static int64_t span_end(const struct zone_clock *clock, size_t i)
{
    return i + 1 < clock->n ? clock->v[i + 1].from_ms : INT64_MAX;
}

int64_t zone_clock_local(const struct zone_clock *clock, int64_t at_ms)
{
    size_t i = 0;
    while (i + 1 < clock->n && at_ms >= clock->v[i + 1].from_ms)
        i++;
    return at_ms + clock->v[i].offset_ms;
}

/* When the clock shows `local_ms`: of two such moments the first or the last; skipped, the moment of the change (Q2). */
static int64_t moment_of(const struct zone_clock *clock, int64_t local_ms, bool is_last)
{
    int64_t found = QUIET_NEVER;
    for (size_t i = 0; i < clock->n; i++) {
        int64_t at_ms = local_ms - clock->v[i].offset_ms;
        bool is_shown = (i == 0 || at_ms >= clock->v[i].from_ms) && at_ms < span_end(clock, i);
        if (is_shown && (found == QUIET_NEVER || is_last))
            found = at_ms;
    }
    for (size_t i = 1; found == QUIET_NEVER && i < clock->n; i++)
        if (zone_clock_local(clock, clock->v[i].from_ms) > local_ms)
            found = clock->v[i].from_ms;
    return found;
}

/* --- one place --- */

static int64_t floor_days(int64_t ms)
{
    return (ms >= 0 ? ms : ms - (DAY_MS - 1)) / DAY_MS;
}

static bool is_own_holiday(const struct calendar_date *holidays, size_t n, int64_t day)
{
    struct calendar_date date = date_of_day(day);
    for (size_t i = 0; i < n; i++)
        if (holidays[i].month == date.month && holidays[i].day == date.day &&
            (holidays[i].year == 0 || holidays[i].year == date.year))
            return true;
    return false;
}

struct calendar {
    const struct calendar_date *holidays;
    size_t n;
};

static struct day_window window_of(const struct quiet_place *place, const struct calendar *calendar, int64_t day)
{
    static const enum day_kind KINDS[] = {
        [SUNDAY] = DAY_SUNDAY,     [MONDAY] = DAY_WEEKDAY, [TUESDAY] = DAY_WEEKDAY,   [WEDNESDAY] = DAY_WEEKDAY,
        [THURSDAY] = DAY_WEEKDAY, [FRIDAY] = DAY_WEEKDAY, [SATURDAY] = DAY_SATURDAY,
    };
    const struct day_window usual = place->windows.day[KINDS[weekday_of_day(day)]];
    if (is_own_holiday(calendar->holidays, calendar->n, day))
        return (struct day_window){ 0, 0 };
    bool is_holiday = place->keeps_federal && is_federal_holiday(day);
    return is_holiday ? day_window_both(usual, place->windows.day[DAY_HOLIDAY]) : usual;
}

struct interval {
    int64_t from_ms;
    int64_t to_ms;
};

/* Of one local day. Empty: not at all. */
static struct interval interval_of(const struct quiet_place *place, const struct calendar *calendar, int64_t day)
{
    struct day_window window = window_of(place, calendar, day);
    if (window.opens >= window.closes)
        return (struct interval){ 0, 0 };
    int64_t midnight_ms = day * DAY_MS;
    return (struct interval){ moment_of(&place->clock, midnight_ms + (int64_t)window.opens * MINUTE_MS, true),
                              moment_of(&place->clock, midnight_ms + (int64_t)window.closes * MINUTE_MS, false) };
}

/* The place's first open time that ends after `at_ms`; days that meet at midnight are one. False: none. */
static bool open_time(const struct quiet_place *place, const struct calendar *calendar, int64_t at_ms,
                      struct interval *out)
{
    int64_t first = floor_days(zone_clock_local(&place->clock, at_ms)) - 1;
    bool has_one = false;
    for (int64_t day = first; day <= first + QUIET_HORIZON_DAYS + 1; day++) {
        struct interval of_day = interval_of(place, calendar, day);
        if (of_day.from_ms >= of_day.to_ms)
            continue;
        if (has_one && of_day.from_ms > out->to_ms)
            return true;
        if (has_one)
            out->to_ms = of_day.to_ms;
        else if (of_day.to_ms > at_ms)
            *out = of_day;
        has_one = has_one || of_day.to_ms > at_ms;
    }
    return has_one;
}

/* --- all places --- */

/* The first time from `at_ms` on at which all are open, and until when they stay so. */
static bool open_everywhere(const struct quiet_place *places, size_t n, const struct calendar *calendar, int64_t at_ms,
                            struct interval *out)
{
    int64_t last_ms = at_ms + QUIET_HORIZON_DAYS * DAY_MS;
    *out = (struct interval){ at_ms, QUIET_NEVER };
    for (size_t i = 0, agreed = 0; agreed < n; i = (i + 1) % n) {
        struct interval here;
        if (!open_time(&places[i], calendar, out->from_ms, &here) || here.from_ms > last_ms)
            return false;
        if (here.from_ms > out->from_ms) {
            *out = (struct interval){ here.from_ms, here.to_ms };
            agreed = 1; /* the others are asked again about the later time */
        } else {
            out->to_ms = min_i64(out->to_ms, here.to_ms);
            agreed++;
        }
    }
    return true;
}

void quiet_hours_decide(const struct quiet_place *places, size_t n, const struct calendar_date *holidays,
                        size_t holidays_n, int64_t now_ms, struct quiet_verdict *out)
{
    const struct calendar calendar = { holidays, holidays_n };
    struct interval next;
    assert(n > 0);
    *out = (struct quiet_verdict){ .opens_ms = QUIET_NEVER };
    if (!open_everywhere(places, n, &calendar, now_ms, &next))
        return;
    if (next.from_ms > now_ms) {
        out->opens_ms = next.from_ms;
        return;
    }
    out->is_open = true;
    out->closes_ms = next.to_ms;
    if (open_everywhere(places, n, &calendar, next.to_ms, &next))
        out->opens_ms = next.from_ms;
}

/* --- windows as text --- */

/* "08:30", up to "24:00". */
static bool time_of_day_parse(struct str text, int16_t *out)
{
    enum { BYTES = 5 };
    int64_t hour;
    int64_t minute;
    if (text.n != BYTES || text.p[2] != ':' || text.p[0] == '-' || text.p[3] == '-' ||
        !str_to_int(str_slice(text, 0, 2), 0, 24, &hour) || !str_to_int(str_slice(text, 3, 2), 0, 59, &minute) ||
        hour * 60 + minute > DAY_MINUTES)
        return false;
    *out = (int16_t)(hour * 60 + minute);
    return true;
}

bool day_window_parse(struct str text, struct day_window *out)
{
    struct str rest = text;
    struct str from;
    struct day_window window;
    if (!str_next(&rest, '-', &from) || !str_is_set(rest) || !time_of_day_parse(str_trim(from), &window.opens) ||
        !time_of_day_parse(str_trim(rest), &window.closes) || window.opens >= window.closes)
        return false;
    *out = window;
    return true;
}

struct day_window day_window_both(struct day_window a, struct day_window b)
{
    struct day_window both = { a.opens > b.opens ? a.opens : b.opens, a.closes < b.closes ? a.closes : b.closes };
    return both.opens < both.closes ? both : (struct day_window){ 0, 0 };
}
