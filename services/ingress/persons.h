/* persons.h - whose data an event that was put aside, or a refused request, holds: the addresses by which the worker can tell whether
 * they were erased meanwhile.
 *
 * Promise: both sides' addresses, as the store spells them, of whatever can be read; nothing of what cannot (its age takes it), and nothing
 *          of an event that may be an opt-out: it was not applied yet, and an opt-out is never lost.
 * Memory:  addresses borrow from what was read, or live in the arena.
 * Threads: pure; call from any.
 * Source:  design.md section 6.
 */
#ifndef PARLEY_INGRESS_PERSONS_H
#define PARLEY_INGRESS_PERSONS_H
#include "io/spool_store.h"

enum { PERSONS_MAX = 4 }; /* From and To, of a query and of a body */

struct persons {
    struct str addresses[PERSONS_MAX];
    size_t n;
};

void persons_of_aside(const struct spool_aside *aside, struct arena *arena, struct persons *out);
void persons_of_rejected(const struct rejected_request *request, struct arena *arena, struct persons *out);

#endif
