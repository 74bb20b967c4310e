/* newest.h - up to where the store was committed, noted beside it: a store file of an earlier time, put in its place by hand, is refused.
 *
 * Promise: N1 a store whose commits end before the noted one, of the same generation or a lower one, is refused at the start: its sends
 *          would leave again, and its opt-outs of meanwhile were lost. A restored one has a higher generation and is welcome.
 *          An earlier file beside the journal that lacks nothing of what it has since got is whole, and welcome, too.
 *          N2 no crash makes a good store refused: a commit is noted after its sync, so that the note may be late, but never early. What
 *          is lost of the note costs only the check; so does a note that cannot be made.
 * Memory:  one mapped page, FOLDER/newest.page: noting is a store to memory and survives the process; the system writes it when it likes.
 * Threads: the writer's.
 * Source:  design.md section 6, Restore.
 */
#ifndef PARLEY_WORKER_NEWEST_H
#define PARLEY_WORKER_NEWEST_H
#include "store/store.h"

/* Compares, then notes where the store stands. False: the store is an earlier one. */
MUST_USE bool newest_open(const char *folder, struct store *store, struct err *err);
/* After a commit that succeeded. */
void newest_note(struct store *store);
void newest_close(void);

#endif
