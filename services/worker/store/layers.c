#include "store/layers.h"

#include "io/clock.h"
#include "io/log.h"
#include "io/wait.h"
#include "metrics.h"
#include "store/lmdb_private.h"
#include "store/overlay.h"
#include "store/redo.h"
#include "store/replay.h"

#include <stdlib.h>

enum {
    APPLY_EVERY_MS = 200, /* unless somebody waits: rows that share a page are written once */
    APPLY_FROM_BYTES = LAYERS_BYTES_MAX / 4,
    BEGIN_WAIT_MS = 3000, /* for a slow LMDB */
    AWAIT_MS = 4000,
    REDO_BYTES_MAX = 1024 * 1024 * 1024,
};

struct layers {
    struct store *store;
    struct journal_owner owner;
    struct journal_block redo; /* the writer's: the block in the making */

    pthread_t thread;
    pthread_mutex_t lock; /* guards all below */
    pthread_cond_t changed;
    struct overlay *active; /* the writer's while is_in_batch */
    struct overlay *frozen; /* on its way into LMDB: nobody writes it */
    struct journal files[JOURNAL_FILES];
    int file;            /* of `active`; the other one is of `frozen` */
    int64_t sequence;    /* of the newest block */
    int64_t frozen_to;   /* the newest of `frozen` */
    _Atomic int64_t durable; /* = sequence, for those without the lock */
    _Atomic int64_t applied; /* the newest that LMDB has */
    int64_t began_at_ms; /* the last generation's way into LMDB */
    int64_t wakes_at_ms; /* the applier, by itself */
    int waiting;         /* reads */
    int soiled;          /* files that may hold what was erased */
    bool is_in_batch, has_rows, is_stopping;
    bool is_on_its_way;  /* `frozen` */
    bool is_done;        /* it is in LMDB; whoever finds no batch running lets it go */
    struct err why;      /* LMDB took nothing; ERR_NONE: it did */
    bool was_full;
};

/* --- generations: all with the lock ------------------------------------------------------------------------------- */

static bool is_due(const struct layers *l)
{
    return l->waiting > 0 || l->is_stopping || overlay_bytes(l->active) >= APPLY_FROM_BYTES ||
           l->files[l->file].has_failed || clock_boot_ms() >= l->began_at_ms + APPLY_EVERY_MS;
}

/* What is in LMDB is let go; its file is free for the next generation. */
static void let_go(struct layers *l)
{
    struct err err;
    struct journal *file = &l->files[!l->file];
    if (overlay_count(l->frozen, TABLE_ERASED) + overlay_count(l->frozen, TABLE_ERASURE) > 0)
        l->soiled = JOURNAL_FILES;
    overlay_clear(l->frozen);
    journal_rewind(file);
    if (!file->has_failed && l->soiled == 0)
        return;
    if (!journal_renew(file, &err)) /* it stays failed, and is tried again when it is next in use */
        log_event(LOG_ERROR, "store.journal_failed", F_ERR(&err));
    else if (l->soiled > 0)
        l->soiled--;
    /* the other one holds what is to come, or nothing but what is over */
    if (l->soiled == 1 && !l->has_rows && journal_renew(&l->files[l->file], &err))
        l->soiled = 0;
}

/* The applier gets what was committed, if it is free and the time has come. A batch that runs may be reading both generations. */
static void turn_over(struct layers *l)
{
    if (l->is_in_batch)
        return;
    if (l->is_done) {
        let_go(l);
        l->is_done = l->is_on_its_way = false;
        pthread_cond_broadcast(&l->changed);
    }
    if (!l->has_rows && overlay_bytes(l->active) >= APPLY_FROM_BYTES)
        overlay_clear(l->active); /* all of it was undone, and nothing else would ever take it away */
    if (l->is_on_its_way || !l->has_rows || !is_due(l))
        return;
    struct overlay *rows = l->active;
    l->active = l->frozen;
    l->frozen = rows;
    l->file = !l->file;
    l->frozen_to = l->sequence;
    l->has_rows = false;
    l->is_on_its_way = true;
    pthread_cond_broadcast(&l->changed);
}

/* --- the writer --------------------------------------------------------------------------------------------------- */

static bool is_failing(const struct layers *l)
{
    return l->why.kind != ERR_NONE;
}

/* A file that failed is never written again: the next generation has the other one, or this one made anew. */
static bool has_file(struct layers *l, struct err *err)
{
    struct journal *file = &l->files[l->file];
    if (!file->has_failed)
        return true;
    if (l->has_rows)
        return err_set(err, ERR_BUSY, NULL, "the store's journal cannot be written");
    if (journal_renew(file, err))
        return true;
    if (file->is_full)
        l->store->env.is_full = true;
    return false;
}

static bool refuse(struct layers *l, struct err *err)
{
    *err = l->why;
    if (l->was_full)
        l->store->env.is_full = true;
    return false;
}

