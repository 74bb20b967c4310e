/* Which unconfirmed attempts Plivo is to be asked about now. */
#include "apply/attempt_effects.h"
#include "apply/witness.h"
#include "domain/address.h"
#include "query/query.h"
#include "store/meta.h"

enum {
    AT_ONCE = 200,
    MARGIN_MS = 60000,            /* Plivo's clock and ours may differ */
    SPAN_MAX_MS = 10 * 60 * 1000, /* of one look at several attempts: all that was sent meanwhile is read for it */
};

struct window {
    int64_t from, to;
};

/* Around the attempt, and the send without which a look at it proves nothing: *a is told of it, and of whom it was to. */
static bool window_of(struct txn *txn, struct witness_search *search, struct unsettled_attempt *a, struct window *out,
                      struct err *err)
{
    struct witness witness;
    struct message_row message;
    struct arena_mark mark = arena_mark(txn->arena);
    bool found;
    if (!message_get(txn, a->tenant, a->message, &message, &found, err))
        return false;
    char to[ADDRESS_BYTES_MAX];
    size_t n = found ? min_size(message.to.n, sizeof to) : 0;
    if (n > 0)
        memcpy(to, message.to.p, n);
    arena_rewind(txn->arena, mark); /* of the row no more is needed, and there are many */
    a->to = arena_dup(txn->arena, str_bytes(to, n));
    if (!witness_find(txn, search, a->tenant, a->message, a->granted_at, &witness, err))
        return false;
    a->witness = witness.uuid;
    int64_t beside = str_is_set(witness.uuid) ? witness.granted_at : a->granted_at;
    int64_t latest = max_i64(a->granted_at, a->left_until);
    out->from = min_i64(a->granted_at, beside) - MARGIN_MS;
    out->to = max_i64(latest, beside) + MARGIN_MS;
    return true;
}

/* Calls `visit` with each attempt that is due; *next_at is when the first of the others will be. */
typedef bool visit_function(struct txn *txn, const struct unsettled_attempt *a, int64_t look_at, void *context,
                            struct err *err);

/* Only so many are looked through: *goes_on is where the next question begins, and unset when these were the last. */
static bool each_due(struct txn *txn, struct str after, visit_function *visit, void *context, int64_t *next_at,
                     struct str *goes_on, struct err *err)
{
    struct open_walk walk;
    struct open_attempt open;
    bool found = true;
    bool ok = true;
    *next_at = INT64_MAX;
    open_walk_begin(&walk, txn, QUERY_STEPS_MAX);
    if (after.n == key_of_open(0, (struct id){ 0 }, 0).n)
        open_walk_after(&walk, after);
    while (ok && (ok = open_walk_next(&walk, &open, &found, err)) && found) {
        const struct unsettled_attempt a = { .tenant = open.tenant,
                                             .message = open.message,
                                             .attempt = open.attempt,
                                             .granted_at = open.row.granted_at,
                                             .left_until = open.row.may_have_left_until };
        if (!open.row.is_unconfirmed || open.row.look_at == 0)
            continue;
        if (open.row.look_at > txn->now_ms)
            *next_at = min_i64(*next_at, open.row.look_at);
        else
            ok = visit(txn, &a, open.row.look_at, context, err);
    }
    *goes_on = ok && open_walk_is_cut(&walk) ? arena_dup(txn->arena, open_walk_at(&walk)) : (struct str){ 0 };
    open_walk_end(&walk);
    return ok;
}

struct first_due {
    struct unsettled_attempt attempt;
    int64_t look_at; /* 0: none is due */
};

static bool find_first(struct txn *txn, const struct unsettled_attempt *a, int64_t look_at, void *context,
                       struct err *err)
{
    struct first_due *first = context;
    (void)txn;
    (void)err;
    if (first->look_at == 0 || look_at < first->look_at)
        *first = (struct first_due){ .attempt = *a, .look_at = look_at };
    return true;
}

struct near {
    struct unsettled *out;
    struct witness_search search;
};

/* Those whose window makes the look's own no wider than SPAN_MAX_MS; the others have their turn in a look of their own. */
static bool take_near(struct txn *txn, const struct unsettled_attempt *a, int64_t look_at, void *context,
                      struct err *err)
{
    struct near *near = context;
    struct unsettled *out = near->out;
    struct unsettled_attempt *next = &out->attempts.v[out->attempts.n];
    struct window window;
    (void)look_at;
    if (out->attempts.n == AT_ONCE)
        return true;
    *next = *a;
    if (!window_of(txn, &near->search, next, &window, err))
        return false;
    window.from = min_i64(window.from, out->window_from);
    window.to = max_i64(window.to, out->window_to);
    bool is_as_wide = window.from == out->window_from && window.to == out->window_to;
    if (!is_as_wide && window.to - window.from > SPAN_MAX_MS)
        return true;
    out->window_from = window.from;
    out->window_to = window.to;
    out->attempts.n++;
    return true;
}

/* A restored store that waits to be recovered asks for nothing, and then first for what came in meanwhile. */
static bool ask_for_inbound(struct txn *txn, struct unsettled *out, bool *is_closed, struct err *err)
{
    struct recovery_row recovery;
    bool is_restored;
    if (!recovery_get(txn, &recovery, &is_restored, err))
        return false;
    *is_closed = is_restored && recovery.recovered_at == 0;
    out->next_in_ms = INT_UNSET;
    if (!*is_closed || recovery.asked_at == 0)
        return true;
    out->inbound_from = recovery.backup_at - MARGIN_MS;
    out->inbound_to = recovery.restored_at + MARGIN_MS;
    return true;
}

bool unsettled_query(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request, void *reply,
                     struct err *err)
{
    const struct unsettled_ask *ask = request;
    struct unsettled *out = reply;
    struct near near = { .out = out };
    struct first_due first = { .look_at = 0 };
    struct window window;
    int64_t next_at;
    bool is_closed = false;
    (void)tenant;
    (void)settings;
    if (!ask_for_inbound(txn, out, &is_closed, err) || is_closed)
        return is_closed;
    if (!each_due(txn, ask->after, find_first, &first, &next_at, &out->goes_on, err))
        return false;
    out->next_in_ms = first.look_at || out->goes_on.n > 0 ? 0
                      : next_at == INT64_MAX              ? INT_UNSET
                                                          : next_at - txn->now_ms;
    if (first.look_at == 0)
        return true;
    out->attempts.v = arena_alloc_array(txn->arena, AT_ONCE, sizeof *out->attempts.v);
    if (!out->attempts.v)
        return arena_err(txn->arena, err);
    if (!window_of(txn, &near.search, &first.attempt, &window, err))
        return false;
    out->window_from = window.from;
    out->window_to = window.to;
    return each_due(txn, ask->after, take_near, &near, &next_at, &out->goes_on, err);
}
