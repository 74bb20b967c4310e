/* Which unconfirmed attempts Plivo is to be asked about now. */
#include "apply/attempt_effects.h"
#include "apply/witness.h"
#include "query/query.h"

enum { AT_ONCE = 200, MARGIN_MS = 60000 }; /* Plivo's clock and ours may differ */

/* The window grows so that the attempt is in it, and the send without which a look at it proves nothing. */
static bool widen(struct txn *txn, const struct unsettled_attempt *a, struct unsettled *out, struct err *err)
{
    struct witness witness;
    if (!witness_find(txn, a->tenant, a->message, a->granted_at, &witness, err))
        return false;
    int64_t beside = str_is_set(witness.uuid) ? witness.granted_at : a->granted_at;
    int64_t from = min_i64(a->granted_at, beside) - MARGIN_MS;
    int64_t to = max_i64(a->granted_at, beside) + MARGIN_MS;
    bool is_first = out->attempts.n == 0;
    out->window_from = is_first ? from : min_i64(out->window_from, from);
    out->window_to = is_first ? to : max_i64(out->window_to, to);
    return true;
}

bool unsettled_query(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request, void *reply,
                     struct err *err)
{
    struct unsettled *out = reply;
    struct scan scan;
    struct str rest;
    struct str value;
    bool found = true;
    bool ok = true;
    int64_t next = INT64_MAX;
    (void)tenant;
    (void)settings;
    (void)request;
    out->attempts.v = arena_alloc_array(txn->arena, AT_ONCE, sizeof *out->attempts.v);
    if (!out->attempts.v)
        return arena_err(txn->arena, err);
    scan_begin(&scan, txn, TABLE_OPEN, key_begin(), SCAN_FORWARD);
    for (int steps = 0; ok && steps < QUERY_STEPS_MAX && out->attempts.n < AT_ONCE; steps++) {
        struct unsettled_attempt a;
        struct open_row open;
        ok = scan_next(&scan, &rest, &value, &found, err);
        if (!ok || !found)
            break;
        ok = open_key_read(txn, rest, value, &a.tenant, &a.message, &a.attempt, &open, err);
        if (!ok || !open.is_unconfirmed || open.look_at == 0)
            continue;
        if (open.look_at > txn->now_ms) {
            next = min_i64(next, open.look_at);
            continue;
        }
        a.granted_at = open.granted_at;
        ok = widen(txn, &a, out, err);
        out->attempts.v[out->attempts.n++] = a;
    }
    scan_end(&scan);
    out->next_in_ms = out->attempts.n ? 0 : next == INT64_MAX ? INT_UNSET : max_i64(0, next - txn->now_ms);
    return ok;
}
