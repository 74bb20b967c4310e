#include "hand.h"

#include "config.h"
#include "io/clock.h"
#include "io/wait.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

enum hand_state { HAND_FREE, HAND_GRANTED, HAND_CALLING, HAND_ENDED };

struct slot {
    struct hand_slot shown; /* first: what the users of a slot hold is its address */
    enum hand_state state;
    struct arena arena;
    struct slot *next; /* of the granted or ended queue, in the order of arrival */
};

struct queue {
    struct slot *first, *last;
};

struct hand {
    pthread_mutex_t lock;
    pthread_cond_t room;  /* the pull thread sleeps on it */
    pthread_cond_t ended; /* the outcomes thread does */
    pthread_cond_t drained; /* who ends the service does */
    pthread_cond_t closed; /* who only rests does: one signal is for one reason, or the wrong sleeper swallows it */
    struct slot slots[HAND_SLOTS];
    struct queue granted_queue, ended_queue;
    size_t granted, calling, in_hand;
    size_t connections;
    struct pace pace;
    int64_t epoch;
    bool is_nudged, is_closed;
};

static void queue_add(struct queue *queue, struct slot *slot)
{
    slot->next = NULL;
    if (queue->last)
        queue->last->next = slot;
    else
        queue->first = slot;
    queue->last = slot;
}

static struct slot *queue_take(struct queue *queue)
{
    struct slot *slot = queue->first;
    if (!slot)
        return NULL;
    queue->first = slot->next;
    if (!queue->first)
        queue->last = NULL;
    return slot;
}

bool hand_new(struct hand **out, int64_t connections, struct err *err)
{
    struct hand *hand = calloc(1, sizeof *hand);
    if (!hand)
        return err_set(err, ERR_BUSY, NULL, "out of memory");
    (void)pthread_mutex_init(&hand->lock, NULL); /* a plain mutex: cannot fail */
    wait_init(&hand->room);
    wait_init(&hand->ended);
    wait_init(&hand->drained);
    wait_init(&hand->closed);
    for (size_t i = 0; i < HAND_SLOTS; i++)
        arena_init(&hand->slots[i].arena, HAND_SEND_MAX_BYTES);
    hand->connections = (size_t)connections;
    pace_init(&hand->pace, connections);
    metric_set(&metric_allowed, connections);
    *out = hand;
    return true;
}

void hand_free(struct hand **hand_at)
{
    struct hand *hand = *hand_at;
    if (!hand)
        return;
    for (size_t i = 0; i < HAND_SLOTS; i++)
        arena_release(&hand->slots[i].arena);
    (void)pthread_cond_destroy(&hand->closed); /* nobody waits any more */
    (void)pthread_cond_destroy(&hand->drained);
    (void)pthread_cond_destroy(&hand->ended);
    (void)pthread_cond_destroy(&hand->room);
    (void)pthread_mutex_destroy(&hand->lock);
    free(hand);
    *hand_at = NULL;
}

static void lock(struct hand *hand)
{
    (void)pthread_mutex_lock(&hand->lock); /* a plain mutex that we do not hold: cannot fail */
}

static void unlock(struct hand *hand)
{
    (void)pthread_mutex_unlock(&hand->lock);
}

/* --- pull --- */

static size_t room(const struct hand *hand, int64_t now_us)
{
    size_t busy = hand->granted + hand->calling;
    size_t allowed = min_size(hand->connections, (size_t)pace_allowance(&hand->pace, now_us));
    size_t slots = HAND_SLOTS - hand->in_hand;
    return allowed > busy ? min_size(allowed - busy, slots) : 0;
}

size_t hand_room(struct hand *hand, int64_t now_us)
{
    lock(hand);
    size_t n = room(hand, now_us);
    unlock(hand);
    return n;
}

static struct attempt_ref ref_of(const struct granted_send *send)
{
    return (struct attempt_ref){ .tenant = send->tenant, .message = send->message, .attempt = send->attempt };
}

