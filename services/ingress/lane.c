#include "lane.h"

#include "io/clock.h"
#include "io/wait.h"
#include "metrics.h"
#include "outcomes.h"

#include <stdlib.h>

struct lane lanes[SPOOL_LANES];
_Atomic bool lanes_are_draining;

/* --- under the lane's lock ---------------------------------------------------------------------------------------- */

void lane_lock(struct lane *lane)
{
    pthread_mutex_lock(&lane->lock);
}

void lane_unlock(struct lane *lane)
{
    bool has_ended = !TAILQ_EMPTY(&lane->ended_acks);
    pthread_mutex_unlock(&lane->lock);
    if (has_ended)
        pthread_cond_signal(&lane->ended);
}

bool ack_is_ended(const struct ack *ack)
{
    return ack->state >= STATE_COMMITTED;
}

static void unlist(struct ack *ack)
{
    if (ack->is_listed)
        LIST_REMOVE(ack, in_parked);
    ack->is_listed = false;
}

void lane_finish(struct lane *lane, struct ack *ack, enum ack_state final)
{
    if (ack->state == STATE_QUEUED) {
        TAILQ_REMOVE(&lane->queue, ack, in_queue);
        lane->queued--;
    }
    if (ack->asked_at)
        *ack->asked_at = NULL;
    if (ack->ticket)
        ack->ticket->waiter = NULL;
    unlist(ack);
    TAILQ_REMOVE(ack->is_late ? &lane->late : &lane->fresh, ack, in_turn);
    TAILQ_INSERT_TAIL(&lane->ended_acks, ack, in_turn);
    ack->state = final;
}

void lane_spool(struct lane *lane, struct ack *ack)
{
    struct spool_ticket *ticket = spool_ticket_new(ack->event);
    if (!ticket) {
        lane_finish(lane, ack, STATE_REFUSED);
        return;
    }
    if (ack->state == STATE_QUEUED) {
        TAILQ_REMOVE(&lane->queue, ack, in_queue);
        lane->queued--;
    }
    ticket->waiter = ack;
    ack->ticket = ticket;
    if (ack->event
            ->is_opt_out) { /* from now on: the relay may be done with it before the spool's thread says that it is there */
        LIST_INSERT_HEAD(&lane->parked, ack, in_parked);
        ack->is_listed = true;
    }
    lane->spooled++;
    ack->state = STATE_SPOOLING;
    spool_put(ticket);
}

void lane_divert(struct lane *lane, struct ack *late)
{
    bool is_queued = late && late->state == STATE_QUEUED;
    for (size_t i = 0; i < lane->asked_n; i++)
        if (lane->asked[i] && lane->asked[i]->state == STATE_ASKED)
            lane_spool(lane, lane->asked[i]);
    while (!TAILQ_EMPTY(&lane->queue) && (!lane->is_moving || is_queued)) {
        struct ack *first = TAILQ_FIRST(&lane->queue);
        lane_spool(lane, first);
        is_queued = is_queued && first != late;
    }
}

void lane_enqueue(struct lane *lane, struct ack *ack)
{
    TAILQ_INSERT_TAIL(&lane->queue, ack, in_queue);
    lane->queued++;
    ack->state = STATE_QUEUED;
    if (lane->queued == 1 || lane->queued == GATHER_ENOUGH)
        pthread_cond_signal(&lane->work);
}

/* --- the relay's side --------------------------------------------------------------------------------------------- */

/* Natural batching: while one batch was away the next has gathered; under load a moment's wait makes it fuller. */
static void gather(struct lane *lane)
{
    if (lane->last_n < GATHER_LOAD)
        return;
    const int64_t until_us = clock_boot_us() + GATHER_US;
    while (lane->queued > 0 && lane->queued < GATHER_ENOUGH && lane->spooled == 0 && !lane->is_stopping &&
           wait_until(&lane->work, &lane->lock, until_us))
        continue;
}

static size_t take(struct lane *lane, struct arena *arena, struct str *events)
{
    size_t n = 0;
    size_t bytes = 0;
    struct ack *ack;
    while (n < EVENT_BATCH_MAX && (ack = TAILQ_FIRST(&lane->queue)) &&
           (n == 0 || bytes + ack->event->bytes.n <= EVENT_BATCH_BYTES)) {
        events[n] = arena_dup(arena, ack->event->bytes);   /* the waiter may leave while the bus still reads */
        if (!str_is_set(events[n]))
            break;
        TAILQ_REMOVE(&lane->queue, ack, in_queue);
        lane->queued--;
        lane->asked[n] = ack;
        ack->asked_at = &lane->asked[n];
        ack->state = STATE_ASKED;
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
    lane_lock(lane);
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
    }
    lane_unlock(lane);
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
        lane_divert(lane, NULL);
        return true;
    }
    for (size_t i = lane->asked_n; i-- > 0;) {
        struct ack *ack = lane->asked[i];
        if (!ack || ack->state != STATE_ASKED)
            continue;
        ack->asked_at = NULL;
        TAILQ_INSERT_HEAD(&lane->queue, ack, in_queue);
        lane->queued++;
        ack->state = STATE_QUEUED;
    }
    return false;
}

