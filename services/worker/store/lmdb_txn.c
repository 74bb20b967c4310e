#include "store/txn.h"

#include "store/lmdb_private.h"

#include <openssl/evp.h>

static MDB_val val_of(struct str s)
{
    return (MDB_val){.mv_size = s.n, .mv_data = (void *)(uintptr_t)s.p};
}

static struct str str_of_val(MDB_val v)
{
    return str_bytes(v.mv_data ? v.mv_data : "", v.mv_size);
}

static bool broken(struct txn *txn, struct err *err)
{
    txn->is_broken = true;
    return err_set(err, ERR_BROKEN, NULL, "an earlier write of this transaction failed");
}

/* --- values --- */

/* Borrowed from LMDB's page. */
static bool peek(struct txn *txn, enum table table, const struct key *key, struct str *value, bool *found,
                 struct err *err)
{
    *found = false;
    if (key_is_too_long(key) || txn->store->is_missing[table])
        return true;
    MDB_val k = val_of(key_str(key));
    MDB_val v = {0};
    int code = mdb_get(txn->mdb, txn->store->dbi[table], &k, &v);
    *found = code == 0;
    if (code == 0)
        *value = str_of_val(v);
    return code == 0 || code == MDB_NOTFOUND ? true : lmdb_err(txn->store, code, "reading", err);
}

bool value_get(struct txn *txn, enum table table, struct key key, struct str *value, bool *found, struct err *err)
{
    struct str borrowed = {0};
    if (!peek(txn, table, &key, &borrowed, found, err))
        return false;
    if (!*found)
        return true;
    *value = arena_dup(txn->arena, borrowed);
    return str_is_set(*value) ? true : arena_err(txn->arena, err);
}

bool value_put(struct txn *txn, enum table table, struct key key, struct str value, struct err *err)
{
    assert(txn->is_write);
    if (txn->is_broken)
        return broken(txn, err);
    if (key_is_too_long(&key))
        return err_set(err, ERR_TOO_BIG, NULL, "a text is too long to be found again by it");
    MDB_val k = val_of(key_str(&key));
    MDB_val v = val_of(value);
    int code = mdb_put(txn->mdb, txn->store->dbi[table], &k, &v, 0);
    txn->is_dirty = true;
    if (code == 0)
        return true;
    txn->is_broken = true;
    return lmdb_err(txn->store, code, "writing", err);
}

/* --- rows --- */

bool row_decode(struct txn *txn, const struct record *record, struct str value, void *row, struct err *err)
{
    struct str copy = arena_dup(txn->arena, value);
    if (!str_is_set(copy))
        return arena_err(txn->arena, err);
    if (record_decode(record, copy, txn->arena, row, err))
        return true;
    /* a row that cannot be read is damage, not bad input of whoever asks */
    return arena_is_full(txn->arena) ? false
                                     : err_set(err, ERR_BROKEN, err->field, "a stored %s cannot be read", record->name);
}

bool row_get(struct txn *txn, enum table table, struct key key, const struct record *record, void *row, bool *found,
             struct err *err)
{
    struct str value = {0};
    if (!peek(txn, table, &key, &value, found, err))
        return false;
    return !*found || row_decode(txn, record, value, row, err);
}

bool row_put(struct txn *txn, enum table table, struct key key, const struct record *record, const void *row,
             struct err *err)
{
    struct buf *bytes = &txn->store->row_bytes;
    buf_clear(bytes);
    if (!record_encode(record, row, bytes))
        return err_set(err, ERR_TOO_BIG, NULL, "a %s would be over %d bytes", record->name, ROW_MAX_BYTES);
    return value_put(txn, table, key, buf_str(bytes), err);
}

bool row_delete(struct txn *txn, enum table table, struct key key, struct err *err)
{
    assert(txn->is_write);
    if (txn->is_broken)
        return broken(txn, err);
    if (key_is_too_long(&key))
        return true;
    MDB_val k = val_of(key_str(&key));
    int code = mdb_del(txn->mdb, txn->store->dbi[table], &k, NULL);
    if (code == MDB_NOTFOUND)
        return true;
    txn->is_dirty = true;
    if (code == 0)
        return true;
    txn->is_broken = true;
    return lmdb_err(txn->store, code, "deleting", err);
}

bool table_count(struct txn *txn, enum table table, int64_t *out, struct err *err)
{
    MDB_stat stat;
    *out = 0;
    if (txn->store->is_missing[table])
        return true;
    int code = mdb_stat(txn->mdb, txn->store->dbi[table], &stat);
    if (code)
        return lmdb_err(txn->store, code, "counting", err);
    *out = (int64_t)stat.ms_entries;
    return true;
}

/* --- scans --- */

