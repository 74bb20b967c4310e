#include "store/drop.h"

static bool is_behind(const struct key *key, const struct key *until)
{
    struct str a = key_str(key);
    struct str b = key_str(until);
    int order = memcmp(a.p, b.p, min_size(a.n, b.n));
    return order > 0 || (order == 0 && a.n >= b.n);
}

static bool drop_one(struct txn *txn, const struct drop *drop, struct key key, struct str rest, struct err *err)
{
    struct str prefix = key_str(&drop->prefix);
    struct key listed = key_begin();
    if (drop->directory != TABLE_META) {
        key_tenant(&listed, key_take_tenant(&prefix));
        key_id(&listed, key_take_id(&rest));
    }
    return row_delete(txn, drop->table, key, err) &&
           (drop->directory == TABLE_META || row_delete(txn, drop->directory, listed, err));
}

bool rows_drop(struct txn *txn, const struct drop *drop, int *left, bool *is_done, struct err *err)
{
    struct scan scan;
    struct str rest;
    struct str value;
    bool found;
    bool ok = true;
    *is_done = false;
    scan_begin(&scan, txn, drop->table, drop->prefix, SCAN_FORWARD);
    while (ok && (ok = scan_next(&scan, &rest, &value, &found, err))) {
        struct key key = drop->prefix;
        if (found)
            key_bytes(&key, rest.p, rest.n);
        *is_done = !found || (drop->until && is_behind(&key, drop->until));
        if (*is_done || *left <= 0)
            break;
        ok = drop_one(txn, drop, key, rest, err);
        --*left;
    }
    scan_end(&scan);
    return ok;
}
