/* event.h - a webhook as what is stored and sent on: encoded once, with the identity that makes a repeat harmless.
 *
 * Promise: texts of one person are of one lane, whatever the day: they keep their order, and half the people wait while the other half's
 *          texts are committed.
 *          Two webhooks have the same identity exactly when Plivo repeats itself: MessageUUID of an inbound; path, uuid, status and
 *          Sequence of a report. Whatever may be an opt-out says so.
 * Units:   received_at in ms UTC.
 * Memory:  `bytes` borrows from the caller's buffer, until it is used again.
 * Threads: pure; call from any.
 * Source:  design.md section 3 (identities) and section 4 (the spool).
 */
#ifndef PARLEY_INGRESS_EVENT_H
#define PARLEY_INGRESS_EVENT_H
#include "io/spool_store.h"
#include "plivo/plivo_wire.h"

enum { EVENT_MAX_BYTES = 384 * 1024 }; /* a text of 64 KiB whose every byte became U+FFFD, and its frame */

struct event {
    enum spool_lane lane;
    struct spool_identity identity;
    bool is_opt_out;
    int64_t received_at;
    struct str bytes; /* msgpack: an inbound_event or a raw_report */
};

/* How it came in. */
struct arrival {
    int64_t received_at;
    struct str ingress;
    struct str path, query; /* raw */
    struct str body;        /* raw; of a GET the query */
    bool is_json;
    bool is_observed;
};

/* False: ERR_TOO_BIG or ERR_BUSY. */
MUST_USE bool event_from_inbound(const struct plivo_inbound *inbound, const struct arrival *arrival,
                                 struct arena *arena, struct buf *bytes, struct event *out, struct err *err);
MUST_USE bool event_from_report(const struct plivo_report *report, const struct arrival *arrival, struct buf *bytes,
                                struct event *out, struct err *err);

#endif
