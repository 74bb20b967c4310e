#include "apply/breakers.h"

#include "apply/notice.h"
#include "domain/money.h"

#define DAY_MS INT64_C(86400000)

/* --- loops --- */

static struct loop_limits limits_of(const struct settings_view *own)
{
    return (struct loop_limits){ .most = own->loop_limit,
                                 .most_same = own->loop_same_limit,
                                 .window_ms = own->loop_window_s * 1000 };
}

static bool guard_get(struct txn *txn, int64_t tenant, struct str person, struct loop_guard *out, struct err *err)
{
    struct loop_row row;
    bool found;
    *out = (struct loop_guard){ 0 };
    if (!ROW_GET(txn, TABLE_LOOP, key_of_text(tenant, person), loop_row, &row, &found, err))
        return false;
    if (!found)
        return true;
    *out = (struct loop_guard){ .since_ms = row.since, .n = row.n, .has_tripped = row.has_tripped };
    for (size_t i = 0; i < row.texts.n && i < LOOP_TEXTS; i++)
        out->texts[i] = (struct loop_text){ row.texts.v[i].hash, row.texts.v[i].n };
    return true;
}

static bool guard_put(struct txn *txn, int64_t tenant, struct str person, const struct loop_guard *guard,
                      struct err *err)
{
    struct loop_count texts[LOOP_TEXTS];
    struct loop_row row = { .since = guard->since_ms, .n = guard->n, .has_tripped = guard->has_tripped };
    row.texts.v = texts;
    for (size_t i = 0; i < LOOP_TEXTS; i++)
        if (guard->texts[i].n > 0)
            texts[row.texts.n++] = (struct loop_count){ .hash = guard->texts[i].hash, .n = guard->texts[i].n };
    return ROW_PUT(txn, TABLE_LOOP, key_of_text(tenant, person), loop_row, &row, err);
}

/* Who is no person: a number of ours, or a service behind a short code. */
static bool look_for_machine(struct txn *txn, int64_t tenant, struct str person, const char **why, struct err *err)
{
    struct number_row ours;
    bool is_ours;
    if (!number_get(txn, tenant, person, &ours, &is_ours, err))
        return false;
    if (is_ours)
        *why = "It would go to a number of our own: a loop";
    else if (person.n > 0 && person.p[0] != '+')
        *why = "A short code is a machine: it gets no automatic answer";
    return true;
}

static bool read_loop(struct txn *txn, int64_t tenant, const struct settings_view *own,
                      const struct message_row *message, struct breakers *out, struct grant_facts *f, struct err *err)
{
    if (message->class != CLASS_AUTO)
        return true;
    if (!look_for_machine(txn, tenant, message->to, &f->loop, err) ||
        !guard_get(txn, tenant, message->to, &out->guard, err))
        return false;
    out->limits = limits_of(own);
    out->text_hash = loop_hash(message->text);
    if (!f->loop)
        f->loop = loop_guard_look(&out->guard, &out->limits, out->text_hash, txn->now_ms);
    return true;
}

bool loop_trip(struct txn *txn, int64_t tenant, const struct settings_view *own, const struct message_row *message,
               struct err *err)
{
    struct loop_limits limits = limits_of(own);
    struct loop_guard guard;
    if (!guard_get(txn, tenant, message->to, &guard, err))
        return false;
    loop_guard_trip(&guard, &limits, txn->now_ms);
    const struct notice notice = {
        .kind = NOTICE_LOOP,
        .severity = NOTICE_WARNING,
        .subject = notice_about(txn, "contact", message->contact),
        .text = STR("Automatic answers to this person are stopped for a while: it looked like two machines talking"),
    };
    return guard_put(txn, tenant, message->to, &guard, err) && notice_raise(txn, tenant, &notice, err);
}

/* --- money --- */

static int64_t today(const struct txn *txn)
{
    return txn->now_ms / DAY_MS;
}

static bool spend_get(struct txn *txn, int64_t tenant, struct spend_row *row, struct err *err)
{
    bool found;
    record_init(&spend_row_record, row);
    return ROW_GET(txn, TABLE_SPEND, key_of_number(tenant, today(txn)), spend_row, row, &found, err);
}

