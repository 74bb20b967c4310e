/* ack.h - an event waits here until it is durable: committed by the worker (or sender), or on disk in the spool.
 *
 * Promise: I1 every ack_begin() ends with one answer, after at most ACK_PATIENCE_MS. I2 ACK_COMMITTED and ACK_SPOOLED mean stable storage (P1).
 *          I3 a lane keeps its order: once one event goes to the spool, all that came later go behind it, until the spool is empty; while
 *          the peer answers they wait for that within their budgets: a moment's delay must not send all that comes to the disk.
 *          I4 an opt-out is never answered ACK_SPOOLED. I5 one batch of a lane is in flight at a time. I6 whoever ends a wait does so under the
 *          lane's lock and alone; its answer is then told by the lane's answering thread, without the lock.
 * Units:   times in ms of CLOCK_BOOTTIME.
 * Memory:  event, arena and *answer belong to the wait until its answer; a reply's text is copied into the arena.
 * Threads: ack_begin(), ack_wait(): the HTTP threads. lane_…(): the lane's relay thread. acks_spooled(): the spool's thread.
 *          Of its own, one a lane: they keep the budgets and tell the answers. A lane's state is guarded by its lock.
 * Source:  design.md section 4, "The spool".
 *
 *  ack_begin ──▶ QUEUED ──lane_next──▶ ASKED ──lane_answered──▶ COMMITTED
 *      │            │                    │  ▲                        ▲
 *      │            └── the budget is over, or the worker said later │  (lane_divert: in order, both)
 *      │ spool is not empty, nobody      │  │ spool refused          │
 *      └── answers ──────────────────▶ SPOOLING ──acks_spooled──▶ SPOOLED
 *                                        │  └── an opt-out ──▶ PARKED ──lane_replayed──▶ COMMITTED
 *                                        └── spool refused, nobody was asked ──▶ REFUSED;  patience over, anywhere ──▶ REFUSED
 */
#ifndef PARLEY_INGRESS_ACK_H
#define PARLEY_INGRESS_ACK_H
#include "io/event_batch.h"
#include "spool.h"

enum {
    ACK_PATIENCE_MS = 5000,  /* Plivo gives up after 8 s */
    GATHER_US = 300,         /* a batch waits so long for company … */
    GATHER_ENOUGH = 32,      /* … while fewer than these are there … */
    GATHER_LOAD = 4,         /* … and the last batch had at least so many */
};

enum ack_answer { ACK_COMMITTED, ACK_SPOOLED, ACK_BUSY };

/* `after` the spool's start: what it holds puts the lanes behind it. */
MUST_USE bool acks_start(int64_t budget_ms, struct err *err);
/* Nobody waits for a worker any longer: opt-outs on disk get their 503 now. */
void acks_drain(void);
/* Ends every lane_next(), and every wait that is left with ACK_BUSY. */
void acks_stop(void);

/* Told once, on the lane's answering thread: what it does keeps all other answers of the lane waiting. */
typedef void ack_done(void *context, enum ack_answer how);

/* Waits until the event is durable, then tells `done`. ACK_COMMITTED has filled *answer (its text in the arena): there may be a reply to be
 * written. False: the arena is full; nobody will be told anything. */
MUST_USE bool ack_begin(const struct event *event, struct arena *arena, struct inbound_answer *answer, ack_done *done,
                        void *context);
/* The same, and the calling thread sleeps meanwhile. */
enum ack_answer ack_wait(const struct event *event, struct arena *arena, struct inbound_answer *answer);

/* --- the relay's side --------------------------------------------------------------------------------------------- */

enum lane_work { LANE_ASK, LANE_REPLAY, LANE_STOP };

/* Waits for work. LANE_ASK: `events` are the next batch, copied into the arena. LANE_REPLAY: the spool comes first. */
enum lane_work lane_next(enum spool_lane which, struct arena *arena, struct str *events, size_t *n);
/* What became of the batch of lane_next(). False: nothing could be done with some of it; pause before the next. */
MUST_USE bool lane_answered(enum spool_lane which, const struct inbound_answer *results, size_t n);
/* A spooled event was committed, and all before it: wakes an opt-out that waits for it. */
void lane_replayed(enum spool_lane which, const struct spool_entry *entry, const struct inbound_answer *result);
/* Opt-outs that wait for their commit behind a spool that does not move, at most EVENT_BATCH_MAX: they may overtake, for of two changes the
 * later received_at wins. Copied into the arena. */
size_t lane_parked(enum spool_lane which, struct arena *arena, struct str *events, struct spool_identity *identities);
/* One of them was committed; its spooled copy will be known when its turn comes. */
void lane_overtook(enum spool_lane which, const struct spool_identity *identity, const struct inbound_answer *result);
/* Sleeps, but not past a stop. */
void lane_pause(enum spool_lane which, int64_t pause_ms);
/* Sleeps until the spool has written something, a stop, or the time is over. */
void lane_await_spool(enum spool_lane which, int64_t wait_ms);

/* --- the spool's side: a spool_done ------------------------------------------------------------------------------- */

void acks_spooled(struct spool_ticket *tickets, const int64_t removed[SPOOL_LANES]);

#endif
