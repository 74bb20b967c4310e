/* forget.h - what ingress keeps beside its lanes does not outlive the person it is about, nor its time.
 *
 * Promise: an event that was put aside goes after ASIDE_DAYS, a refused request after REJECTED_DAYS, and either within FORGET_EVERY_MS once
 *          the worker says that its person was erased after it had come in. Nothing has to be told to ingress, and nothing is remembered:
 *          it asks for all that it holds, at its start and again and again, so that it does not matter who was away during the erasure.
 *          What waits in the lanes needs none of this: the worker's tombstone stops it at the replay.
 * Units:   a page of FORGET_PAGE a question; while nothing is kept, nobody is asked.
 * Memory:  one arena.
 * Threads: one of its own. It writes through the spool's thread.
 * Source:  design.md section 6.
 */
#ifndef PARLEY_INGRESS_FORGET_H
#define PARLEY_INGRESS_FORGET_H
#include "io/bus.h"

enum { FORGET_EVERY_MS = 10000, FORGET_PAGE = 32 };

/* `after` the spool's start. */
MUST_USE bool forget_start(struct bus_client *worker, int64_t aside_days, struct err *err);
void forget_stop(void);

#endif
