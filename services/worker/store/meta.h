/* meta.h - what a store says of itself: its id, its layout, its generation, its callback keys, and whether it was restored.
 *
 * Promise: M1 a new store gets all of it at once; an older layout is migrated in the transaction that asks; a newer one is refused.
 *          M2 a callback key signs for CALLBACK_KEY_DAYS, or until the generation rises, and counts for as long again after that.
 * Memory:  the keys are copies; meta_release() wipes them.
 * Threads: as the transaction.
 * Source:  design.md section 5 (callback URLs) and section 6 (restore).
 */
#ifndef PARLEY_META_H
#define PARLEY_META_H
#include "base/secret.h"
#include "store/txn.h"

enum { CALLBACK_KEYS_MAX = 8, CALLBACK_KEY_DAYS = 30 };

struct store_meta {
    struct id id;
    int64_t generation;
    struct secret keys[CALLBACK_KEYS_MAX]; /* newest first */
    size_t keys_n;
};

/* Whose store it is, of whatever layout. *found false: a new one, it has no meta table yet. */
MUST_USE bool meta_identity(struct txn *txn, struct id *id, int64_t *generation, bool *found, struct err *err);
/* Reads it; of a write transaction also makes, migrates and renews what is due. False: *err says why the store is refused. */
MUST_USE bool meta_open(struct txn *txn, struct store_meta *out, struct err *err);
void meta_release(struct store_meta *meta);

/* The store is a restored one from now on: of `generation`, with a new callback key, closed until it is recovered. */
MUST_USE bool meta_restore(struct txn *txn, const struct recovery_row *recovery, struct err *err);

/* *found false: it was never restored. Its row stays when it has been recovered. */
MUST_USE bool recovery_get(struct txn *txn, struct recovery_row *row, bool *found, struct err *err);
MUST_USE bool recovery_put(struct txn *txn, const struct recovery_row *row, struct err *err);
/* Whether nothing may be granted yet. */
MUST_USE bool recovery_is_due(struct txn *txn, bool *is_due, struct err *err);

/* The one callback key of layout 1 becomes the list of layout 2. */
MUST_USE bool callback_keys_migrate(struct txn *txn, struct err *err);

#endif
