#include "apply/tenant_turn.h"

size_t turn_of(int64_t now_ms, size_t n, size_t share)
{
    return n > share ? (size_t)(now_ms / TURN_MS) * share % n : 0;
}

static bool last_tenant(struct txn *txn, enum table table, int64_t *tenant, struct err *err)
{
    struct scan scan;
    struct str key;
    struct str value;
    bool found;
    scan_begin(&scan, txn, table, key_begin(), SCAN_BACKWARD);
    bool ok = scan_next(&scan, &key, &value, &found, err);
    *tenant = ok && found ? key_take_tenant(&key) : 0;
    scan_end(&scan);
    return ok;
}

/* Those from `from` to `to`, each found by a seek behind the rows of the one before. */
static bool walk(struct txn *txn, enum table table, int64_t from, int64_t to, int64_t *out, size_t max, size_t *n,
                 struct err *err)
{
    struct scan scan;
    struct str key;
    struct str value;
    bool found = true;
    bool ok = true;
    scan_begin(&scan, txn, table, key_begin(), SCAN_FORWARD);
    while (ok && *n < max && from <= to) {
        scan_from(&scan, key_of_tenant(from));
        ok = scan_next(&scan, &key, &value, &found, err);
        int64_t tenant = ok && found ? key_take_tenant(&key) : 0;
        if (!ok || !found || tenant > to)
            break;
        out[(*n)++] = tenant;
        from = tenant + 1;
    }
    scan_end(&scan);
    return ok;
}

bool tenants_in_turn(struct txn *txn, enum table table, int64_t *out, size_t max, size_t *n, struct err *err)
{
    int64_t last;
    *n = 0;
    if (!last_tenant(txn, table, &last, err))
        return false;
    if (last == 0)
        return true;
    int64_t first = 1 + txn->now_ms / TURN_MS % last;
    return walk(txn, table, first, last, out, max, n, err) && walk(txn, table, 1, first - 1, out, max, n, err);
}
