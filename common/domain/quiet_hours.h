/* quiet_hours.h - whether a person may be written to now, by the clock on their wall, and when next.
 *
 * Promise: Q1 open means open in every place where the person may be (phone_place.h), by every rule that counts there.
 *          Q2 a local time that the clocks skip counts as the moment of the change; one that they show twice opens at
 *             its second and closes at its first coming: never earlier and never later than the rule says.
 *          Q3 times are found for at most QUIET_HORIZON_DAYS; without an opening in them it is "never".
 * Units:   absolute times in ms UTC; windows in minutes since local midnight, 0 … 1440; days as holidays.h counts them.
 * Memory:  plain values; arrays are borrowed for the call.
 * Threads: pure; call from any. What a zone's clock shows comes as facts from io/time_zone.h.
 * Source:  47 CFR 64.1200(c)(1) (8:00 to 21:00 at the called party's location); plivo.md section 12.
 */
#ifndef PARLEY_QUIET_HOURS_H
#define PARLEY_QUIET_HOURS_H
#include "domain/holidays.h"

enum { QUIET_HORIZON_DAYS = 15, ZONE_SPANS_MAX = 8, DAY_MINUTES = 1440 };
#define QUIET_NEVER INT64_MAX

/* How far a zone's clock is ahead of UTC, and since when: from_ms ascending, the first one covers all before. */
struct zone_span {
    int64_t from_ms;
    int64_t offset_ms;
};

struct zone_clock {
    struct zone_span v[ZONE_SPANS_MAX];
    size_t n;
};

/* Open from `opens` on, closed from `closes` on. The same twice: not at all. */
struct day_window {
    int16_t opens;
    int16_t closes;
};

enum day_kind { DAY_WEEKDAY, DAY_SATURDAY, DAY_SUNDAY, DAY_HOLIDAY, DAY_KINDS };

struct week_windows {
    struct day_window day[DAY_KINDS];
};

struct quiet_place {
    struct zone_clock clock;
    struct week_windows windows;
    bool keeps_federal; /* federal holidays count as DAY_HOLIDAY there */
};

struct quiet_verdict {
    bool is_open;
    int64_t closes_ms; /* while open */
    int64_t opens_ms;  /* the next opening: after now, or after the closing; QUIET_NEVER: none within the horizon */
};

/* `holidays`: the tenant's own, year 0 for every year: closed everywhere. n places >= 1. */
void quiet_hours_decide(const struct quiet_place *places, size_t n, const struct calendar_date *holidays,
                        size_t holidays_n, int64_t now_ms, struct quiet_verdict *out);

/* "08:00-21:00", "00:00-24:00". False (and *out untouched) when it is no window of a day. */
MUST_USE bool day_window_parse(struct str text, struct day_window *out);

/* What both allow. */
struct day_window day_window_both(struct day_window a, struct day_window b);

/* What the clock there shows, in ms since 1970-01-01 on that clock. */
int64_t zone_clock_local(const struct zone_clock *clock, int64_t at_ms);

#endif
