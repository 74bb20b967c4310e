/* gcra.h - the rate limit: one number that says until when the line is taken.
 *
 * Promise: G1 in any window at most max(burst, the largest single message) + window / per_segment segments pass.
 *          G2 a message of more segments than the burst still goes: it waits until nothing is owed, then runs up the
 *          debt.
 *          G3 a clock that went back (a restart, for CLOCK_BOOTTIME) neither opens the gate nor locks it for longer
 *             than max(burst, GCRA_COST_MAX_SEGMENTS) × per_segment.
 * Units:   microseconds of one clock; segments.
 * Memory:  a plain value of 8 bytes. Zero is a line that owes nothing. To check several limits before charging any,
 *          try on copies.
 * Threads: pure; call from any.
 * Source:  the generic cell rate algorithm, ITU-T I.371, with messages as cells of several units.
 */
#ifndef PARLEY_GCRA_H
#define PARLEY_GCRA_H
#include "base/base.h"

enum { GCRA_COST_MAX_SEGMENTS = 32 };
enum { GCRA_BURST_MAX_SEGMENTS = 1000000 };
#define GCRA_PER_SEGMENT_MAX_US INT64_C(1000000000000) /* eleven days: a limit slower than that is a pause */

struct gcra {
    int64_t tat_us; /* theoretical arrival time: when all that passed so far is paid for */
};

/* Whether `cost_segments` (1 … GCRA_COST_MAX_SEGMENTS) may pass now; if so they are charged.
 * per_segment_us 0 means no limit. burst_segments >= 1.
 * False: *g is unchanged (but for G3's repair) and *retry_at_us says when the same call would succeed if nothing else
 *        passes. */
MUST_USE bool gcra_try(struct gcra *g, int64_t now_us, int64_t per_segment_us, int64_t burst_segments,
                       int64_t cost_segments, int64_t *retry_at_us);

#endif
