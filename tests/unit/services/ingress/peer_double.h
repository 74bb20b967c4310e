/* peer_double.h - a worker (or sender) that answers as a test tells it, on a real bus socket, and keeps what it was told.
 *
 * Threads: one serves; a test sets `mode` and reads what was kept under the lock.
 */
#ifndef PARLEY_TESTS_PEER_DOUBLE_H
#define PARLEY_TESTS_PEER_DOUBLE_H
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "io/bus.h"
#include "io/clock.h"
#include "unit/cmocka_all.h"

enum peer_mode { PEER_COMMITS, PEER_SAYS_LATER, PEER_IS_SILENT, PEER_REPLIES, PEER_QUARANTINES, PEER_REFUSES_CROWDS };

enum { PEER_KEPT_MAX = 20000, PEER_UUID_BYTES = 40, PEER_OUTCOMES_MAX = 64, PEER_CROWD = 4 };

/* Waits for a fact, with a deadline. */
#define eventually(fact)                                                                                              \
    do {                                                                                                              \
        int64_t eventually_until = clock_boot_ms() + 10000;                                                           \
        while (!(fact)) {                                                                                             \
            if (clock_boot_ms() > eventually_until)                                                                   \
                fail_msg("not within 10 s: %s", #fact);                                                               \
            const struct timespec eventually_step = { .tv_nsec = 2000000 };                                           \
            (void)nanosleep(&eventually_step, NULL);                                                                  \
        }                                                                                                             \
    } while (0)

enum { UNTIL_TOLD = 3600000 };

struct peer {
    char endpoint[96];
    pthread_t thread;
    bool is_running;
    atomic_bool is_stopping, is_open;
    _Atomic int mode;
    _Atomic int64_t delay_ms; /* before each answer; UNTIL_TOLD: until it is set to 0 */
    pthread_mutex_t lock;
    char (*kept)[PEER_UUID_BYTES]; /* committed, in order, each once: what the worker's store would hold */
    size_t n;
    size_t asked;      /* events that came, repeats and refused ones too */
    size_t batches;
    size_t batch_max;  /* the largest one */
    struct outcome_event outcomes[PEER_OUTCOMES_MAX];
    size_t outcomes_n;
};

static inline bool peer_keeps(struct peer *peer, struct str uuid)
{
    for (size_t i = 0; i < peer->n; i++)
        if (str_is(uuid, peer->kept[i]))
            return true;
    return false;
}

static inline enum event_result peer_take(struct peer *peer, struct str uuid, int mode)
{
    peer->asked++;
    if (mode == PEER_SAYS_LATER)
        return EVENT_LATER;
    if (peer_keeps(peer, uuid))
        return EVENT_DUPLICATE;
    assert_true(peer->n < PEER_KEPT_MAX && uuid.n < PEER_UUID_BYTES);
    memcpy(peer->kept[peer->n], uuid.p, uuid.n);
    peer->kept[peer->n++][uuid.n] = '\0';
    return mode == PEER_QUARANTINES ? EVENT_QUARANTINED : EVENT_COMMITTED;
}

static inline void peer_answer_inbound(struct peer *peer, struct bus_server *server, struct bus_request *rq, int mode)
{
    struct arena arena;
    struct inbound_batch batch;
    struct err err;
    arena_init(&arena, 64 << 20);
    assert_true(record_decode(&inbound_batch_record, rq->body, &arena, &batch, &err));
    struct inbound_answers answers = {
        .answers = { arena_alloc_array(&arena, batch.events.n, sizeof(struct inbound_answer)), batch.events.n }
    };
    if (mode == PEER_REFUSES_CROWDS && batch.events.n > PEER_CROWD) {
        (void)err_set(&err, ERR_TOO_BIG, NULL, "too many at once"); /* told to the peer */
        bus_server_refuse(server, rq, &err);
        arena_release(&arena);
        return;
    }
    pthread_mutex_lock(&peer->lock);
    peer->batches++;
    peer->batch_max = peer->batch_max > batch.events.n ? peer->batch_max : batch.events.n;
    for (size_t i = 0; i < batch.events.n; i++) {
        struct inbound_answer *answer = &answers.answers.v[i];
        record_init(&inbound_answer_record, answer);
        answer->result = peer_take(peer, batch.events.v[i].uuid, mode);
        if (mode != PEER_REPLIES || answer->result != EVENT_COMMITTED)
            continue;
        answer->tenant = 1;
        answer->reply_message.b[0] = 7;
        answer->reply_attempt = 1;
        answer->reply_from = batch.events.v[i].to;
        answer->reply_to = batch.events.v[i].from;
        answer->reply_text = STR("Thanks & bye");
        answer->reply_callback_path = STR("/plivo/status/1/1/m/1?t=ab");
    }
    pthread_mutex_unlock(&peer->lock);
    bus_server_reply(server, rq, &answers, NULL);
    arena_release(&arena);
}

static inline void peer_answer_outcome(struct peer *peer, struct bus_server *server, struct bus_request *rq)
{
    struct arena arena;
    struct outcome_batch batch;
    struct err err;
    arena_init(&arena, 1 << 20);
    assert_true(record_decode(&outcome_batch_record, rq->body, &arena, &batch, &err));
    assert_str_eq(batch.sender, STR("ingress"));
    struct event_answers answers = {
        .answers = { arena_alloc_array(&arena, batch.outcomes.n, sizeof(struct event_answer)), batch.outcomes.n }
    };
    pthread_mutex_lock(&peer->lock);
    for (size_t i = 0; i < batch.outcomes.n && peer->outcomes_n < PEER_OUTCOMES_MAX; i++)
        peer->outcomes[peer->outcomes_n++] = batch.outcomes.v[i];
    pthread_mutex_unlock(&peer->lock);
    bus_server_reply(server, rq, &answers, NULL);
    arena_release(&arena);
}

/* A slow peer is what is tested. Set to 0 meanwhile, delay_ms lets it go on at once. */
static inline void peer_dawdle(struct peer *peer)
{
    const int64_t since_ms = clock_boot_ms();
    while (clock_boot_ms() - since_ms < atomic_load(&peer->delay_ms) && !atomic_load(&peer->is_stopping))
        (void)poll(NULL, 0, 1);
}

static inline void *peer_run(void *arg)
{
    struct peer *peer = arg;
    struct bus_server *server;
    struct err err;
    if (!bus_server_open(&server, peer->endpoint, &err))
        fail_msg("%s", err.text);
    atomic_store(&peer->is_open, true);
    while (!atomic_load(&peer->is_stopping)) {
        struct bus_request *rq;
        if (bus_server_take(server, 20, &rq, 1) == 0)
            continue;
        int mode = atomic_load(&peer->mode);
        peer_dawdle(peer);
        if (rq->operation == OP_outcome)
            peer_answer_outcome(peer, server, rq);
        else if (rq->operation == OP_inbound && mode != PEER_IS_SILENT)
            peer_answer_inbound(peer, server, rq, mode);
        bus_request_free(rq);
    }
    bus_server_close(&server);
    return NULL;
}

static inline void peer_start(struct peer *peer)
{
    atomic_store(&peer->is_stopping, false);
    atomic_store(&peer->is_open, false);
    assert_int_equal(pthread_create(&peer->thread, NULL, peer_run, peer), 0);
    peer->is_running = true;
    eventually(atomic_load(&peer->is_open));   /* czmq's own start is not for two threads at once */
}

static inline void peer_stop(struct peer *peer)
{
    if (!peer->is_running)
        return;
    atomic_store(&peer->is_stopping, true);
    (void)pthread_join(peer->thread, NULL);
    peer->is_running = false;
}

static inline void peer_init(struct peer *peer, const char *folder)
{
    memset(peer, 0, sizeof *peer);
    (void)snprintf(peer->endpoint, sizeof peer->endpoint, "ipc://%s/worker.sock", folder);
    (void)pthread_mutex_init(&peer->lock, NULL);
    peer->kept = calloc(PEER_KEPT_MAX, PEER_UUID_BYTES);
    assert_non_null(peer->kept);
}

static inline void peer_release(struct peer *peer)
{
    peer_stop(peer);
    free(peer->kept);
    (void)pthread_mutex_destroy(&peer->lock);
}

static inline size_t peer_count(struct peer *peer, const size_t *what)
{
    pthread_mutex_lock(&peer->lock);
    size_t n = *what;
    pthread_mutex_unlock(&peer->lock);
    return n;
}

#endif
