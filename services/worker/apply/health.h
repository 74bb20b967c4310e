/* health.h - what carriers and people say of our numbers, our templates and their networks, counted by the day.
 *
 * Promise: an attempt counts once as reported, once more as failed or delivered, whatever is repeated; what passes a threshold of
 *          core/health_decide.h raises a notice in the same transaction. So does a report that bills other units than we count.
 * Memory:  rows live in the transaction's arena.
 * Threads: the writer's.
 */
#ifndef PARLEY_HEALTH_H
#define PARLEY_HEALTH_H
#include "store/entities.h"

/* The attempt stood at `before` and stands at `now`, by this report. */
MUST_USE bool health_reported(struct txn *txn, int64_t tenant, const struct message_row *message,
                              const struct report_event *report, enum message_status before, enum message_status now,
                              struct err *err);
/* What wrote the text that somebody answers in this conversation: "template:<id>", "campaign:<id>", "rule:<id>"; unset: a person or a program. */
MUST_USE bool health_text_answered(struct txn *txn, int64_t tenant, const struct conversation_row *conversation,
                                   struct str *out, struct err *err);
/* A person opted out by their own word, to this number of ours, in answer to a text of `text_of` (may be unset). */
MUST_USE bool health_opted_out(struct txn *txn, int64_t tenant, struct str number, struct str text_of, struct err *err);
/* Plivo bills `units` for a text that we count ourselves: told when they differ. */
MUST_USE bool health_units(struct txn *txn, int64_t tenant, const struct message_row *message, int64_t units,
                           struct err *err);

#endif
