#include "apply/queue_message.h"

bool queue_message(struct txn *txn, int64_t tenant, struct conversation_row *conversation, struct message_row *message,
                   int64_t due_at, struct err *err)
{
    bool is_later = due_at > txn->now_ms;
    message->direction = OUTBOUND;
    message->status = is_later ? STATUS_HELD : STATUS_QUEUED;
    message->status_reason = is_later ? STR("scheduled") : (struct str){0};
    message->status_text = is_later ? STR("Waits for its time") : (struct str){0};
    return message_add(txn, tenant, conversation, message, err) && outbox_add(txn, tenant, message, due_at, false, err);
}
