/* note.h - what goes when a conversation's person is erased: the notes and drafts beside it.
 *
 * Promise: afterwards none of the conversation's notes or drafts is in the store; at most NOTES_DROP_MAX of each a call.
 * Threads: the writer's.
 */
#ifndef PARLEY_NOTE_H
#define PARLEY_NOTE_H
#include "store/entities.h"

enum { NOTES_DROP_MAX = 10000 }; /* no team writes as many beside one conversation */

MUST_USE bool notes_drop(struct txn *txn, int64_t tenant, struct id conversation, struct err *err);

#endif
