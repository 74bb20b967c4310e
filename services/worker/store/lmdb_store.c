#include "store/store.h"

#include "io/clock.h"
#include "store/layers.h"
#include "store/lmdb_private.h"
#include "store/meta.h"
#include "store/overlay.h"
#include "store/replay.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { OPENING_MAX_BYTES = 16 * 1024 * 1024 }; /* of rows, while the meta table is read and a migration writes */

bool lmdb_err(struct store *store, int code, const char *doing, struct err *err)
{
    return lmdb_env_err(&store->env, code, doing, err);
}

/* --- the folder --- */

static bool make_folder(const char *path, struct err *err)
{
    char part[512];
    size_t n = strlen(path);
    if (n == 0 || n >= sizeof part)
        return err_set(err, ERR_INPUT, "STORE_URL", "has a path of %zu bytes; 1 to %zu are allowed", n,
                       sizeof part - 1);
    for (size_t i = 1; i <= n; i++) {
        if (path[i] != '/' && path[i] != '\0')
            continue;
        memcpy(part, path, i);
        part[i] = '\0';
        if (mkdir(part, 0700) != 0 && errno != EEXIST)
            return err_set_errno(err, ERR_INPUT, "STORE_URL", part);
    }
    return true;
}

/* A lock of our own: LMDB's serves several writers, and we promise that there is one. */
static bool lock_folder(struct store *store, const char *path, struct err *err)
{
    char name[560];
    (void)snprintf(name, sizeof name, "%s/worker.lock", path); /* path is below 512 */
    store->lock_fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (store->lock_fd < 0)
        return err_set_errno(err, ERR_INPUT, "STORE_URL", name);
    if (flock(store->lock_fd, LOCK_EX | LOCK_NB) != 0)
        return err_set(err, ERR_CONFLICT, "STORE_URL", "another worker has %s open", path);
    return true;
}

/* Beside others who only look; not beside a worker, whose pages would be taken for new ones under our eyes. */
static bool share_folder(struct store *store, const char *path, struct err *err)
{
    char name[560];
    if (snprintf(name, sizeof name, "%s/worker.lock", path) >= (int)sizeof name)
        return err_set(err, ERR_INPUT, "STORE_URL", "has too long a path");
    store->lock_fd = open(name, O_RDONLY | O_CLOEXEC);
    if (store->lock_fd >= 0 && flock(store->lock_fd, LOCK_SH | LOCK_NB) != 0)
        return err_set(err, ERR_CONFLICT, "STORE_URL", "a worker has %s open: ask it instead", path);
    return true; /* no lock file: a backup, that no worker ever had */
}

/* --- the tables --- */

static bool begin(struct store *store, struct arena *arena, bool is_write, struct txn *txn, struct err *err)
{
    *txn = (struct txn){.store = store, .arena = arena, .is_write = is_write};
    if (is_write && store->layers)
        return layers_begin(store->layers, txn, err);
    if (store->layers && !layers_await(store->layers, false, err))
        return false;
    txn->above[0] = store->look;
    return lmdb_env_begin(&store->env, is_write, &txn->mdb, err);
}

/* What a read-only store of before a table was added does not have, reads as empty. */
static bool open_tables(struct store *store, MDB_txn *mdb, bool is_write, struct err *err)
{
    for (size_t i = 0; i < TABLE_COUNT; i++) {
        int code = mdb_dbi_open(mdb, table_name((enum table)i), is_write ? MDB_CREATE : 0, &store->dbi[i]);
        store->is_missing[i] = code == MDB_NOTFOUND && !is_write;
        if (code && !store->is_missing[i])
            return lmdb_err(store, code, "opening a table", err);
    }
    return true;
}

/* LMDB's own file is opened anew, by the applier: what the store says of itself has not changed, and other threads are reading it. */
static bool open_again(struct store *store, MDB_txn *mdb, bool is_write, struct err *err)
{
    bool ok = open_tables(store, mdb, is_write, err);
    int code = ok ? mdb_txn_commit(mdb) : 0; /* of a read, too: only then do its tables' handles stay */
    if (!ok)
        mdb_txn_abort(mdb);
    return ok && (code == 0 || lmdb_err(store, code, "opening", err));
}

/* One transaction for tables, what the journal holds, meta and migration: a store that is refused, or whose opening fails, is as it was. */
static bool open_contents(struct lmdb_env *env, void *owner, bool is_write, struct err *err)
{
    struct store *store = owner;
    struct arena arena;
    struct txn txn = {.store = store, .arena = &arena, .is_write = is_write, .now_ms = clock_wall_ms()};
    int code = mdb_txn_begin(env->mdb, NULL, is_write ? 0 : MDB_RDONLY, &txn.mdb);
    if (code)
        return lmdb_err(store, code, "opening", err);
    if (store->layers)
        return open_again(store, txn.mdb, is_write, err);
    arena_init(&arena, OPENING_MAX_BYTES);
    meta_release(&store->meta);
    bool ok = open_tables(store, txn.mdb, is_write, err) && (!is_write || replay_into_txn(&txn, err)) &&
              meta_open(&txn, &store->meta, err) && (!is_write || tenant_flush(&txn, err));
    if (ok) {
        code = mdb_txn_commit(txn.mdb); /* of a read, too, as above */
        ok = code ? lmdb_err(store, code, "opening", err) : true;
    } else {
        mdb_txn_abort(txn.mdb);
    }
    arena_release(&arena);
    if (is_write)
        tenant_forget(store);
    return ok;
}