static bool spend_put(struct txn *txn, int64_t tenant, const struct spend_row *row, struct err *err)
{
    return ROW_PUT(txn, TABLE_SPEND, key_of_number(tenant, today(txn)), spend_row, row, err);
}

int64_t spend_of(const struct message_row *message)
{
    struct err unused;
    int64_t amount = 0;
    return message->cost_amount.n && money_parse(message->cost_amount, "cost", &amount, &unused) ? amount : 0;
}

static bool read_spend(struct txn *txn, int64_t tenant, const struct settings_view *own,
                       const struct message_row *message, struct breakers *out, struct grant_facts *f, struct err *err)
{
    struct err unused;
    out->spend_limit = INT_UNSET;
    out->cost = spend_of(message);
    if (!spend_get(txn, tenant, &out->spend, err))
        return false;
    if (!own->spend_daily_limit.n || !money_parse(own->spend_daily_limit, "limit", &out->spend_limit, &unused))
        return true;
    out->spend_warn = out->spend_limit / 100 * own->spend_warn_percent;
    if (out->spend.amount + out->cost > out->spend_limit)
        f->spend_held_ms = (today(txn) + 1) * DAY_MS - txn->now_ms;
    return true;
}

static const struct str SPEND_SUBJECT = STR("tenant:spend");

static bool tell_spend(struct txn *txn, int64_t tenant, enum notice_severity severity, const char *text,
                       struct err *err)
{
    const struct notice notice = {
        .kind = NOTICE_SPEND, .severity = severity, .subject = SPEND_SUBJECT, .text = str_of(text)
    };
    return notice_raise(txn, tenant, &notice, err);
}

static bool charge_spend(struct txn *txn, int64_t tenant, struct breakers *b, struct err *err)
{
    /* the first of a day: yesterday's alarm is over */
    if (b->spend.amount == 0 && !notice_clear(txn, tenant, NOTICE_SPEND, SPEND_SUBJECT, err))
        return false;
    b->spend.amount = min_i64(b->spend.amount + b->cost, MONEY_MAX);
    bool warns = b->spend_limit != INT_UNSET && b->spend.amount >= b->spend_warn && !b->spend.has_warned;
    b->spend.has_warned = b->spend.has_warned || warns;
    return spend_put(txn, tenant, &b->spend, err) &&
           (!warns || tell_spend(txn, tenant, NOTICE_WARNING, "Today's spending comes near its limit", err));
}

bool spend_stopped(struct txn *txn, int64_t tenant, struct err *err)
{
    struct spend_row row;
    if (!spend_get(txn, tenant, &row, err))
        return false;
    if (row.has_stopped)
        return true;
    row.has_stopped = true;
    return spend_put(txn, tenant, &row, err) &&
           tell_spend(txn, tenant, NOTICE_ALARM,
                      "Today's spending limit is reached: what would pass it waits for tomorrow (UTC)", err);
}

bool spend_adjust(struct txn *txn, int64_t tenant, int64_t by, struct err *err)
{
    struct spend_row row;
    if (by == 0)
        return true;
    if (!spend_get(txn, tenant, &row, err))
        return false;
    row.amount = clamp_i64(row.amount + by, 0, MONEY_MAX);
    txn->wakes_sender = txn->wakes_sender || by < 0;
    return spend_put(txn, tenant, &row, err);
}

/* --- both --- */

bool breakers_read(struct txn *txn, int64_t tenant, const struct settings_view *own, const struct message_row *message,
                   struct breakers *out, struct grant_facts *f, struct err *err)
{
    *out = (struct breakers){ 0 };
    return read_loop(txn, tenant, own, message, out, f, err) && read_spend(txn, tenant, own, message, out, f, err);
}

bool breakers_charge(struct txn *txn, int64_t tenant, const struct message_row *message, struct breakers *b,
                     struct err *err)
{
    if (message->class == CLASS_AUTO) {
        loop_guard_count(&b->guard, &b->limits, b->text_hash, txn->now_ms);
        if (!guard_put(txn, tenant, message->to, &b->guard, err))
            return false;
    }
    return charge_spend(txn, tenant, b, err);
}
