/* witness.h - the send of ours with a known uuid that is nearest in time to an attempt.
 *
 * Promise: a look at Plivo's list that lacks it proves nothing (plivo.md section 5): the list lags, or its times are off. Who asks for a
 *          look asks for a window that holds it, so that a quiet day does not leave an attempt without an end.
 * Units:   wall time in ms.
 * Memory:  the uuid lies in the transaction's arena.
 * Threads: as the transaction; reads only.
 */
#ifndef PARLEY_WITNESS_H
#define PARLEY_WITNESS_H
#include "store/entities.h"

enum {
    WITNESS_APART_MAX_MS = 24 * 3600000
}; /* one that is further away counts as none: the window would be too long to read */

struct witness {
    struct str uuid; /* unset: there is none */
    int64_t granted_at;
};

/* For the attempt at at_ms of `message`. False: the store failed. */
MUST_USE bool witness_find(struct txn *txn, int64_t tenant, struct id message, int64_t at_ms, struct witness *out,
                           struct err *err);

#endif
