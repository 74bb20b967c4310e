/* kept.h - what waits for the spool's thread: a refused request, or an event that is to be put aside, encoded.
 *
 * Promise: what kept_new() took is a copy.
 * Memory:  heap; free() it.
 * Threads: kept_new(): any. The others: the spool's.
 */
#ifndef PARLEY_INGRESS_KEPT_H
#define PARLEY_INGRESS_KEPT_H
#include "io/spool_store.h"

struct kept {
    struct kept *next;
    size_t n;
    char bytes[]; /* msgpack of a rejected_request, or a spool_aside */
};

/* NULL: no memory, or too long. */
MUST_USE struct kept *kept_new(const struct record *record, const void *object);

/* In a transaction of the store. A refused request that cannot be kept is told to the log, and no more. */
void kept_reject(const struct kept *kept, struct spool_store *store);
MUST_USE bool kept_put_aside(const struct kept *kept, struct spool_store *store, struct err *err);

#endif
