/* front.h - the worker's door: one thread takes requests off the bus, hands each to the writer or to the readers, and sends the answers.
 *
 * Promise: a query never waits for the writer's commit, nor a write for a slow query: they are different queues. A full queue is an
 *          ERR_BUSY at once.
 * Threads: "front" owns the ROUTER socket.
 */
#ifndef PARLEY_WORKER_FRONT_H
#define PARLEY_WORKER_FRONT_H
#include "work.h"

extern struct queue writes;  /* front → writer */
extern struct queue queries; /* front → readers */

/* The queues must exist before the threads that take from them: called first. */
MUST_USE bool front_prepare(const void *config, struct err *err);
MUST_USE bool front_start(const void *config, struct err *err);
/* Takes nothing new, and waits until what was taken is answered. */
void front_drain(int64_t deadline_boot_ms);
void front_stop(void);
void front_release(void);

/* A finished piece of work: its answer is sent and it is freed. Any thread. */
void front_answer(struct work *work);

#endif
