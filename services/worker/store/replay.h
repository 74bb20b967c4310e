/* replay.h - what a journal holds and LMDB does not, after a crash.
 *
 * Promise: R1 replay_into_txn() leaves LMDB with every block that was ever promised, or says why the store is refused and has written
 *             nothing. R2 replay_to_look() writes nothing at all.
 * Memory:  an overlay is the caller's.
 * Threads: the caller's, before any other has the store.
 */
#ifndef PARLEY_REPLAY_H
#define PARLEY_REPLAY_H
#include "store/journal.h"
#include "store/store.h"

/* In the transaction that opens the store, before a migration looks at its rows. */
MUST_USE bool replay_into_txn(struct txn *txn, struct err *err);
/* NULL in *out: there is nothing. */
MUST_USE bool replay_to_look(struct store *store, struct overlay **out, struct err *err);

/* The newest block that the store itself has; of a write transaction of LMDB's. */
MUST_USE bool journal_sequence_get(struct txn *txn, int64_t *out, struct err *err);
MUST_USE bool journal_sequence_put(struct txn *txn, int64_t sequence, struct err *err);
struct journal_owner store_owner(const struct store *store);

/* A row as bytes, straight to LMDB's side of the transaction. NULL for a value: deleted. */
MUST_USE bool row_put_bytes(struct txn *txn, enum table table, struct str key, const struct str *value,
                            struct err *err);

#endif
