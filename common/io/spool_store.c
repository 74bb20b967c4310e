#include "io/spool_store.h"

#include "io/spool_tables.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>


enum {
    PAGE_BYTES = 4096,
    READERS_MAX = 126,
    LOOKERS_EVERY = 1024,                 /* transactions between two looks for dead readers */
    INLINE_VALUE_BYTES = 1900,            /* a longer value gets pages of its own (LMDB: two must fit a page) */
    ROW_OVERHEAD_BYTES = 200,             /* keys, node headers and the identity's row */
    EVENT_ROW_MAX_BYTES = 512 * 1024,     /* a webhook of 64 KiB, decoded and framed, several times over */
};
#define RESERVE_BYTES (INT64_C(192) * 1024 * 1024)   /* refused requests (1,000 of 64 KiB), and room to delete in when full */

static const char *const LANE_TABLES[SPOOL_LANES] = {
    [SPOOL_INBOUND] = "inbound", [SPOOL_REPORTS] = "reports", [SPOOL_INBOUND_B] = "inbound_b"
};
static const char *const IDENTITY_TABLES[SPOOL_LANES] = {
    [SPOOL_INBOUND] = "inbound_ids", [SPOOL_REPORTS] = "reports_ids", [SPOOL_INBOUND_B] = "inbound_b_ids"
};

/* --- keys ---------------------------------------------------------------------------------------------------------- */

/* What a row takes of the map, at most. */
static int64_t row_bytes(size_t n)
{
    int64_t pages = ((int64_t)n + 16 + PAGE_BYTES - 1) / PAGE_BYTES;
    return ROW_OVERHEAD_BYTES + (n <= INLINE_VALUE_BYTES ? (int64_t)n : pages * PAGE_BYTES);
}

/* --- opening ------------------------------------------------------------------------------------------------------ */

static bool folder_make(const char *folder, struct err *err)
{
    char path[PATH_MAX];
    size_t n = strlen(folder);
    if (n == 0 || n >= sizeof path)
        return err_set(err, ERR_INPUT, "SPOOL_DIR", "must be a path of 1 to %d characters", PATH_MAX - 1);
    memcpy(path, folder, n + 1);
    for (size_t i = 1; i <= n; i++) {
        if (path[i] != '/' && path[i] != '\0')
            continue;
        path[i] = '\0';
        if (mkdir(path, 0700) != 0 && errno != EEXIST)
            return err_set_errno(err, ERR_BROKEN, "SPOOL_DIR", "cannot make the folder");
        path[i] = i < n ? '/' : '\0';
    }
    return true;
}

static bool folder_lock(struct spool_store *store, const char *folder, struct err *err)
{
    char path[PATH_MAX];
    if (snprintf(path, sizeof path, "%s/owner.lock", folder) >= (int)sizeof path)
        return err_set(err, ERR_INPUT, "SPOOL_DIR", "is too long");
    store->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (store->lock < 0)
        return err_set_errno(err, ERR_BROKEN, "SPOOL_DIR", "cannot open its lock");
    if (flock(store->lock, LOCK_EX | LOCK_NB) == 0)
        return true;
    if (errno == EWOULDBLOCK)
        return err_set(err, ERR_CONFLICT, "SPOOL_DIR", "another ingress holds this folder");
    return err_set_errno(err, ERR_BROKEN, "SPOOL_DIR", "cannot lock it");
}

static bool version_check(struct spool_store *store, MDB_txn *txn, bool may_write, struct err *err)
{
    MDB_val name = { 7, (void *)"version" };
    MDB_val value;
    uint8_t version = SPOOL_VERSION;
    int rc = mdb_get(txn, store->meta, &name, &value);
    bool is_older = rc == 0 && value.mv_size == 1 && *(const uint8_t *)value.mv_data < SPOOL_VERSION;
    if (may_write && (is_older || rc == MDB_NOTFOUND)) {
        value = (MDB_val){ 1, &version };
        rc = mdb_put(txn, store->meta, &name, &value, 0);
    }
    if (rc != 0)
        return spool_err(store, rc, "reading its version", err);
    if (is_older && !may_write)
        return err_set(err, ERR_CONFLICT, "SPOOL_DIR",
                       "is of an earlier version: ingress takes it over when it starts");
    if (value.mv_size != 1 || *(const uint8_t *)value.mv_data != SPOOL_VERSION)
        return err_set(err, ERR_CONFLICT, "SPOOL_DIR", "holds a spool of another version; this one writes %d",
                       SPOOL_VERSION);
    return true;
}

