/* loop.h - the writer: batch → transaction → commit → answer (design.md section 4).
 *
 * Promise: L1 an answer leaves only after the commit that holds what it says. L2 requests are applied in the order in which they came.
 *          L3 a request that fails leaves no trace and does not spoil its batch. L4 a repeated command gets its first answer.
 * Threads: "writer" owns the write transaction. It waits for requests at most TICK_MS.
 */
#ifndef PARLEY_WORKER_LOOP_H
#define PARLEY_WORKER_LOOP_H
#include "store/store.h"

extern struct store *the_store; /* opened by loop_open(), shared with the readers and the teller: const in between */

MUST_USE bool loop_open(const void *config, struct err *err);
MUST_USE bool loop_start(const void *config, struct err *err);
/* Applies what is queued, then ends. */
void loop_stop(void);
void loop_close(void);

#endif
