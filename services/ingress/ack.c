#include "ack.h"

#include "io/clock.h"
#include "io/log.h"
#include "metrics.h"
#include "outcomes.h"
#include "wake.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/queue.h>

enum { CHANNELS = 64 }; /* words to sleep on: a batch has one, so that waking it wakes hardly anybody else */

enum ack_state { STATE_QUEUED, STATE_ASKED, STATE_SPOOLING, STATE_PARKED, STATE_COMMITTED, STATE_SPOOLED, STATE_REFUSED };

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
    unsigned channel; /* of those that queue now */
    uint64_t to_wake; /* channels, a bit each */
    bool is_stopping;
    struct wake channels[CHANNELS];
};

static struct lane lanes[SPOOL_LANES];
static int64_t ack_budget_ms;
static _Atomic bool is_draining;

/* --- under the lane's lock ---------------------------------------------------------------------------------------- */

static void lock(struct lane *lane)
{
    pthread_mutex_lock(&lane->lock);
}

static void unlock_and_wake(struct lane *lane)
{
    uint64_t to_wake = lane->to_wake;
    lane->to_wake = 0;
    pthread_mutex_unlock(&lane->lock);
    for (unsigned i = 0; to_wake; i++, to_wake >>= 1)
        if (to_wake & 1)
            wake_all(&lane->channels[i]);
}

static bool is_final(int ack_state)
{
    return ack_state >= STATE_COMMITTED;
}

static int state_of(const struct ack *ack)
{
    return atomic_load_explicit(&ack->state, memory_order_acquire);
}

static void state_set(struct ack *ack, enum ack_state ack_state)
{
    atomic_store_explicit(&ack->state, ack_state, memory_order_release);
}

static void unlist(struct ack *ack)
{
    if (ack->is_listed)
        LIST_REMOVE(ack, in_parked);
    ack->is_listed = false;
}

/* The one way to an end: nobody holds a pointer to the waiter afterwards. */
static void finish(struct lane *lane, struct ack *ack, enum ack_state final)
{
    if (state_of(ack) == STATE_QUEUED) {
        TAILQ_REMOVE(&lane->queue, ack, in_queue);
        lane->queued--;
    }
    if (ack->asked_at)
        *ack->asked_at = NULL;
    if (ack->ticket)
        ack->ticket->waiter = NULL;
    unlist(ack);
    lane->to_wake |= UINT64_C(1) << ack->channel;
    state_set(ack, final);
}

static void spool_it(struct lane *lane, struct ack *ack)
{
    struct spool_ticket *ticket = spool_ticket_new(ack->event);
    if (!ticket) {
        finish(lane, ack, STATE_REFUSED);
        return;
    }
    if (state_of(ack) == STATE_QUEUED) {
        TAILQ_REMOVE(&lane->queue, ack, in_queue);
        lane->queued--;
    }
    ticket->waiter = ack;
    ack->ticket = ticket;
    if (ack->event->is_opt_out) {   /* from now on: the relay may be done with it before the spool's thread says that it is there */
        LIST_INSERT_HEAD(&lane->parked, ack, in_parked);
        ack->is_listed = true;
    }
    lane->spooled++;
    state_set(ack, STATE_SPOOLING);
    spool_put(ticket);
}

/* All that waits goes to the spool: first what is in flight, then the queue (I3). */
static void lane_divert(struct lane *lane)
{
    for (size_t i = 0; i < lane->asked_n; i++)
        if (lane->asked[i] && state_of(lane->asked[i]) == STATE_ASKED)
            spool_it(lane, lane->asked[i]);
    while (!TAILQ_EMPTY(&lane->queue))
        spool_it(lane, TAILQ_FIRST(&lane->queue));
}

/* --- the waiter's side -------------------------------------------------------------------------------------------- */

static void enqueue(struct lane *lane, struct ack *ack)
{
    TAILQ_INSERT_TAIL(&lane->queue, ack, in_queue);
    lane->queued++;
    state_set(ack, STATE_QUEUED);
    if (lane->queued == 1 || lane->queued == GATHER_ENOUGH)
        pthread_cond_signal(&lane->work);
}

