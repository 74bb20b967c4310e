/* redo.h - what a transaction wrote, row by row, as the payload of a journal's block.
 *
 * Promise: redoing a payload in order makes the rows that the transaction made, decided by nothing: no rule, rate or clock is asked again.
 *          Tables stand by name, so that a later version with more of them reads it.
 * Memory:  what redo_read() hands out is borrowed from the payload.
 * Threads: pure.
 */
#ifndef PARLEY_REDO_H
#define PARLEY_REDO_H
#include "base/buf.h"
#include "base/err.h"
#include "store/keys.h"

/* False: out of memory; the buffer has failed. NULL for a value: the key was deleted. */
bool redo_add(struct buf *payload, enum table table, struct str key, const struct str *value);

typedef bool redo_each(void *context, enum table table, struct str key, const struct str *value, struct err *err);
/* False: *err says which row, or what `each` said. */
MUST_USE bool redo_read(struct str payload, redo_each *each, void *context, struct err *err);

#endif