/* Sums what waits, and finds where each lane goes on. */
static int tally_read(struct spool_store *store, MDB_txn *txn, struct spool_tally *tally)
{
    *tally = (struct spool_tally){ .rejected_next = 1 };
    for (int lane = 0; lane <= SPOOL_LANES; lane++) {
        MDB_cursor *cursor;
        MDB_val key, value;
        int rc = mdb_cursor_open(txn, lane < SPOOL_LANES ? store->lanes[lane] : store->rejected, &cursor);
        if (rc != 0)
            return rc;
        if (lane == SPOOL_LANES) {
            rc = mdb_cursor_get(cursor, &key, &value, MDB_LAST);
            tally->rejected_next = rc == 0 ? spool_sequence(&key) + 1 : 1;
        } else {
            tally->next[lane] = 1;
            while ((rc = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) == 0) {
                tally->entries[lane]++;
                tally->bytes += row_bytes(value.mv_size);
                tally->next[lane] = spool_sequence(&key) + 1;
            }
        }
        mdb_cursor_close(cursor);
        if (rc != MDB_NOTFOUND && rc != 0)
            return rc;
    }
    return 0;
}

static int tables_open(struct spool_store *store, MDB_txn *txn, bool may_write)
{
    unsigned flags = may_write ? MDB_CREATE : 0;
    int rc = 0;
    for (int lane = 0; lane < SPOOL_LANES && rc == 0; lane++) {
        rc = mdb_dbi_open(txn, LANE_TABLES[lane], flags, &store->lanes[lane]);
        if (rc == 0)
            rc = mdb_dbi_open(txn, IDENTITY_TABLES[lane], flags, &store->identities[lane]);
    }
    if (rc == 0)
        rc = mdb_dbi_open(txn, "rejected", flags, &store->rejected);
    return rc == 0 ? mdb_dbi_open(txn, "aside", flags, &store->aside) : rc;
}

static void tally_publish(struct spool_store *store)
{
    for (int lane = 0; lane < SPOOL_LANES; lane++)
        atomic_store(&store->entries_seen[lane], store->committed.entries[lane]);
    atomic_store(&store->bytes_seen, store->committed.bytes);
}

/* Where it is opened anew, the lanes go on: others remember their places in them. */
static void tally_take(struct spool_store *store, struct spool_tally tally)
{
    for (int lane = 0; lane < SPOOL_LANES; lane++)
        tally.next[lane] = max_i64(tally.next[lane], store->committed.next[lane]);
    tally.rejected_next = max_i64(tally.rejected_next, store->committed.rejected_next);
    store->committed = tally;
    tally_publish(store);
}

static bool tables_load(struct lmdb_env *env, void *owner, bool may_write, struct err *err)
{
    struct spool_store *store = owner;
    struct spool_tally tally;
    MDB_txn *txn;
    int dead = 0;
    if (may_write)
        (void)mdb_reader_check(env->mdb, &dead);   /* lookers that were killed; a failure only delays reuse of pages */
    int rc = mdb_txn_begin(env->mdb, NULL, may_write ? 0 : MDB_RDONLY, &txn);
    if (rc != 0)
        return spool_err(store, rc, "opening", err);
    rc = mdb_dbi_open(txn, "meta", may_write ? MDB_CREATE : 0, &store->meta);
    bool is_fine = rc == 0 ? version_check(store, txn, may_write, err) : spool_err(store, rc, "opening it", err);
    if (is_fine && (rc = tables_open(store, txn, may_write)) != 0)
        is_fine = spool_err(store, rc, "opening its tables", err);
    if (is_fine && (rc = tally_read(store, txn, &tally)) != 0)
        is_fine = spool_err(store, rc, "reading", err);
    if (!is_fine) {
        mdb_txn_abort(txn);
        return false;
    }
    rc = mdb_txn_commit(txn);
    if (rc != 0)
        return spool_err(store, rc, "opening", err);
    tally_take(store, tally);
    return true;
}