/* The budget is over. A spool that can take nothing leaves the worker as the only hope. */
static void go_to_spool(struct lane *lane, const struct ack *ack)
{
    lock(lane);
    int now = state_of(ack);
    if ((now == STATE_QUEUED || now == STATE_ASKED) && spool_can_take())
        lane_divert(lane);
    unlock_and_wake(lane);
}

static void give_up(struct lane *lane, struct ack *ack)
{
    lock(lane);
    if (!is_final(state_of(ack)))
        finish(lane, ack, STATE_REFUSED);
    unlock_and_wake(lane);
}

static void sleep_until_final(struct lane *lane, struct ack *ack)
{
    int64_t began_us = clock_boot_us();
    int64_t budget_at = began_us + ack_budget_ms * 1000;
    int64_t patience_at = began_us + INT64_C(1000) * ACK_PATIENCE_MS;
    struct wake *wake = &lane->channels[ack->channel];
    bool is_over_budget = false;
    for (;;) {
        uint32_t seen = wake_seen(wake);
        int state = state_of(ack);
        if (is_final(state))
            return;
        int64_t now = clock_boot_us();
        if (!is_over_budget && now >= budget_at) {
            is_over_budget = true;
            go_to_spool(lane, ack);
        } else if (now >= patience_at || (state == STATE_PARKED && atomic_load(&is_draining))) {
            give_up(lane, ack);
        } else {
            wake_wait(wake, seen, (is_over_budget ? patience_at : min_i64(budget_at, patience_at)) - now);
        }
    }
}

enum ack_answer ack_wait(const struct event *event, struct arena *arena, struct inbound_answer *answer)
{
    struct lane *lane = &lanes[event->lane];
    struct ack ack = { .event = event, .arena = arena, .answer = answer, .state = STATE_ASKED };
    record_init(&inbound_answer_record, answer);
    lock(lane);
    ack.channel = lane->channel;
    if (lane->spooled > 0)
        spool_it(lane, &ack);
    else
        enqueue(lane, &ack);
    unlock_and_wake(lane);

    sleep_until_final(lane, &ack);
    switch (state_of(&ack)) {
    case STATE_COMMITTED:
        return ACK_COMMITTED;
    case STATE_SPOOLED:
        return ACK_SPOOLED;
    default:
        return ACK_BUSY;
    }
}

/* --- the relay's side --------------------------------------------------------------------------------------------- */

static struct timespec in_us(int64_t us)
{
    struct timespec at;
    (void)clock_gettime(CLOCK_MONOTONIC, &at);   /* cannot fail: the clock exists */
    int64_t ns = at.tv_nsec + us * 1000;
    at.tv_sec += ns / 1000000000;
    at.tv_nsec = ns % 1000000000;
    return at;
}

/* Natural batching: while one batch was away the next has gathered; under load a moment's wait makes it fuller. */
static void gather(struct lane *lane)
{
    if (lane->last_n < GATHER_LOAD)
        return;
    struct timespec until = in_us(GATHER_US);
    int rc = 0;
    while (lane->queued > 0 && lane->queued < GATHER_ENOUGH && lane->spooled == 0 && !lane->is_stopping && rc == 0)
        rc = pthread_cond_timedwait(&lane->work, &lane->lock, &until);
}

static size_t take(struct lane *lane, struct arena *arena, struct str *events)
{
    size_t n = 0;
    size_t bytes = 0;
    struct ack *ack;
    while (n < EVENT_BATCH_MAX && (ack = TAILQ_FIRST(&lane->queue)) && (n == 0 || bytes + ack->event->bytes.n <= EVENT_BATCH_BYTES)) {
        events[n] = arena_dup(arena, ack->event->bytes);   /* the waiter may leave while the bus still reads */
        if (!str_is_set(events[n]))
            break;
        TAILQ_REMOVE(&lane->queue, ack, in_queue);
        lane->queued--;
        lane->asked[n] = ack;
        ack->asked_at = &lane->asked[n];
        state_set(ack, STATE_ASKED);
        bytes += events[n].n;
        n++;
    }
    return n;
}

