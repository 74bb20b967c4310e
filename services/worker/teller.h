/* teller.h - tells the world what was committed: one thread reads the objects of new events and broadcasts them.
 *
 * Promise: an event leaves only after the commit that holds it, in the order of its tenant's numbers; once a second the newest number of each
 *          tenant is told as "head", so that a lost last frame shows.
 * Memory:  what is handed over is copied.
 * Threads: "teller" owns the PUB socket and a read transaction a batch.
 */
#ifndef PARLEY_WORKER_TELLER_H
#define PARLEY_WORKER_TELLER_H
#include "settings.h"
#include "store/entities.h"

MUST_USE bool teller_start(const void *config, struct err *err);
void teller_stop(void);

/* After a commit. wakes_sender: the outbox got something. Never blocks: what it cannot hold, readers of the stream ask the log for. */
void teller_tell(const struct told *told, size_t n, bool wakes_sender);

/* The object of an event as JSON, as it is now; unset when it is gone. */
MUST_USE bool event_data(struct txn *txn, int64_t tenant, const struct settings *settings, struct str type,
                         struct id object, struct str *json, struct err *err);

#endif
