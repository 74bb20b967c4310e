/* restore.h - what makes a store out of a backup safe to run: the transaction that every restored store, and every copy, begins with.
 *
 * Promise: X1 the generation is above all that were ever given, so that epochs, callback URLs and events of the time that was lost are
 *             never taken for new ones; event numbers jump.
 *          X2 what was queued, held or sending at the backup is unconfirmed: it may have left since. Nothing is granted until
 *             `parley recover`; campaigns that ran are paused.
 *          X3 opt-outs of the side file that the backup does not know hold; who was erased since is erased.
 *          X4 sign-in links and sessions are gone: one that had ended since must not come back.
 * Units:   ms UTC.
 * Memory:  one row at a time.
 * Threads: as the transaction.
 * Source:  design.md section 6, Restore.
 */
#ifndef PARLEY_RESTORE_H
#define PARLEY_RESTORE_H
#include "store/entities.h"

struct side_line;

#define RESTORED_REASON "restored"

/* Everything but the side file. *row: generation, backup_at and restored_at are given; unconfirmed is counted. */
MUST_USE bool restore_apply(struct txn *txn, struct recovery_row *row, struct err *err);

/* One line of the side file; those of another store, and what the store knows, change nothing. *has_applied tells. txn->told has room. */
MUST_USE bool restore_side_line(struct txn *txn, const struct side_line *line, bool *has_applied, struct err *err);

#endif
