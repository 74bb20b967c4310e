#include "apply/queue_message.h"

#include "apply/settings_cache.h"
#include "core/grant_decide.h"
#include "core/programme_notice.h"
#include "domain/segments.h"
#include "metrics.h"

enum { TEXT_BYTES_MAX = 8192 };

static void hold(struct message_row *message, const char *reason, const char *text)
{
    message->status = STATUS_HELD;
    message->status_reason = str_of(reason);
    message->status_text = str_of(text);
}

/* Held until its time, or where its number sends nothing; else it waits its turn. */
static bool set_standing(struct txn *txn, int64_t tenant, struct message_row *message, int64_t due_at, struct err *err)
{
    struct number_row number;
    bool found;
    if (!number_get(txn, tenant, message->from, &number, &found, err))
        return false;
    const char *why = found ? grant_number_hold(number.state) : NULL;
    message->direction = OUTBOUND;
    message->status = STATUS_QUEUED;
    message->status_reason = message->status_text = (struct str){0};
    message->held_until = 0;
    if (due_at > txn->now_ms) {
        hold(message, "scheduled", "Waits for its time");
        message->held_until = due_at;
    } else if (why) {
        hold(message, GRANT_NUMBER_PAUSED, why);
    }
    return true;
}

bool queue_message(struct txn *txn, int64_t tenant, struct conversation_row *conversation, struct message_row *message,
                   int64_t due_at, struct err *err)
{
    return set_standing(txn, tenant, message, due_at, err) && message_add(txn, tenant, conversation, message, err) &&
           outbox_add(txn, tenant, message, due_at, err);
}

bool requeue_message(struct txn *txn, int64_t tenant, struct message_row *message, struct err *err)
{
    int64_t due_at = max_i64(txn->now_ms, message->send_at);
    bool was_there;
    return outbox_remove(txn, tenant, message, &was_there, err) && set_standing(txn, tenant, message, due_at, err) &&
           outbox_add(txn, tenant, message, due_at, err) && message_put(txn, tenant, message, err);
}

static bool block(struct txn *txn, int64_t tenant, struct conversation_row *conversation, struct message_row *message,
                  const char *reason, const char *text, struct err *err)
{
    message->direction = OUTBOUND;
    message->status = STATUS_BLOCKED;
    message->status_reason = str_of(reason);
    message->status_text = str_of(text);
    metric_add(&metric_blocked, 1);
    return message_add(txn, tenant, conversation, message, err);
}

/* *says: the message says who writes, STOP and HELP, or was made to. */
static bool introduce(struct txn *txn, int64_t tenant, const struct settings *settings, struct message_row *message,
                      bool *says, struct err *err)
{
    const struct settings_view *own;
    struct tenant_row head;
    struct err too_long;
    bool found;
    AUTO(buf_release) struct buf text;
    buf_init(&text, TEXT_BYTES_MAX);
    if (!tenant_get(txn, tenant, &head, &found, err) || !tenant_settings_get(txn, settings, tenant, &own, err))
        return false;
    struct str sender = own->sender_name.n ? own->sender_name : head.name;
    *says = programme_notice_is_there(message->text, sender);
    if (!*says && own->first_message == FIRST_MESSAGE_ADD && programme_notice_add(message->text, sender, &text) &&
        segments_check(buf_str(&text), "text", &too_long)) {
        message->text = arena_dup(txn->arena, buf_str(&text));
        if (!str_is_set(message->text))
            return arena_err(txn->arena, err);
        *says = true;
    }
    message->introduces = *says;
    return true;
}

bool message_prepare(struct txn *txn, int64_t tenant, const struct settings *settings, struct message_row *message,
                     struct refusal *out, struct err *err)
{
    struct consent_standing consent;
    bool says = true;
    *out = (struct refusal){ 0 };
    if (!consent_read(txn, tenant, message->to, message->from, message->topic, &consent, err))
        return false;
    if (consent.state == CONSENT_OUT)
        *out = (struct refusal){ "opted_out", "Not sent: this person has opted out; only their own START lifts it" };
    else if (message->class == CLASS_BULK && consent.state != CONSENT_IN)
        *out = (struct refusal){ "no_consent", "Not sent: this person has not opted in, and bulk messages need it" };
    if (out->reason)
        return true;
    if (message->class == CLASS_BULK && !consent.introduced_at &&
        !introduce(txn, tenant, settings, message, &says, err))
        return false;
    if (!says)
        *out = (struct refusal){ "first_message",
                                 "Not sent: the first message of a programme must name the sender, STOP and HELP" };
    return true;
}

bool queue_or_block(struct txn *txn, int64_t tenant, const struct settings *settings,
                    struct conversation_row *conversation, struct message_row *message, int64_t due_at, struct err *err)
{
    struct refusal refusal;
    if (!message_prepare(txn, tenant, settings, message, &refusal, err))
        return false;
    return refusal.reason ? block(txn, tenant, conversation, message, refusal.reason, refusal.text, err)
                          : queue_message(txn, tenant, conversation, message, due_at, err);
}
