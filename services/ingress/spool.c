#include "spool.h"

#include "io/clock.h"
#include "io/log.h"
#include "io/wait.h"
#include "kept.h"
#include "metrics.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { LOOK_AGAIN_MS = 100 };

/* What is to be forgotten: on the stack of the one that waits for it. */
struct forget {
    enum spool_shelf shelf;
    const int64_t *sequences;
    size_t n;
    bool is_done, is_written;
};

/* What one transaction takes up. */
struct work {
    struct spool_ticket *tickets;
    struct kept *kept;
    struct kept *aside;                /* each a spool_aside: stays until it is written */
    struct forget *forget;
    int64_t done_through[SPOOL_LANES]; /* sequences: what stands up to them may go */
    int64_t removed[SPOOL_LANES];
};

static struct {
    struct spool_store *store;
    spool_done *done;
    pthread_t thread;
    bool is_running;
    pthread_mutex_t lock;
    pthread_cond_t wanted;
    pthread_cond_t forgotten;
    struct work work; /* guarded by lock, as all below it */
    int64_t gone_through[SPOOL_LANES];
    struct spool_ticket **last_ticket;
    struct kept **last_kept;
    size_t kept_n;
    int64_t kept_due_ms; /* CLOCK_BOOTTIME */
    bool is_stopping;
    _Atomic int64_t paused_until_ms; /* CLOCK_BOOTTIME */
} state = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* --- what others put ---------------------------------------------------------------------------------------------- */

struct spool_ticket *spool_ticket_new(const struct event *event)
{
    struct spool_ticket *ticket = calloc(1, sizeof *ticket + event->bytes.n);
    if (!ticket)
        return NULL;
    ticket->lane = event->lane;
    ticket->identity = event->identity;
    ticket->received_at = event->received_at;
    ticket->is_opt_out = event->is_opt_out;
    ticket->n = event->bytes.n;
    memcpy(ticket->bytes, event->bytes.p, event->bytes.n);
    return ticket;
}

void spool_put(struct spool_ticket *ticket)
{
    pthread_mutex_lock(&state.lock);
    *state.last_ticket = ticket;
    state.last_ticket = &ticket->next;
    pthread_cond_signal(&state.wanted);
    pthread_mutex_unlock(&state.lock);
}

bool spool_can_take(void)
{
    struct spool_stat stat = spool_stat(state.store);
    return stat.bytes + SPOOL_ROOM_BYTES <= stat.max_bytes && clock_boot_ms() >= atomic_load(&state.paused_until_ms);
}

int64_t spool_waiting(enum spool_lane lane)
{
    return spool_stat(state.store).entries[lane];
}

bool spool_next(enum spool_lane lane, int64_t after, size_t max_n, size_t max_bytes, struct arena *arena,
                struct spool_entry **out, size_t *n, struct err *err)
{
    return spool_list(state.store, lane, after, max_n, max_bytes, arena, out, n, err);
}

void spool_done_through(enum spool_lane lane, int64_t sequence)
{
    pthread_mutex_lock(&state.lock);
    state.work.done_through[lane] = sequence;
    pthread_cond_signal(&state.wanted);
    pthread_mutex_unlock(&state.lock);
}

struct spool_store *spool_opened(void)
{
    return state.store;
}

/* It waits, so that a number which is free again cannot be meant twice. */
bool spool_forget(enum spool_shelf shelf, const int64_t *sequences, size_t n, struct err *err)
{
    struct forget forget = { .shelf = shelf, .sequences = sequences, .n = n };
    pthread_mutex_lock(&state.lock);
    assert(!state.work.forget);
    state.work.forget = &forget;
    pthread_cond_signal(&state.wanted);
    while (!forget.is_done)
        pthread_cond_wait(&state.forgotten, &state.lock);
    pthread_mutex_unlock(&state.lock);
    return forget.is_written || err_set(err, ERR_BUSY, NULL, "the spool could not be written");
}

