/* migrate.h - what brings the rows of an older layout to this program's.
 *
 * Promise: all steps run in the transaction that opens the store: it ends up migrated, or as it was; never half.
 *          A step stands here when an older row or a missing directory could mislead this program. A new field whose unset value is right
 *          for older rows, and a new table that is rightly empty for them, need none (rows.h).
 * Threads: as the transaction.
 */
#ifndef PARLEY_MIGRATE_H
#define PARLEY_MIGRATE_H
#include "store/txn.h"

/* From `version` to ROWS_VERSION. False: a newer or unknown layout (*err is ERR_CONFLICT), or a step failed. */
MUST_USE bool store_migrate(struct txn *txn, int64_t version, struct err *err);

#endif
