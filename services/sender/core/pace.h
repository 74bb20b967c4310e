/* pace.h - how many calls may run at once: the sender's own brake beside the worker's limits.
 *
 * Promise: I1 1 <= allowed <= most. I2 after a 429 nothing starts until the pause is over. I3 a burst of 429s slows
 *          down once: those that arrive during a pause only lengthen it. I4 every `allowed` answers without one bring
 *          back one more.
 * Units:   parallel calls; µs of CLOCK_BOOTTIME.
 * Memory:  a plain value.
 * Threads: pure; call from any.
 * Source:  plivo.md section 5 (limits: 429); additive increase, multiplicative decrease.
 */
#ifndef PARLEY_PACE_H
#define PARLEY_PACE_H
#include "base/base.h"

enum { PACE_PAUSE_MIN_MS = 1000 };

struct pace {
    int64_t most;
    int64_t allowed;
    int64_t answers;        /* without a 429, since `allowed` last changed */
    int64_t paused_until_us;
};

void pace_init(struct pace *pace, int64_t most);
/* Plivo answered something else than 429. */
void pace_answered(struct pace *pace);
/* Plivo answered 429. pause_ms: until the next try (backoff.h); at least PACE_PAUSE_MIN_MS is taken. */
void pace_limited(struct pace *pace, int64_t now_us, int64_t pause_ms);
/* How many calls may run now. 0 during a pause. */
int64_t pace_allowance(const struct pace *pace, int64_t now_us);

#endif