bool spool_set_aside(enum spool_lane lane, const struct spool_entry *entry, const char *reason)
{
    struct spool_aside aside = { .lane = lane,
                                 .at = clock_wall_ms(),
                                 .reason = str_of(reason),
                                 .identity = entry->identity,
                                 .received_at = entry->received_at,
                                 .event = entry->event };
    struct kept *kept = kept_new(&spool_aside_record, &aside);
    if (!kept)
        return false;
    log_event(LOG_ERROR, "spool.set_aside", F_INT("sequence", entry->sequence), F_STR("because", aside.reason));
    metric_add(&metric_set_aside, 1);
    pthread_mutex_lock(&state.lock);
    kept->next = state.work.aside;
    state.work.aside = kept;
    pthread_mutex_unlock(&state.lock);
    return true;
}

void spool_keep_rejected(const struct rejected_request *request)
{
    struct kept *kept = kept_new(&rejected_request_record, request);
    pthread_mutex_lock(&state.lock);
    bool has_room = kept && state.kept_n < REJECTED_WAITING_MAX;
    if (has_room) {
        if (!state.work.kept)
            state.kept_due_ms = clock_boot_ms() + REJECTED_EVERY_MS;
        *state.last_kept = kept;
        state.last_kept = &kept->next;
        state.kept_n++;
        pthread_cond_signal(&state.wanted);
    }
    pthread_mutex_unlock(&state.lock);
    if (!has_room) {
        free(kept);
        metric_add(&metric_rejected_lost, 1);
    }
}

/* --- the thread --------------------------------------------------------------------------------------------------- */

static bool has_gone(void)
{
    bool is_any = false;
    for (int lane = 0; lane < SPOOL_LANES; lane++)
        is_any |= state.work.done_through[lane] > state.gone_through[lane];
    return is_any;
}

/* Tickets at once; refused requests after a while, for company; what a failed transaction left behind after a pause. */
static bool is_due(void)
{
    int64_t now_ms = clock_boot_ms();
    return state.work.tickets || state.work.forget || (state.work.kept && now_ms >= state.kept_due_ms) ||
           (has_gone() && now_ms >= atomic_load(&state.paused_until_ms));
}

static void wait_a_while(void)
{
    /* the caller looks at its facts again */
    (void)wait_until(&state.wanted, &state.lock, clock_boot_us() + LOOK_AGAIN_MS * 1000);
}

/* Waits for work and takes all of it. False: nothing is left, and it is time to stop. */
static bool work_take(struct work *out)
{
    pthread_mutex_lock(&state.lock);
    while (!is_due() && !state.is_stopping) {
        if (state.work.kept || has_gone())
            wait_a_while();
        else
            pthread_cond_wait(&state.wanted, &state.lock);
    }
    bool is_any = is_due() || state.work.kept;
    *out = state.work;
    state.work.tickets = NULL;
    state.work.kept = NULL;
    state.work.aside = NULL;
    state.work.forget = NULL;
    state.last_ticket = &state.work.tickets;
    state.last_kept = &state.work.kept;
    state.kept_n = 0;
    pthread_mutex_unlock(&state.lock);
    return is_any;
}

static void ticket_store(struct spool_ticket *ticket)
{
    struct spool_entry entry;
    struct err err;
    bool is_known = false;
    record_init(&spool_entry_record, &entry);
    entry.identity = str_bytes(ticket->identity.b, sizeof ticket->identity.b);
    entry.received_at = ticket->received_at;
    entry.is_opt_out = ticket->is_opt_out;
    entry.event = str_bytes(ticket->bytes, ticket->n);
    ticket->result = SPOOL_REFUSED;
    if (spool_append(state.store, ticket->lane, &entry, &is_known, &err)) {
        ticket->result = is_known ? SPOOL_KNOWN : SPOOL_STORED;
        ticket->sequence = entry.sequence;
    } else if (err.kind != ERR_BUSY) /* full is told by the gauges and the 503s */
        log_event(LOG_ERROR, "spool.append_failed", F_ERR(&err));
}

/* What could not be put aside stays on the way there. */
static void aside_settle(struct kept *aside, bool is_written)
{
    struct kept *next;
    for (; aside; aside = next) {
        next = aside->next;
        if (is_written) {
            free(aside);
            continue;
        }
        aside->next = state.work.aside;
        state.work.aside = aside;
    }
}

static bool forget_all(const struct forget *forget, struct err *err)
{
    for (size_t i = 0; forget && i < forget->n; i++)
        if (!spool_drop(state.store, forget->shelf, forget->sequences[i], err))
            return false;
    return true;
}

