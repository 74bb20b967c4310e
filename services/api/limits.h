/* limits.h - how fast one key or one address may ask.
 *
 * Promise: L1 whoever asks at most `rate` times a second, and `burst` at once, is never refused; beyond it every request is, with the
 *          time after which one passes. L2 the table is bounded: when it is full of others, the line that owes least is forgotten,
 *          which can only let more through, never less.
 * Units:   requests; microseconds of CLOCK_BOOTTIME.
 * Memory:  LIMIT_LINES lines, static.
 * Threads: limit_try() from any.
 */
#ifndef PARLEY_API_LIMITS_H
#define PARLEY_API_LIMITS_H
#include "base/base.h"

enum { LIMIT_LINES = 16384, LIMIT_WAYS = 8 };

/* Before the first limit_try(); forgets all lines. */
void limits_init(int64_t rate_per_s, int64_t burst);

/* False: refused; *retry_after_s (at least 1) says when one would pass. `who` is a key's id or an address; borrowed. */
MUST_USE bool limit_try(struct str who, int64_t now_us, int64_t *retry_after_s);

#endif
