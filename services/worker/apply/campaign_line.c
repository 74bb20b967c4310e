#include "apply/campaign_line.h"

#include "core/grant_decide.h"

static bool hold(struct txn *txn, int64_t tenant, struct message_row *message, struct err *err)
{
    if (message->status != STATUS_QUEUED)
        return true;
    message->status = STATUS_HELD;
    message->status_reason = STR(GRANT_CAMPAIGN_HELD);
    message->status_text = STR("Its campaign is paused");
    return message_put(txn, tenant, message, err);
}

static bool release(struct txn *txn, int64_t tenant, struct message_row *message, struct err *err)
{
    if (message->status != STATUS_HELD || !str_is(message->status_reason, GRANT_CAMPAIGN_HELD))
        return true;
    message->status = STATUS_QUEUED;
    message->status_reason = message->status_text = (struct str){ 0 };
    return message_put(txn, tenant, message, err);
}

static bool cancel(struct txn *txn, int64_t tenant, struct message_row *message, struct err *err)
{
    bool was_there;
    message->status = STATUS_CANCELLED;
    message->status_reason = STR("campaign_cancelled");
    message->status_text = STR("Its campaign was cancelled");
    return outbox_remove(txn, tenant, message, &was_there, err) && message_put(txn, tenant, message, err);
}

typedef bool message_step(struct txn *txn, int64_t tenant, struct message_row *message, struct err *err);

static bool for_each_waiting(struct txn *txn, int64_t tenant, struct id campaign, int max, message_step *step,
                             bool *is_done, struct err *err)
{
    struct scan scan;
    struct str rest;
    struct str value;
    bool found = true;
    bool ok = true;
    *is_done = false;
    scan_begin(&scan, txn, TABLE_CAMPAIGN_WAITING, key_of_id(tenant, campaign), SCAN_FORWARD);
    for (int i = 0; ok && i < max; i++) {
        struct message_row message;
        bool is_there;
        ok = scan_next(&scan, &rest, &value, &found, err);
        *is_done = ok && !found;
        if (!ok || !found)
            break;
        ok = message_get(txn, tenant, key_take_id(&rest), &message, &is_there, err);
        if (ok && !is_there)
            ok = err_set(err, ERR_BROKEN, NULL, "the outbox holds a message that is gone");
        ok = ok && step(txn, tenant, &message, err);
    }
    scan_end(&scan);
    return ok;
}

bool campaign_line_changed(struct txn *txn, int64_t tenant, const struct campaign_row *campaign, struct err *err)
{
    bool unused;
    message_step *step = campaign->state == CAMPAIGN_PAUSED ? hold : release;
    if (campaign->state == CAMPAIGN_CANCELLED)
        return true; /* the tick ends them */
    return for_each_waiting(txn, tenant, campaign->id, CAMPAIGN_LINE_MAX, step, &unused, err);
}

bool campaign_line_cancel(struct txn *txn, int64_t tenant, struct id campaign, int max, bool *is_done, struct err *err)
{
    return for_each_waiting(txn, tenant, campaign, max, cancel, is_done, err);
}
