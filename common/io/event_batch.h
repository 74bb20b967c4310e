/* event_batch.h - encoded events of one lane, asked over the bus as one batch.
 *
 * Promise: every event gets exactly one result. EVENT_LATER where the peer gave none, or none that this version knows: nothing is taken for
 *          committed that was not said to be.
 * Units:   at most EVENT_BATCH_MAX events, about EVENT_BATCH_BYTES of them: far below a bus frame's limit.
 * Memory:  the events are borrowed for the call; a result's text lives in the caller's arena.
 * Threads: any.
 */
#ifndef PARLEY_EVENT_BATCH_H
#define PARLEY_EVENT_BATCH_H
#include "io/bus.h"
#include "io/spool_store.h"

enum {
    EVENT_BATCH_MAX = 256,
    EVENT_BATCH_BYTES = 2 * 1024 * 1024,
    EVENT_BATCH_ARENA_BYTES = 24 * 1024 * 1024, /* events, decoded, and 256 answers with replies */
};

/* `events`: msgpack of inbound_event (of a text, asks the worker) or raw_report (SPOOL_REPORTS, asks the sender).
 * Of reports only `result` is set. False: nobody answered (ERR_BUSY), or the batch as a whole was refused; every result is then EVENT_LATER. */
MUST_USE bool event_batch_ask(struct bus_client *client, enum spool_lane lane, const struct str *events, size_t n,
                              struct arena *arena, struct inbound_answer *results, int64_t timeout_ms, struct err *err);

#endif
