#include "core/pace.h"

void pace_init(struct pace *pace, int64_t most)
{
    assert(most >= 1);
    *pace = (struct pace){ .most = most, .allowed = most };
}

void pace_answered(struct pace *pace)
{
    if (pace->allowed == pace->most)
        return;
    if (++pace->answers < pace->allowed)
        return;
    pace->allowed++;
    pace->answers = 0;
}

void pace_limited(struct pace *pace, int64_t now_us, int64_t pause_ms)
{
    bool is_paused = now_us < pace->paused_until_us;
    int64_t until_us = now_us + max_i64(pause_ms, PACE_PAUSE_MIN_MS) * 1000;
    pace->paused_until_us = max_i64(pace->paused_until_us, until_us);
    pace->answers = 0;
    if (!is_paused) /* the calls of one burst fail together: one of them slows us down */
        pace->allowed = max_i64(1, pace->allowed / 2);
}

int64_t pace_allowance(const struct pace *pace, int64_t now_us)
{
    return now_us < pace->paused_until_us ? 0 : pace->allowed;
}
