/* One number's line: its five lanes, looked through in the order of their shares. */
#include "apply/granting.h"
#include "core/lanes.h"

enum {
    WAITED_MAX = 256, /* persons with an open attempt that one lane passes over, a request */
    STEPS_MAX = 5000, /* messages of such persons that it passes over: each costs a step, no decision */
    SHUT_MAX = 64,    /* campaigns that can send nothing more now, a number and request */
    EARLIER_MAX = 16, /* how often an earlier message of the person is put first before the lane moves on */
};

/* The five lanes of a number while one request looks through them. */
struct grant_queue {
    struct granting *g;
    int64_t tenant;
    struct number_row number;
    struct lanes lanes;
    struct scan scan[LANE_COUNT];
    bool waiting[LANE_COUNT];   /* head[] is due */
    struct id head[LANE_COUNT];
    struct str person[LANE_COUNT];  /* whom head[] is for */
    struct str waited[LANE_COUNT][WAITED_MAX]; /* persons for whom this lane has nothing that may go now */
    size_t waited_n[LANE_COUNT];
    struct id campaign[LANE_COUNT]; /* of head[] */
    struct id shut[SHUT_MAX];       /* campaigns that are paused, or have used up their rate */
    size_t shut_n;
    bool is_shut;               /* the number can send nothing more now */
};

static bool is_waited_for(const struct grant_queue *l, size_t lane, struct str person)
{
    for (size_t i = 0; i < l->waited_n[lane]; i++)
        if (str_eq(l->waited[lane][i], person))
            return true;
    return false;
}

static bool is_campaign_shut(const struct grant_queue *l, struct id campaign)
{
    for (size_t i = 0; i < l->shut_n; i++)
        if (id_eq(l->shut[i], campaign))
            return true;
    return false;
}

/* The lane's next message that is due, if any; those of persons that are waited for, and of campaigns that wait, are passed over. */
static bool lane_step(struct grant_queue *l, size_t lane, struct err *err)
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
            granting_note_next(l->g, due);
            return true;
        }
        struct str person;
        outbox_value_read(value, &person, &l->campaign[lane]);
        if (is_waited_for(l, lane, person) || is_campaign_shut(l, l->campaign[lane]))
            continue;
        l->head[lane] = key_take_id(&rest);
        l->person[lane] = arena_dup(l->g->txn->arena, person);
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

/* What the earlier one has come to keeps nobody waiting any more: held on its own account, or ended. */
static bool is_out_of_the_way(const struct grant_verdict *verdict)
{
    switch (verdict->kind) {
    case GRANT_BLOCK:
    case GRANT_CANCEL:
    case GRANT_EXPIRE: return true;
    case GRANT_WAIT: return verdict->is_held && !verdict->is_number_wide;
    case GRANT_NOW:
    case GRANT_EARLIER_FIRST: break;
    }
    return false;
}

/* Decides on one message; an earlier one of the same person goes first. */
static bool decide_message(struct grant_queue *l, struct id id, struct grant_result *result, enum message_class *class,
                           struct err *err)
{
    struct granting *g = l->g;
    const struct id asked = id;
    for (int i = 0; i < EARLIER_MAX; i++) {
        struct message_row message;
        bool found;
        if (!message_get(g->txn, l->tenant, id, &message, &found, err))
            return false;
        if (!found)
            return err_set(err, ERR_BROKEN, NULL, "the outbox holds a message that is gone");
        if (!grant_one(g->txn, l->tenant, g->settings, &message, &l->number, &g->grantee, result, err))
            return false;
        *class = message.class;
        bool is_first = result->verdict.kind == GRANT_EARLIER_FIRST;
        if (!is_first && (id_eq(id, asked) || !is_out_of_the_way(&result->verdict)))
            return true;
        id = is_first ? result->earlier : asked;
    }
    return true;
}

static bool serve_lane(struct grant_queue *l, enum message_class lane, int64_t *segments, struct err *err)
{
    struct granting *g = l->g;
    struct grant_result result = { 0 };
    enum message_class class = lane;
    *segments = 0;
    if (!decide_message(l, l->head[lane], &result, &class, err))
        return false;
    if (result.is_granted) {
        *segments = result.send.segments;
        lanes_served(&l->lanes, l->waiting, class, result.send.segments);
        g->answer->sends.v[g->answer->sends.n++] = result.send;
        if (!lanes_save(g->txn, l->tenant, l->number.address, &l->lanes, err))
            return false;
    } else if (result.verdict.kind == GRANT_WAIT) {
        if (result.verdict.is_campaign_wide && l->shut_n < SHUT_MAX)
            l->shut[l->shut_n++] = result.campaign;
        else if (!result.verdict.is_held)
            l->waited[lane][l->waited_n[lane]++] = l->person[lane];
        if (result.verdict.wait_ms != TIME_FOREVER)
            granting_note_next(g, g->txn->now_ms + max_i64(1, result.verdict.wait_ms));
        l->is_shut = result.verdict.is_number_wide;
    }
    return lane_step(l, (size_t)lane, err);
}

struct grant_queue *grant_queue_open(struct granting *g, int64_t tenant, const struct number_row *number,
                                     struct err *err)
{
    struct grant_queue *l = arena_alloc(g->txn->arena, sizeof *l);
    struct limit_row unused;
    if (!l) {
        (void)arena_err(g->txn->arena, err);
        return NULL;
    }
    l->g = g;
    l->tenant = tenant;
    l->number = *number;
    for (size_t i = 0; i < LANE_COUNT; i++)
        scan_begin(&l->scan[i], g->txn, TABLE_OUTBOX, key_of_lane(tenant, number->address, (int)i), SCAN_FORWARD);
    bool ok = lanes_load(g->txn, tenant, number->address, &unused, &l->lanes, err);
    for (size_t i = 0; ok && i < LANE_COUNT; i++)
        ok = lane_step(l, i, err);
    if (ok)
        return l;
    grant_queue_close(l);
    return NULL;
}

bool grant_queue_step(struct grant_queue *l, int64_t *segments, bool *is_over, struct err *err)
{
    enum message_class order[LANE_COUNT];
    *segments = 0;
    *is_over = l->is_shut || lanes_order(&l->lanes, l->waiting, order) == 0;
    return *is_over || serve_lane(l, order[0], segments, err);
}

void grant_queue_close(struct grant_queue *l)
{
    for (size_t i = 0; i < LANE_COUNT; i++) {
        if (l->waiting[i] && !l->is_shut)
            granting_note_next(l->g, l->g->txn->now_ms + 1); /* the answer is full, there is more */
        scan_end(&l->scan[i]);
    }
}