static bool env_open(struct spool_store *store, const char *folder, struct err *err)
{
    bool is_owner = store->mode == SPOOL_OWN;
    struct lmdb_options options = {
        .folder = folder,
        .field = "SPOOL_DIR",
        .what = "spool",
        .tables = 2 * SPOOL_LANES + 3,
        .readers = READERS_MAX,
        .map_bytes = is_owner && store->max_bytes > 0 ? (size_t)(store->max_bytes + RESERVE_BYTES) : 0,
        .open_tables = tables_load,
        .owner = store,
    };
    return is_owner ? lmdb_env_open(&store->env, &options, err) : lmdb_env_open_to_look(&store->env, &options, err);
}

bool spool_store_open(struct spool_store **out, const char *folder, enum spool_mode mode, int64_t max_bytes,
                      struct err *err)
{
    struct spool_store *store = calloc(1, sizeof *store);
    if (!store)
        return err_set(err, ERR_BUSY, NULL, "no memory for the spool");
    store->lock = -1;
    store->mode = mode;
    store->max_bytes = max_bytes;
    buf_init(&store->row, EVENT_ROW_MAX_BYTES);
    bool is_fine = (mode == SPOOL_LOOK || (folder_make(folder, err) && folder_lock(store, folder, err))) &&
                   env_open(store, folder, err);
    if (!is_fine) {
        spool_store_close(&store);
        return false;
    }
    *out = store;
    return true;
}

void spool_store_close(struct spool_store **store)
{
    if (!*store)
        return;
    spool_abort(*store);
    lmdb_env_close(&(*store)->env);
    if ((*store)->lock >= 0)
        (void)close((*store)->lock);   /* drops the lock, too */
    buf_release(&(*store)->row);
    free(*store);
    *store = NULL;
}

/* --- changing ----------------------------------------------------------------------------------------------------- */

bool spool_begin(struct spool_store *store, struct err *err)
{
    assert(!store->txn && store->mode == SPOOL_OWN);
    int dead = 0;
    if (++store->begun % LOOKERS_EVERY == 0 && store->env.mdb)
        (void)mdb_reader_check(store->env.mdb, &dead); /* a looker that was killed keeps pages from being used again */
    if (!lmdb_env_begin(&store->env, true, &store->txn, err))
        return false;
    store->pending = store->committed;
    return true;
}

bool spool_append(struct spool_store *store, enum spool_lane lane, struct spool_entry *entry, bool *is_known,
                  struct err *err)
{
    assert(store->txn && entry->identity.n == SPOOL_IDENTITY_BYTES);
    struct spool_tally *tally = &store->pending;
    entry->sequence = tally->next[lane];
    struct spool_key key = spool_key(entry->sequence);
    MDB_val sequence = spool_key_val(&key), identity = { entry->identity.n, (void *)entry->identity.p };
    MDB_val have;
    int rc = mdb_get(store->txn, store->identities[lane], &identity, &have);
    *is_known = rc == 0;
    if (*is_known)
        entry->sequence = spool_sequence(&have);
    if (rc != MDB_NOTFOUND)
        return rc == 0 || spool_err(store, rc, "looking", err);

    buf_clear(&store->row);
    if (!record_encode(&spool_entry_record, entry, &store->row))
        return err_set(err, ERR_TOO_BIG, NULL, "a spooled event may have %d bytes", EVENT_ROW_MAX_BYTES);
    int64_t bytes = row_bytes(store->row.n);
    if (tally->bytes + bytes > store->max_bytes)
        return err_set(err, ERR_BUSY, NULL, "the spool is full: %lld bytes wait", (long long)tally->bytes);
    MDB_val row = { store->row.n, store->row.p };
    rc = mdb_put(store->txn, store->lanes[lane], &sequence, &row, MDB_APPEND);
    if (rc == 0)
        rc = mdb_put(store->txn, store->identities[lane], &identity, &sequence, 0);
    if (rc != 0)
        return spool_err(store, rc, "writing", err);
    tally->next[lane]++;
    tally->entries[lane]++;
    tally->bytes += bytes;
    return true;
}

