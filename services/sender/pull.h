/* pull.h - asks the worker for sends: one numbered request in flight, never for more than there is room for.
 *
 * Promise: I1 one grant request at a time. Its number is asked again until it is answered, and its 2 s count from its
 *             first sending, for the answer may be the first one's; after them it asks for nothing.
 *          I2 an answer to any but the newest request is dropped unread: the next one does not list what it granted, and
 *             the worker takes that back.
 *          I3 every request lists all that is in hand.
 *          It asks when the worker says `wake`, when the time has come that the worker named, when a connection is free
 *          and the last answer left something behind, and in any case once a second: a lost `wake` costs no more.
 *          A worker that refuses our epoch has given it to another: the process stops.
 * Threads: two: the one that asks, and the one that listens to the worker's events.
 * Source:  design.md section 5 (epochs).
 */
#ifndef PARLEY_PULL_H
#define PARLEY_PULL_H
#include "calls.h"
#include "io/bus.h"

struct pull;

MUST_USE bool pull_start(struct pull **out, const struct sender_config *config, struct bus_client *worker,
                         struct hand *hand, struct calls *calls, struct err *err);
/* Asks no more; returns when the last answer has been dealt with. */
void pull_stop(struct pull **pull);

/* When it is our epoch (or the order of our requests) that the worker refuses: logs it, asks the service to stop, and
 * returns true. */
bool pull_is_replaced(const struct err *err);

#endif
