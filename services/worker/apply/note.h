/* note.h - what goes when a conversation's person is erased: the notes and drafts beside it.
 *
 * Promise: nothing is written beside an erased conversation any more, so that what is dropped in steps comes to an end.
 * Threads: the writer's.
 */
#ifndef PARLEY_NOTE_H
#define PARLEY_NOTE_H
#include "store/entities.h"

/* At most *left of them, which is counted down; *is_done: none is left. */
MUST_USE bool notes_drop(struct txn *txn, int64_t tenant, struct id conversation, int *left, bool *is_done,
                         struct err *err);

#endif
