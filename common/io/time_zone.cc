#include <chrono>
#include <exception>
#include <string>

#include <date/tz.h>

extern "C" {
#include "io/time_zone.h"
}

namespace
{

using std::chrono::milliseconds;
using std::chrono::seconds;

/* Every tz database has it. */
constexpr const char *ALWAYS_THERE = "Etc/UTC";

date::sys_seconds moment_of(int64_t ms)
{
    return date::sys_seconds{ std::chrono::floor<seconds>(milliseconds{ ms }) };
}

int64_t ms_of(date::sys_seconds moment)
{
    return std::chrono::duration_cast<milliseconds>(moment.time_since_epoch()).count();
}

void fill(const date::time_zone &zone, int64_t from_ms, int64_t to_ms, struct zone_clock *out)
{
    out->n = 0;
    for (int64_t at_ms = from_ms; at_ms < to_ms && out->n < ZONE_SPANS_MAX;) {
        date::sys_info info = zone.get_info(moment_of(at_ms));
        int64_t offset_ms = std::chrono::duration_cast<milliseconds>(info.offset).count();
        out->v[out->n++] = { out->n == 0 ? from_ms : at_ms, offset_ms };
        int64_t end_ms = info.end >= moment_of(to_ms) ? to_ms : ms_of(info.end);
        if (end_ms <= at_ms)
            return;
        at_ms = end_ms;
    }
}

} // namespace

extern "C" {

bool time_zone_load(struct err *err)
{
    if (time_zone_is_known(ALWAYS_THERE))
        return true;
    return err_set(err, ERR_BROKEN, NULL, "this machine has no time zones: install Debian's package tzdata");
}

bool time_zone_is_known(const char *name)
{
    try {
        (void)date::locate_zone(name);
        return true;
    } catch (const std::exception &) {
        return false;
    }
}

bool time_zone_clock(const char *name, int64_t from_ms, int64_t to_ms, struct zone_clock *out)
{
    try {
        fill(*date::locate_zone(name), from_ms, to_ms, out);
        return out->n > 0;
    } catch (const std::exception &) { /* no such zone, or its file is gone */
        return false;
    }
}

} // extern "C"
