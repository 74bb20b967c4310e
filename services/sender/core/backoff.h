/* backoff.h - how long to wait before the next try.
 *
 * Promise: exponential with full jitter: evenly in 0 … min(most, first × 2^tries). Where the peer named a time, never
 *          before it, and spread over a little more, so that not all come back in one instant.
 * Units:   ms.
 * Memory:  plain values.
 * Threads: pure; call from any. Chance is an argument: 64 random bits.
 */
#ifndef PARLEY_BACKOFF_H
#define PARLEY_BACKOFF_H
#include "base/base.h"

enum {
    BACKOFF_TRIES_MAX = 30,              /* above it nothing grows any more */
    RETRY_AFTER_MAX_MS = 60 * 60 * 1000, /* a longer one is taken as this */
};

struct backoff {
    int64_t first_ms;
    int64_t most_ms;
};

/* tries: those that failed so far, 0 for the first wait. retry_after_ms < 0: the peer named none. */
int64_t backoff_ms(const struct backoff *backoff, int64_t tries, int64_t retry_after_ms, uint64_t chance);

/* The value of a Retry-After header, which is in seconds; -1 for none, and for the form with a date. At most
 * RETRY_AFTER_MAX_MS. */
int64_t retry_after_ms(struct str header);

#endif