enum lane_work lane_next(enum spool_lane which, struct arena *arena, struct str *events, size_t *n)
{
    struct lane *lane = &lanes[which];
    enum lane_work work = LANE_STOP;
    *n = 0;
    lock(lane);
    while (!lane->is_stopping && lane->queued == 0 && lane->spooled == 0) {
        pthread_cond_wait(&lane->work, &lane->lock);
        if (lane->spooled == 0)
            gather(lane);   /* who waited may be gone afterwards: hence the loop */
    }
    if (!lane->is_stopping && lane->spooled > 0) {
        work = LANE_REPLAY;
    } else if (!lane->is_stopping) {
        work = LANE_ASK;
        lane->asked_n = lane->last_n = *n = take(lane, arena, events);
        lane->channel = (lane->channel + 1) % CHANNELS;
    }
    unlock_and_wake(lane);
    return work;
}

static bool is_done(const struct inbound_answer *result)
{
    return result->result != EVENT_LATER;
}

static bool has_reply(const struct inbound_answer *result)
{
    return str_is_set(result->reply_text);
}

/* Copies the answer for the waiter; without its reply when there is no room for it. */
static void hand_over(struct ack *ack, const struct inbound_answer *result)
{
    struct inbound_answer *answer = ack->answer;
    *answer = *result;
    answer->reply_from = arena_dup(ack->arena, result->reply_from);
    answer->reply_to = arena_dup(ack->arena, result->reply_to);
    answer->reply_text = arena_dup(ack->arena, result->reply_text);
    answer->reply_callback_path = arena_dup(ack->arena, result->reply_callback_path);
    if (!has_reply(result) || !arena_is_full(ack->arena))
        return;
    answer->reply_text = (struct str){ 0 };
    outcomes_add(result, CALL_NOT_SENT, clock_wall_ms());
}

/* Nobody is left to write the reply: it goes by REST. */
static void reply_unused(const struct inbound_answer *result)
{
    if (is_done(result) && has_reply(result))
        outcomes_add(result, CALL_NOT_SENT, clock_wall_ms());
}

/* Those that were not committed: to the spool, with all that queued behind them; or, if it can take nothing, to the queue's head again. */
static bool keep_waiting(struct lane *lane)
{
    if (spool_can_take()) {
        lane_divert(lane);
        return true;
    }
    for (size_t i = lane->asked_n; i-- > 0;) {
        struct ack *ack = lane->asked[i];
        if (!ack || state_of(ack) != STATE_ASKED)
            continue;
        ack->asked_at = NULL;
        ack->channel = lane->channel;
        TAILQ_INSERT_HEAD(&lane->queue, ack, in_queue);
        lane->queued++;
        state_set(ack, STATE_QUEUED);
    }
    return false;
}

bool lane_answered(enum spool_lane which, const struct inbound_answer *results, size_t n)
{
    struct lane *lane = &lanes[which];
    bool is_all_done = true;
    bool is_kept = true;
    lock(lane);
    assert(n == lane->asked_n);
    for (size_t i = 0; i < n; i++) {
        struct ack *ack = lane->asked[i];
        if (results[i].result == EVENT_QUARANTINED)
            metric_add(&metric_quarantined, 1);
        if (!ack) {
            reply_unused(&results[i]);
        } else if (is_done(&results[i])) {
            hand_over(ack, &results[i]);
            finish(lane, ack, STATE_COMMITTED);
        } else if (state_of(ack) == STATE_ASKED) {
            is_all_done = false;
        }
    }
    if (!is_all_done)
        is_kept = keep_waiting(lane);
    for (size_t i = 0; i < n; i++)
        if (lane->asked[i])
            lane->asked[i]->asked_at = NULL;
    lane->asked_n = 0;
    unlock_and_wake(lane);
    return is_kept && n > 0;
}

void lane_replayed(enum spool_lane which, const struct spool_entry *entry, const struct inbound_answer *result)
{
    struct lane *lane = &lanes[which];
    struct ack *ack, *next;
    bool is_used = false;
    lock(lane);
    for (ack = LIST_FIRST(&lane->parked); ack; ack = next) {
        next = LIST_NEXT(ack, in_parked);
        struct spool_identity identity = ack->event->identity;
        if (!str_eq(entry->identity, str_bytes(identity.b, sizeof identity.b)))
            continue;
        hand_over(ack, result);
        if (is_used)
            ack->answer->reply_text = (struct str){ 0 };   /* a reply is written once: Plivo asked twice */
        is_used = true;
        finish(lane, ack, STATE_COMMITTED);
    }
    if (!is_used)
        reply_unused(result);
    unlock_and_wake(lane);
}

