/* lane.h - the inside of ack.h: a lane, who waits in it, and the steps between their states. ack.c and lane.c alone use it.
 *
 * Promise: whatever ends a wait goes through lane_finish(): afterwards nobody but the answering thread holds a pointer to the waiter. Every
 *          function here but lane_unlock() wants the lane's lock held.
 * Memory:  a lane is static; a struct ack lives in its request's arena.
 * Threads: see ack.h.
 */
#ifndef PARLEY_INGRESS_LANE_H
#define PARLEY_INGRESS_LANE_H
#include "ack.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/queue.h>

enum ack_state {
    STATE_QUEUED,
    STATE_ASKED,
    STATE_SPOOLING,
    STATE_PARKED,
    STATE_COMMITTED,
    STATE_SPOOLED,
    STATE_REFUSED
};

/* One that waits. All of it is guarded by the lane's lock, until it has ended: then it is the answering thread's. */
struct ack {
    TAILQ_ENTRY(ack) in_queue;   /* while QUEUED */
    LIST_ENTRY(ack) in_parked;   /* an opt-out while SPOOLING or PARKED */
    TAILQ_ENTRY(ack) in_turn;    /* of lane->fresh, late or ended */
    bool is_listed;              /* in_parked is in use */
    bool is_late;                /* its budget is over: in_turn is of lane->late */
    const struct event *event;
    struct arena *arena;
    struct inbound_answer *answer;
    ack_done *done;
    void *context;
    struct ack **asked_at;       /* its place in lane->asked, while that batch is in flight */
    struct spool_ticket *ticket; /* while SPOOLING */
    int64_t came_us;             /* CLOCK_BOOTTIME */
    enum ack_state state;
};

TAILQ_HEAD(acks, ack);

struct lane {
    pthread_mutex_t lock;
    pthread_cond_t work;  /* the relay's thread sleeps on it */
    pthread_cond_t ended; /* the answering thread does */
    struct acks queue;
    size_t queued;
    LIST_HEAD(, ack) parked;
    struct acks fresh, late; /* all that wait, in the order in which they came: within their budget, and past it */
    struct acks ended_acks;  /* what is to be told */
    int64_t sleeps_until_us; /* the answering thread; 0 while it is awake */
    struct ack *asked[EVENT_BATCH_MAX];
    size_t asked_n;
    size_t last_n;    /* of the batch before: how busy it is */
    size_t spooled;   /* entries in the spool, or on their way there */
    int64_t replayed; /* the sequence up to which they are committed; their removal is under way */
    bool is_moving;   /* the peer took all of the last batch: who comes now can wait for what is spooled */
    bool is_stopping;
    pthread_t answerer;
    bool is_running;
};

extern struct lane lanes[SPOOL_LANES];
extern _Atomic bool lanes_are_draining;

void lane_lock(struct lane *lane);
/* Then wakes the answering thread, if there is something to be told. */
void lane_unlock(struct lane *lane);

bool ack_is_ended(const struct ack *ack);

void lane_enqueue(struct lane *lane, struct ack *ack);
/* Hands a copy of the event to the spool. */
void lane_spool(struct lane *lane, struct ack *ack);
/* What is in flight goes to the spool, then the queue (I3): all of it, or, while the lane is moving, up to the one whose budget is over. */
void lane_divert(struct lane *lane, struct ack *late);
/* The one way to an end. */
void lane_finish(struct lane *lane, struct ack *ack, enum ack_state final);

#endif
