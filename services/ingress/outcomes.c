#include "outcomes.h"

#include "io/clock.h"
#include "io/log.h"
#include "io/wait.h"
#include "metrics.h"

#include <pthread.h>

enum { BATCH_MAX = 256, CALL_MS = 1000, BACKOFF_FIRST_MS = 50, BACKOFF_LAST_MS = 2000, ARENA_BYTES = 256 * 1024 };

static struct {
    pthread_t thread;
    bool is_running;
    struct bus_client *worker;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct outcome_event ring[OUTCOMES_MAX];   /* holds no text of others: every string is unset */
    size_t first, n;                           /* guarded by lock, as is_stopping */
    bool is_stopping;
} state = { .lock = PTHREAD_MUTEX_INITIALIZER };

void outcomes_add(const struct inbound_answer *answer, enum call_outcome outcome, int64_t at_ms)
{
    struct outcome_event event;
    record_init(&outcome_event_record, &event);
    event.tenant = answer->tenant;
    event.message = answer->reply_message;
    event.attempt = answer->reply_attempt;
    event.outcome = outcome;
    event.is_free = outcome == CALL_NOT_SENT;   /* nobody tried to send it */
    event.started_at = at_ms;
    metric_add(outcome == CALL_ACCEPTED   ? &metric_replies_written
               : outcome == CALL_NOT_SENT ? &metric_replies_not_sent
                                          : &metric_replies_unknown,
               1);
    pthread_mutex_lock(&state.lock);
    bool has_room = state.n < OUTCOMES_MAX;
    if (has_room)
        state.ring[(state.first + state.n++) % OUTCOMES_MAX] = event;
    pthread_cond_signal(&state.changed);
    pthread_mutex_unlock(&state.lock);
    if (!has_room)
        metric_add(&metric_outcomes_lost, 1);
}

/* Under the lock: sleeps at most wait_ms, less when something changes. */
static void sleep_a_while(int64_t wait_ms)
{
    (void)wait_until(&state.changed, &state.lock,
                     clock_boot_us() + wait_ms * 1000); /* a timeout is as good as a signal */
}

/* Whether the worker has them all. */
static bool tell(struct outcome_event *events, size_t n, struct arena *arena)
{
    struct outcome_batch batch = { .sender = STR("ingress"), .epoch = 0, .outcomes = { events, n } };
    struct event_answers answers;
    struct err err;
    struct bus_context by = { .actor = STR("system") };
    arena_reset(arena);
    if (!bus_call(state.worker, OP_outcome, &by, &batch, arena, &answers, NULL, CALL_MS, &err)) {
        log_event(err_is_retryable(err.kind) ? LOG_DEBUG : LOG_WARN, "outcomes.not_told", F_INT("outcomes", n),
                  F_ERR(&err));
        return false;
    }
    for (size_t i = 0; i < n; i++)
        if (i >= answers.answers.n || answers.answers.v[i].result == EVENT_LATER)
            return false;   /* all of them again: they have identities (P2) */
    return true;
}

static void *outcomes_run(void *unused)
{
    static struct outcome_event batch[BATCH_MAX];
    struct arena arena;
    int64_t backoff_ms = 0;
    (void)unused;
    arena_init(&arena, ARENA_BYTES);
    pthread_mutex_lock(&state.lock);
    for (;;) {
        while (state.n == 0 && !state.is_stopping)
            pthread_cond_wait(&state.changed, &state.lock);
        if (state.is_stopping)
            break;
        size_t n = min_size(state.n, BATCH_MAX);
        for (size_t i = 0; i < n; i++)
            batch[i] = state.ring[(state.first + i) % OUTCOMES_MAX];
        pthread_mutex_unlock(&state.lock);
        bool is_told = tell(batch, n, &arena);
        pthread_mutex_lock(&state.lock);
        if (state.is_stopping)   /* what waited is counted as dropped already */
            break;
        if (is_told) {
            state.first = (state.first + n) % OUTCOMES_MAX;
            state.n -= n;
            backoff_ms = 0;
            pthread_cond_broadcast(&state.changed);   /* a drain may wait for it */
        } else {
            backoff_ms = clamp_i64(2 * backoff_ms, BACKOFF_FIRST_MS, BACKOFF_LAST_MS);
            sleep_a_while(backoff_ms);
        }
    }
    pthread_mutex_unlock(&state.lock);
    arena_release(&arena);
    return NULL;
}

bool outcomes_start(struct bus_client *worker, struct err *err)
{
    state.worker = worker;
    state.is_stopping = false;
    wait_init(&state.changed);
    if (pthread_create(&state.thread, NULL, outcomes_run, NULL) != 0)
        return err_set(err, ERR_BUSY, NULL, "no thread for outcomes");
    state.is_running = true;
    return true;
}

void outcomes_drain(int64_t deadline_boot_ms)
{
    pthread_mutex_lock(&state.lock);
    while (state.n > 0 && clock_boot_ms() < deadline_boot_ms)
        sleep_a_while(min_i64(50, deadline_boot_ms - clock_boot_ms()));
    pthread_mutex_unlock(&state.lock);
}

void outcomes_stop(void)
{
    if (!state.is_running)
        return;
    pthread_mutex_lock(&state.lock);
    state.is_stopping = true;
    metric_add(&metric_outcomes_lost, (int64_t)state.n);
    state.n = 0;
    pthread_cond_broadcast(&state.changed);
    pthread_mutex_unlock(&state.lock);
    (void)pthread_join(state.thread, NULL);   /* it is ours and joinable; waits for one call at most */
    (void)pthread_cond_destroy(&state.changed);
    state.is_running = false;
}
