/* What the spool keeps beside its lanes: requests that were refused, and events that a peer refused for good. */
#include "io/spool_tables.h"

enum { REJECTED_ROW_MAX_BYTES = 256 * 1024, SCRATCH_BYTES = 4096 };

/* Drops the oldest one while it is one too many or too old. */
static int rejected_trim(struct spool_store *store, int64_t now_ms)
{
    MDB_cursor *cursor;
    MDB_val key, value;
    int rc = mdb_cursor_open(store->txn, store->rejected, &cursor);
    if (rc != 0)
        return rc;
    int64_t oldest_ms = now_ms - REJECTED_DAYS * INT64_C(86400000);
    while ((rc = mdb_cursor_get(cursor, &key, &value, MDB_FIRST)) == 0) {
        struct rejected_request have;
        struct arena scratch;
        struct err unused;
        arena_init(&scratch, SCRATCH_BYTES);
        record_init(&rejected_request_record, &have);
        bool is_read = record_decode(&rejected_request_record, str_bytes(value.mv_data, value.mv_size), &scratch, &have,
                                     &unused);
        arena_release(&scratch);
        bool is_kept = is_read && have.at >= oldest_ms &&
                       spool_sequence(&key) > store->pending.rejected_next - 1 - REJECTED_MAX;
        if (is_kept || (rc = mdb_cursor_del(cursor, 0)) != 0)
            break;
    }
    mdb_cursor_close(cursor);
    return rc == MDB_NOTFOUND ? 0 : rc;
}

bool spool_reject(struct spool_store *store, struct rejected_request *request, struct err *err)
{
    assert(store->txn);
    request->sequence = store->pending.rejected_next;
    buf_clear(&store->row);
    if (!record_encode(&rejected_request_record, request, &store->row) || store->row.n > REJECTED_ROW_MAX_BYTES)
        return err_set(err, ERR_TOO_BIG, NULL, "a refused request may have %d bytes", REJECTED_ROW_MAX_BYTES);
    struct spool_key key = spool_key(request->sequence);
    MDB_val at = spool_key_val(&key), row = { store->row.n, store->row.p };
    int rc = mdb_put(store->txn, store->rejected, &at, &row, MDB_APPEND);
    store->pending.rejected_next++;
    if (rc == 0)
        rc = rejected_trim(store, request->at);
    return rc == 0 || spool_err(store, rc, "keeping a refused request", err);
}

bool spool_put_aside(struct spool_store *store, struct spool_aside *aside, struct err *err)
{
    assert(store->txn);
    MDB_stat stat;
    MDB_cursor *cursor;
    MDB_val at, row;
    int rc = mdb_stat(store->txn, store->aside, &stat);
    if (rc == 0 && stat.ms_entries >= ASIDE_MAX)
        return err_set(err, ERR_BUSY, NULL, "%d events were put aside already: `parley spool list` shows them",
                       ASIDE_MAX);
    if (rc == 0)
        rc = mdb_cursor_open(store->txn, store->aside, &cursor);
    if (rc != 0)
        return spool_err(store, rc, "putting aside", err);
    aside->sequence = mdb_cursor_get(cursor, &at, &row, MDB_LAST) == 0 ? spool_sequence(&at) + 1 : 1;
    mdb_cursor_close(cursor);
    buf_clear(&store->row);
    if (!record_encode(&spool_aside_record, aside, &store->row))
        return err_set(err, ERR_TOO_BIG, NULL, "an event that is put aside is too long");
    struct spool_key key = spool_key(aside->sequence);
    at = spool_key_val(&key);
    row = (MDB_val){ store->row.n, store->row.p };
    rc = mdb_put(store->txn, store->aside, &at, &row, MDB_APPEND);
    return rc == 0 || spool_err(store, rc, "putting aside", err);
}

bool spool_drop(struct spool_store *store, enum spool_shelf shelf, int64_t sequence, struct err *err)
{
    assert(store->txn);
    struct spool_key key = spool_key(sequence);
    MDB_val at = spool_key_val(&key);
    int rc = mdb_del(store->txn, shelf == SHELF_ASIDE ? store->aside : store->rejected, &at, NULL);
    return rc == 0 || rc == MDB_NOTFOUND || spool_err(store, rc, "removing what was kept", err);
}
