/* layers.h - the store's write side: what is committed is synced in the journal at once, seen by the next transaction from memory, and
 * brought into LMDB by a thread of its own.
 *
 * Promise: L1 layers_commit() returns true only when the transaction's rows are synced in the journal; from then on every transaction
 *             that begins sees them, and a start after any crash brings them into LMDB before anything else.
 *          L2 a generation (what was committed while the one before it was on its way) enters LMDB in one transaction, together with the
 *             sequence of its last block: LMDB holds each block whole or not at all, and in order.
 *          L3 a read that begins after a commit sees it: it waits until LMDB has it (layers_await()).
 *          L4 while LMDB takes nothing (disk full, read-only), no transaction begins, reads see what LMDB has, and the generation that
 *             waits is tried again every LAYERS_RETRY_MS.
 *          L5 after an erasure, and at every start, both files of the journal are made anew: no text stays behind in them.
 * Memory:  two generations of at most about LAYERS_BYTES_MAX each, and one transaction over it.
 * Threads: begin, commit, abort: the writer. await: any reader. LMDB's write transactions: "applier" alone, while it runs.
 * Source:  the usual order of a write-ahead log with a memory table; rows are logged, not requests, so that nothing is decided twice.
 */
#ifndef PARLEY_LAYERS_H
#define PARLEY_LAYERS_H
#include "store/journal.h"
#include "store/store.h"

enum { LAYERS_BYTES_MAX = 32 * 1024 * 1024, LAYERS_RETRY_MS = 250 };

struct layers;

/* Of a store that was opened to be written. */
MUST_USE bool layers_start(struct store *store, struct err *err);
/* Brings all into LMDB, or leaves it to the next start when LMDB takes nothing. */
void layers_stop(struct store *store);

MUST_USE bool layers_begin(struct layers *layers, struct txn *txn, struct err *err);
MUST_USE bool layers_commit(struct layers *layers, struct txn *txn, struct err *err);
void layers_abort(struct layers *layers, struct txn *txn);
/* A row of the transaction that runs. NULL for a value: deleted. */
MUST_USE bool layers_put(struct layers *layers, enum table table, struct str key, const struct str *value,
                         struct err *err);

/* The sequence of the newest block. */
int64_t layers_newest(const struct layers *layers);

/* Until LMDB has all that was committed before this call. False: ERR_BUSY, it takes too long; or, if all is wanted, LMDB
 * takes nothing: *err says why. */
MUST_USE bool layers_await(struct layers *layers, bool wants_all, struct err *err);
/* What LMDB has yet to take. The writer's, between transactions. */
int64_t layers_bytes(struct layers *layers);

#endif
