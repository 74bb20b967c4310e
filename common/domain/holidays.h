/* holidays.h - days of the calendar: their weekday, and whether the United States keep them as a federal holiday.
 *
 * Promise: of a holiday on a weekend both the day itself and the day on which it is observed count.
 * Units:   days since 1970-01-01, as the calendar on the wall counts them: no time zone in it.
 * Memory:  plain values.
 * Threads: pure; call from any.
 * Source:  5 USC 6103(a), (b); Gregorian calendar.
 */
#ifndef PARLEY_HOLIDAYS_H
#define PARLEY_HOLIDAYS_H
#include "base/base.h"

struct calendar_date {
    int64_t year;
    int month; /* 1 … 12 */
    int day;   /* 1 … 31 */
};

/* Sunday first, as in the table of 5 USC 6103. */
enum weekday { SUNDAY, MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY };

int64_t day_of_date(struct calendar_date date);
struct calendar_date date_of_day(int64_t day);
enum weekday weekday_of_day(int64_t day);

/* "2026-12-24": one day; "12-24": every year's. False (and *out untouched) when it is no such date; `year` 0: every
 * year's. */
MUST_USE bool date_parse(struct str text, struct calendar_date *out);

bool is_federal_holiday(int64_t day);

#endif