bool layers_begin(struct layers *l, struct txn *txn, struct err *err)
{
    const int64_t until_us = clock_boot_us() + BEGIN_WAIT_MS * 1000;
    pthread_mutex_lock(&l->lock);
    turn_over(l);
    while ((overlay_bytes(l->active) > LAYERS_BYTES_MAX || (l->files[l->file].has_failed && l->has_rows)) &&
           !is_failing(l) && wait_until(&l->changed, &l->lock, until_us))
        turn_over(l);
    bool ok = is_failing(l) ? refuse(l, err) : has_file(l, err);
    if (ok && overlay_bytes(l->active) > LAYERS_BYTES_MAX)
        ok = err_set(err, ERR_BUSY, NULL, "the store's disk is too slow");
    if (ok && !journal_begin(&l->redo))
        ok = err_set(err, ERR_BUSY, NULL, "out of memory");
    ok = ok && lmdb_env_begin(&l->store->env, false, &txn->mdb, err);
    l->is_in_batch = ok;
    if (ok) {
        txn->above[0] = l->active;
        txn->above[1] = l->frozen;
    }
    pthread_mutex_unlock(&l->lock);
    return ok;
}

enum ending { THROWN_AWAY, UNCHANGED, COMMITTED };

static void end(struct layers *l, struct txn *txn, enum ending ending)
{
    lmdb_env_end(&l->store->env, false, txn->mdb);
    txn->mdb = NULL;
    txn->above[0] = txn->above[1] = NULL;
    if (ending == COMMITTED)
        overlay_keep(l->active);
    else
        overlay_undo(l->active);
    pthread_mutex_lock(&l->lock);
    l->is_in_batch = false;
    if (ending == COMMITTED) {
        atomic_store(&l->durable, ++l->sequence);
        l->has_rows = true;
    }
    turn_over(l);
    if (l->has_rows && !l->is_on_its_way && l->wakes_at_ms > l->began_at_ms + APPLY_EVERY_MS)
        pthread_cond_broadcast(&l->changed); /* the applier: they will be due */
    pthread_mutex_unlock(&l->lock);
}

bool layers_put(struct layers *l, enum table table, struct str key, const struct str *value, struct err *err)
{
    if (overlay_put(l->active, table, key, value) && redo_add(&l->redo.bytes, table, key, value) &&
        journal_added(&l->redo))
        return true;
    return err_set(err, ERR_BUSY, NULL, "out of memory");
}

bool layers_commit(struct layers *l, struct txn *txn, struct err *err)
{
    struct journal *file = &l->files[l->file];
    bool is_empty = journal_is_empty(&l->redo);
    bool ok = is_empty || journal_append(file, &l->owner, l->sequence + 1, &l->redo, err);
    if (!ok && file->is_full)
        l->store->env.is_full = true;
    end(l, txn, !ok ? THROWN_AWAY : is_empty ? UNCHANGED : COMMITTED);
    return ok;
}

void layers_abort(struct layers *l, struct txn *txn)
{
    if (txn->mdb)
        end(l, txn, THROWN_AWAY);
}

int64_t layers_newest(const struct layers *l)
{
    return atomic_load(&l->durable);
}

/* --- reads -------------------------------------------------------------------------------------------------------- */

bool layers_await(struct layers *l, bool wants_all, struct err *err)
{
    const int64_t target = atomic_load(&l->durable);
    if (atomic_load(&l->applied) >= target)
        return true;
    const int64_t until_us = clock_boot_us() + AWAIT_MS * INT64_C(1000);
    pthread_mutex_lock(&l->lock);
    l->waiting++;
    turn_over(l);
    pthread_cond_broadcast(&l->changed);
    while (atomic_load(&l->applied) < target && !is_failing(l) && wait_until(&l->changed, &l->lock, until_us))
        continue;
    l->waiting--;
    bool ok = atomic_load(&l->applied) >= target || (is_failing(l) && !wants_all);
    if (!ok && is_failing(l))
        *err = l->why;
    else if (!ok)
        (void)err_set(err, ERR_BUSY, NULL, "the store is behind what was written: ask again"); /* false below */
    pthread_mutex_unlock(&l->lock);
    return ok;
}

int64_t layers_bytes(struct layers *l)
{
    pthread_mutex_lock(&l->lock);
    int64_t bytes = (int64_t)(overlay_bytes(l->active) + overlay_bytes(l->frozen));
    pthread_mutex_unlock(&l->lock);
    return bytes;
}

/* --- the applier -------------------------------------------------------------------------------------------------- */

struct applying {
    struct txn *txn;
    struct err *err;
};

static bool row_into_txn(void *context, size_t table, const struct overlay_row *row)
{
    struct applying *a = context;
    return row_put_bytes(a->txn, (enum table)table, row->key, row->is_deleted ? NULL : &row->value, a->err);
}

/* One transaction of LMDB. Nobody writes `frozen` meanwhile. */
static bool apply(struct layers *l, struct arena *arena, struct err *err)
{
    struct txn txn = {.store = l->store, .arena = arena, .is_write = true};
    struct applying applying = {&txn, err};
    const int64_t began_us = clock_boot_us();
    if (!lmdb_env_begin(&l->store->env, true, &txn.mdb, err))
        return false;
    bool ok = overlay_each(l->frozen, row_into_txn, &applying) && journal_sequence_put(&txn, l->frozen_to, err);
    if (ok)
        ok = lmdb_env_commit(&l->store->env, txn.mdb, err);
    else
        lmdb_env_end(&l->store->env, true, txn.mdb);
    metric_observe_us(&metric_applied, clock_boot_us() - began_us);
    return ok;
}

