/* What time alone brings about. Bounded work a tick; what is left waits for the next one. */
#include "apply/stale_tick.h"
#include "apply/attempt_effects.h"
#include "apply/clock_back.h"
#include "apply/erase.h"
#include "apply/tenant_turn.h"
#include "metrics.h"

enum {
    ANSWERS_KEPT_MS = 24 * 3600000, /* contract.md: an Idempotency-Key is kept 24 h */
    DAY_MS = 86400000,
    STEPS_MAX = 200,
    TENANTS_MAX = 16, /* a tick, with so many steps each */
    OPEN_STEPS_MAX = 2000, /* many may be unconfirmed, and before the silent ones */
};

/* Whether nothing has been heard for too long of who has the attempt in hand. */
static bool is_silent(struct txn *txn, const struct settings *settings, const struct open_attempt *open, bool *out,
                      struct err *err)
{
    struct sender_row sender;
    bool has_sender;
    *out = false;
    if (open->row.is_unconfirmed || !clock_wait_is_over(txn, open->row.granted_at, settings->silence_ms))
        return true;
    if (!ROW_GET(txn, TABLE_SENDER, key_of_name(open->row.sender), sender_row, &sender, &has_sender, err))
        return false;
    *out = !has_sender || clock_wait_is_over(txn, sender.seen_at, settings->silence_ms);
    return true;
}

static bool lose_some(struct txn *txn, const struct settings *settings, struct open_walk *walk, struct err *err)
{
    struct open_attempt open;
    bool found = true;
    bool is_lost;
    for (int lost = 0; lost < STEPS_MAX; lost += is_lost) {
        if (!open_walk_next(walk, &open, &found, err))
            return false;
        if (!found)
            return true;
        if (open.row.is_unconfirmed && !clock_back_attempt(txn, settings, &open, err))
            return false;
        if (!is_silent(txn, settings, &open, &is_lost, err) ||
            (is_lost && !attempt_lost(txn, open.tenant, settings, open.message, open.attempt, err)))
            return false;
    }
    return true;
}

/* Attempts of a sender that has gone silent, and inline replies of an ingress that never came back. Before them there may be more that
 * wait for a person than one tick looks at: the next goes on where this one ended. */
static bool lose_silent(struct txn *txn, const struct settings *settings, struct err *err)
{
    const struct key name = key_of_name(STR("silent_after"));
    struct open_walk walk;
    struct str after;
    bool goes_on;
    if (!value_get(txn, TABLE_META, name, &after, &goes_on, err))
        return false;
    open_walk_begin(&walk, txn, OPEN_STEPS_MAX);
    if (goes_on)
        open_walk_after(&walk, after);
    bool ok = lose_some(txn, settings, &walk, err);
    if (ok && open_walk_is_cut(&walk))
        ok = value_put(txn, TABLE_META, name, open_walk_at(&walk), err);
    else if (ok && goes_on)
        ok = row_delete(txn, TABLE_META, name, err);
    open_walk_end(&walk);
    return ok;
}

static bool drop_old_answers(struct txn *txn, struct err *err)
{
    struct scan scan;
    struct str rest;
    struct str value;
    bool found = true;
    bool ok = true;
    scan_begin(&scan, txn, TABLE_ANSWER_AGE, key_begin(), SCAN_FORWARD);
    for (int i = 0; ok && i < STEPS_MAX; i++) {
        ok = scan_next(&scan, &rest, &value, &found, err);
        if (!ok || !found)
            break;
        struct key age = key_begin();
        key_bytes(&age, rest.p, rest.n);
        if (key_take_int(&rest) > txn->now_ms - ANSWERS_KEPT_MS)
            break;
        struct key answer = key_begin(); /* what is left of the age key is the answer's own */
        key_bytes(&answer, rest.p, rest.n);
        ok = row_delete(txn, TABLE_ANSWER, answer, err) && row_delete(txn, TABLE_ANSWER_AGE, age, err);
    }
    scan_end(&scan);
    return ok;
}