/* --- open and close --- */

static struct lmdb_options options_of(struct store *store, const char *folder)
{
    return (struct lmdb_options){
        .folder = folder,
        .field = "STORE_URL",
        .what = "store",
        .map_bytes = STORE_MAP_BYTES,
        .tables = TABLE_COUNT,
        .readers = STORE_READERS_MAX,
        .flags = MDB_NOTLS | MDB_NORDAHEAD,
        .open_tables = open_contents,
        .owner = store,
    };
}

const char *store_folder(const char *url)
{
    const struct str prefix = STR("lmdb:");
    return str_starts(str_of(url), prefix) ? url + prefix.n : NULL;
}

/* NULL when memory is out or the URL names no folder. */
static struct store *new_store(const char *folder, const char *url, struct err *err)
{
    struct store *store = folder ? calloc(1, sizeof *store) : NULL;
    if (store) {
        store->lock_fd = -1;
        arena_init(&store->tenant.arena, TENANT_CACHE_BYTES);
        buf_init(&store->row_bytes, ROW_MAX_BYTES);
    } else if (folder) {
        (void)err_set(err, ERR_BUSY, NULL, "out of memory"); /* NULL says it */
    } else {
        (void)err_set(err, ERR_INPUT, "STORE_URL", "\"%s\" is not a store; this version knows lmdb:FOLDER",
                      url); /* likewise */
    }
    return store;
}

bool store_open(struct store **out, const char *url, struct err *err)
{
    return store_open_limited(out, url, 0, err);
}

bool store_open_limited(struct store **out, const char *url, int64_t max_bytes, struct err *err)
{
    const char *folder = store_folder(url);
    struct store *store = new_store(folder, url, err);
    if (!store)
        return false;
    struct lmdb_options options = options_of(store, folder);
    if (max_bytes > 0)
        options.map_bytes = (size_t)max_bytes;
    if (make_folder(folder, err) && lock_folder(store, folder, err) && lmdb_env_open(&store->env, &options, err)) {
        *out = store;
        return true;
    }
    store_close(&store);
    return false;
}

bool store_start_journal(struct store *store, struct err *err)
{
    return layers_start(store, err);
}

bool store_open_to_look(struct store **out, const char *url, struct err *err)
{
    const char *folder = store_folder(url);
    struct store *store = new_store(folder, url, err);
    if (!store)
        return false;
    struct lmdb_options options = options_of(store, folder);
    options.flags |= MDB_NOLOCK;
    if (share_folder(store, folder, err) && lmdb_env_open_to_look(&store->env, &options, err) &&
        replay_to_look(store, &store->look, err)) {
        *out = store;
        return true;
    }
    store_close(&store);
    return false;
}

void store_close(struct store **store_at)
{
    struct store *store = *store_at;
    if (!store)
        return;
    layers_stop(store);
    overlay_free(store->look);
    lmdb_env_close(&store->env);
    if (store->lock_fd >= 0)
        (void)close(store->lock_fd); /* gives the lock back */
    meta_release(&store->meta);
    arena_release(&store->tenant.arena);
    buf_release(&store->row_bytes);
    free(store);
    *store_at = NULL;
}

struct id store_id(const struct store *store)
{
    return store->meta.id;
}

int64_t store_generation(const struct store *store)
{
    return store->meta.generation;
}

const struct secret *store_callback_keys(const struct store *store, size_t *n)
{
    *n = store->meta.keys_n;
    return store->meta.keys;
}

bool store_copy_to(struct store *store, int fd, struct err *err)
{
    if (store->layers && !layers_await(store->layers, true, err))
        return false;
    return lmdb_env_copy_to(&store->env, fd, err);
}

int64_t store_free_bytes(struct store *store, int64_t enough)
{
    int64_t bytes = lmdb_env_free_bytes(&store->env, enough);
    return store->layers ? max_i64(0, bytes - layers_bytes(store->layers)) : bytes;
}

int64_t store_newest(struct store *store)
{
    return store->layers ? layers_newest(store->layers) : store->newest;
}

bool store_was_full(struct store *store)
{
    return atomic_exchange(&store->env.is_full, false);
}

/* --- transactions --- */

bool store_begin_write(struct store *store, struct arena *arena, struct txn *txn, struct err *err)
{
    return begin(store, arena, true, txn, err);
}

bool store_begin_read(struct store *store, struct arena *arena, struct txn *txn, struct err *err)
{
    return begin(store, arena, false, txn, err);
}

bool store_commit(struct txn *txn, struct err *err)
{
    assert(txn->is_write);
    if (txn->is_broken)
        return err_set(err, ERR_BROKEN, NULL, "a write of this transaction failed");
    if (!tenant_flush(txn, err))
        return false;
    tenant_forget(txn->store);
    if (txn->above[0])
        return layers_commit(txn->store->layers, txn, err);
    MDB_txn *mdb = txn->mdb;
    txn->mdb = NULL;
    return lmdb_env_commit(&txn->store->env, mdb, err);
}

void store_abort(struct txn *txn)
{
    if (txn->is_write && txn->above[0])
        layers_abort(txn->store->layers, txn);
    else if (txn->mdb)
        lmdb_env_end(&txn->store->env, txn->is_write, txn->mdb);
    txn->mdb = NULL;
    if (txn->is_write)
        tenant_forget(txn->store);
}