static void note(struct layers *l, bool is_applied, const struct err *err)
{
    if (is_applied != is_failing(l))
        ; /* as before */
    else if (is_applied)
        log_event(LOG_INFO, "store.applies_again");
    else
        log_event(LOG_ERROR, "store.apply_failed", F_ERR(err));
    l->was_full = !is_applied && (l->was_full || l->store->env.is_full); /* the writer may have asked meanwhile */
    l->why = is_applied ? (struct err){0} : *err;
}

/* While a batch runs there is nothing to do: who ends it turns the generations over. */
static void wait_for_work(struct layers *l)
{
    bool is_soon = l->has_rows && !l->is_in_batch && !l->is_on_its_way;
    l->wakes_at_ms = is_soon ? l->began_at_ms + APPLY_EVERY_MS : INT64_MAX / 1000;
    if (is_soon)
        (void)wait_until(&l->changed, &l->lock, l->wakes_at_ms * 1000); /* looked at anew in any case */
    else
        (void)pthread_cond_wait(&l->changed, &l->lock); /* cannot fail */
}

static void *applier_thread(void *context)
{
    struct layers *l = context;
    struct arena arena;
    arena_init(&arena, 1024 * 1024);
    pthread_mutex_lock(&l->lock);
    for (;;) {
        struct err err;
        turn_over(l);
        if (!l->is_on_its_way && l->is_stopping)
            break;
        if (!l->is_on_its_way || l->is_done) {
            wait_for_work(l);
            continue;
        }
        l->began_at_ms = clock_boot_ms();
        pthread_mutex_unlock(&l->lock);
        bool ok = apply(l, &arena, &err);
        arena_reset(&arena);
        pthread_mutex_lock(&l->lock);
        note(l, ok, &err);
        l->is_done = ok;
        if (ok)
            atomic_store(&l->applied, l->frozen_to);
        pthread_cond_broadcast(&l->changed);
        if (!ok && l->is_stopping)
            break; /* the journal has it */
        const int64_t again_us = clock_boot_us() + LAYERS_RETRY_MS * 1000;
        while (!ok && !l->is_stopping && wait_until(&l->changed, &l->lock, again_us))
            continue; /* whoever reads meanwhile makes it no sooner */
    }
    pthread_mutex_unlock(&l->lock);
    arena_release(&arena);
    return NULL;
}

/* --- start and stop ----------------------------------------------------------------------------------------------- */

static void release(struct layers *l)
{
    for (int i = 0; i < JOURNAL_FILES; i++)
        journal_close(&l->files[i]);
    overlay_free(l->active);
    overlay_free(l->frozen);
    journal_block_release(&l->redo);
    (void)pthread_cond_destroy(&l->changed); /* nobody waits, nobody holds it */
    (void)pthread_mutex_destroy(&l->lock);
    free(l);
}

bool layers_start(struct store *store, struct err *err)
{
    struct layers *l = calloc(1, sizeof *l);
    if (!l)
        return err_set(err, ERR_BUSY, NULL, "out of memory");
    l->store = store;
    l->sequence = store->newest;
    atomic_store(&l->durable, l->sequence);
    atomic_store(&l->applied, l->sequence);
    l->owner = store_owner(store);
    l->active = overlay_new(TABLE_COUNT);
    l->frozen = overlay_new(TABLE_COUNT);
    wait_init(&l->changed);
    (void)pthread_mutex_init(&l->lock, NULL); /* cannot fail without attributes */
    bool ok = (journal_block_init(&l->redo, REDO_BYTES_MAX) && l->active && l->frozen) ||
              err_set(err, ERR_BUSY, NULL, "out of memory");
    for (int i = 0; i < JOURNAL_FILES; i++)
        l->files[i].fd = -1;
    for (int i = 0; i < JOURNAL_FILES && ok; i++)
        ok = journal_open(&l->files[i], store->env.folder, i, err);
    store->layers = ok ? l : NULL; /* the thread looks at it */
    if (ok && pthread_create(&l->thread, NULL, applier_thread, l) != 0)
        ok = err_set(err, ERR_BUSY, NULL, "no thread for the applier");
    if (ok)
        return true;
    store->layers = NULL;
    release(l);
    return false;
}

void layers_stop(struct store *store)
{
    struct layers *l = store->layers;
    if (!l)
        return;
    pthread_mutex_lock(&l->lock);
    l->is_stopping = true;
    pthread_cond_broadcast(&l->changed);
    pthread_mutex_unlock(&l->lock);
    pthread_join(l->thread, NULL);
    for (int i = 0; i < JOURNAL_FILES && atomic_load(&l->applied) == l->sequence; i++)
        journal_remove(&l->files[i]);
    store->layers = NULL;
    release(l);
}
