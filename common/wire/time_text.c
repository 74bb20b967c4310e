/* The time half of record.h: int64 milliseconds inside, RFC 3339 at the edge. */
#include "wire/record.h"

#include <stdio.h>
#include <time.h>

static const int64_t LAST_MS = INT64_C(253402300799) * 1000 + 999; /* 9999-12-31T23:59:59.999Z */

void time_format(int64_t time_ms, char out[TIME_TEXT_BYTES])
{
    int64_t ms = clamp_i64(time_ms, 0, LAST_MS);
    time_t seconds = (time_t)(ms / 1000);
    struct tm tm;
    (void)gmtime_r(&seconds, &tm); /* cannot fail inside the range just enforced */
    size_t n = strftime(out, TIME_TEXT_BYTES, "%Y-%m-%dT%H:%M:%S", &tm);
    (void)snprintf(out + n, TIME_TEXT_BYTES - n, ".%03dZ", (int)(ms % 1000));
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
