/* outcomes.h - brings the outcomes of calls to the worker until it has committed them.
 *
 * Promise: O1 an attempt leaves the hand only after the worker's answer; while the worker is away its outcome waits,
 *          for ever.
 *          O2 an outcome that the worker will not take does not hold up the others: it goes to the end of the queue.
 * Units:   ms.
 * Threads: one.
 * Source:  design.md section 5 ("in hand until the outcome is acknowledged").
 */
#ifndef PARLEY_OUTCOMES_H
#define PARLEY_OUTCOMES_H
#include "hand.h"
#include "io/bus.h"

struct outcomes;

MUST_USE bool outcomes_start(struct outcomes **out, struct str sender, struct bus_client *worker, struct hand *hand,
                             struct err *err);
/* Ends the thread after the call that it waits for. hand_close() first, so that it does not sleep. */
void outcomes_stop(struct outcomes **outcomes);

#endif
