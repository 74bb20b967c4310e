#include "reports.h"

#include "io/clock.h"
#include "io/log.h"

#include <pthread.h>
#include <stdlib.h>

enum {
    TAKE_MAX = 16,                          /* batches of ingress's at once */
    REPORTS_MAX = 4096,                     /* reports in one batch of ours; a frame that has more is refused */
    /* decoded: a full frame of short reports takes about eight times its size */
    BATCH_MAX_BYTES = 64 * 1024 * 1024,
    WAIT_MS = 200,                          /* how soon it sees that it is to stop */
    COMMIT_MS = 4000,                       /* for the worker's commit: Plivo waits 8 s for ingress */
};

struct reports {
    struct bus_server *server;
    struct bus_client *worker;
    pthread_t thread;
    _Atomic bool is_stopping;
};

/* Ingress's batch, what is passed on of it, and the answers to both. */
struct batch {
    struct raw_report_batch raw;
    struct report_event *events;
    size_t *place; /* events[i] is raw.reports.v[place[i]] */
    size_t n;
    struct event_answer *answers; /* as many as raw has */
};

static bool batch_new(struct batch *batch, struct arena *arena, struct err *err)
{
    size_t n = batch->raw.reports.n;
    if (n > REPORTS_MAX)
        return err_set(err, ERR_TOO_BIG, "reports", "are more than %d", REPORTS_MAX);
    batch->events = arena_alloc_array(arena, n, sizeof *batch->events);
    batch->place = arena_alloc_array(arena, n, sizeof *batch->place);
    batch->answers = arena_alloc_array(arena, n, sizeof *batch->answers);
    return !arena_is_full(arena) || arena_err(arena, err);
}

/* What cannot be read is answered at once; the rest is to be passed on. False: no room. */
static bool read_all(struct batch *batch, struct arena *arena, struct err *err)
{
    for (size_t i = 0; i < batch->raw.reports.n; i++) {
        struct err why;
        if (report_read(&batch->raw.reports.v[i], arena, &batch->events[batch->n], &why)) {
            batch->place[batch->n++] = i;
            continue;
        }
        if (arena_is_full(arena))
            return arena_err(arena, err);
        batch->answers[i].result = EVENT_QUARANTINED;
        metric_add(&metric_reports_malformed, 1);
        log_event(LOG_WARN, "report.malformed", F_ERR(&why));
    }
    return true;
}

static bool pass_on(struct reports *reports, struct batch *batch, struct arena *arena, struct err *err)
{
    if (batch->n == 0)
        return true;
    struct report_batch out = { 0 };
    struct event_answers answers = { 0 };
    out.reports.v = batch->events;
    out.reports.n = batch->n;
    if (!bus_call(reports->worker, OP_report, NULL, &out, arena, &answers, NULL, COMMIT_MS, err))
        return false;
    if (answers.answers.n != batch->n)
        return err_set(err, ERR_BROKEN, NULL, "the worker answered %zu of %zu reports", answers.answers.n, batch->n);
    for (size_t i = 0; i < batch->n; i++)
        batch->answers[batch->place[i]] = answers.answers.v[i];
    metric_add(&metric_reports, (int64_t)batch->n);
    return true;
}

static bool serve(struct reports *reports, const struct bus_request *rq, struct arena *arena, struct event_answers *out,
                  struct err *err)
{
    struct batch batch = { 0 };
    if (rq->operation != OP_raw_report)
        return err_set(err, ERR_MISSING, "operation", "is not one of the sender's: raw_report");
    if (!record_decode(&raw_report_batch_record, rq->body, arena, &batch.raw, err) || !batch_new(&batch, arena, err) ||
        !read_all(&batch, arena, err) || !pass_on(reports, &batch, arena, err))
        return false;
    out->answers.v = batch.answers;
    out->answers.n = batch.raw.reports.n;
    return true;
}

static void answer(struct reports *reports, struct bus_request *rq, struct arena *arena)
{
    struct event_answers answers = { 0 };
    struct err err;
    int64_t taken_us = clock_boot_us();
    arena_reset(arena);
    if (serve(reports, rq, arena, &answers, &err)) {
        bus_server_reply(reports->server, rq, &answers, NULL);
        metric_observe_us(&metric_report, clock_boot_us() - taken_us);
    } else {
        metric_add(&metric_reports_refused, 1);
        log_event(LOG_WARN, "report.not_taken", F_ERR(&err));
        bus_server_refuse(reports->server, rq, &err);
    }
    bus_request_free(rq);
}

static void *reports_thread(void *arg)
{
    struct reports *reports = arg;
    struct bus_request *taken[TAKE_MAX];
    AUTO(arena_release) struct arena arena;
    arena_init(&arena, BATCH_MAX_BYTES);
    while (!atomic_load_explicit(&reports->is_stopping, memory_order_relaxed)) {
        size_t n = bus_server_take(reports->server, WAIT_MS, taken, TAKE_MAX);
        for (size_t i = 0; i < n; i++)
            answer(reports, taken[i], &arena);
    }
    return NULL;
}

bool reports_start(struct reports **out, const struct sender_config *config, struct bus_client *worker, struct err *err)
{
    struct reports *reports = calloc(1, sizeof *reports);
    if (!reports)
        return err_set(err, ERR_BUSY, NULL, "out of memory");
    reports->worker = worker;
    struct str endpoint = config_endpoint(config->sender_endpoint, config->run_dir, "sender.sock");
    if (!bus_server_open(&reports->server, endpoint.p, err)) {
        free(reports);
        return false;
    }
    if (pthread_create(&reports->thread, NULL, reports_thread, reports) != 0) {
        bus_server_close(&reports->server);
        free(reports);
        return err_set(err, ERR_BUSY, NULL, "no thread for the reports");
    }
    *out = reports;
    return true;
}

void reports_stop(struct reports **reports_at)
{
    struct reports *reports = *reports_at;
    if (!reports)
        return;
    atomic_store(&reports->is_stopping, true);
    (void)pthread_join(reports->thread, NULL); /* it runs, and nobody else joins it */
    bus_server_close(&reports->server);
    free(reports);
    *reports_at = NULL;
}