/* Copied: the row moves when its page is written. */
static bool identity_copy(const MDB_val *row, uint8_t copy[SPOOL_IDENTITY_BYTES])
{
    struct arena scratch;
    struct spool_entry entry;
    struct err unused;
    arena_init(&scratch, PAGE_BYTES);
    record_init(&spool_entry_record, &entry);
    bool is_read = record_decode(&spool_entry_record, str_bytes(row->mv_data, row->mv_size), &scratch, &entry,
                                 &unused) &&
                   entry.identity.n == SPOOL_IDENTITY_BYTES;
    if (is_read)
        memcpy(copy, entry.identity.p, SPOOL_IDENTITY_BYTES);
    arena_release(&scratch);
    return is_read;
}

/* The row under the cursor, and its identity's. */
static bool row_remove(struct spool_store *store, enum spool_lane lane, MDB_cursor *cursor, const MDB_val *row,
                       struct err *err)
{
    uint8_t copy[SPOOL_IDENTITY_BYTES];
    MDB_val identity = { sizeof copy, copy };
    int64_t bytes = row_bytes(row->mv_size);
    if (!identity_copy(row, copy))
        return err_set(err, ERR_BROKEN, NULL, "an entry of the spool is damaged");
    int rc = mdb_cursor_del(cursor, 0);
    if (rc == 0)
        rc = mdb_del(store->txn, store->identities[lane], &identity, NULL);
    if (rc != 0 && rc != MDB_NOTFOUND)
        return spool_err(store, rc, "removing", err);
    store->pending.entries[lane]--;
    store->pending.bytes -= bytes;
    return true;
}

bool spool_remove_through(struct spool_store *store, enum spool_lane lane, int64_t sequence, int64_t *removed,
                          struct err *err)
{
    assert(store->txn);
    MDB_cursor *cursor;
    MDB_val key, row;
    *removed = 0;
    int rc = mdb_cursor_open(store->txn, store->lanes[lane], &cursor);
    if (rc != 0)
        return spool_err(store, rc, "reading", err);
    bool is_fine = true;
    while (is_fine && (rc = mdb_cursor_get(cursor, &key, &row, MDB_FIRST)) == 0 && spool_sequence(&key) <= sequence) {
        is_fine = row_remove(store, lane, cursor, &row, err);
        *removed += is_fine;
    }
    mdb_cursor_close(cursor);
    if (is_fine && rc != 0 && rc != MDB_NOTFOUND)
        return spool_err(store, rc, "reading", err);
    return is_fine;
}

static bool is_same(const struct spool_tally *a, const struct spool_tally *b)
{
    bool is = a->bytes == b->bytes;
    for (int lane = 0; lane < SPOOL_LANES; lane++)
        is &= a->entries[lane] == b->entries[lane] && a->next[lane] == b->next[lane];
    return is;
}

/* A failed commit may have reached the disk all the same: then it was read from there, and synced, when the spool was opened anew. */
static bool has_happened(const struct spool_store *store, const struct spool_tally *before)
{
    return !store->env.is_read_only && !is_same(&store->pending, before) && is_same(&store->pending, &store->committed);
}

bool spool_commit(struct spool_store *store, struct err *err)
{
    assert(store->txn);
    MDB_txn *txn = store->txn;
    struct spool_tally before = store->committed;
    store->txn = NULL;
    if (!lmdb_env_commit(&store->env, txn, err))
        return has_happened(store, &before);
    store->committed = store->pending;
    tally_publish(store);
    return true;
}

void spool_abort(struct spool_store *store)
{
    lmdb_env_end(&store->env, true, store->txn);
    store->txn = NULL;
}