size_t hand_list(struct hand *hand, struct attempt_ref *out)
{
    size_t n = 0;
    lock(hand);
    for (size_t i = 0; i < HAND_SLOTS; i++)
        if (hand->slots[i].state != HAND_FREE)
            out[n++] = ref_of(&hand->slots[i].shown.send);
    unlock(hand);
    return n;
}

static bool is_same(const struct granted_send *a, const struct granted_send *b)
{
    return a->tenant == b->tenant && id_eq(a->message, b->message) && a->attempt == b->attempt;
}

/* A free slot; NULL when there is none, or when this very attempt is in hand already. */
static struct slot *slot_for(struct hand *hand, const struct granted_send *send)
{
    struct slot *free_slot = NULL;
    for (size_t i = 0; i < HAND_SLOTS; i++) {
        struct slot *slot = &hand->slots[i];
        if (slot->state == HAND_FREE)
            free_slot = slot;
        else if (is_same(&slot->shown.send, send))
            return NULL;
    }
    return free_slot;
}

static bool copy_send(struct slot *slot, const struct granted_send *send)
{
    struct arena *arena = &slot->arena;
    arena_reset(arena);
    struct granted_send *copy = &slot->shown.send;
    *copy = *send;
    copy->from = arena_dup(arena, send->from);
    copy->to = arena_dup(arena, send->to);
    copy->text = arena_dup(arena, send->text);
    copy->callback_path = arena_dup(arena, send->callback_path);
    copy->media_urls.v = arena_alloc_array(arena, send->media_urls.n, sizeof(struct str));
    for (size_t i = 0; copy->media_urls.v && i < send->media_urls.n; i++)
        copy->media_urls.v[i] = arena_dup(arena, send->media_urls.v[i]);
    return !arena_is_full(arena);
}

bool hand_put(struct hand *hand, const struct granted_send *send, int64_t now_us, int64_t start_by_us)
{
    lock(hand);
    struct slot *slot = slot_for(hand, send);
    bool ok = slot && copy_send(slot, send);
    if (ok) {
        slot->shown.granted_us = now_us;
        slot->shown.start_by_us = start_by_us;
        slot->state = HAND_GRANTED;
        queue_add(&hand->granted_queue, slot);
        hand->granted++;
        hand->in_hand++;
    }
    unlock(hand);
    return ok;
}

void hand_wait(struct hand *hand, int64_t until_us, bool or_room)
{
    lock(hand);
    for (int64_t now_us = clock_boot_us(); now_us < until_us; now_us = clock_boot_us()) {
        if (hand->is_closed || hand->is_nudged || (or_room && room(hand, now_us) > 0))
            break;
        (void)wait_until(&hand->room, &hand->lock, until_us);
    }
    hand->is_nudged = false;
    unlock(hand);
}

void hand_wait_for_room(struct hand *hand, int64_t until_us)
{
    lock(hand);
    for (int64_t now_us = clock_boot_us(); now_us < until_us; now_us = clock_boot_us()) {
        if (hand->is_closed || room(hand, now_us) > 0)
            break;
        (void)wait_until(&hand->room, &hand->lock, until_us);
    }
    unlock(hand);
}

void hand_nudge(struct hand *hand)
{
    lock(hand);
    hand->is_nudged = true;
    (void)pthread_cond_signal(&hand->room); /* cannot fail */
    unlock(hand);
}

/* --- calls --- */

struct hand_slot *hand_take(struct hand *hand)
{
    lock(hand);
    struct slot *slot = queue_take(&hand->granted_queue);
    if (slot) {
        slot->state = HAND_CALLING;
        hand->granted--;
        hand->calling++;
    }
    unlock(hand);
    return slot ? &slot->shown : NULL;
}

void hand_end(struct hand *hand, struct hand_slot *slot)
{
    struct slot *own = (struct slot *)slot;
    lock(hand);
    assert(own->state == HAND_CALLING);
    own->state = HAND_ENDED;
    hand->calling--;
    queue_add(&hand->ended_queue, own);
    (void)pthread_cond_signal(&hand->ended); /* none of these can fail */
    (void)pthread_cond_signal(&hand->room);
    (void)pthread_cond_signal(&hand->drained);
    unlock(hand);
}

