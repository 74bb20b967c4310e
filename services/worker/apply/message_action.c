/* What a person does with a message that is on its way: cancel, check, resend, mark as sent or failed. */
#include "apply/attempt_effects.h"
#include "apply/audit.h"
#include "apply/notice.h"
#include "core/settle_decide.h"
#include "query/query.h"

static bool cancel(struct txn *txn, int64_t tenant, struct message_row *message, struct err *err)
{
    bool was_there;
    if (message->status == STATUS_CANCELLED)
        return true; /* asked again: the same answer (P2) */
    if (message->attempts.n > 0 && !message->attempts.v[message->attempts.n - 1].is_void)
        return err_set(err, ERR_CONFLICT, NULL, "it has left already and cannot be called back");
    if (!outbox_remove(txn, tenant, message, &was_there, err))
        return false;
    if (!was_there)
        return err_set(err, ERR_CONFLICT, NULL, "it no longer waits: it is %s", status_word(message->status));
    message->status = STATUS_CANCELLED;
    message->status_reason = STR("cancelled");
    message->status_text = STR("Cancelled before it was sent");
    return message_put(txn, tenant, message, err);
}

/* The newest attempt, when nobody knows what became of it. */
static struct attempt_row *unconfirmed_attempt(const struct message_row *message)
{
    struct attempt_row *last = message->attempts.n ? &message->attempts.v[message->attempts.n - 1] : NULL;
    return last && last->status == STATUS_UNCONFIRMED && !last->is_void ? last : NULL;
}

static bool not_unconfirmed(const struct message_row *message, struct err *err)
{
    return err_set(err, ERR_CONFLICT, NULL, "only an unconfirmed message can be settled; it is %s",
                   status_word(message->status));
}

static bool check_now(struct txn *txn, int64_t tenant, struct message_row *message, struct err *err)
{
    struct attempt_row *attempt = unconfirmed_attempt(message);
    struct open_row open;
    bool found;
    if (!attempt)
        return not_unconfirmed(message, err);
    if (!open_get(txn, tenant, message->id, attempt->number, &open, &found, err))
        return false;
    if (!found)
        return not_unconfirmed(message, err);
    open.look_at = txn->now_ms;
    txn->wakes_sender = true;
    return open_put(txn, tenant, message, attempt->number, &open, err);
}

static bool mark(struct txn *txn, int64_t tenant, const struct settings *settings, struct message_row *message,
                 bool was_sent, struct err *err)
{
    struct attempt_row *attempt = unconfirmed_attempt(message);
    struct attempt_facts facts;
    struct attempt_effects fx;
    if (!attempt)
        return not_unconfirmed(message, err);
    if (!attempt_facts_read(txn, tenant, message, attempt, &facts, err))
        return false;
    settle_mark(&facts, was_sent, &fx);
    return attempt_effects_write(txn, tenant, settings, message, attempt, &fx, (struct str){0}, err);
}

/* Room for what reports may still bring about is left in the message's list of attempts. */
enum { RESENDS_MAX = MESSAGE_ATTEMPTS_MAX - 4 };

static int attempts_made(const struct message_row *message)
{
    int n = 0;
    for (size_t i = 0; i < message->attempts.n; i++)
        n += message->attempts.v[i].is_void ? 0 : 1;
    return n;
}

static bool check_not_erased(struct txn *txn, int64_t tenant, const struct message_row *message, struct err *err)
{
    struct contact_row contact;
    bool found;
    if (!contact_get(txn, tenant, message->contact, &contact, &found, err))
        return false;
    return (found && contact.erased_at == 0) ||
           err_set(err, ERR_CONFLICT, NULL, "the person's data was erased; there is nobody to send it to");
}

/* Once more, by a person's decision: a new attempt, through the same choke point. */
static bool resend(struct txn *txn, int64_t tenant, const struct settings *settings, struct message_row *message,
                   struct err *err)
{
    if (!check_not_erased(txn, tenant, message, err))
        return false;
    if (message->class == CLASS_CONFIRM) /* 47 CFR 64.1200(a)(12): one confirmation, within 5 minutes */
        return err_set(err, ERR_CONFLICT, NULL, "it confirms a STOP or START and is sent once, or not at all");
    if (unconfirmed_attempt(message)) {
        if (!mark(txn, tenant, settings, message, false, err))
            return false;
    } else if (!status_is_final(message->status) || status_is_success(message->status)) {
        return err_set(err, ERR_CONFLICT, NULL, "it is %s; only what failed or is unconfirmed can be sent again",
                       status_word(message->status));
    }
    if (attempts_made(message) >= RESENDS_MAX)
        return err_set(err, ERR_CONFLICT, NULL, "it has been tried %d times; write a new message instead", RESENDS_MAX);
    message->status = STATUS_QUEUED;
    message->status_reason = message->status_text = (struct str){0};
    message->error_code = INT_UNSET;
    message->valid_until = 0;
    return outbox_add(txn, tenant, message, txn->now_ms, err) && message_put(txn, tenant, message, err);
}

/* Who decided what became of a message of which nobody knew, or that it goes once more, answers for it. */
static bool enter(struct txn *txn, int64_t tenant, const struct message_row *message, const char *action,
                  enum message_status before, struct err *err)
{
    struct str changes = arena_format(txn->arena, "{\"status\":{\"from\":\"%s\",\"to\":\"%s\"}}", status_word(before),
                                      status_word(message->status));
    return str_is_set(changes) ? audit_add(txn, tenant, action, notice_about(txn, "message", message->id), changes, err)
                               : arena_err(txn->arena, err);
}

bool message_action_apply(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request,
                          void *reply, struct err *err)
{
    const struct message_action *asked = request;
    struct message_row message;
    bool found;
    bool ok;
    if (!message_get(txn, tenant, asked->id, &message, &found, err))
        return false;
    if (!found || message.direction != OUTBOUND)
        return err_set(err, ERR_MISSING, "id", "there is no outbound message with this id");
    const enum message_status before = message.status;
    if (str_is(asked->action, "cancel"))
        ok = cancel(txn, tenant, &message, err);
    else if (str_is(asked->action, "check"))
        ok = check_now(txn, tenant, &message, err);
    else if (str_is(asked->action, "resend"))
        ok = resend(txn, tenant, settings, &message, err) &&
             enter(txn, tenant, &message, "message.resend", before, err);
    else if (str_is(asked->action, "sent") || str_is(asked->action, "failed"))
        ok = mark(txn, tenant, settings, &message, str_is(asked->action, "sent"), err) &&
             enter(txn, tenant, &message, "message.mark", before, err);
    else
        return err_set(err, ERR_INPUT, "action", "must be one of: cancel, check, resend, sent, failed");
    return ok && message_view_make(txn, tenant, &message, reply, err);
}
