/* aside.h - the side file in the writer's hands: what a batch says of opt-outs and erasures is in it before the batch is committed.
 *
 * Promise: an opt-out whose 200 has left stands in the side file, too. When that cannot be written, the store goes on alone (an opt-out
 *          that holds now is worth more than one that is refused), which is an alarm and a gauge, and the missing lines follow when it can
 *          be written again, or at the next start.
 * Threads: the writer's.
 * Source:  design.md section 6, Restore.
 */
#ifndef PARLEY_ASIDE_H
#define PARLEY_ASIDE_H
#include "store/store.h"

struct worker_config;

/* Opens the file and writes what it misses. False: it cannot be opened. */
MUST_USE bool aside_open(const struct worker_config *config, struct store *store, struct err *err);
void aside_close(void);

/* For a transaction that begins: what it notes is kept apart until its commit. */
void aside_begin(struct txn *txn);
/* store_commit(), with the side file before it. */
MUST_USE bool aside_commit(struct txn *txn, struct err *err);
/* Tries again to write what is missing. Cheap when nothing is. */
void aside_tick(void);

#endif
