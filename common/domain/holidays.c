#include "domain/holidays.h"

enum { DAYS_OF_400_YEARS = 146097, DAYS_BEFORE_1970 = 719468 }; /* since 0000-03-01 */

/* The year begins in March, so that the leap day is its last. Howard Hinnant, "chrono-compatible low-level date
 * algorithms". */
int64_t day_of_date(struct calendar_date date)
{
    int64_t year = date.year - (date.month <= 2 ? 1 : 0);
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * ((date.month + 9) % 12) + 2) / 5 + date.day - 1;
    return era * DAYS_OF_400_YEARS + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
           DAYS_BEFORE_1970;
}

struct calendar_date date_of_day(int64_t day)
{
    int64_t days = day + DAYS_BEFORE_1970;
    int64_t era = (days >= 0 ? days : days - (DAYS_OF_400_YEARS - 1)) / DAYS_OF_400_YEARS;
    int64_t of_era = days - era * DAYS_OF_400_YEARS;
    int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
    int64_t month = (5 * of_year + 2) / 153;
    struct calendar_date date = { .year = year + era * 400,
                                  .month = (int)(month < 10 ? month + 3 : month - 9),
                                  .day = (int)(of_year - (153 * month + 2) / 5 + 1) };
    date.year += date.month <= 2 ? 1 : 0;
    return date;
}

enum weekday weekday_of_day(int64_t day)
{
    return (enum weekday)(((day % 7) + 7 + THURSDAY) % 7); /* 1970-01-01 was a Thursday */
}

static bool is_date(struct calendar_date date)
{
    struct calendar_date again = date_of_day(day_of_date(date));
    return date.month >= 1 && date.month <= 12 && date.day >= 1 && date.day <= 31 && again.month == date.month &&
           again.day == date.day;
}

bool date_parse(struct str text, struct calendar_date *out)
{
    enum { LEAP_YEAR = 2000, SHORT_BYTES = 5, LONG_BYTES = 10 };
    struct str rest = text;
    struct str part;
    int64_t year = 0;
    int64_t month;
    int64_t day;
    bool is_long = text.n == LONG_BYTES;
    if (!is_long && text.n != SHORT_BYTES)
        return false;
    if (is_long && (!str_next(&rest, '-', &part) || part.n != 4 || !str_to_int(part, 1970, 9999, &year)))
        return false;
    if (!str_next(&rest, '-', &part) || part.n != 2 || !str_to_int(part, 1, 12, &month) ||
        !str_to_int(rest, 1, 31, &day) || rest.n != 2)
        return false;
    if (!is_date((struct calendar_date){ .year = is_long ? year : LEAP_YEAR, .month = (int)month, .day = (int)day }))
        return false;
    *out = (struct calendar_date){ .year = year, .month = (int)month, .day = (int)day };
    return true;
}

/* --- the federal holidays --- */

/* By date: week 0. By weekday: the week-th of the month, LAST for the last one. */
enum { LAST = 5 };
static const struct {
    int month;
    int day;
    int week;
    enum weekday weekday;
} FEDERAL[] = {
    { 1, 1, 0, SUNDAY },       /* New Year's Day */
    { 1, 0, 3, MONDAY },       /* Martin Luther King, Jr. */
    { 2, 0, 3, MONDAY },       /* Washington's Birthday */
    { 5, 0, LAST, MONDAY },    /* Memorial Day */
    { 6, 19, 0, SUNDAY },      /* Juneteenth */
    { 7, 4, 0, SUNDAY },       /* Independence Day */
    { 9, 0, 1, MONDAY },       /* Labor Day */
    { 10, 0, 2, MONDAY },      /* Columbus Day */
    { 11, 11, 0, SUNDAY },     /* Veterans Day */
    { 11, 0, 4, THURSDAY },    /* Thanksgiving Day */
    { 12, 25, 0, SUNDAY },     /* Christmas Day */
};

static bool is_of_table(int64_t day)
{
    struct calendar_date date = date_of_day(day);
    enum weekday weekday = weekday_of_day(day);
    for (size_t i = 0; i < COUNT(FEDERAL); i++) {
        if (date.month != FEDERAL[i].month)
            continue;
        bool is_last = date_of_day(day + 7).month != date.month;
        bool is_week = FEDERAL[i].week == LAST ? is_last : (date.day - 1) / 7 + 1 == FEDERAL[i].week;
        if (FEDERAL[i].week == 0 ? date.day == FEDERAL[i].day : weekday == FEDERAL[i].weekday && is_week)
            return true;
    }
    return false;
}

bool is_federal_holiday(int64_t day)
{
    enum weekday weekday = weekday_of_day(day);
    return is_of_table(day) || (weekday == FRIDAY && is_of_table(day + 1)) ||
           (weekday == MONDAY && is_of_table(day - 1));
}
