/* The time half of record.h: int64 milliseconds inside, RFC 3339 at the edge. */
#include "wire/record.h"

#include <time.h>

static const int64_t LAST_MS = INT64_C(253402300799) * 1000 + 999; /* 9999-12-31T23:59:59.999Z */

static void two_digits(int v, char *out)
{
    out[0] = (char)('0' + v / 10 % 10);
    out[1] = (char)('0' + v % 10);
}

/* The Gregorian calendar by counting, from 1 March 2000 on or back to 1600: a leap day then ends a cycle of 4, 100 or 400 years.
 * gmtime_r() takes a lock that all threads share, and five times as long. */
static void date_of_day(int64_t days_since_1970, char out[10])
{
    enum { TO_MARCH_1600 = 135080, DAYS_400 = 146097, DAYS_100 = 36524, DAYS_4 = 1461, DAYS_1 = 365 };
    int64_t day = days_since_1970 + TO_MARCH_1600;
    int64_t cycles = day / DAYS_400;
    day %= DAYS_400;
    int64_t centuries = min_i64(day / DAYS_100, 3);
    day -= centuries * DAYS_100;
    int64_t fours = day / DAYS_4;
    day %= DAYS_4;
    int64_t years = min_i64(day / DAYS_1, 3);
    day -= years * DAYS_1;
    int month = (int)((5 * day + 2) / 153); /* 0 is March: 31, 30, 31, 30, 31 days, again and again */
    int day_of_month = (int)(day - (153 * month + 2) / 5) + 1;
    int64_t year = 1600 + 400 * cycles + 100 * centuries + 4 * fours + years + (month >= 10 ? 1 : 0);
    two_digits((int)(year / 100), out);
    two_digits((int)(year % 100), out + 2);
    out[4] = '-';
    two_digits((month + 2) % 12 + 1, out + 5);
    out[7] = '-';
    two_digits(day_of_month, out + 8);
}

void time_format(int64_t time_ms, char out[TIME_TEXT_BYTES])
{
    enum { DAY_MS = 24 * 3600 * 1000 };
    int64_t ms = clamp_i64(time_ms, 0, LAST_MS);
    int of_day = (int)(ms % DAY_MS);
    date_of_day(ms / DAY_MS, out);
    memcpy(out + 10, "T00:00:00.000Z", 15); /* with its NUL */
    two_digits(of_day / 3600000, out + 11);
    two_digits(of_day / 60000 % 60, out + 14);
    two_digits(of_day / 1000 % 60, out + 17);
    out[20] = (char)('0' + of_day % 1000 / 100);
    two_digits(of_day % 100, out + 21);
}

static bool digits(struct str in, size_t at, size_t n, int lowest, int highest, int *out)
{
    int64_t v;
    struct str part = str_slice(in, at, n);
    if (part.n != n || !str_to_int(part, lowest, highest, &v))
        return false;
    *out = (int)v;
    return part.p[0] != '-';
}

/* ".123", more digits dropped; *at moves behind it. */
static bool fraction(struct str in, size_t *at, int *ms)
{
    *ms = 0;
    if (*at >= in.n || in.p[*at] != '.')
        return true;
    size_t start = ++*at;
    for (int scale = 100; *at < in.n && in.p[*at] >= '0' && in.p[*at] <= '9'; ++*at, scale /= 10)
        *ms += (in.p[*at] - '0') * scale;
    return *at > start;
}

static bool offset(struct str in, size_t at, int *minutes)
{
    int h;
    int m;
    *minutes = 0;
    if (in.n == at + 1 && (in.p[at] == 'Z' || in.p[at] == 'z'))
        return true;
    if (in.n != at + 6 || (in.p[at] != '+' && in.p[at] != '-') || in.p[at + 3] != ':')
        return false;
    if (!digits(in, at + 1, 2, 0, 23, &h) || !digits(in, at + 4, 2, 0, 59, &m))
        return false;
    *minutes = (in.p[at] == '-' ? -1 : 1) * (h * 60 + m);
    return true;
}

/* Whether timegm() takes the day as it stands; the hours are left aside, as a leap second moves to the next day. */
static bool date_exists(const struct tm *wanted)
{
    struct tm tm = { .tm_year = wanted->tm_year, .tm_mon = wanted->tm_mon, .tm_mday = wanted->tm_mday };
    (void)timegm(&tm); /* any int64 of seconds is a time here: only the normalised day is looked at */
    return tm.tm_mday == wanted->tm_mday && tm.tm_mon == wanted->tm_mon;
}

bool time_parse(struct str in, const char *field, int64_t *time_ms, struct err *err)
{
    struct tm tm = { 0 };
    int ms = 0;
    int minutes = 0;
    size_t at = 19;
    bool shaped = in.n >= 20 && in.p[4] == '-' && in.p[7] == '-' &&
                  (in.p[10] == 'T' || in.p[10] == 't' || in.p[10] == ' ') && in.p[13] == ':' && in.p[16] == ':';
    if (!shaped || !digits(in, 0, 4, 1970, 9999, &tm.tm_year) || !digits(in, 5, 2, 1, 12, &tm.tm_mon) ||
        !digits(in, 8, 2, 1, 31, &tm.tm_mday) || !digits(in, 11, 2, 0, 23, &tm.tm_hour) ||
        !digits(in, 14, 2, 0, 59, &tm.tm_min) || !digits(in, 17, 2, 0, 60, &tm.tm_sec) || !fraction(in, &at, &ms) ||
        !offset(in, at, &minutes))
        return err_set(err, ERR_INPUT, field, "must be a time such as 2026-03-02T17:04:05.000Z");
    tm.tm_year -= 1900;
    tm.tm_mon -= 1;
    if (!date_exists(&tm))
        return err_set(err, ERR_INPUT, field, "names a day that does not exist");
    int64_t at_ms = ((int64_t)timegm(&tm) - (int64_t)minutes * 60) * 1000 + ms;
    if (at_ms < 0 || at_ms > LAST_MS)
        return err_set(err, ERR_INPUT, field, "must be in the years 1970 to 9999, UTC");
    *time_ms = at_ms;
    return true;
}
