/* relay.h - carries events to the worker and the sender: straight from the waiting requests, or, while it holds any, from the spool.
 *
 * Promise: I1 a spooled entry is removed only after the peer said committed, duplicate or quarantined. I2 a lane's entries are asked in their
 *          order: behind one that is told "later" nothing is removed out of turn. I3 a peer that is away is asked again for ever, at most
 *          every RELAY_BACKOFF_MAX_MS. I4 a batch that is refused as a whole is asked in halves, down to the one event at fault.
 * Units:   a call waits RELAY_CALL_MS; events that hear nothing by their own budget go to the spool meanwhile (ack.h).
 * Memory:  one arena a thread.
 * Threads: two of its own, one a lane.
 */
#ifndef PARLEY_INGRESS_RELAY_H
#define PARLEY_INGRESS_RELAY_H
#include "io/bus.h"

enum { RELAY_CALL_MS = 1000, RELAY_BACKOFF_FIRST_MS = 20, RELAY_BACKOFF_MAX_MS = 1000 };

MUST_USE bool relay_start(struct bus_client *worker, struct bus_client *sender, struct err *err);
/* Ends every wait for work (acks_stop()), then joins. */
void relay_stop(void);

#endif
