/* calls.h - the calls to Plivo: one thread, libcurl's multi interface, connections kept.
 *
 * Promise: C1 a request begins to leave within 2 s of its grant's asking, looked at when the call starts and once more when the connection
 *             stands (P4); later it is handed back, and nothing of it has left.
 *          C2 no POST is repeated behind our back: the body can be read once, and a request can begin once. What libcurl would have
 *             repeated ends as unknown (P5).
 *          C3 every attempt taken ends in hand_end() with its outcome, unless the process stops first.
 * Units:   ms; µs of CLOCK_BOOTTIME.
 * Memory:  a handle, a body and an answer per connection, made at the start.
 * Threads: calls_start() starts the one thread that owns the multi handle; calls_wake() from any.
 * Source:  design.md section 5 (outcome of a call).
 */
#ifndef PARLEY_CALLS_H
#define PARLEY_CALLS_H
#include "hand.h"
#include "config.h"

struct calls;

/* The hand and the configuration outlive it. */
MUST_USE bool calls_start(struct calls **out, const struct sender_config *config, struct hand *hand, struct err *err);
/* There are granted ones in the hand. */
void calls_wake(struct calls *calls);
/* From now on granted ones are handed back; returns when none runs, or at the deadline. */
void calls_drain(struct calls *calls, int64_t deadline_boot_ms);
/* Ends the thread; what still ran has no outcome and becomes unconfirmed with our epoch. */
void calls_stop(struct calls **calls);

#endif
