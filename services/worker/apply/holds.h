/* holds.h - what is held until a time is looked at again, because what held it may have changed.
 *
 * Promise: after a change of windows, limits or a person's place, what they hold is decided on anew at the next grant; nothing is granted here.
 * Units:   at most HOLDS_LOOK_MAX messages a change; the rest is decided on when the time comes that it was given.
 * Threads: the writer's.
 */
#ifndef PARLEY_HOLDS_H
#define PARLEY_HOLDS_H
#include "store/entities.h"

enum { HOLDS_LOOK_MAX = 5000 };

/* Of the whole tenant: its settings or a state's hours have changed. */
MUST_USE bool holds_look_again(struct txn *txn, int64_t tenant, struct err *err);

/* Of one person: their time zone has changed. */
MUST_USE bool holds_of_person_look_again(struct txn *txn, int64_t tenant, struct str address, struct err *err);

#endif