bool lane_answered(enum spool_lane which, const struct inbound_answer *results, size_t n)
{
    struct lane *lane = &lanes[which];
    bool is_all_done = true;
    bool is_kept = true;
    lane_lock(lane);
    assert(n == lane->asked_n);
    for (size_t i = 0; i < n; i++) {
        struct ack *ack = lane->asked[i];
        if (results[i].result == EVENT_QUARANTINED)
            metric_add(&metric_quarantined, 1);
        if (!ack) {
            reply_unused(&results[i]);
        } else if (is_done(&results[i])) {
            hand_over(ack, &results[i]);
            lane_finish(lane, ack, STATE_COMMITTED);
        } else if (ack->state == STATE_ASKED) {
            is_all_done = false;
        }
    }
    lane->is_moving = is_all_done;
    if (!is_all_done)
        is_kept = keep_waiting(lane);
    for (size_t i = 0; i < n; i++)
        if (lane->asked[i])
            lane->asked[i]->asked_at = NULL;
    lane->asked_n = 0;
    lane_unlock(lane);
    return is_kept && n > 0;
}

/* All that wait for this event: Plivo may have come twice. */
static void wake_parked(struct lane *lane, struct str identity, const struct inbound_answer *result)
{
    struct ack *ack, *next;
    bool is_used = false;
    for (ack = LIST_FIRST(&lane->parked); ack; ack = next) {
        next = LIST_NEXT(ack, in_parked);
        struct spool_identity own = ack->event->identity;
        if (!str_eq(identity, str_bytes(own.b, sizeof own.b)))
            continue;
        hand_over(ack, result);
        if (is_used)
            ack->answer->reply_text = (struct str){ 0 };   /* a reply is written once */
        is_used = true;
        lane_finish(lane, ack, STATE_COMMITTED);
    }
    if (!is_used)
        reply_unused(result);
}

void lane_replayed(enum spool_lane which, const struct spool_entry *entry, const struct inbound_answer *result)
{
    struct lane *lane = &lanes[which];
    lane_lock(lane);
    lane->replayed = entry->sequence;
    lane->is_moving = true;
    wake_parked(lane, entry->identity, result);
    lane_unlock(lane);
}

size_t lane_parked(enum spool_lane which, struct arena *arena, struct str *events, struct spool_identity *identities)
{
    struct lane *lane = &lanes[which];
    struct ack *ack;
    size_t n = 0;
    lane_lock(lane);
    LIST_FOREACH(ack, &lane->parked, in_parked)
    {
        if (n == EVENT_BATCH_MAX)
            break;
        events[n] = arena_dup(arena, ack->event->bytes); /* the waiter may leave while the bus still reads */
        if (!str_is_set(events[n]))
            break;
        identities[n++] = ack->event->identity;
    }
    lane_unlock(lane);
    return n;
}

void lane_overtook(enum spool_lane which, const struct spool_identity *identity, const struct inbound_answer *result)
{
    struct lane *lane = &lanes[which];
    if (!is_done(result))
        return;
    lane_lock(lane);
    wake_parked(lane, str_bytes(identity->b, sizeof identity->b), result);
    lane_unlock(lane);
}

void lane_pause(enum spool_lane which, int64_t pause_ms)
{
    struct lane *lane = &lanes[which];
    const int64_t until_us = clock_boot_us() + pause_ms * 1000;
    lane_lock(lane);
    lane->is_moving = false; /* who pauses was not answered */
    while (!lane->is_stopping && wait_until(&lane->work, &lane->lock, until_us))
        continue;
    lane_unlock(lane);
}

void lane_await_spool(enum spool_lane which, int64_t wait_ms)
{
    struct lane *lane = &lanes[which];
    lane_lock(lane);
    if (!lane->is_stopping) /* the caller looks at the disk again in any case */
        (void)wait_until(&lane->work, &lane->lock, clock_boot_us() + wait_ms * 1000);
    lane_unlock(lane);
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
    if (ticket->result == SPOOL_KNOWN && ticket->sequence <= lane->replayed) {
        lane_finish(lane, ack, STATE_COMMITTED); /* it came again while its first copy was on its way out */
    } else if (ticket->result != SPOOL_REFUSED && !ticket->is_opt_out) {
        lane_finish(lane, ack, STATE_SPOOLED);
    } else if (ticket->result != SPOOL_REFUSED) {
        if (atomic_load(&lanes_are_draining))
            lane_finish(lane, ack, STATE_REFUSED);
        else
            ack->state = STATE_PARKED;
    } else if (ack->asked_at) {
        unlist(ack);
        ack->state = STATE_ASKED;
    } else {
        lane_finish(lane, ack, STATE_REFUSED);
    }
}

/* All of the lane's tickets under one lock and with one wake-up. */
static void lane_spooled(struct lane *lane, enum spool_lane which, struct spool_ticket *tickets, size_t removed)
{
    bool is_any = removed > 0;
    lane_lock(lane);
    assert(lane->spooled >= removed);
    lane->spooled -= removed;
    for (struct spool_ticket *ticket = tickets; ticket; ticket = ticket->next) {
        if (ticket->lane != which)
            continue;
        ticket_told(lane, ticket);
        is_any = true;
    }
    if (is_any)
        pthread_cond_signal(&lane->work);
    lane_unlock(lane);
}

void acks_spooled(struct spool_ticket *tickets, const int64_t removed[SPOOL_LANES])
{
    for (int i = 0; i < SPOOL_LANES; i++)
        lane_spooled(&lanes[i], (enum spool_lane)i, tickets, (size_t)removed[i]);
    while (tickets) {
        struct spool_ticket *ticket = tickets;
        tickets = ticket->next;
        free(ticket);
    }
}
