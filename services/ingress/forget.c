#include "forget.h"

#include "io/clock.h"
#include "io/log.h"
#include "io/wait.h"
#include "metrics.h"
#include "persons.h"
#include "spool.h"

#include <pthread.h>

enum { CALL_MS = 1000, ARENA_BYTES = 32 * 1024 * 1024 };
#define DAY_MS INT64_C(86400000)

static struct {
    pthread_t thread;
    bool is_running;
    struct bus_client *worker;
    int64_t days[SPOOL_SHELVES];
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool is_stopping; /* guarded by lock */
} state = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* One thing on a shelf. */
struct held {
    int64_t sequence;
    int64_t kept_at, received_at;
    struct persons persons;
    bool is_old, is_erased;
};

struct page {
    struct held held[FORGET_PAGE];
    size_t n;
};

/* --- reading a shelf --- */

static bool read_asides(int64_t after, struct arena *arena, struct page *page, struct err *err)
{
    struct spool_aside *asides;
    if (!spool_asides(spool_opened(), after, FORGET_PAGE, arena, &asides, &page->n, err))
        return false;
    for (size_t i = 0; i < page->n; i++) {
        page->held[i] = (struct held){ .sequence = asides[i].sequence,
                                       .kept_at = asides[i].at,
                                       .received_at = asides[i].received_at };
        persons_of_aside(&asides[i], arena, &page->held[i].persons);
    }
    return true;
}

static bool read_rejected(int64_t after, struct arena *arena, struct page *page, struct err *err)
{
    struct rejected_request *requests;
    if (!spool_rejected(spool_opened(), after, FORGET_PAGE, arena, &requests, &page->n, err))
        return false;
    for (size_t i = 0; i < page->n; i++) {
        page->held[i] =
            (struct held){ .sequence = requests[i].sequence, .kept_at = requests[i].at, .received_at = requests[i].at };
        persons_of_rejected(&requests[i], arena, &page->held[i].persons);
    }
    return true;
}

/* --- what is to go --- */

/* Nobody answers: asked again at the next round. */
static void mark_erased(struct page *page, struct arena *arena)
{
    struct erased_ask asks[FORGET_PAGE * PERSONS_MAX];
    size_t owners[FORGET_PAGE * PERSONS_MAX] = { 0 };
    struct erased_asks question = { .asks = { asks, 0 } };
    struct erased_answers answers;
    struct bus_context by = { .actor = STR("system") };
    struct err err;
    for (size_t i = 0; i < page->n; i++)
        for (size_t k = 0; k < page->held[i].persons.n; k++) {
            owners[question.asks.n] = i;
            asks[question.asks.n++] = (struct erased_ask){ .address = page->held[i].persons.addresses[k],
                                                           .received_at = page->held[i].received_at };
        }
    if (question.asks.n == 0)
        return;
    if (!bus_call(state.worker, OP_erased, &by, &question, arena, &answers, NULL, CALL_MS, &err)) {
        log_event(err_is_retryable(err.kind) ? LOG_DEBUG : LOG_WARN, "forget.not_answered", F_ERR(&err));
        return;
    }
    for (size_t i = 0; i < question.asks.n && i < answers.answers.n; i++)
        page->held[owners[i]].is_erased |= answers.answers.v[i].is_erased;
}

static bool page_forget(enum spool_shelf shelf, const struct page *page, struct err *err)
{
    int64_t sequences[FORGET_PAGE];
    size_t n = 0;
    int64_t erased = 0;
    for (size_t i = 0; i < page->n; i++)
        if (page->held[i].is_old || page->held[i].is_erased) {
            sequences[n++] = page->held[i].sequence;
            erased += page->held[i].is_erased;
        }
    if (n == 0)
        return true;
    if (!spool_forget(shelf, sequences, n, err))
        return false;
    metric_add(&metric_forgotten_erased, erased);
    metric_add(&metric_forgotten_old, (int64_t)n - erased);
    log_event(LOG_INFO, "forget.removed", F_WORD("of", shelf == SHELF_ASIDE ? "put aside" : "refused"),
              F_INT("erased", erased), F_INT("old", (int64_t)n - erased));
    return true;
}

static bool is_stopping(void)
{
    pthread_mutex_lock(&state.lock);
    bool is = state.is_stopping;
    pthread_mutex_unlock(&state.lock);
    return is;
}

static void shelf_forget(enum spool_shelf shelf, struct arena *arena)
{
    int64_t after = 0;
    int64_t oldest_ms = clock_wall_ms() - state.days[shelf] * DAY_MS;
    struct page page = { .n = FORGET_PAGE };
    struct err err;
    bool ok = true;
    while (ok && page.n == FORGET_PAGE && !is_stopping()) {
        arena_reset(arena);
        ok = shelf == SHELF_ASIDE ? read_asides(after, arena, &page, &err) : read_rejected(after, arena, &page, &err);
        for (size_t i = 0; ok && i < page.n; i++)
            page.held[i].is_old = page.held[i].kept_at < oldest_ms;
        if (!ok || page.n == 0)
            break;
        after = page.held[page.n - 1].sequence;
        mark_erased(&page, arena);
        ok = page_forget(shelf, &page, &err);
    }
    if (!ok)
        log_event(LOG_ERROR, "forget.failed", F_ERR(&err));
}

/* --- the thread --- */

static void *forget_run(void *unused)
{
    struct arena arena;
    (void)unused;
    arena_init(&arena, ARENA_BYTES);
    while (!is_stopping()) {
        shelf_forget(SHELF_ASIDE, &arena);
        shelf_forget(SHELF_REJECTED, &arena);
        int64_t next_us = clock_boot_us() + INT64_C(1000) * FORGET_EVERY_MS;
        pthread_mutex_lock(&state.lock);
        while (!state.is_stopping && wait_until(&state.changed, &state.lock, next_us))
            continue;
        pthread_mutex_unlock(&state.lock);
    }
    arena_release(&arena);
    return NULL;
}

bool forget_start(struct bus_client *worker, int64_t aside_days, struct err *err)
{
    state.worker = worker;
    state.days[SHELF_ASIDE] = aside_days;
    state.days[SHELF_REJECTED] = REJECTED_DAYS;
    state.is_stopping = false;
    wait_init(&state.changed);
    if (pthread_create(&state.thread, NULL, forget_run, NULL) != 0)
        return err_set(err, ERR_BUSY, NULL, "no thread for forgetting");
    state.is_running = true;
    return true;
}

void forget_stop(void)
{
    if (!state.is_running)
        return;
    pthread_mutex_lock(&state.lock);
    state.is_stopping = true;
    pthread_cond_signal(&state.changed);
    pthread_mutex_unlock(&state.lock);
    (void)pthread_join(state.thread, NULL);   /* it is ours and joinable; waits for one call and one sync at most */
    (void)pthread_cond_destroy(&state.changed);
    state.is_running = false;
}
