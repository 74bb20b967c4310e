/* witness.h - the send of ours with a known uuid that is nearest in time to an attempt.
 *
 * Promise: a look at Plivo's list that lacks it proves nothing (plivo.md section 5): the list lags, or its times are off. Who asks for a
 *          look asks for a window that holds it, so that a quiet day does not leave an attempt without an end.
 *          A crowd of attempts side by side, as an ingress leaves that dies with answers in hand, is searched once, not once for each.
 * Units:   wall time in ms.
 * Memory:  the uuid lies in the transaction's arena; so does what the search holds. Rows that are passed over leave nothing there.
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

/* What is known of one side of the messages asked for. */
struct witness_side {
    struct id seen_to; /* no message nearer than this one is a witness */
    bool is_over;      /* it is one itself, or the last of all */
    struct witness nearest;
};

/* What one transaction's questions have in common: ask in the order of ids, as open_walk gives them. {0} to begin with. */
struct witness_search {
    bool is_begun;
    int64_t tenant;
    struct witness_side before, after;
    int64_t further; /* steps beyond what a question of its own would do */
};

/* For the attempt at at_ms of `message`. False: the store failed. */
MUST_USE bool witness_find(struct txn *txn, struct witness_search *search, int64_t tenant, struct id message,
                           int64_t at_ms, struct witness *out, struct err *err);

#endif
