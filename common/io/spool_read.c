/* The reading half of spool_store.h: short transactions of any thread. */
#include "io/spool_tables.h"

RECORD_TABLE(spool_entry, SPOOL_ENTRY);
RECORD_TABLE(spool_aside, SPOOL_ASIDE);
RECORD_TABLE(rejected_request, REJECTED_REQUEST);

/* The rows of a table from `from` on, each copied into the arena: LMDB's own bytes end with the transaction. */
static bool rows_read(struct spool_store *store, MDB_dbi table, int64_t from, size_t max_n, size_t max_bytes,
                      struct arena *arena, struct str *rows, size_t *n, struct err *err)
{
    MDB_txn *txn;
    MDB_cursor *cursor;
    if (!lmdb_env_begin(&store->env, false, &txn, err))
        return false;
    int rc = mdb_cursor_open(txn, table, &cursor);
    size_t bytes = 0;
    *n = 0;
    if (rc == 0) {
        struct spool_key key = spool_key(from);
        MDB_val at = spool_key_val(&key), value;
        rc = mdb_cursor_get(cursor, &at, &value, MDB_SET_RANGE);
        while (rc == 0 && *n < max_n && (*n == 0 || bytes + value.mv_size <= max_bytes)) {
            rows[*n] = arena_dup(arena, str_bytes(value.mv_data, value.mv_size));
            if (!str_is_set(rows[*n]))
                break;
            bytes += value.mv_size;
            (*n)++;
            rc = mdb_cursor_get(cursor, &at, &value, MDB_NEXT);
        }
        mdb_cursor_close(cursor);
    }
    lmdb_env_end(&store->env, false, txn);
    if (rc != 0 && rc != MDB_NOTFOUND)
        return spool_err(store, rc, "reading", err);
    return !arena_is_full(arena) || arena_err(arena, err);
}

/* Reads rows and decodes each; *out becomes an array of the record's struct. */
static bool records_read(struct spool_store *store, MDB_dbi table, const struct record *record, int64_t from,
                         size_t max_n, size_t max_bytes, struct arena *arena, void **out, size_t *n, struct err *err)
{
    struct str *rows = arena_alloc_array(arena, max_n, sizeof *rows);
    char *objects = arena_alloc_array(arena, max_n, record->size);
    if (!rows || !objects)
        return arena_err(arena, err);
    if (!rows_read(store, table, from, max_n, max_bytes, arena, rows, n, err))
        return false;
    for (size_t i = 0; i < *n; i++) {
        record_init(record, objects + i * record->size);
        if (!record_decode(record, rows[i], arena, objects + i * record->size, err))
            return false;
    }
    *out = objects;
    return true;
}

bool spool_list(struct spool_store *store, enum spool_lane lane, int64_t after, size_t max_n, size_t max_bytes,
                struct arena *arena, struct spool_entry **out, size_t *n, struct err *err)
{
    void *objects = NULL;
    bool is_read = records_read(store, store->lanes[lane], &spool_entry_record, after + 1, max_n, max_bytes, arena,
                                &objects, n, err);
    *out = objects;
    return is_read;
}

bool spool_rejected(struct spool_store *store, int64_t after, size_t max_n, struct arena *arena,
                    struct rejected_request **out, size_t *n, struct err *err)
{
    void *objects = NULL;
    bool is_read = records_read(store, store->rejected, &rejected_request_record, after + 1, max_n, SIZE_MAX, arena,
                                &objects, n, err);
    *out = objects;
    return is_read;
}

bool spool_asides(struct spool_store *store, int64_t after, size_t max_n, struct arena *arena, struct spool_aside **out,
                  size_t *n, struct err *err)
{
    void *objects = NULL;
    *n = 0;
    bool is_read = records_read(store, store->aside, &spool_aside_record, after + 1, max_n, SIZE_MAX, arena, &objects,
                                n, err);
    *out = objects;
    return is_read;
}

struct spool_stat spool_stat(const struct spool_store *store)
{
    struct spool_stat stat = { .bytes = atomic_load(&store->bytes_seen), .max_bytes = store->max_bytes };
    for (int lane = 0; lane < SPOOL_LANES; lane++)
        stat.entries[lane] = atomic_load(&store->entries_seen[lane]);
    return stat;
}
