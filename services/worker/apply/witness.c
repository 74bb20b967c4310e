#include "apply/witness.h"

enum { STEPS_MAX = 400 }; /* messages looked at on either side */

static int64_t apart_ms(int64_t a, int64_t b)
{
    return a < b ? b - a : a - b;
}

/* The first one on that side, if it is nearer than what *out has. Messages lie in the order of their ids, so of time. */
static bool look_beside(struct txn *txn, int64_t tenant, struct id message, enum scan_direction side, int64_t at_ms,
                        struct witness *out, struct err *err)
{
    struct scan scan;
    struct str rest;
    struct str value;
    bool found = true;
    bool ok = true;
    scan_begin(&scan, txn, TABLE_MESSAGE, key_of_tenant(tenant), side);
    scan_after(&scan, key_of_id(tenant, message));
    for (int i = 0; ok && i < STEPS_MAX; i++) {
        struct message_row row;
        ok = scan_next(&scan, &rest, &value, &found, err);
        if (!ok || !found)
            break;
        ok = row_decode(txn, &message_row_record, value, &row, err);
        if (!ok || row.direction != OUTBOUND || row.uuid.n == 0 || row.attempts.n == 0)
            continue;
        int64_t granted_at = row.attempts.v[row.attempts.n - 1].granted_at;
        int64_t best_ms = str_is_set(out->uuid) ? apart_ms(out->granted_at, at_ms) : WITNESS_APART_MAX_MS;
        if (apart_ms(granted_at, at_ms) < best_ms)
            *out = (struct witness){ .uuid = row.uuid, .granted_at = granted_at };
        break;
    }
    scan_end(&scan);
    return ok;
}

bool witness_find(struct txn *txn, int64_t tenant, struct id message, int64_t at_ms, struct witness *out,
                  struct err *err)
{
    *out = (struct witness){ 0 };
    return look_beside(txn, tenant, message, SCAN_BACKWARD, at_ms, out, err) &&
           look_beside(txn, tenant, message, SCAN_FORWARD, at_ms, out, err);
}
