#include "apply/send_check.h"

#include "core/attempt.h"
#include "domain/segments.h"

enum { MEDIA_MAX = 10, SEND_AT_DAYS_MAX = 366 };
#define DAY_MS INT64_C(86400000)

bool send_check_text(struct str text, size_t media_n, struct err *err)
{
    if (text.n == 0 && media_n == 0)
        return err_set(err, ERR_INPUT, "text", "is missing: a message needs a text or media");
    if (media_n > MEDIA_MAX)
        return err_set(err, ERR_INPUT, "media_urls", "at most %d files are allowed", MEDIA_MAX);
    return segments_check(text, "text", err);
}

bool send_check_time(const struct txn *txn, int64_t send_at, struct err *err)
{
    bool is_fine = send_at == 0 || (send_at > txn->now_ms && send_at <= txn->now_ms + SEND_AT_DAYS_MAX * DAY_MS);
    return is_fine || err_set(err, ERR_INPUT, "send_at", "must be in the future, at most a year ahead");
}

bool send_check_validity(const struct txn *txn, int64_t valid_until, int64_t send_at, struct err *err)
{
    bool is_fine = valid_until == 0 || valid_until >= max_i64(txn->now_ms, send_at) + GRANT_LEFT_MIN_MS;
    return is_fine || err_set(err, ERR_INPUT, "valid_until", "must be at least 5 seconds after now and after send_at");
}
