/* pair_pause.h - a number and a person between whom nothing is sent until somebody has looked.
 *
 * Promise: from pair_pause() on what is sent there is held with the reason "review", but for the STOP confirmation and answers to HELP; a
 *          notice says why. It ends when a person says so (pair_resume()), closes the notice, or when the contact's consent is changed for
 *          certain. What was held then takes its turn again.
 * Memory:  texts are borrowed for the call.
 * Threads: the writer's.
 */
#ifndef PARLEY_PAIR_PAUSE_H
#define PARLEY_PAIR_PAUSE_H
#include "store/entities.h"

#define PAIR_PAUSE_REASON "review"

/* `text` is the notice's; `message` the one that brought it about. Paused again: the notice is counted up. */
MUST_USE bool pair_pause(struct txn *txn, int64_t tenant, const struct conversation_row *conversation,
                         struct id message, struct str text, struct err *err);
/* Fine when nothing is paused there. */
MUST_USE bool pair_resume(struct txn *txn, int64_t tenant, struct str number, struct str address, struct err *err);
/* The same, because somebody (txn->actor) has looked: who answers for it stands in the audit. */
MUST_USE bool pair_looked_at(struct txn *txn, int64_t tenant, const struct conversation_row *conversation,
                             struct err *err);

#endif
