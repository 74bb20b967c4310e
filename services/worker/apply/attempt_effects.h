/* attempt_effects.h - the shell around the decisions on attempts: facts read, effects written, one way for outcomes, reports and settling.
 *
 * Promise: attempt, open row, successor, message and consent change together, as the effects say.
 * Threads: the writer's.
 */
#ifndef PARLEY_ATTEMPT_EFFECTS_H
#define PARLEY_ATTEMPT_EFFECTS_H
#include "apply/apply.h"
#include "core/attempt.h"

/* `attempt` is one of message->attempts. facts->attempts lives in the arena. */
MUST_USE bool attempt_facts_read(struct txn *txn, int64_t tenant, const struct message_row *message,
                                 const struct attempt_row *attempt, struct attempt_facts *facts, struct err *err);

/* Writes what was decided. `uuid`: Plivo's, taken when the effects say so; may be unset. Does nothing without has_change. */
MUST_USE bool attempt_effects_write(struct txn *txn, int64_t tenant, const struct settings *settings,
                                    struct message_row *message, struct attempt_row *attempt,
                                    const struct attempt_effects *effects, struct str uuid, struct err *err);

/* The sender of an open attempt is gone: unconfirmed. */
MUST_USE bool attempt_lost(struct txn *txn, int64_t tenant, const struct settings *settings, struct id message,
                           int64_t attempt, struct err *err);

#endif
