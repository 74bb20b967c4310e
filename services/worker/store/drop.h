/* drop.h - rows that go by the beginning of their keys, in bounded steps: what is left goes with the next call.
 *
 * Promise: of the table's rows with this prefix the first ones go, in the order of their keys; *is_done says that none is left. Calling it
 *          again goes on; once more changes nothing.
 * Units:   a step is a row.
 * Threads: as the transaction.
 */
#ifndef PARLEY_DROP_H
#define PARLEY_DROP_H
#include "store/txn.h"

struct drop {
    enum table table;
    struct key prefix;       /* begins with a tenant */
    const struct key *until; /* it and what stands behind it stay; NULL: nothing does */
    enum table
        directory; /* what follows the prefix is an id, which goes from this table, too; TABLE_META: there is none */
};

/* *left: steps that may be taken; what was taken is subtracted. */
MUST_USE bool rows_drop(struct txn *txn, const struct drop *drop, int *left, bool *is_done, struct err *err);

#endif
