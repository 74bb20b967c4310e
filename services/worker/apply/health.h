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

enum { HEALTH_DAYS_MAX = 92 }; /* so long the counts can be asked for, and are kept */

/* Of the message that somebody answers: what wrote it ("template:<id>", "campaign:<id>", "rule:<id>"; unset: a person or a program), and
 * the network that its report named ("<mcc>-<mnc>"; unset: none did). An inbound text names no network itself. */
struct health_answer {
    struct str text_of;
    struct str carrier;
};

/* The attempt stood at `before` and stands at `now`, by this report. */
MUST_USE bool health_reported(struct txn *txn, int64_t tenant, const struct message_row *message,
                              const struct report_event *report, enum message_status before, enum message_status now,
                              struct err *err);
/* The message that somebody answers: the last one that left in this conversation. */
MUST_USE bool health_answered(struct txn *txn, int64_t tenant, const struct conversation_row *conversation,
                              struct health_answer *out, struct err *err);
/* A person opted out by their own word, to this number of ours. */
MUST_USE bool health_opted_out(struct txn *txn, int64_t tenant, struct str number, const struct health_answer *answer,
                               struct err *err);
/* Plivo bills `units` for a text that we count ourselves: told when they differ. */
MUST_USE bool health_units(struct txn *txn, int64_t tenant, const struct message_row *message, int64_t units,
                           struct err *err);

#endif
