/* hello and grant: the worker's side of design.md section 5, "Epochs" and "A grant is the start of an attempt". */
#include "apply/attempt_effects.h"
#include "apply/granting.h"
#include "core/outcome_decide.h"

enum {
    GRANT_MAX = 100,     /* sends of one answer: Plivo's own limit of parallel calls */
    OPEN_MAX = 10000,    /* open attempts that a request looks through */
};

static bool sender_get(struct txn *txn, struct str name, struct sender_row *row, bool *found, struct err *err)
{
    record_init(&sender_row_record, row);
    return ROW_GET(txn, TABLE_SENDER, key_of_name(name), sender_row, row, found, err);
}

static bool check_name(struct str name, struct err *err)
{
    return (name.n > 0 && name.n <= 64) || err_set(err, ERR_INPUT, "sender", "needs a name of 1 to 64 bytes");
}

/* --- hello --- */

/* A new epoch: what the old one still had open may or may not have left. */
static bool lose_open(struct txn *txn, const struct settings *settings, struct str sender, struct err *err)
{
    struct open_walk walk;
    struct open_attempt open;
    bool found = true;
    bool ok = true;
    open_walk_begin(&walk, txn, OPEN_MAX);
    while (ok && (ok = open_walk_next(&walk, &open, &found, err)) && found)
        if (!open.row.is_unconfirmed && str_eq(open.row.sender, sender))
            ok = attempt_lost(txn, open.tenant, settings, open.message, open.attempt, err);
    open_walk_end(&walk);
    return ok;
}

bool hello_apply(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request, void *reply,
                 struct err *err)
{
    const struct hello *asked = request;
    struct welcome *welcome = reply;
    struct sender_row row;
    bool found;
    (void)tenant;
    if (!check_name(asked->sender, err) || !sender_get(txn, asked->sender, &row, &found, err) ||
        !lose_open(txn, settings, asked->sender, err))
        return false;
    /* the generation leads, so that an epoch of before a restore is never given again */
    row.epoch = max_i64(row.epoch, store_generation(txn->store) << 32) + 1;
    row.grant = 0;
    row.seen_at = txn->now_ms;
    welcome->epoch = row.epoch;
    welcome->generation = store_generation(txn->store);
    return ROW_PUT(txn, TABLE_SENDER, key_of_name(asked->sender), sender_row, &row, err);
}

/* --- grant --- */

static bool is_in_hand(const struct grant_request *asked, struct id message, int64_t attempt)
{
    for (size_t i = 0; i < asked->in_hand.n; i++)
        if (id_eq(asked->in_hand.v[i].message, message) && asked->in_hand.v[i].attempt == attempt)
            return true;
    return false;
}

static bool hand_back(struct granting *g, int64_t tenant, struct id id, int64_t number, struct err *err)
{
    const struct outcome_heard never_received = {.outcome = CALL_HANDED_BACK, .is_free = true};
    struct message_row message;
    struct attempt_facts facts;
    struct attempt_effects fx;
    bool found;
    if (!message_get(g->txn, tenant, id, &message, &found, err))
        return false;
    struct attempt_row *attempt = found ? message_attempt(&message, number) : NULL;
    if (!attempt)
        return err_set(err, ERR_BROKEN, NULL, "an open attempt has no message");
    if (!attempt_facts_read(g->txn, tenant, &message, attempt, &facts, err))
        return false;
    outcome_decide(&facts, &never_received, &fx);
    attempt->outcome = CALL_HANDED_BACK;
    attempt->ended_at = g->txn->now_ms;
    return attempt_effects_write(g->txn, tenant, g->settings, &message, attempt, &fx, (struct str){0}, err);
}

/* Adds one send to the answer again, or hands back what the sender never got. */
static bool look_at_open(struct granting *g, bool is_repeat, const struct open_attempt *open, struct err *err)
{
    const struct open_row *row = &open->row;
    struct message_row message;
    bool found;
    if (row->is_unconfirmed || row->epoch != g->asked->epoch || !str_eq(row->sender, g->asked->sender))
        return true;
    if (!is_repeat)
        return is_in_hand(g->asked, open->message, open->attempt) ||
               hand_back(g, open->tenant, open->message, open->attempt, err);
    if (row->grant != g->asked->number || g->answer->sends.n >= g->max)
        return true;
    if (!message_get(g->txn, open->tenant, open->message, &message, &found, err))
        return false;
    return !found || granted_send_make(g->txn, open->tenant, &message, open->attempt, row->expiry_s,
                                       &g->answer->sends.v[g->answer->sends.n++], err);
}

static bool look_through_open(struct granting *g, bool is_repeat, struct err *err)
{
    struct open_walk walk;
    struct open_attempt open;
    bool found = true;
    bool ok = true;
    open_walk_begin(&walk, g->txn, OPEN_MAX);
    while (ok && (ok = open_walk_next(&walk, &open, &found, err)) && found)
        ok = look_at_open(g, is_repeat, &open, err);
    open_walk_end(&walk);
    return ok;
}

bool grant_apply(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request, void *reply,
                 struct err *err)
{
    const struct grant_request *asked = request;
    struct grant_answer *answer = reply;
    struct sender_row row;
    bool found;
    (void)tenant; /* a sender serves all tenants */
    if (!check_name(asked->sender, err) || !sender_get(txn, asked->sender, &row, &found, err))
        return false;
    if (!found || row.epoch != asked->epoch)
        return err_set(err, ERR_CONFLICT, "epoch", "another sender has taken over");
    if (asked->number < row.grant || asked->number > row.grant + 1)
        return err_set(err, ERR_CONFLICT, "number", "is %lld, the newest is %lld", (long long)asked->number,
                       (long long)row.grant);
    struct granting g = {
        .txn = txn,
        .settings = settings,
        .asked = asked,
        .grantee = {.sender = asked->sender, .epoch = asked->epoch, .number = asked->number, .via = REPLY_VIA_REST},
        .answer = answer,
        .max = (size_t)clamp_i64(asked->max, 0, GRANT_MAX),
        .next_ms = TIME_FOREVER,
    };
    answer->number = asked->number;
    answer->sends.v = arena_alloc_array(txn->arena, GRANT_MAX, sizeof *answer->sends.v);
    if (!answer->sends.v)
        return arena_err(txn->arena, err);
    bool is_repeat = asked->number == row.grant;
    row.grant = asked->number;
    row.seen_at = txn->now_ms;
    if (!look_through_open(&g, is_repeat, err))
        return false;
    if (!is_repeat && !grant_by_turns(&g, &row.turn, err))
        return false;
    if (!ROW_PUT(txn, TABLE_SENDER, key_of_name(asked->sender), sender_row, &row, err))
        return false;
    answer->next_in_ms = is_repeat ? 0 : g.next_ms == TIME_FOREVER ? INT_UNSET : max_i64(0, g.next_ms - txn->now_ms);
    return true;
}
