/* consent_scope.h - what a change of consent holds for, by the tenant's setting opt_out_scope.
 *
 * Promise: what cannot be told apart is taken widely: a STOP to a number without a topic, where topics count, ends all that the tenant sends.
 * Memory:  the texts live in the transaction's arena.
 * Threads: the writer's.
 * Source:  plivo.md section 12 (the strictest rule that can apply is the default).
 */
#ifndef PARLEY_CONSENT_SCOPE_H
#define PARLEY_CONSENT_SCOPE_H
#include "settings.h"
#include "store/entities.h"

/* Unset: all that the tenant sends. */
MUST_USE bool consent_scope_of(struct txn *txn, int64_t tenant, const struct settings *settings, struct str number,
                               struct str topic, struct str *scope, struct err *err);

/* What Plivo's own block on a send from `number` holds for, whatever our setting: the number's campaign, else the number. */
struct str consent_scope_at_plivo(struct txn *txn, const struct number_row *number);

/* The newest message of ours that left in this conversation, confirmations aside: what a person answers. */
MUST_USE bool conversation_last_sent(struct txn *txn, int64_t tenant, const struct conversation_row *conversation,
                                     struct message_row *out, bool *found, struct err *err);

/* What the last message that left in this conversation was about: its own topic, else the number's. */
MUST_USE bool conversation_topic(struct txn *txn, int64_t tenant, const struct conversation_row *conversation,
                                 const struct number_row *number, struct str *topic, struct err *err);

#endif
