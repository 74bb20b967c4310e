/* day_clock.h - which day it is where somebody counts, and how long it lasts.
 *
 * Promise: resets_in_ms > 0, and right on the days on which the clocks change.
 * Units:   days since 1970 by that clock; ms.
 * Memory:  plain values.
 * Threads: as the transaction.
 * Source:  plivo.md section 7: the carriers' daily limits of a brand begin anew at midnight Pacific; ours of a number at midnight UTC.
 */
#ifndef PARLEY_DAY_CLOCK_H
#define PARLEY_DAY_CLOCK_H
#include "base/base.h"

struct day_clock {
    int64_t day, resets_in_ms;
};

struct day_clock utc_day(int64_t now_ms);
struct day_clock pacific_day(int64_t now_ms);

#endif
