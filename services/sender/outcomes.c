#include "outcomes.h"

#include "core/backoff.h"
#include "config.h"
#include "io/chance.h"
#include "io/clock.h"
#include "io/log.h"
#include "pull.h"

#include <pthread.h>
#include <stdlib.h>

enum {
    BATCH_MAX = 64,
    ANSWER_MAX_BYTES = 64 * 1024,
    ACK_MS = 2000,  /* waits for the worker's commit, then tells it again */
    LOOK_MS = 1000, /* the longest sleep */
};

static const struct backoff AWAY_BACKOFF = { .first_ms = 50, .most_ms = 2000 };

struct outcomes {
    struct str sender;
    struct bus_client *worker;
    struct hand *hand;
    pthread_t thread;
    _Atomic bool is_stopping;
    int64_t failures; /* in a row */
    size_t batch_max; /* 1 after a refusal, to find the one that is refused */
};

/* True: the worker has answered, and answers->v[i] says what became of outcome i. */
static bool tell_worker(struct outcomes *outcomes, struct hand_slot *const *slots, size_t n, struct arena *arena,
                        struct event_answers *answers, struct err *err)
{
    struct outcome_event events[BATCH_MAX];
    struct outcome_batch batch = { .sender = outcomes->sender, .epoch = hand_epoch(outcomes->hand) };
    for (size_t i = 0; i < n; i++)
        events[i] = slots[i]->outcome;
    batch.outcomes.v = events;
    batch.outcomes.n = n;
    return bus_call(outcomes->worker, OP_outcome, NULL, &batch, arena, answers, NULL, ACK_MS, err);
}

/* What the worker committed leaves the hand, the rest comes again. Returns how many it took. */
static size_t settle(struct outcomes *outcomes, struct hand_slot **slots, size_t n, const struct event_answers *answers)
{
    size_t taken = 0;
    for (size_t i = 0; i < n; i++) {
        if (i < answers->answers.n && answers->answers.v[i].result != EVENT_LATER) {
            hand_drop(outcomes->hand, slots[i]);
            taken++;
        } else {
            hand_return(outcomes->hand, slots[i]);
        }
    }
    return taken;
}

static void rest(struct outcomes *outcomes)
{
    uint64_t chance;
    chance_bytes(&chance, sizeof chance);
    int64_t wait_ms = backoff_ms(&AWAY_BACKOFF, outcomes->failures++, -1, chance);
    metric_add(&metric_outcome_retries, 1);
    hand_rest(outcomes->hand, clock_boot_us() + (AWAY_BACKOFF.first_ms + wait_ms) * 1000);
}

static void bring(struct outcomes *outcomes, struct hand_slot **slots, size_t n)
{
    struct event_answers answers = { 0 };
    struct err err = { 0 };
    AUTO(arena_release) struct arena arena;
    arena_init(&arena, ANSWER_MAX_BYTES);
    bool is_told = tell_worker(outcomes, slots, n, &arena, &answers, &err);
    size_t taken = settle(outcomes, slots, n, &answers); /* of no answer: none */
    if (taken > 0) {
        outcomes->failures = 0;
        if (taken == n && n == outcomes->batch_max && outcomes->batch_max < BATCH_MAX)
            outcomes->batch_max *= 2;
        return;
    }
    if (!is_told && !pull_is_replaced(&err) && !err_is_retryable(err.kind)) {
        log_event(LOG_ERROR, "outcome.refused", F_INT("outcomes", n), F_ERR(&err));
        outcomes->batch_max = 1;
    }
    rest(outcomes);
}

static void *outcomes_thread(void *arg)
{
    struct outcomes *outcomes = arg;
    struct hand_slot *slots[BATCH_MAX];
    while (!atomic_load_explicit(&outcomes->is_stopping, memory_order_relaxed)) {
        size_t n = hand_ended(outcomes->hand, clock_boot_us() + LOOK_MS * 1000, slots, outcomes->batch_max);
        if (n > 0)
            bring(outcomes, slots, n);
    }
    return NULL;
}

bool outcomes_start(struct outcomes **out, struct str sender, struct bus_client *worker, struct hand *hand,
                    struct err *err)
{
    struct outcomes *outcomes = calloc(1, sizeof *outcomes);
    if (!outcomes)
        return err_set(err, ERR_BUSY, NULL, "out of memory");
    outcomes->sender = sender;
    outcomes->worker = worker;
    outcomes->hand = hand;
    outcomes->batch_max = BATCH_MAX;
    if (pthread_create(&outcomes->thread, NULL, outcomes_thread, outcomes) != 0) {
        free(outcomes);
        return err_set(err, ERR_BUSY, NULL, "no thread for the outcomes");
    }
    *out = outcomes;
    return true;
}

void outcomes_stop(struct outcomes **outcomes_at)
{
    struct outcomes *outcomes = *outcomes_at;
    if (!outcomes)
        return;
    atomic_store(&outcomes->is_stopping, true);
    (void)pthread_join(outcomes->thread, NULL); /* it runs, and nobody else joins it */
    free(outcomes);
    *outcomes_at = NULL;
}