void lane_removed(enum spool_lane which, size_t n)
{
    struct lane *lane = &lanes[which];
    lock(lane);
    assert(lane->spooled >= n);
    lane->spooled -= n;
    unlock_and_wake(lane);
}

void lane_pause(enum spool_lane which, int64_t pause_ms)
{
    struct lane *lane = &lanes[which];
    struct timespec until = in_us(pause_ms * 1000);
    int rc = 0;
    lock(lane);
    while (!lane->is_stopping && rc == 0)
        rc = pthread_cond_timedwait(&lane->work, &lane->lock, &until);
    unlock_and_wake(lane);
}

void lane_await_spool(enum spool_lane which, int64_t wait_ms)
{
    struct lane *lane = &lanes[which];
    struct timespec until = in_us(wait_ms * 1000);
    lock(lane);
    if (!lane->is_stopping)
        (void)pthread_cond_timedwait(&lane->work, &lane->lock, &until);   /* the caller looks at the disk again in any case */
    unlock_and_wake(lane);
}

/* --- the spool's side --------------------------------------------------------------------------------------------- */

static void ticket_told(struct lane *lane, struct spool_ticket *ticket)
{
    struct ack *ack = ticket->waiter;
    if (ticket->result != SPOOL_STORED)
        lane->spooled--;
    if (!ack)
        return;
    ack->ticket = NULL;
    ticket->waiter = NULL;
    if (ticket->result != SPOOL_REFUSED && !ticket->is_opt_out) {
        finish(lane, ack, STATE_SPOOLED);
    } else if (ticket->result != SPOOL_REFUSED) {
        state_set(ack, STATE_PARKED);
        if (atomic_load(&is_draining))
            lane->to_wake |= UINT64_C(1) << ack->channel;
    } else if (ack->asked_at) {
        unlist(ack);
        state_set(ack, STATE_ASKED);
    } else {
        finish(lane, ack, STATE_REFUSED);
    }
}

void acks_spooled(struct spool_ticket *tickets)
{
    while (tickets) {
        struct lane *lane = &lanes[tickets->lane];
        struct spool_ticket *ticket = tickets;
        tickets = ticket->next;
        lock(lane);
        ticket_told(lane, ticket);
        pthread_cond_signal(&lane->work);
        unlock_and_wake(lane);
        free(ticket);
    }
}

/* --- life --------------------------------------------------------------------------------------------------------- */

bool acks_start(int64_t budget_ms, struct err *err)
{
    pthread_condattr_t monotonic;
    (void)err;   /* nothing here can fail: no memory, no thread */
    ack_budget_ms = budget_ms;
    atomic_store(&is_draining, false);
    (void)pthread_condattr_init(&monotonic);   /* these cannot fail on Linux */
    (void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    for (int i = 0; i < SPOOL_LANES; i++) {
        struct lane *lane = &lanes[i];
        memset(lane, 0, sizeof *lane);
        (void)pthread_mutex_init(&lane->lock, NULL);
        (void)pthread_cond_init(&lane->work, &monotonic);
        TAILQ_INIT(&lane->queue);
        LIST_INIT(&lane->parked);
        lane->spooled = (size_t)spool_waiting((enum spool_lane)i);
    }
    (void)pthread_condattr_destroy(&monotonic);
    return true;
}

void acks_drain(void)
{
    atomic_store(&is_draining, true);
    for (int i = 0; i < SPOOL_LANES; i++)
        for (int k = 0; k < CHANNELS; k++)
            wake_all(&lanes[i].channels[k]);
}

void acks_stop(void)
{
    for (int i = 0; i < SPOOL_LANES; i++) {
        lock(&lanes[i]);
        lanes[i].is_stopping = true;
        pthread_cond_broadcast(&lanes[i].work);
        unlock_and_wake(&lanes[i]);
    }
}
