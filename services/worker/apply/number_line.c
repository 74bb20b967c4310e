#include "apply/number_line.h"

#include "core/grant_decide.h"
#include "core/lanes.h"

static bool is_held_for_number(const struct message_row *message)
{
    return message->status == STATUS_HELD &&
           (str_is(message->status_reason, GRANT_NUMBER_PAUSED) || str_is(message->status_reason, GRANT_NUMBER_LIMIT) ||
            str_is(message->status_reason, GRANT_DAILY_LIMIT));
}

static bool hold(struct txn *txn, int64_t tenant, struct message_row *message, const char *why, struct err *err)
{
    message->status = STATUS_HELD;
    message->status_reason = STR(GRANT_NUMBER_PAUSED);
    message->status_text = str_of(why);
    return message_put(txn, tenant, message, err);
}

/* To the place of one that is due now: it may have moved behind the day's end. */
static bool release(struct txn *txn, int64_t tenant, struct message_row *message, int64_t due_at, struct err *err)
{
    bool was_there;
    message->status = STATUS_QUEUED;
    message->status_reason = message->status_text = (struct str){0};
    if (due_at > txn->now_ms &&
        (!outbox_remove(txn, tenant, message, &was_there, err) || !outbox_add(txn, tenant, message, txn->now_ms, err)))
        return false;
    return message_put(txn, tenant, message, err);
}

static bool tell_one(struct txn *txn, int64_t tenant, const struct number_row *number, struct id id, int64_t due_at,
                     struct err *err)
{
    const char *why = grant_number_hold(number->state);
    struct message_row message;
    bool found;
    if (!message_get(txn, tenant, id, &message, &found, err))
        return false;
    if (!found)
        return err_set(err, ERR_BROKEN, NULL, "the outbox holds a message that is gone");
    if (why && message.status == STATUS_QUEUED)
        return hold(txn, tenant, &message, why, err);
    return why || !is_held_for_number(&message) || release(txn, tenant, &message, due_at, err);
}

bool number_line_changed(struct txn *txn, int64_t tenant, const struct number_row *number, struct err *err)
{
    bool ok = true;
    int steps = 0;
    for (int lane = 0; ok && lane < LANE_COUNT; lane++) {
        struct scan scan;
        struct str rest;
        struct str value;
        bool found = true;
        scan_begin(&scan, txn, TABLE_OUTBOX, key_of_lane(tenant, number->address, lane), SCAN_FORWARD);
        while (ok && steps++ < NUMBER_LINE_MAX) {
            ok = scan_next(&scan, &rest, &value, &found, err);
            if (!ok || !found)
                break;
            int64_t due_at = key_take_int(&rest);
            ok = tell_one(txn, tenant, number, key_take_id(&rest), due_at, err);
        }
        scan_end(&scan);
    }
    return ok;
}
