/* rows_privacy.h - what erasure keeps. A part of rows.h, which includes it; the same rules hold.
 *
 * Promise: PRIVACY_ROWS are rows of rows.h's list.
 * Units:   as in rows.h.
 * Memory:  see rows.h.
 * Threads: constants only.
 */
#ifndef PARLEY_ROWS_PRIVACY_H
#define PARLEY_ROWS_PRIVACY_H

/* clang-format off */

/* The tombstone, found by HMAC(address): what came in before `at` is not stored, should it come again from a spool or a backup. */
#define ERASED_ROW(X, S) \
    X(S, ID,   contact,          _) \
    X(S, TIME, at,               _)

/* An erasure under way; gone when it is done. `next`: of each conversation the newest message not looked at yet. */
#define ERASURE_ROW(X, S) \
    X(S, STR,  address,          _) \
    X(S, TIME, at,               _) \
    X(S, LIST, next,             by_id) \
    X(S, LIST, conversations,    by_id) \
    X(S, LIST, waiting,          by_id)  /* messages whose call to Plivo is still out */ \
    X(S, BIN,  answers_from,     _)      /* where the walk over the kept answers goes on; unset: at the beginning */ \
    X(S, BOOL, are_answers_done, _) \
    X(S, BOOL, are_notes_done,   _) \
    X(S, BIN,  orphans_from,     _)      /* likewise, over the reports that have found no message */ \
    X(S, BOOL, are_orphans_done, _) \
    X(S, STR,  detached_to,      _)      /* of our numbers, the last one whose conversation was looked for; unset: all were */

#define PRIVACY_ROWS(X) \
    X(erased_row, ERASED_ROW) X(erasure_row, ERASURE_ROW)
/* clang-format on */

#endif
