/* plivo_holds.h - what Plivo's words ask of us beside the one attempt: pause a number, hold it or a country for a while, go slower.
 *
 * Promise: a hold with an end ends by itself; one without needs a person, and a notice says so.
 * Threads: the writer's.
 * Source:  plivo.md sections 5 (429) and 6 (error codes).
 */
#ifndef PARLEY_PLIVO_HOLDS_H
#define PARLEY_PLIVO_HOLDS_H
#include "apply/apply.h"
#include "core/attempt.h"

/* fx->action, and the brake that an expiry in Plivo's queue asks for. */
MUST_USE bool plivo_holds_apply(struct txn *txn, int64_t tenant, const struct settings *settings,
                                const struct message_row *message, const struct attempt_effects *fx, struct err *err);

/* Plivo answered 429: the number uses less of its rate for a while. */
MUST_USE bool number_slow(struct txn *txn, int64_t tenant, struct str number, struct err *err);

#endif