/* Removals first: they make room. */
static bool work_put(struct work *work, struct err *err)
{
    for (const struct kept *aside = work->aside; aside; aside = aside->next)
        if (!kept_put_aside(aside, state.store, err))
            return false;
    if (!forget_all(work->forget, err))
        return false;
    for (int lane = 0; lane < SPOOL_LANES; lane++)
        if (work->done_through[lane] > state.gone_through[lane] &&
            !spool_remove_through(state.store, (enum spool_lane)lane, work->done_through[lane], &work->removed[lane],
                                  err))
            return false;
    for (struct spool_ticket *ticket = work->tickets; ticket; ticket = ticket->next)
        ticket_store(ticket);
    for (const struct kept *kept = work->kept; kept; kept = kept->next)
        kept_reject(kept, state.store);
    return true;
}

static bool work_write(struct work *work, struct err *err)
{
    if (!spool_begin(state.store, err))
        return false;
    if (work_put(work, err))
        return spool_commit(state.store, err);
    spool_abort(state.store);
    return false;
}

static void work_tell(struct work *work, bool is_written)
{
    pthread_mutex_lock(&state.lock);
    for (int lane = 0; lane < SPOOL_LANES; lane++) {
        if (is_written)
            state.gone_through[lane] = work->done_through[lane];
        else
            work->removed[lane] = 0;
    }
    aside_settle(work->aside, is_written);
    if (work->forget) {
        work->forget->is_written = is_written;
        work->forget->is_done = true;
        pthread_cond_signal(&state.forgotten);
    }
    pthread_mutex_unlock(&state.lock);
    for (struct spool_ticket *ticket = work->tickets; ticket; ticket = ticket->next)
        if (!is_written)
            ticket->result = SPOOL_REFUSED;
    state.done(work->tickets, work->removed);
    while (work->kept) {
        struct kept *next = work->kept->next;
        free(work->kept);
        work->kept = next;
    }
}

static void gauges_set(void)
{
    struct spool_stat stat = spool_stat(state.store);
    metric_set(&metric_spool_bytes, stat.bytes);
    metric_set(&metric_spool_inbound, stat.entries[SPOOL_INBOUND] + stat.entries[SPOOL_INBOUND_B]);
    metric_set(&metric_spool_reports, stat.entries[SPOOL_REPORTS]);
}

static void *spool_run(void *unused)
{
    struct work work;
    (void)unused;
    while (work_take(&work)) {
        struct err err = { 0 };
        bool is_written = work_write(&work, &err);
        if (!is_written) {
            atomic_store(&state.paused_until_ms, clock_boot_ms() + SPOOL_PAUSE_MS);
            metric_add(&metric_spool_failures, 1);
            log_event(LOG_ERROR, "spool.write_failed", F_ERR(&err));
        }
        gauges_set();
        work_tell(&work, is_written);
    }
    return NULL;
}

bool spool_start(const char *folder, int64_t max_bytes, spool_done *done, struct err *err)
{
    if (!spool_store_open(&state.store, folder, SPOOL_OWN, max_bytes, err))
        return false;
    state.done = done;
    state.is_stopping = false;
    state.work = (struct work){ 0 };
    memset(state.gone_through, 0, sizeof state.gone_through);
    state.last_ticket = &state.work.tickets;
    state.last_kept = &state.work.kept;
    state.kept_n = 0;
    wait_init(&state.wanted);
    wait_init(&state.forgotten);
    if (pthread_create(&state.thread, NULL, spool_run, NULL) != 0) {
        spool_store_close(&state.store);
        return err_set(err, ERR_BUSY, NULL, "no thread for the spool");
    }
    state.is_running = true;
    gauges_set();
    return true;
}

void spool_stop(void)
{
    if (!state.is_running)
        return;
    pthread_mutex_lock(&state.lock);
    state.is_stopping = true;
    pthread_cond_signal(&state.wanted);
    pthread_mutex_unlock(&state.lock);
    (void)pthread_join(state.thread, NULL);   /* it is ours and joinable */
    (void)pthread_cond_destroy(&state.wanted);
    (void)pthread_cond_destroy(&state.forgotten);
    spool_store_close(&state.store);
    state.is_running = false;
}
