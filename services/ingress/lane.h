/* lane.h - the inside of ack.h: a lane, who waits in it, and the steps between their states. ack.c and lane.c alone use it.
 *
 * Promise: whatever ends a wait goes through lane_finish(): afterwards nobody holds a pointer to the waiter. Every function here but
 *          lane_unlock() wants the lane's lock held; `state` may be read without it.
 * Memory:  a lane is static; a struct ack stands on its waiter's stack.
 * Threads: see ack.h.
 */
#ifndef PARLEY_INGRESS_LANE_H
#define PARLEY_INGRESS_LANE_H
#include "ack.h"
#include "wake.h"

#include <pthread.h>
#include <sys/queue.h>

enum { LANE_CHANNELS = 64 }; /* words to sleep on: a batch has one, so that waking it wakes hardly anybody else */

enum ack_state {
    STATE_QUEUED,
    STATE_ASKED,
    STATE_SPOOLING,
    STATE_PARKED,
    STATE_COMMITTED,
    STATE_SPOOLED,
    STATE_REFUSED
};

/* One waiter, on its own stack. All of it but `state` is guarded by the lane's lock. */
struct ack {
    TAILQ_ENTRY(ack) in_queue;   /* while QUEUED */
    LIST_ENTRY(ack) in_parked;   /* an opt-out while SPOOLING or PARKED */
    bool is_listed;              /* in_parked is in use */
    const struct event *event;
    struct arena *arena;
    struct inbound_answer *answer;
    struct ack **asked_at;       /* its place in lane->asked, while that batch is in flight */
    struct spool_ticket *ticket; /* while SPOOLING */
    unsigned channel;
    _Atomic int state;           /* the last thing that is written: from a final state on, the waiter may be gone */
};

struct lane {
    pthread_mutex_t lock;
    pthread_cond_t work;
    TAILQ_HEAD(, ack) queue;
    size_t queued;
    LIST_HEAD(, ack) parked;
    struct ack *asked[EVENT_BATCH_MAX];
    size_t asked_n;
    size_t last_n;    /* of the batch before: how busy it is */
    size_t spooled;   /* entries in the spool, or on their way there */
    int64_t replayed; /* the sequence up to which they are committed; their removal is under way */
    unsigned channel; /* of those that queue now */
    uint64_t to_wake; /* channels, a bit each */
    bool
        is_moving; /* the peer took all of the last batch: what is spooled is soon done, and who comes now can wait for that */
    bool is_stopping;
    struct wake channels[LANE_CHANNELS];
};

extern struct lane lanes[SPOOL_LANES];
extern _Atomic bool lanes_are_draining;

void lane_lock(struct lane *lane);
/* Then wakes whom lane_finish() and others have marked. */
void lane_unlock(struct lane *lane);

bool ack_state_is_final(int state);
int ack_state_of(const struct ack *ack);
void ack_state_set(struct ack *ack, enum ack_state state);

void lane_enqueue(struct lane *lane, struct ack *ack);
/* Hands a copy of the event to the spool. */
void lane_spool(struct lane *lane, struct ack *ack);
/* What is in flight goes to the spool, then the queue (I3): all of it, or, while the lane is moving, up to the one whose budget is over. */
void lane_divert(struct lane *lane, struct ack *late);
/* The one way to an end. */
void lane_finish(struct lane *lane, struct ack *ack, enum ack_state final);

#endif
