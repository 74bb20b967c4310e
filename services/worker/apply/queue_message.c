#include "apply/queue_message.h"

#include "core/grant_decide.h"

static void hold(struct message_row *message, const char *reason, const char *text)
{
    message->status = STATUS_HELD;
    message->status_reason = str_of(reason);
    message->status_text = str_of(text);
}

bool queue_message(struct txn *txn, int64_t tenant, struct conversation_row *conversation, struct message_row *message,
                   int64_t due_at, struct err *err)
{
    struct number_row number;
    bool found;
    if (!number_get(txn, tenant, message->from, &number, &found, err))
        return false;
    const char *why = found ? grant_number_hold(number.state) : NULL;
    message->direction = OUTBOUND;
    message->status = STATUS_QUEUED;
    message->status_reason = message->status_text = (struct str){0};
    if (due_at > txn->now_ms) {
        hold(message, "scheduled", "Waits for its time");
        message->held_until = due_at;
    } else if (why) {
        hold(message, GRANT_NUMBER_PAUSED, why);
    }
    return message_add(txn, tenant, conversation, message, err) && outbox_add(txn, tenant, message, due_at, err);
}