static bool drop_old_events_of(struct txn *txn, int64_t tenant, const struct settings *settings, struct err *err)
{
    struct tenant_row head;
    struct scan scan;
    struct str rest;
    struct str value;
    bool found = true;
    bool has_dropped = false;
    if (!tenant_get(txn, tenant, &head, &found, err))
        return false;
    if (!found)
        return true;
    bool ok = true;
    scan_begin(&scan, txn, TABLE_EVENT, key_of_tenant(tenant), SCAN_FORWARD);
    for (int i = 0; ok && i < STEPS_MAX; i++) {
        struct event_row event;
        ok = scan_next(&scan, &rest, &value, &found, err);
        if (!ok || !found)
            break;
        int64_t number = key_take_int(&rest);
        ok = row_decode(txn, &event_row_record, value, &event, err);
        if (!ok || event.at > txn->now_ms - settings->event_days * DAY_MS)
            break;
        ok = row_delete(txn, TABLE_EVENT, key_of_number(tenant, number), err);
        head.event_tail = number + 1;
        has_dropped = true;
    }
    scan_end(&scan);
    return ok && (!has_dropped || tenant_put(txn, tenant, &head, err));
}

static bool drop_old_events(struct txn *txn, const struct settings *settings, struct err *err)
{
    int64_t tenants[TENANTS_MAX];
    size_t n;
    bool ok = tenants_in_turn(txn, TABLE_EVENT, tenants, TENANTS_MAX, &n, err);
    for (size_t i = 0; ok && i < n; i++)
        ok = drop_old_events_of(txn, tenants[i], settings, err);
    return ok;
}

static bool wake(struct txn *txn, int64_t tenant, struct id id, struct err *err)
{
    struct conversation_row row;
    bool found;
    if (!conversation_get(txn, tenant, id, &row, &found, err))
        return false;
    if (!found || row.status != CONVERSATION_SNOOZED || row.snooze_until > txn->now_ms)
        return true; /* it woke before, or sleeps longer now */
    row.status = CONVERSATION_OPEN;
    row.snooze_until = 0;
    return conversation_put(txn, tenant, &row, 0, err);
}

static bool wake_snoozed(struct txn *txn, struct err *err)
{
    struct scan scan;
    struct str rest;
    struct str value;
    bool found = true;
    bool ok = true;
    scan_begin(&scan, txn, TABLE_SNOOZE, key_begin(), SCAN_FORWARD);
    for (int i = 0; ok && i < STEPS_MAX; i++) {
        ok = scan_next(&scan, &rest, &value, &found, err);
        if (!ok || !found)
            break;
        int64_t at = key_take_int(&rest);
        if (at > txn->now_ms)
            break;
        int64_t tenant = key_take_tenant(&rest);
        struct id id = key_take_id(&rest);
        ok = row_delete(txn, TABLE_SNOOZE, key_of_snooze(at, tenant, id), err) && wake(txn, tenant, id, err);
    }
    scan_end(&scan);
    return ok;
}

static bool gauges_set(struct txn *txn, struct err *err)
{
    int64_t waiting;
    int64_t open;
    int64_t due_at;
    if (!table_count(txn, TABLE_OUTBOX, &waiting, err) || !table_count(txn, TABLE_OPEN, &open, err) ||
        !outbox_first_due(txn, &due_at, err))
        return false;
    metric_set(&metric_outbox, waiting);
    metric_set(&metric_open_attempts, open);
    metric_set(&metric_outbox_oldest, max_i64(0, txn->now_ms - due_at));
    return true;
}

bool tick_apply(struct txn *txn, const struct settings *settings, struct err *err)
{
    if (settings->distrust_until_us > txn->boot_us)
        return gauges_set(txn, err); /* the clocks drifted apart: nothing expires (design.md section 4) */
    return lose_silent(txn, settings, err) && wake_snoozed(txn, err) && drop_old_answers(txn, err) &&
           drop_old_events(txn, settings, err) && erase_tick(txn, err) && retention_tick(txn, settings, err) &&
           stale_tick(txn, settings, err) && gauges_set(txn, err);
}
