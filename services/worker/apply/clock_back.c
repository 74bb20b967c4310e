#include "apply/clock_back.h"

bool clock_wait_is_over(const struct txn *txn, int64_t since_ms, int64_t wait_ms)
{
    return txn->now_ms - since_ms >= wait_ms || since_ms > txn->now_ms + CLOCK_SLACK_MS;
}

bool clock_back_attempt(struct txn *txn, const struct settings *settings, struct open_attempt *open, struct err *err)
{
    struct message_row message;
    bool found;
    if (open->row.unconfirmed_at <= txn->now_ms + CLOCK_SLACK_MS)
        return true;
    open->row.unconfirmed_at = txn->now_ms;
    if (open->row.look_at) /* 0: a person decides */
        open->row.look_at = txn->now_ms + settings->confirm_after_ms;
    return message_get(txn, open->tenant, open->message, &message, &found, err) &&
           (!found || open_put(txn, open->tenant, &message, open->attempt, &open->row, err));
}

/* That it was made after now proves that the clock went back; what is held waits for a time of its own. */
static bool is_left_behind(const struct txn *txn, const struct message_row *message)
{
    return message->status == STATUS_QUEUED && message->created_at > txn->now_ms + CLOCK_SLACK_MS;
}

static bool date_anew(struct txn *txn, int64_t tenant, struct id id, int64_t due_at, bool *is_moved, struct err *err)
{
    struct message_row message;
    bool found;
    if (!message_get(txn, tenant, id, &message, &found, err))
        return false;
    if (!found || !is_left_behind(txn, &message))
        return true;
    int64_t delay_ms = max_i64(0, due_at - message.created_at);
    return outbox_remove(txn, tenant, &message, is_moved, err) &&
           (!*is_moved || outbox_add(txn, tenant, &message, txn->now_ms + delay_ms, err));
}

bool clock_back_outbox(struct txn *txn, bool *is_done, struct err *err)
{
    struct scan scan;
    struct str rest;
    struct str value;
    struct id last;
    bool found = true;
    bool ok = true;
    int64_t limit = txn->now_ms + CLOCK_SLACK_MS;
    memset(&last, 0xFF, sizeof last);
    *is_done = true;
    scan_begin(&scan, txn, TABLE_OUTBOX, key_begin(), SCAN_FORWARD);
    for (int i = 0; ok && i < CLOCK_BACK_STEPS; i++) {
        struct arena_mark mark = arena_mark(txn->arena);
        ok = scan_next(&scan, &rest, &value, &found, err);
        if (!ok || !found)
            break;
        int64_t tenant = key_take_tenant(&rest);
        struct str number = key_take_text(&rest);
        int lane = key_take_byte(&rest);
        int64_t due_at = key_take_int(&rest);
        bool is_moved = false;
        if (due_at <= limit)
            scan_after(&scan, key_of_outbox(tenant, number, lane, limit, last)); /* what is due needs no help */
        else
            ok = date_anew(txn, tenant, key_take_id(&rest), due_at, &is_moved, err);
        *is_done = *is_done && !is_moved;
        arena_rewind(txn->arena, mark);
    }
    scan_end(&scan);
    return ok;
}
