/* number_pace.h - how much of its rate a number may use: less after Plivo has said "too fast", then slowly more again.
 *
 * Promise: N1 every sign halves what is left, at most once in PACE_DEAF_MS, never below PACE_LEAST. N2 without a sign PACE_STEP comes back
 *          every PACE_STEP_MS, until all of it is there. N3 a clock that went back (a restart) counts as "just now".
 * Units:   thousandths of the rate; us of CLOCK_BOOTTIME.
 * Memory:  a plain value; zero is a number that was never slowed.
 * Threads: pure; call from any.
 * Source:  plivo.md section 5 (429), section 6 (420: it waited too long in Plivo's queue); additive increase, multiplicative decrease.
 */
#ifndef PARLEY_NUMBER_PACE_H
#define PARLEY_NUMBER_PACE_H
#include "base/base.h"

enum { PACE_ALL = 1000, PACE_LEAST = 50, PACE_STEP = 50, PACE_STEP_MS = 5000, PACE_DEAF_MS = 1000 };

struct number_pace {
    int64_t permille; /* what was left at at_us; 0: never slowed */
    int64_t at_us;
};

/* 50 … 1000. */
int64_t number_pace_now(const struct number_pace *pace, int64_t now_us);

void number_pace_slow(struct number_pace *pace, int64_t now_us);

#endif
