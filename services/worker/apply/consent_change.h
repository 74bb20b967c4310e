/* consent_change.h - a change of consent: the ledger's next entry and the person's new state, together.
 *
 * Promise: one entry a call, chained to the one before it (consent.h); the state changes unless the entry is superseded.
 * Memory:  texts are borrowed for the call.
 * Threads: the writer's.
 * Source:  design.md section 6.
 */
#ifndef PARLEY_CONSENT_CHANGE_H
#define PARLEY_CONSENT_CHANGE_H
#include "store/entities.h"

struct consent_entry {
    struct id contact;
    struct str address;
    struct str number;       /* of ours, that it came to */
    enum consent to;
    enum consent_source source;
    struct str evidence;     /* message id and words, or what the API was told */
    struct str actor;
    int64_t received_at;
    struct str ingress;
    bool is_superseded;
};

/* *sequence: the entry's place in the ledger. */
MUST_USE bool consent_change_apply(struct txn *txn, int64_t tenant, const struct consent_entry *entry,
                                   int64_t *sequence, struct err *err);

/* Everything that waits for this person ends as blocked: opted_out. Open attempts are past recall. */
MUST_USE bool block_queued(struct txn *txn, int64_t tenant, struct str address, struct err *err);

#endif
