#include "store/txn.h"

#include "store/layers.h"
#include "store/lmdb_private.h"
#include "store/overlay.h"

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

/* What the layers say; UNKNOWN: it is LMDB's to say. */
static enum overlay_sight peek_above(const struct txn *txn, enum table table, struct str key, struct str *value)
{
    enum overlay_sight sight = OVERLAY_UNKNOWN;
    for (size_t i = 0; i < COUNT(txn->above) && txn->above[i] && sight == OVERLAY_UNKNOWN; i++)
        sight = overlay_get(txn->above[i], table, key, value);
    return sight;
}

/* Borrowed from LMDB's page, or a layer. */
static bool peek(struct txn *txn, enum table table, const struct key *key, struct str *value, bool *found,
                 struct err *err)
{
    *found = false;
    if (key_is_too_long(key))
        return true;
    enum overlay_sight sight = peek_above(txn, table, key_str(key), value);
    *found = sight == OVERLAY_THERE;
    if (sight != OVERLAY_UNKNOWN || txn->store->is_missing[table])
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

static bool put_above(struct txn *txn, enum table table, struct str key, const struct str *value, struct err *err)
{
    txn->is_broken = !layers_put(txn->store->layers, table, key, value, err);
    return !txn->is_broken;
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
    txn->is_dirty = true;
    if (txn->above[0])
        return put_above(txn, table, key_str(&key), &value, err);
    int code = mdb_put(txn->mdb, txn->store->dbi[table], &k, &v, 0);
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
    if (txn->above[0]) {
        struct str value;
        bool found;
        if (!peek(txn, table, &key, &value, &found, err))
            return false;
        txn->is_dirty = txn->is_dirty || found;
        return !found || put_above(txn, table, key_str(&key), NULL, err);
    }
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

/* How many rows more the layer makes, `below` being what lies under it. */
static bool count_layer(struct txn *txn, size_t layer, enum table table, int64_t *out, struct err *err)
{
    struct txn below = *txn;
    struct overlay_row row;
    bool is_first = true;
    below.above[0] = layer == 0 ? txn->above[1] : NULL;
    below.above[1] = NULL;
    for (struct str at = STR(""); overlay_next(txn->above[layer], table, at, is_first, OVERLAY_UP, &row);
         at = row.key) {
        struct key key = key_begin();
        struct str value;
        bool was_there;
        key_bytes(&key, row.key.p, row.key.n);
        if (!peek(&below, table, &key, &value, &was_there, err))
            return false;
        *out += (row.is_deleted ? 0 : 1) - (was_there ? 1 : 0);
        is_first = false;
    }
    return true;
}

bool table_count(struct txn *txn, enum table table, int64_t *out, struct err *err)
{
    MDB_stat stat = {0};
    *out = 0;
    int code = txn->store->is_missing[table] ? 0 : mdb_stat(txn->mdb, txn->store->dbi[table], &stat);
    if (code)
        return lmdb_err(txn->store, code, "counting", err);
    *out = (int64_t)stat.ms_entries;
    for (size_t i = 0; i < COUNT(txn->above) && txn->above[i]; i++)
        if (!count_layer(txn, i, table, out, err))
            return false;
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
    scan->is_placed = false;
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
    scan->is_placed = false;
}

void scan_after(struct scan *scan, struct key from)
{
    scan->at = from;
    scan->is_inclusive = false;
    scan->is_placed = false;
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

/* LMDB's next row. Where somebody may write or a layer may come first, by key each time: what was written or deleted between two steps cannot
 * mislead it. */
static bool next_below(struct scan *scan, struct overlay_row *out, bool *found, struct err *err)
{
    struct store *store = scan->txn->store;
    MDB_val k;
    MDB_val v;
    int code = 0;
    *found = false;
    if (store->is_missing[scan->table])
        return true;
    if (!scan->cursor) {
        MDB_cursor *cursor;
        code = mdb_cursor_open(scan->txn->mdb, store->dbi[scan->table], &cursor);
        if (code)
            return lmdb_err(store, code, "scanning", err);
        scan->cursor = cursor;
    }
    code = scan->is_placed ? mdb_cursor_get(scan->cursor, &k, &v, scan->direction == SCAN_FORWARD ? MDB_NEXT : MDB_PREV)
                           : place_cursor(scan, &k, &v);
    scan->is_placed = code == 0 && !scan->txn->is_write && !scan->txn->above[0];
    if (code && code != MDB_NOTFOUND)
        return lmdb_err(store, code, "scanning", err);
    *found = code == 0;
    if (*found)
        *out = (struct overlay_row){str_of_val(k), str_of_val(v), false};
    return true;
}

/* Of all layers the row that comes first; of equal keys the uppermost layer's. */
static bool next_row(struct scan *scan, struct overlay_row *out, bool *found, struct err *err)
{
    const bool is_up = scan->direction == SCAN_FORWARD;
    struct overlay_row row;
    if (!next_below(scan, out, found, err))
        return false;
    for (size_t i = COUNT(scan->txn->above); i-- > 0;) {
        const struct overlay *layer = scan->txn->above[i];
        if (!layer || !overlay_next(layer, scan->table, key_str(&scan->at), scan->is_inclusive,
                                    is_up ? OVERLAY_UP : OVERLAY_DOWN, &row))
            continue;
        int order = *found ? str_compare(row.key, out->key) : 0;
        if (!*found || order == 0 || (order < 0) == is_up)
            *out = row;
        *found = true;
    }
    return true;
}

bool scan_next(struct scan *scan, struct str *rest, struct str *value, bool *found, struct err *err)
{
    struct overlay_row row = {0};
    *found = false;
    scan->is_over |= key_is_too_long(&scan->prefix) || key_is_too_long(&scan->at);
    if (scan->is_over)
        return true;
    do {
        bool is_there;
        if (!next_row(scan, &row, &is_there, err))
            return false;
        if (!is_there || !str_starts(row.key, key_str(&scan->prefix))) {
            scan->is_over = true;
            return true;
        }
        scan->at = key_begin();
        key_bytes(&scan->at, row.key.p, row.key.n);
        scan->is_inclusive = false;
    } while (row.is_deleted);
    *rest = str_slice(row.key, scan->prefix.n, row.key.n);
    *value = row.value;
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
