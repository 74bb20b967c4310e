#include "loop.h"

#include "answers.h"
#include "apply/campaign_tick.h"
#include "apply/clock_back.h"
#include "apply/quarantine.h"
#include "apply/rule_cache.h"
#include "apply/settings_cache.h"
#include "aside.h"
#include "config.h"
#include "front.h"
#include "io/chance.h"
#include "io/clock.h"
#include "io/log.h"
#include "io/time_zone.h"
#include "metrics.h"
#include "newest.h"
#include "room.h"
#include "teller.h"

#include <stdlib.h>

enum {
    BATCH_MAX = 512,                         /* requests of one transaction */
    TICK_MS = 200,                           /* time's own work is looked for this often */
    REQUEST_BYTES_MAX = 64 * 1024 * 1024,    /* memory of one request: a full bus frame decoded, and its rows */
    TOLD_RESERVE = TOLD_MAX / 4,             /* a batch ends when less room for events is left */
    MIB = 1024 * 1024,
    DRIFT_MS = 5000,                         /* design.md section 4: the clocks drifted apart */
    DISTRUST_US = 60 * 1000 * 1000,
};

/* What a request is stamped with: applying it is a function of this and the store. */
struct stamp {
    int64_t now_ms;
    int64_t boot_us;
    uint8_t chance[16];
};

struct store *the_store;
static pthread_t thread;
static struct settings settings;
static struct arena arena;
static struct told *told;
static int64_t clocks_apart_ms; /* wall minus boot, when last looked */
static bool is_redating = true;  /* the clock may have gone back, while we were away or just now: clock_back.h */

/* --- one request --- */

static bool event_head(struct txn *txn, int64_t tenant, int64_t *out, struct err *err)
{
    struct tenant_row row;
    bool found = false;
    if (tenant && !tenant_get(txn, tenant, &row, &found, err))
        return false;
    *out = found ? row.event_head : 0;
    return true;
}

static bool apply_one(struct txn *txn, struct work *work, struct err *err)
{
    const struct bus_request *rq = work->rq;
    const struct operation_row *operation = operation_row(rq->operation);
    const struct apply_row *row = apply_row(rq->operation);
    if (!row->apply)
        return err_set(err, ERR_MISSING, "operation", "%s is not the worker's", operation->name);
    buf_clear(&work->reply);
    work->info = (struct bus_reply_info){0};
    bool keeps = row->keeps_answer && id_is_set(rq->operation_id);
    bool is_known = false;
    if (keeps && !earlier_answer(txn, work, &is_known, err))
        return false;
    if (!is_known) {
        if (!room_admits(row->need, err))
            return false;
        void *request = arena_alloc(txn->arena, operation->request->size);
        void *reply = arena_alloc(txn->arena, operation->reply->size);
        if (!request || !reply)
            return arena_err(txn->arena, err);
        record_init(operation->reply, reply);
        bool is_aside;
        if (!record_decode(operation->request, rq->body, txn->arena, request, err) ||
            !quarantine_apply(txn, rq, &settings, request, reply, &is_aside, err))
            return false;
        if (is_aside) {
            (void)err_set(err, ERR_BROKEN, NULL, "this request stopped the worker twice and was put aside");
            work_refuse(work, err); /* the note of it is committed, nothing else */
            return true;
        }
        if (!record_encode(operation->reply, reply, &work->reply))
            return err_set(err, ERR_TOO_BIG, NULL, "the answer is over %d bytes", REPLY_MAX_BYTES);
        if (keeps && !keep_answer(txn, work, err))
            return false;
    }
    return event_head(txn, rq->tenant, &work->info.event_id, err);
}

static void stamp_make(struct stamp *stamp)
{
    stamp->now_ms = clock_wall_ms();
    stamp->boot_us = clock_boot_us();
    chance_bytes(stamp->chance, sizeof stamp->chance);
}

static void stamp_put(struct txn *txn, const struct stamp *stamp, struct str actor)
{
    txn->now_ms = stamp->now_ms;
    txn->boot_us = stamp->boot_us;
    txn->chance = stamp->chance;
    txn->chance_used = 0;
    txn->actor = actor;
    txn->prices = NULL;
    txn_mark(txn);
    arena_reset(txn->arena);
}

