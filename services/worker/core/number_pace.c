#include "core/number_pace.h"

static int64_t since_ms(const struct number_pace *pace, int64_t now_us)
{
    return max_i64(0, now_us - pace->at_us) / 1000;
}

int64_t number_pace_now(const struct number_pace *pace, int64_t now_us)
{
    if (pace->permille == 0)
        return PACE_ALL;
    int64_t steps = min_i64(since_ms(pace, now_us) / PACE_STEP_MS, PACE_ALL / PACE_STEP);
    return clamp_i64(pace->permille + steps * PACE_STEP, PACE_LEAST, PACE_ALL);
}

void number_pace_slow(struct number_pace *pace, int64_t now_us)
{
    bool is_deaf = pace->permille > 0 && now_us >= pace->at_us && since_ms(pace, now_us) < PACE_DEAF_MS;
    if (is_deaf)
        return; /* the calls that were running all hear of the same excess */
    int64_t left = number_pace_now(pace, now_us) / 2;
    *pace = (struct number_pace){ .permille = max_i64(PACE_LEAST, left), .at_us = now_us };
}
