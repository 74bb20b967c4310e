#include "store/store.h"

#include "io/chance.h"
#include "io/clock.h"
#include "store/lmdb_private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const TABLE_NAMES[] = {
#define X(table, name) [table] = name,
    TABLES(X)
#undef X
};

bool lmdb_err(int code, const char *what, struct err *err)
{
    switch (code) {
    case MDB_MAP_FULL:
    case ENOSPC:
    case EDQUOT:
        return err_set(err, ERR_BUSY, NULL, "the store's disk is full");
    case EROFS:
    case EACCES:
        return err_set(err, ERR_BUSY, NULL, "the store's folder cannot be written");
    case MDB_READERS_FULL:
        return err_set(err, ERR_BUSY, NULL, "too many readers of the store");
    case MDB_CORRUPTED:
    case MDB_PAGE_NOTFOUND:
    case MDB_INVALID:
        return err_set(err, ERR_BROKEN, NULL, "the store is damaged (%s: %s)", what, mdb_strerror(code));
    default:
        return err_set(err, ERR_BROKEN, NULL, "%s: %s", what, mdb_strerror(code));
    }
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

/* --- the tables --- */

static bool open_tables(struct store *store, struct err *err)
{
    MDB_txn *mdb;
    int code = mdb_txn_begin(store->env, NULL, 0, &mdb);
    if (code)
        return lmdb_err(code, "opening the store", err);
    for (size_t i = 0; i < TABLE_COUNT && code == 0; i++)
        code = mdb_dbi_open(mdb, TABLE_NAMES[i], MDB_CREATE, &store->dbi[i]);
    if (code) {
        mdb_txn_abort(mdb);
        return lmdb_err(code, "opening a table", err);
    }
    code = mdb_txn_commit(mdb);
    return code ? lmdb_err(code, "making the tables", err) : true;
}

/* --- the meta table --- */

static bool meta_get(struct txn *txn, const char *name, struct str *value, bool *found, struct err *err)
{
    return value_get(txn, TABLE_META, key_of_name(str_of(name)), value, found, err);
}

static bool meta_put_int(struct txn *txn, const char *name, int64_t v, struct err *err)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%lld", (long long)v); /* an int64 has at most 20 characters */
    return value_put(txn, TABLE_META, key_of_name(str_of(name)), str_of(text), err);
}

static bool meta_get_int(struct txn *txn, const char *name, int64_t *out, struct err *err)
{
    struct str text;
    bool found;
    if (!meta_get(txn, name, &text, &found, err))
        return false;
    if (!found || !str_to_int(text, 0, INT64_MAX, out))
        return err_set(err, ERR_BROKEN, NULL, "the store's %s is missing: it is no store of ours, or damaged", name);
    return true;
}

static bool meta_make(struct txn *txn, struct err *err)
{
    struct id id = chance_id();
    uint8_t key[32];
    chance_bytes(key, sizeof key);
    return value_put(txn, TABLE_META, key_of_name(STR("id")), str_bytes(id.b, ID_BYTES), err) &&
           value_put(txn, TABLE_META, key_of_name(STR("callback_key")), str_bytes(key, sizeof key), err) &&
           meta_put_int(txn, "generation", 1, err) && meta_put_int(txn, "rows_version", ROWS_VERSION, err);
}

static bool meta_read(struct store *store, struct txn *txn, struct err *err)
{
    struct str id;
    struct str key;
    bool found;
    int64_t version = 0;
    if (!meta_get(txn, "id", &id, &found, err))
        return false;
    if (!found && (!meta_make(txn, err) || !meta_get(txn, "id", &id, &found, err)))
        return false;
    if (!meta_get_int(txn, "rows_version", &version, err) || !meta_get_int(txn, "generation", &store->generation, err))
        return false;
    if (version != ROWS_VERSION)
        return err_set(err, ERR_CONFLICT, "STORE_URL", "the store has layout %lld, this program knows layout %d only",
                       (long long)version, ROWS_VERSION);
    if (!meta_get(txn, "callback_key", &key, &found, err))
        return false;
    if (!found || id.n != ID_BYTES || !secret_set(&store->callback_key, key))
        return err_set(err, ERR_BROKEN, "STORE_URL", "the store's id or key is missing: it is damaged");
    memcpy(store->id.b, id.p, ID_BYTES);
    return true;
}

static bool open_meta(struct store *store, struct err *err)
{
    struct arena arena;
    struct txn txn;
    arena_init(&arena, 64 * 1024);
    bool ok = store_begin_write(store, &arena, &txn, err);
    if (ok) {
        ok = meta_read(store, &txn, err) && store_commit(&txn, err);
        store_abort(&txn);
    }
    arena_release(&arena);
    return ok;
}

/* --- open and close --- */

static bool open_environment(struct store *store, const char *path, struct err *err)
{
    int code = mdb_env_create(&store->env);
    if (code)
        return lmdb_err(code, "opening the store", err);
    code = mdb_env_set_maxdbs(store->env, TABLE_COUNT);
    if (!code)
        code = mdb_env_set_maxreaders(store->env, STORE_READERS_MAX);
    if (!code)
        code = mdb_env_set_mapsize(store->env, STORE_MAP_BYTES);
    if (!code)
        code = mdb_env_open(store->env, path, MDB_NOTLS | MDB_NORDAHEAD, 0600);
    return code ? lmdb_err(code, path, err) : true;
}

bool store_open(struct store **out, const char *url, struct err *err)
{
    struct str path = str_of(url);
    if (!str_starts(path, STR("lmdb:")))
        return err_set(err, ERR_INPUT, "STORE_URL", "\"%s\" is not a store; this version knows lmdb:FOLDER", url);
    const char *folder = url + 5;
    struct store *store = calloc(1, sizeof *store);
    if (!store)
        return err_set(err, ERR_BUSY, NULL, "out of memory");
    store->lock_fd = -1;
    if (make_folder(folder, err) && lock_folder(store, folder, err) && open_environment(store, folder, err) &&
        open_tables(store, err) && open_meta(store, err)) {
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
    if (store->env)
        mdb_env_close(store->env);
    if (store->lock_fd >= 0)
        (void)close(store->lock_fd); /* gives the lock back */
    secret_release(&store->callback_key);
    free(store);
    *store_at = NULL;
}

struct id store_id(const struct store *store)
{
    return store->id;
}

int64_t store_generation(const struct store *store)
{
    return store->generation;
}

const struct secret *store_callback_key(const struct store *store)
{
    return &store->callback_key;
}

/* --- transactions --- */

static bool begin(struct store *store, struct arena *arena, bool is_write, struct txn *txn, struct err *err)
{
    *txn = (struct txn){.store = store, .arena = arena, .is_write = is_write};
    int code = mdb_txn_begin(store->env, NULL, is_write ? 0 : MDB_RDONLY, &txn->mdb);
    return code ? lmdb_err(code, "beginning a transaction", err) : true;
}

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
    int code = mdb_txn_commit(txn->mdb);
    txn->mdb = NULL;
    return code ? lmdb_err(code, "committing", err) : true;
}

void store_abort(struct txn *txn)
{
    if (txn->mdb)
        mdb_txn_abort(txn->mdb);
    txn->mdb = NULL;
}
