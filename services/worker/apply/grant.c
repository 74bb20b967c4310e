/* hello and grant: the worker's side of design.md section 5, "Epochs" and "A grant is the start of an attempt". */
#include "apply/attempt_effects.h"
#include "apply/grant_send.h"
#include "core/lanes.h"
#include "core/outcome_decide.h"

enum {
    GRANT_MAX = 100,     /* sends of one answer: Plivo's own limit of parallel calls */
    WAITED_MAX = 256,    /* persons with an open attempt that one lane passes over, a request */
    STEPS_MAX = 5000,    /* messages of such persons that it passes over: each costs a step, no decision */
    EARLIER_MAX = 8,     /* how often an earlier message of the person is put first before the lane moves on */
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

struct granting {
    struct txn *txn;
    const struct settings *settings;
    const struct grant_request *asked;
    struct grantee grantee;
    struct grant_answer *answer;
    size_t max;
    int64_t next_ms; /* soonest time at which something more could be granted; TIME_FOREVER: nothing waits */
};

static void note_next(struct granting *g, int64_t at_ms)
{
    g->next_ms = min_i64(g->next_ms, at_ms);
}

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

/* --- one number --- */

/* The five lanes of a number while one request looks through them. */
struct number_lanes {
    struct granting *g;
    int64_t tenant;
    const struct number_row *number;
    struct scan scan[LANE_COUNT];
    bool waiting[LANE_COUNT];   /* head[] is due */
    struct id head[LANE_COUNT];
    struct str person[LANE_COUNT];  /* whom head[] is for */
    struct str waited[LANE_COUNT][WAITED_MAX]; /* persons for whom this lane has nothing that may go now */
    size_t waited_n[LANE_COUNT];
    bool is_shut;               /* the number can send nothing more now */
};

static bool is_waited_for(const struct number_lanes *l, size_t lane, struct str person)
{
    for (size_t i = 0; i < l->waited_n[lane]; i++)
        if (str_eq(l->waited[lane][i], person))
            return true;
    return false;
}

/* The lane's next message that is due, if any; those of persons that are waited for are passed over. */
static bool lane_step(struct number_lanes *l, size_t lane, struct err *err)
{
    struct str rest;
    struct str value;
    bool found;
    l->waiting[lane] = false;
    for (int steps = 0; steps < STEPS_MAX && l->waited_n[lane] < WAITED_MAX; steps++) {
        if (!scan_next(&l->scan[lane], &rest, &value, &found, err))
            return false;
        if (!found)
            return true;
        int64_t due = key_take_int(&rest);
        if (due > l->g->txn->now_ms) {
            note_next(l->g, due);
            return true;
        }
        if (is_waited_for(l, lane, value))
            continue;
        l->head[lane] = key_take_id(&rest);
        l->person[lane] = arena_dup(l->g->txn->arena, value);
        l->waiting[lane] = str_is_set(l->person[lane]);
        return l->waiting[lane] || arena_err(l->g->txn->arena, err);
    }
    return true;
}

static bool lanes_load(struct txn *txn, int64_t tenant, struct str number, struct limit_row *row, struct lanes *lanes,
                       struct err *err)
{
    bool found;
    record_init(&limit_row_record, row);
    if (!ROW_GET(txn, TABLE_LIMIT, key_of_text(tenant, number), limit_row, row, &found, err))
        return false;
    *lanes = (struct lanes){ { 0, (int32_t)row->credit_human, (int32_t)row->credit_auto,
                               (int32_t)row->credit_transactional, (int32_t)row->credit_bulk } };
    return true;
}

static bool lanes_save(struct txn *txn, int64_t tenant, struct str number, const struct lanes *lanes, struct err *err)
{
    struct limit_row row;
    struct lanes unused;
    if (!lanes_load(txn, tenant, number, &row, &unused, err))
        return false;
    row.credit_human = lanes->credit[CLASS_HUMAN];
    row.credit_auto = lanes->credit[CLASS_AUTO];
    row.credit_transactional = lanes->credit[CLASS_TRANSACTIONAL];
    row.credit_bulk = lanes->credit[CLASS_BULK];
    return ROW_PUT(txn, TABLE_LIMIT, key_of_text(tenant, number), limit_row, &row, err);
}

/* Decides on one message; an earlier one of the same person goes first. */
static bool decide_message(struct number_lanes *l, struct id id, struct grant_result *result, enum message_class *class,
                           struct err *err)
{
    struct granting *g = l->g;
    for (int i = 0; i < EARLIER_MAX; i++) {
        struct message_row message;
        bool found;
        if (!message_get(g->txn, l->tenant, id, &message, &found, err))
            return false;
        if (!found)
            return err_set(err, ERR_BROKEN, NULL, "the outbox holds a message that is gone");
        if (!grant_one(g->txn, l->tenant, g->settings, &message, l->number, &g->grantee, result, err))
            return false;
        *class = message.class;
        if (result->verdict.kind != GRANT_EARLIER_FIRST)
            return true;
        id = result->earlier;
    }
    return true;
}

static bool serve_lane(struct number_lanes *l, struct lanes *lanes, enum message_class lane, struct err *err)
{
    struct granting *g = l->g;
    struct grant_result result = { 0 };
    enum message_class class = lane;
    if (!decide_message(l, l->head[lane], &result, &class, err))
        return false;
    if (result.is_granted) {
        lanes_served(lanes, l->waiting, class, result.send.segments);
        g->answer->sends.v[g->answer->sends.n++] = result.send;
        if (!lanes_save(g->txn, l->tenant, l->number->address, lanes, err))
            return false;
    } else if (result.verdict.kind == GRANT_WAIT) {
        if (!result.verdict.is_held)
            l->waited[lane][l->waited_n[lane]++] = l->person[lane];
        if (result.verdict.wait_ms != TIME_FOREVER)
            note_next(g, g->txn->now_ms + max_i64(1, result.verdict.wait_ms));
        l->is_shut = result.verdict.is_number_wide;
    }
    return lane_step(l, (size_t)lane, err);
}

static bool grant_from_number(struct granting *g, int64_t tenant, const struct number_row *number, struct err *err)
{
    struct number_lanes l = {.g = g, .tenant = tenant, .number = number};
    struct limit_row unused;
    struct lanes lanes;
    enum message_class order[LANE_COUNT];
    bool ok = lanes_load(g->txn, tenant, number->address, &unused, &lanes, err);
    for (size_t i = 0; i < LANE_COUNT; i++)
        scan_begin(&l.scan[i], g->txn, TABLE_OUTBOX, key_of_lane(tenant, number->address, (int)i), SCAN_FORWARD);
    for (size_t i = 0; ok && i < LANE_COUNT; i++)
        ok = lane_step(&l, i, err);
    while (ok && !l.is_shut && g->answer->sends.n < g->max && g->txn->told_n < TOLD_MAX / 2 &&
           lanes_order(&lanes, l.waiting, order) > 0)
        ok = serve_lane(&l, &lanes, order[0], err);
    for (size_t i = 0; i < LANE_COUNT; i++) {
        if (l.waiting[i] && !l.is_shut)
            note_next(g, g->txn->now_ms + 1); /* the answer is full, there is more */
        scan_end(&l.scan[i]);
    }
    return ok;
}

/* Every number of the tenant has its own line; where the answer fills up before the last, the next request follows at once. */
static bool grant_from_all(struct granting *g, struct err *err)
{
    const int64_t tenant = FIRST_TENANT;
    struct scan scan;
    struct str rest;
    struct str value;
    bool found = true;
    bool ok = true;
    scan_begin(&scan, g->txn, TABLE_NUMBER, key_of_tenant(tenant), SCAN_FORWARD);
    while (ok && (ok = scan_next(&scan, &rest, &value, &found, err)) && found) {
        struct number_row number;
        ok = row_decode(g->txn, &number_row_record, value, &number, err) && grant_from_number(g, tenant, &number, err);
    }
    scan_end(&scan);
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
    if (!ROW_PUT(txn, TABLE_SENDER, key_of_name(asked->sender), sender_row, &row, err) ||
        !look_through_open(&g, is_repeat, err))
        return false;
    if (!is_repeat && !grant_from_all(&g, err))
        return false;
    answer->next_in_ms = is_repeat ? 0 : g.next_ms == TIME_FOREVER ? INT_UNSET : max_i64(0, g.next_ms - txn->now_ms);
    return true;
}
