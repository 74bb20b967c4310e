/* hand.h - the attempts in hand: granted to this sender, and not yet acknowledged by the worker as ended.
 *
 *     HAND_GRANTED ──calls──▶ HAND_CALLING ──calls──▶ HAND_ENDED ──outcomes──▶ gone
 *         │ hand_take()           hand_end()              hand_drop()
 *         └─ pull: hand_put()
 *
 * Promise: I1 an attempt is in hand from hand_put() to hand_drop(); hand_list() tells all of them, so that the worker
 *             never takes one back that we have (design.md section 5).
 *          I2 granted and calling ones together are never more than the connections; hand_room() counts what is left.
 *          I3 a slot in HAND_CALLING belongs to the calls thread alone, one in HAND_ENDED to the outcomes thread; only
 *             states are shared.
 * Units:   µs and ms of CLOCK_BOOTTIME.
 * Memory:  HAND_SLOTS slots; each holds its send in an arena of its own, kept for the next.
 * Threads: pull, calls, outcomes; one mutex inside, held for list work only. The one shared structure of the sender
 *          (ARCHITECTURE.md).
 */
#ifndef PARLEY_HAND_H
#define PARLEY_HAND_H
#include "core/outcome_classify.h"
#include "core/pace.h"
#include "wire/schema.h"

enum {
    HAND_SLOTS = 512,                /* beside the connections: outcomes that wait for a worker that is away */
    HAND_SEND_MAX_BYTES = 64 * 1024, /* 1600 characters at 4 bytes, 10 addresses of media at 2 KB, and room */
};

struct hand;

/* One attempt. `send` and `start_by_us` are const while in hand; `outcome` is filled by the calls thread before
 * hand_end(). */
struct hand_slot {
    struct granted_send send;
    int64_t granted_us;  /* when its answer came */
    int64_t start_by_us; /* 2 s after its request left: begins by then, or is handed back */
    struct outcome_event outcome;
    char uuid[64 + 1];   /* what outcome.uuid and outcome.reason point to */
    char reason[CALL_REASON_BYTES];
};

MUST_USE bool hand_new(struct hand **out, int64_t connections, struct err *err);
void hand_free(struct hand **hand);

/* --- pull --- */

/* How many more sends may be taken: free connections, as far as the pace allows. */
size_t hand_room(struct hand *hand, int64_t now_us);
/* All in hand. Returns how many, at most HAND_SLOTS. */
size_t hand_list(struct hand *hand, struct attempt_ref *out);
/* Copies the send. False: no slot (more was granted than asked for), already in hand, or too big: it is then as if
 * never received. */
MUST_USE bool hand_put(struct hand *hand, const struct granted_send *send, int64_t now_us, int64_t start_by_us);
/* Waits for a nudge or the deadline; with or_room also until there is room. */
void hand_wait(struct hand *hand, int64_t until_us, bool or_room);
/* Waits until there is room, or for the deadline. */
void hand_wait_for_room(struct hand *hand, int64_t until_us);
/* There may be work now: ends hand_wait(). */
void hand_nudge(struct hand *hand);

/* --- calls --- */

/* The next granted one, now calling; NULL: none. */
struct hand_slot *hand_take(struct hand *hand);
/* Its outcome is filled in. */
void hand_end(struct hand *hand, struct hand_slot *slot);
/* What Plivo's answers say about our pace. */
void hand_limited(struct hand *hand, int64_t now_us, int64_t pause_ms);
void hand_answered(struct hand *hand);

/* --- outcomes --- */

/* Waits until the deadline for ended ones, then takes up to max of them in the order in which they ended. They stay in
 * hand. */
size_t hand_ended(struct hand *hand, int64_t until_us, struct hand_slot **out, size_t max);
/* The worker has acknowledged it. */
void hand_drop(struct hand *hand, struct hand_slot *slot);
/* The worker has not: it comes again, behind those that ended since. */
void hand_return(struct hand *hand, struct hand_slot *slot);
/* Waits for the deadline, or for hand_close(). */
void hand_rest(struct hand *hand, int64_t until_us);

/* --- any --- */

/* The epoch that the worker gave us; 0 before its welcome. */
void hand_set_epoch(struct hand *hand, int64_t epoch);
int64_t hand_epoch(struct hand *hand);

struct hand_counts {
    size_t granted, calling, ended;
    int64_t oldest_us; /* granted_us of the oldest in hand; 0: none */
};
struct hand_counts hand_count(struct hand *hand);
/* Waits until no send is granted or calling, or for the deadline. */
void hand_wait_idle(struct hand *hand, int64_t until_us);
/* The same until nothing is in hand: every outcome is acknowledged. */
void hand_wait_empty(struct hand *hand, int64_t until_us);
/* Ends every wait, now and later. */
void hand_close(struct hand *hand);
bool hand_is_closed(struct hand *hand);

#endif
