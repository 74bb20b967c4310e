#include "core/bulk_cap.h"

#define DAY_MS INT64_C(86400000)

int64_t bulk_cap_wait(const struct bulk_cap *cap, struct id message, int64_t most, int64_t now_ms)
{
    int64_t counted = 0;
    for (size_t i = cap->n; i-- > 0;) {
        if (id_eq(cap->sent[i].message, message))
            continue;
        if (++counted < most)
            continue;
        /* the oldest of as many as may be: when it is a day old, one more may go; a clock that went back makes nobody wait longer */
        return clamp_i64(cap->sent[i].at_ms + DAY_MS - now_ms, 0, DAY_MS);
    }
    return 0;
}

void bulk_cap_count(struct bulk_cap *cap, struct id message, int64_t now_ms)
{
    size_t kept = 0;
    for (size_t i = 0; i < cap->n; i++)
        if (!id_eq(cap->sent[i].message, message))
            cap->sent[kept++] = cap->sent[i];
    if (kept == BULK_CAP_MAX) {
        memmove(cap->sent, cap->sent + 1, (BULK_CAP_MAX - 1) * sizeof cap->sent[0]);
        kept--;
    }
    cap->sent[kept].message = message;
    cap->sent[kept].at_ms = now_ms;
    cap->n = kept + 1;
}
