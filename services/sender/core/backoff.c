#include "core/backoff.h"

static int64_t spread(int64_t most_ms, uint64_t chance)
{
    return (int64_t)(chance % ((uint64_t)most_ms + 1));
}

int64_t backoff_ms(const struct backoff *backoff, int64_t tries, int64_t retry_after_ms, uint64_t chance)
{
    assert(backoff->first_ms > 0 && backoff->most_ms >= backoff->first_ms);
    int64_t top_ms = backoff->first_ms;
    for (int64_t i = 0; i < min_i64(tries, BACKOFF_TRIES_MAX) && top_ms < backoff->most_ms; i++)
        top_ms *= 2;
    top_ms = min_i64(top_ms, backoff->most_ms);
    if (retry_after_ms >= 0)
        return min_i64(retry_after_ms, RETRY_AFTER_MAX_MS) + spread(backoff->first_ms, chance);
    return spread(top_ms, chance);
}

int64_t retry_after_ms(struct str header)
{
    int64_t seconds;
    if (!str_to_int(str_trim(header), 0, INT64_MAX / 1000, &seconds))
        return -1;
    return min_i64(seconds, RETRY_AFTER_MAX_MS / 1000) * 1000;
}