static void look_at_clocks(void)
{
    int64_t apart_ms = clock_wall_ms() - clock_boot_ms();
    int64_t drift_ms = apart_ms - clocks_apart_ms;
    clocks_apart_ms = apart_ms;
    if (drift_ms >= -DRIFT_MS && drift_ms <= DRIFT_MS)
        return;
    settings.distrust_until_us = clock_boot_us() + DISTRUST_US;
    is_redating = true;
    metric_add(&metric_clock_jumps, 1);
    log_event(LOG_ERROR, "worker.clock_jumped", F_MS("by", drift_ms));
}

/* --- a batch --- */

struct batch {
    struct work **works;
    const struct stamp *stamps;
    size_t n;       /* of the batch */
    size_t done;    /* applied, or refused, by this transaction */
};

/* Applies from the first on. False: the transaction must go, *failed is the one that spoiled it (or n: the store itself). */
static bool apply_all(struct txn *txn, struct batch *batch, size_t *failed, struct err *err)
{
    for (batch->done = 0; batch->done < batch->n; batch->done++) {
        struct work *work = batch->works[batch->done];
        if (work->is_refused)
            continue;
        if (txn->told_n > TOLD_MAX - TOLD_RESERVE)
            return true; /* the rest is the next transaction's */
        stamp_put(txn, &batch->stamps[batch->done], work->rq->actor);
        size_t told_before = txn->told_n;
        if (apply_one(txn, work, err))
            continue;
        *failed = txn->is_broken ? batch->n : batch->done;
        if (txn->is_broken || txn->is_dirty)
            return false;
        txn->told_n = told_before;
        work_refuse(work, err); /* it wrote nothing: the others need not know */
    }
    return true;
}

static void refuse_from(struct batch *batch, size_t from, const struct err *err)
{
    for (size_t i = from; i < batch->n; i++)
        if (!batch->works[i]->is_refused)
            work_refuse(batch->works[i], err);
    batch->done = batch->n;
}

/* After an aborted transaction: what it had written may have been read into them. */
static void forget_caches(void)
{
    rule_cache_forget(settings.rules);
    settings_cache_forget(settings.tenants);
}

/* One transaction. True: what it did is committed. */
static bool run_transaction(struct batch *batch, struct txn *txn, struct err *err)
{
    for (;;) {
        size_t failed = 0;
        if (!store_begin_write(the_store, &arena, txn, err))
            return false;
        txn->told = told;
        aside_begin(txn);
        if (apply_all(txn, batch, &failed, err)) {
            int64_t began_us = clock_boot_us();
            bool ok = aside_commit(txn, err);
            metric_observe_us(&metric_commit, clock_boot_us() - began_us);
            if (ok)
                newest_note(the_store);
            return ok;
        }
        store_abort(txn);
        if (failed == batch->n)
            return false;
        /* it failed half-way: without it the others are applied anew, from the same stamps */
        forget_caches();
        metric_add(&metric_redone, 1);
        work_refuse(batch->works[failed], err);
    }
}

static void run_batch(struct work **works, size_t n)
{
    struct stamp stamps[BATCH_MAX];
    struct batch batch = {works, stamps, n, 0};
    struct err err;
    struct txn txn = {0};
    look_at_clocks(); /* before the stamps: a clock that jumped since the last tick grants nothing either */
    for (size_t i = 0; i < n; i++)
        stamp_make(&stamps[i]);
    settings.room = room_look(the_store);
    while (batch.n > 0) {
        int64_t began_us = clock_boot_us();
        if (run_transaction(&batch, &txn, &err)) {
            metric_add(&metric_commits, 1);
            room_told(true, store_was_full(the_store), &err);
            teller_tell(txn.told, txn.told_n, txn.wakes_sender);
        } else {
            room_told(false, store_was_full(the_store), &err);
            forget_caches();
            refuse_from(&batch, 0, &err);
        }
        store_abort(&txn);
        metric_observe_us(&metric_batch, clock_boot_us() - began_us);
        for (size_t i = 0; i < batch.done; i++)
            front_answer(batch.works[i]);
        batch = (struct batch){batch.works + batch.done, batch.stamps + batch.done, batch.n - batch.done, 0};
    }
}

/* --- time's own work --- */

typedef bool tick_function(struct txn *txn, const struct settings *settings, struct err *err);