void scan_begin(struct scan *scan, struct txn *txn, enum table table, struct key prefix, enum scan_direction direction)
{
    scan->txn = txn;
    scan->table = table;
    scan->direction = direction;
    scan->prefix = prefix;
    scan->at = prefix;
    scan->is_inclusive = true;
    scan->is_over = false;
    scan->cursor = NULL;
    if (direction == SCAN_FORWARD)
        return;
    /* just behind the last key of the prefix: no key of ours has 24 bytes of FF behind a prefix */
    static const uint8_t BEHIND[24] = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
                                        0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF };
    key_bytes(&scan->at, BEHIND, sizeof BEHIND);
}

void scan_from(struct scan *scan, struct key from)
{
    scan->at = from;
    scan->is_inclusive = true;
}

void scan_after(struct scan *scan, struct key from)
{
    scan->at = from;
    scan->is_inclusive = false;
}

/* Puts the cursor on the first key at or behind `at` (forward) or at or before it (backward). */
static int place_cursor(struct scan *scan, MDB_val *k, MDB_val *v)
{
    if (scan->at.n == 0) /* the whole table, from its start: LMDB has no empty key */
        return mdb_cursor_get(scan->cursor, k, v, MDB_FIRST);
    *k = val_of(key_str(&scan->at));
    int code = mdb_cursor_get(scan->cursor, k, v, MDB_SET_RANGE);
    bool is_here = code == 0 && str_eq(str_of_val(*k), key_str(&scan->at));
    if (scan->direction == SCAN_FORWARD)
        return is_here && !scan->is_inclusive ? mdb_cursor_get(scan->cursor, k, v, MDB_NEXT) : code;
    if (is_here && scan->is_inclusive)
        return 0;
    return mdb_cursor_get(scan->cursor, k, v, code == MDB_NOTFOUND ? MDB_LAST : MDB_PREV);
}

bool scan_next(struct scan *scan, struct str *rest, struct str *value, bool *found, struct err *err)
{
    MDB_val k;
    MDB_val v;
    *found = false;
    scan->is_over |= key_is_too_long(&scan->prefix) || key_is_too_long(&scan->at) ||
                     scan->txn->store->is_missing[scan->table];
    if (scan->is_over)
        return true;
    int code = 0;
    if (!scan->cursor) {
        MDB_cursor *cursor;
        code = mdb_cursor_open(scan->txn->mdb, scan->txn->store->dbi[scan->table], &cursor);
        if (code)
            return lmdb_err(scan->txn->store, code, "scanning", err);
        scan->cursor = cursor;
    }
    /* by key each time: whatever was written or deleted between two steps cannot mislead it */
    code = place_cursor(scan, &k, &v);
    if (code && code != MDB_NOTFOUND)
        return lmdb_err(scan->txn->store, code, "scanning", err);
    struct str key = code ? (struct str){0} : str_of_val(k);
    if (code == MDB_NOTFOUND || !str_starts(key, key_str(&scan->prefix))) {
        scan->is_over = true;
        return true;
    }
    scan->at = key_begin();
    key_bytes(&scan->at, key.p, key.n);
    scan->is_inclusive = false;
    *rest = str_slice(key, scan->prefix.n, key.n);
    *value = str_of_val(v);
    *found = true;
    return true;
}

void scan_end(struct scan *scan)
{
    if (scan->cursor)
        mdb_cursor_close(scan->cursor);
    scan->cursor = NULL;
    scan->is_over = true;
}

/* --- the stamp --- */

/* SHA-256(stamp ‖ counter): as good as random to who does not know the stamp, and the same for the same stamp. */
static void draw(struct txn *txn, uint8_t out[32])
{
    uint8_t in[20];
    uint32_t counter = txn->chance_used++;
    unsigned n = 32;
    assert(txn->chance);
    memcpy(in, txn->chance, 16);
    memcpy(in + 16, &counter, sizeof counter);
    int ok = EVP_Digest(in, sizeof in, out, &n, EVP_sha256(), NULL);
    assert(ok == 1);
}

struct id txn_id(struct txn *txn)
{
    struct store *store = txn->store;
    uint8_t chance[32];
    draw(txn, chance);
    /* RFC 9562 section 6.2, method 1: rand_a counts within a millisecond, so that ids rise in the order of the store, clock or no clock */
    if (txn->now_ms > store->id_ms) {
        store->id_ms = txn->now_ms;
        store->id_count = 0;
    } else if (++store->id_count >= IDS_PER_MS) {
        store->id_ms++;
        store->id_count = 0;
    }
    chance[0] = (uint8_t)(store->id_count >> 8);
    chance[1] = (uint8_t)store->id_count;
    return id_make(store->id_ms, chance);
}

void txn_secret_bytes(struct txn *txn, void *out, size_t n)
{
    uint8_t chance[32];
    assert(n <= sizeof chance);
    draw(txn, chance);
    memcpy(out, chance, n);
}
