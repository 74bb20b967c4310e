/* answers.h - commands keep their answers, so that a repeat gets the first one.
 *
 * Promise: the same operation id with the same request is answered as the first time, for 24 h; with another request it is an error.
 * Memory:  the answer is copied into work->reply.
 * Threads: the writer's.
 */
#ifndef PARLEY_WORKER_ANSWERS_H
#define PARLEY_WORKER_ANSWERS_H
#include "store/entities.h"
#include "work.h"

/* *is_known: work->reply holds the answer of the first asking. */
MUST_USE bool earlier_answer(struct txn *txn, struct work *work, bool *is_known, struct err *err);
MUST_USE bool keep_answer(struct txn *txn, const struct work *work, struct err *err);

#endif