static void tick_one(tick_function *work)
{
    struct stamp stamp;
    struct txn txn;
    struct err err;
    stamp_make(&stamp);
    if (!store_begin_write(the_store, &arena, &txn, &err)) {
        room_told(false, store_was_full(the_store), &err);
        return;
    }
    txn.told = told;
    aside_begin(&txn);
    stamp_put(&txn, &stamp, STR("system"));
    bool ok = work(&txn, &settings, &err);
    if (ok && txn.is_dirty) {
        ok = aside_commit(&txn, &err);
        if (ok) {
            newest_note(the_store);
            teller_tell(txn.told, txn.told_n, txn.wakes_sender);
        }
        room_told(ok, store_was_full(the_store), &err);
    } else if (!ok) {
        log_event(LOG_ERROR, "worker.tick_failed", F_ERR(&err));
    }
    store_abort(&txn);
}

static bool date_anew(struct txn *txn, const struct settings *now, struct err *err)
{
    bool is_done = false;
    if (now->distrust_until_us > txn->boot_us)
        return true; /* which clock is right has yet to show */
    bool ok = clock_back_outbox(txn, &is_done, err);
    is_redating = !is_done; /* done: nothing was written that a commit could lose */
    return ok;
}

/* Apart, so that a campaign that cannot go on keeps nothing else from its time. */
static void tick(void)
{
    look_at_clocks();
    settings.room = room_look(the_store);
    aside_tick();
    tick_one(tick_apply);
    if (is_redating)
        tick_one(date_anew);
    tick_one(campaigns_tick);
}

static void *writer_thread(void *unused)
{
    (void)unused;
    struct work *taken[BATCH_MAX];
    int64_t ticked_at = 0;
    suspects_watch();
    for (;;) {
        size_t n = queue_take(&writes, TICK_MS, taken, COUNT(taken));
        if (n)
            run_batch(taken, n);
        else if (queue_is_closed(&writes))
            break;
        if (clock_boot_ms() - ticked_at >= TICK_MS) {
            tick();
            ticked_at = clock_boot_ms();
        }
    }
    suspects_unwatch();
    return NULL;
}

/* --- open, start, stop --- */

static bool bootstrap(const struct worker_config *config, struct err *err)
{
    struct stamp stamp;
    struct txn txn;
    stamp_make(&stamp);
    if (!store_begin_write(the_store, &arena, &txn, err))
        return false;
    txn.told = told;
    stamp_put(&txn, &stamp, STR("system"));
    bool ok = bootstrap_apply(&txn, config->from_number, config->inline_replies, config->bulk_hours, err) &&
              store_commit(&txn, err);
    store_abort(&txn);
    return ok;
}

static bool open_store(const struct worker_config *config, struct err *err)
{
    room_open(config->store_reserve_mb * MIB);
    return store_open_limited(&the_store, config->store_url.p, config->store_max_mb * MIB, err) &&
           newest_open(store_folder(config->store_url.p), the_store, err) && store_start_journal(the_store, err);
}

bool loop_open(const void *config_values, struct err *err)
{
    const struct worker_config *config = config_values;
    if (!time_zone_load(err))
        return false;
    settings = (struct settings){
        .number_rate = config->number_rate,
        .account_rate = config->account_rate,
        .confirm_after_ms = config->confirm_after_ms,
        .unconfirmed_max_ms = config->unconfirmed_max_ms,
        .silence_ms = config->silence_ms,
        .event_days = config->event_days,
        .aside_days = config->aside_days,
        .rules = rule_cache_new(),
        .tenants = settings_cache_new(),
    };
    arena_init(&arena, REQUEST_BYTES_MAX);
    told = calloc(TOLD_MAX, sizeof *told);
    clocks_apart_ms = clock_wall_ms() - clock_boot_ms();
    bool has_memory = told && settings.rules && settings.tenants;
    if (has_memory && open_store(config, err) && aside_open(config, the_store, err) && bootstrap(config, err)) {
        suspects_open(store_folder(config->store_url.p));
        return true;
    }
    if (!has_memory)
        (void)err_set(err, ERR_BUSY, NULL, "out of memory"); /* false below */
    loop_close();
    return false;
}

void loop_close(void)
{
    suspects_close();
    newest_close();
    aside_close();
    store_close(&the_store);
    rule_cache_free(settings.rules);
    settings.rules = NULL;
    settings_cache_free(settings.tenants);
    settings.tenants = NULL;
    arena_release(&arena);
    free(told);
    told = NULL;
}

bool loop_start(const void *config, struct err *err)
{
    (void)config;
    if (pthread_create(&thread, NULL, writer_thread, NULL) == 0)
        return true;
    return err_set(err, ERR_BUSY, NULL, "no thread for the writer");
}

void loop_stop(void)
{
    queue_close(&writes);
    pthread_join(thread, NULL);
}
