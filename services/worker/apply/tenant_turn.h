/* tenant_turn.h - whose turn it is when time's own work is for all tenants, and bounded.
 *
 * Promise: while no more than `max` tenants have work, each has its turn in every tick. Of more it is another `max` each TURN_MS, beginning
 *          with another one, so that none waits for ever, however much another one has. A function of the stamp's time and the store.
 * Units:   costs a step a tenant, however many rows it has.
 * Threads: the writer's.
 */
#ifndef PARLEY_TENANT_TURN_H
#define PARLEY_TENANT_TURN_H
#include "store/txn.h"

enum { TURN_MS = 200 }; /* the time of a tick: after it the next ones have their turn */

/* The tenants that have rows in `table`, whose keys begin with the tenant: at most `max` of them, in the order of their turn. */
MUST_USE bool tenants_in_turn(struct txn *txn, enum table table, int64_t *out, size_t max, size_t *n, struct err *err);

/* Where, among `n` things of which `share` at a time have their turn, it begins now. */
size_t turn_of(int64_t now_ms, size_t n, size_t share);

#endif