void hand_limited(struct hand *hand, int64_t now_us, int64_t pause_ms)
{
    lock(hand);
    pace_limited(&hand->pace, now_us, pause_ms);
    metric_set(&metric_allowed, hand->pace.allowed);
    unlock(hand);
}

void hand_answered(struct hand *hand)
{
    lock(hand);
    pace_answered(&hand->pace);
    metric_set(&metric_allowed, hand->pace.allowed);
    unlock(hand);
}

/* --- outcomes --- */

size_t hand_ended(struct hand *hand, int64_t until_us, struct hand_slot **out, size_t max)
{
    size_t n = 0;
    lock(hand);
    while (!hand->is_closed && !hand->ended_queue.first && clock_boot_us() < until_us)
        (void)wait_until(&hand->ended, &hand->lock, until_us);
    for (struct slot *slot; n < max && (slot = queue_take(&hand->ended_queue)) != NULL; n++)
        out[n] = &slot->shown;
    unlock(hand);
    return n;
}

void hand_drop(struct hand *hand, struct hand_slot *slot)
{
    struct slot *own = (struct slot *)slot;
    lock(hand);
    assert(own->state == HAND_ENDED);
    own->state = HAND_FREE;
    hand->in_hand--;
    (void)pthread_cond_signal(&hand->room); /* a slot is free; neither can fail */
    (void)pthread_cond_signal(&hand->drained);
    unlock(hand);
}

void hand_return(struct hand *hand, struct hand_slot *slot)
{
    struct slot *own = (struct slot *)slot;
    lock(hand);
    assert(own->state == HAND_ENDED);
    queue_add(&hand->ended_queue, own);
    unlock(hand);
}

void hand_rest(struct hand *hand, int64_t until_us)
{
    lock(hand);
    while (!hand->is_closed && clock_boot_us() < until_us)
        (void)wait_until(&hand->closed, &hand->lock, until_us);
    unlock(hand);
}

/* --- any --- */

void hand_set_epoch(struct hand *hand, int64_t epoch)
{
    lock(hand);
    hand->epoch = epoch;
    unlock(hand);
}

int64_t hand_epoch(struct hand *hand)
{
    lock(hand);
    int64_t epoch = hand->epoch;
    unlock(hand);
    return epoch;
}

struct hand_counts hand_count(struct hand *hand)
{
    lock(hand);
    struct hand_counts counts = { .granted = hand->granted, .calling = hand->calling };
    counts.ended = hand->in_hand - hand->granted - hand->calling;
    for (size_t i = 0; i < HAND_SLOTS; i++) {
        const struct slot *slot = &hand->slots[i];
        if (slot->state != HAND_FREE && (counts.oldest_us == 0 || slot->shown.granted_us < counts.oldest_us))
            counts.oldest_us = slot->shown.granted_us;
    }
    unlock(hand);
    return counts;
}

void hand_wait_idle(struct hand *hand, int64_t until_us)
{
    lock(hand);
    while (hand->granted + hand->calling > 0 && clock_boot_us() < until_us)
        (void)wait_until(&hand->drained, &hand->lock, until_us);
    unlock(hand);
}

void hand_wait_empty(struct hand *hand, int64_t until_us)
{
    lock(hand);
    while (hand->in_hand > 0 && clock_boot_us() < until_us)
        (void)wait_until(&hand->drained, &hand->lock, until_us);
    unlock(hand);
}

void hand_close(struct hand *hand)
{
    lock(hand);
    hand->is_closed = true;
    (void)pthread_cond_broadcast(&hand->room); /* none of these can fail */
    (void)pthread_cond_broadcast(&hand->ended);
    (void)pthread_cond_broadcast(&hand->closed);
    unlock(hand);
}

bool hand_is_closed(struct hand *hand)
{
    lock(hand);
    bool is_closed = hand->is_closed;
    unlock(hand);
    return is_closed;
}
