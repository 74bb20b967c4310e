/* time_zone.h - what the clocks of a time zone show, from the machine's tz database: C++'s <chrono> zones behind a C header.
 *
 * Promise: no own arithmetic: offsets and the moments of their changes are the database's. No exception passes this border.
 * Units:   ms UTC.
 * Memory:  plain values. A zone is read once, from /usr/share/zoneinfo, and kept; nothing kept ever changes.
 * Threads: call from any.
 * Source:  IANA tz database, as the system's tzdata package installs it: it is kept up to date there, not in this program.
 */
#ifndef PARLEY_TIME_ZONE_H
#define PARLEY_TIME_ZONE_H
#include "base/err.h"
#include "domain/quiet_hours.h"

#ifdef __cplusplus
extern "C" {
#endif

/* False when the machine has no tz database: nothing can be said about any zone then. */
MUST_USE bool time_zone_load(struct err *err);

/* Whether the database has a zone of this name. */
bool time_zone_is_known(const char *name);

/* The zone's clock from `from_ms` to `to_ms`, at most ZONE_SPANS_MAX spans. False: no such zone. */
MUST_USE bool time_zone_clock(const char *name, int64_t from_ms, int64_t to_ms, struct zone_clock *out);

#ifdef __cplusplus
}
#endif
#endif
