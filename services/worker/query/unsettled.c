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
    struct open_walk walk;
    struct open_attempt open;
    bool found = true;
    bool ok = true;
    int64_t next = INT64_MAX;
    (void)tenant;
    (void)settings;
    (void)request;
    out->attempts.v = arena_alloc_array(txn->arena, AT_ONCE, sizeof *out->attempts.v);
    if (!out->attempts.v)
        return arena_err(txn->arena, err);
    open_walk_begin(&walk, txn, QUERY_STEPS_MAX);
    while (ok && out->attempts.n < AT_ONCE && (ok = open_walk_next(&walk, &open, &found, err)) && found) {
        if (!open.row.is_unconfirmed || open.row.look_at == 0)
            continue;
        if (open.row.look_at > txn->now_ms) {
            next = min_i64(next, open.row.look_at);
            continue;
        }
        const struct unsettled_attempt a = {open.tenant, open.message, open.attempt, open.row.granted_at};
        ok = widen(txn, &a, out, err);
        out->attempts.v[out->attempts.n++] = a;
    }
    open_walk_end(&walk);
    out->next_in_ms = out->attempts.n ? 0 : next == INT64_MAX ? INT_UNSET : max_i64(0, next - txn->now_ms);
    return ok;
}
