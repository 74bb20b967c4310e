/* consent_change.h - a change of consent: the ledger's next entry and the person's new state, together.
 *
 * Promise: one entry a call, chained to the one before it (consent.h); the state changes, in every scope that it holds for, unless the
 *          entry is superseded. Entries are never taken away or changed: no retention reaches them.
 * Memory:  texts are borrowed for the call.
 * Threads: the writer's.
 * Source:  design.md section 6.
 */
#ifndef PARLEY_CONSENT_CHANGE_H
#define PARLEY_CONSENT_CHANGE_H
#include "apply/health.h"

struct consent_entry {
    struct id contact;
    struct str address;
    struct str number;       /* of ours, that it came to; unset: the tenant as a whole */
    struct str topic;        /* that it was about; unset: the number's */
    struct str scope;        /* what it holds for (core/consent_reach.h); unset: all that the tenant sends */
    struct str also;         /* a second scope that it holds for; unset: none */
    struct health_answer answers; /* the message that it answers; unset: none */
    enum consent to;
    enum consent_source source;
    struct str evidence;     /* message id and words, or what the API was told */
    struct str actor;
    int64_t received_at;
    struct str ingress;
    bool is_superseded;
};

/* *sequence: the entry's place in the ledger. An opt-in lifts every opt-out that the number and topic fall in; either change settles
 * what a person was asked to look at (pair_pause.h). */
MUST_USE bool consent_change_apply(struct txn *txn, int64_t tenant, const struct consent_entry *entry,
                                   int64_t *sequence, struct err *err);

/* The entry alone, chained to `head`, which is written too. */
MUST_USE bool ledger_append(struct txn *txn, int64_t tenant, const struct consent_entry *entry, enum consent from,
                            struct tenant_row *head, struct err *err);

/* Everything that waits for this person, and that an opt-out holds for, ends as blocked: opted_out. Open attempts are past recall. */
MUST_USE bool block_queued(struct txn *txn, int64_t tenant, struct str address, struct err *err);

#endif
