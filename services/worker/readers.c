#include "readers.h"

#include "config.h"
#include "front.h"
#include "io/clock.h"
#include "io/log.h"
#include "loop.h"
#include "metrics.h"
#include "query/query.h"

enum { READERS_MAX = 64, WAIT_MS = 500, QUERY_BYTES_MAX = 32 * 1024 * 1024 };

static pthread_t threads[READERS_MAX];
static size_t thread_n;
static struct settings settings; /* const after start */

static bool answer(struct txn *txn, struct work *work, struct err *err)
{
    const struct bus_request *rq = work->rq;
    const struct operation_row *operation = operation_row(rq->operation);
    query_function *query = query_find(rq->operation);
    struct tenant_row tenant;
    bool found = false;
    if (!query)
        return err_set(err, ERR_MISSING, "operation", "%s is not the worker's", operation->name);
    void *request = arena_alloc(txn->arena, operation->request->size);
    void *reply = arena_alloc(txn->arena, operation->reply->size);
    if (!request || !reply)
        return arena_err(txn->arena, err);
    record_init(operation->reply, reply);
    if (rq->tenant && !tenant_get(txn, rq->tenant, &tenant, &found, err))
        return false;
    work->info.event_id = found ? tenant.event_head : 0;
    if (!record_decode(operation->request, rq->body, txn->arena, request, err) ||
        !query(txn, rq->tenant, &settings, request, reply, err))
        return false;
    if (!record_encode(operation->reply, reply, &work->reply))
        return err_set(err, ERR_TOO_BIG, NULL, "the answer is over %d bytes; ask for less", REPLY_MAX_BYTES);
    return true;
}

static void serve(struct work *work, struct arena *arena)
{
    struct err err;
    struct txn txn;
    int64_t began_us = clock_boot_us();
    bool ok = store_begin_read(the_store, arena, &txn, &err);
    if (ok) {
        txn.now_ms = clock_wall_ms();
        txn.boot_us = began_us;
        ok = answer(&txn, work, &err);
        store_abort(&txn);
    }
    if (!ok) {
        if (err.kind == ERR_BROKEN)
            log_event(LOG_ERROR, "worker.query_failed", F_WORD("operation", operation_row(work->rq->operation)->name),
                      F_ERR(&err));
        work_refuse(work, &err);
    }
    arena_reset(arena);
    metric_observe_us(&metric_query_time, clock_boot_us() - began_us);
    front_answer(work);
}

static void *reader_thread(void *unused)
{
    (void)unused;
    struct arena arena;
    arena_init(&arena, QUERY_BYTES_MAX);
    for (;;) {
        struct work *work;
        if (queue_take(&queries, WAIT_MS, &work, 1))
            serve(work, &arena);
        else if (queue_is_closed(&queries))
            break;
    }
    arena_release(&arena);
    return NULL;
}

bool readers_start(const void *config_values, struct err *err)
{
    const struct worker_config *config = config_values;
    settings = (struct settings){
        .number_rate = config->number_rate,
        .confirm_after_ms = config->confirm_after_ms,
        .unconfirmed_max_ms = config->unconfirmed_max_ms,
        .event_days = config->event_days,
    };
    for (thread_n = 0; thread_n < (size_t)config->readers; thread_n++)
        if (pthread_create(&threads[thread_n], NULL, reader_thread, NULL) != 0) {
            readers_stop();
            return err_set(err, ERR_BUSY, "WORKER_READERS", "no thread for reader %zu", thread_n + 1);
        }
    return true;
}

void readers_stop(void)
{
    queue_close(&queries);
    while (thread_n > 0)
        pthread_join(threads[--thread_n], NULL);
}
