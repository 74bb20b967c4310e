/* message_patch: what still waits may be given another time, text or validity; what was granted may not. */
#include "apply/apply.h"
#include "apply/queue_message.h"
#include "apply/send_check.h"
#include "query/query.h"

static bool check_waits(struct txn *txn, int64_t tenant, const struct message_row *message, struct err *err)
{
    bool is_waiting;
    if (!outbox_holds(txn, tenant, message, &is_waiting, err))
        return false;
    bool was_tried = message->attempts.n > 0 && !message->attempts.v[message->attempts.n - 1].is_void;
    if (!is_waiting || was_tried)
        return err_set(err, ERR_CONFLICT, NULL, "it no longer waits and cannot be changed: it is %s",
                       status_word(message->status));
    return true;
}

static bool change_text(struct txn *txn, int64_t tenant, struct str text, struct message_row *message, struct err *err)
{
    if (message->introduces)
        return err_set(err, ERR_CONFLICT, "text",
                       "carries the notice of a first message; cancel it and write a new one");
    if (message->class == CLASS_CONFIRM || message->help_at) /* they go where nothing else may: to who is opted out */
        return err_set(err, ERR_CONFLICT, "text", "answers a STOP, START or HELP and cannot be changed");
    if (!send_check_text(text, message->media.n, err))
        return false;
    message->text = text;
    return message_measure(txn, tenant, message, err);
}

static bool change(struct txn *txn, int64_t tenant, const struct message_patch *asked, struct message_row *message,
                   struct err *err)
{
    const struct message_changes *to = asked->changes;
    uint64_t present = (uint64_t)asked->present;
    if (present & record_bit(&message_changes_record, "send_at")) {
        if (!send_check_time(txn, to->send_at, err))
            return false;
        message->send_at = to->send_at;
    }
    if (present & record_bit(&message_changes_record, "valid_until"))
        message->valid_until = to->valid_until;
    return send_check_validity(txn, message->valid_until, message->send_at, err) &&
           (!(present & record_bit(&message_changes_record, "text")) ||
            change_text(txn, tenant, to->text, message, err));
}

bool message_patch_apply(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request,
                         void *reply, struct err *err)
{
    const struct message_patch *asked = request;
    struct message_row message;
    bool found;
    (void)settings;
    if (!asked->changes)
        return err_set(err, ERR_INPUT, "changes", "is missing");
    if (!message_get(txn, tenant, asked->id, &message, &found, err))
        return false;
    if (!found || message.direction != OUTBOUND)
        return err_set(err, ERR_MISSING, "id", "there is no outbound message with this id");
    return check_waits(txn, tenant, &message, err) && change(txn, tenant, asked, &message, err) &&
           requeue_message(txn, tenant, &message, err) && message_view_make(txn, tenant, &message, reply, err);
}
