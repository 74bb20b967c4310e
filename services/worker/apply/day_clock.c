#include "apply/day_clock.h"

#include "io/time_zone.h"

#define DAY_MS INT64_C(86400000)

struct day_clock utc_day(int64_t now_ms)
{
    int64_t day = now_ms / DAY_MS;
    return (struct day_clock){ day, (day + 1) * DAY_MS - now_ms };
}

struct day_clock pacific_day(int64_t now_ms)
{
    struct zone_clock clock;
    if (!time_zone_clock("America/Los_Angeles", now_ms - DAY_MS, now_ms + 2 * DAY_MS, &clock))
        return utc_day(now_ms); /* the worker does not start without zones; a day is a day */
    int64_t local_ms = zone_clock_local(&clock, now_ms);
    int64_t midnight_ms = now_ms + DAY_MS - local_ms % DAY_MS;
    /* on the days of a change an hour more or less is left than the clock shows */
    int64_t shown_ms = zone_clock_local(&clock, midnight_ms) % DAY_MS;
    midnight_ms -= shown_ms > DAY_MS / 2 ? shown_ms - DAY_MS : shown_ms;
    return (struct day_clock){ local_ms / DAY_MS, midnight_ms - now_ms };
}
