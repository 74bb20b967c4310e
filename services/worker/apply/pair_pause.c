#include "apply/pair_pause.h"

#include "apply/audit.h"
#include "apply/notice.h"

enum { RESUME_MAX = 1000 }; /* held messages brought forward at once; what is beyond it is looked at within the hour */

static struct str scope_of(struct txn *txn, struct str number)
{
    return arena_format(txn->arena, "pair:%.*s", STR_ARGS(number));
}

static struct str notice_data(struct txn *txn, const struct conversation_row *conversation, struct id message)
{
    return arena_format(txn->arena, "{\"conversation_id\":\"%s\",\"contact_id\":\"%s\",\"message_id\":\"%s\"}",
                        id_text(conversation->id).c, id_text(conversation->contact).c, id_text(message).c);
}

bool pair_pause(struct txn *txn, int64_t tenant, const struct conversation_row *conversation, struct id message,
                struct str text, struct err *err)
{
    struct notice notice = { .kind = NOTICE_REFUSAL,
                             .severity = NOTICE_WARNING,
                             .subject = notice_about(txn, "conversation", conversation->id),
                             .text = text,
                             .data = notice_data(txn, conversation, message) };
    struct consent_row row = { .scope = scope_of(txn, conversation->number), .paused_at = txn->now_ms };
    return consent_put(txn, tenant, conversation->address, &row, err) && notice_raise(txn, tenant, &notice, err);
}

/* --- the end of it --- */

static bool release(struct txn *txn, int64_t tenant, struct str number, struct id id, struct err *err)
{
    struct message_row message;
    bool found;
    bool was_there;
    if (!message_get(txn, tenant, id, &message, &found, err))
        return false;
    bool is_held = found && message.status == STATUS_HELD && str_is(message.status_reason, PAIR_PAUSE_REASON) &&
                   str_eq(message.from, number);
    if (!is_held)
        return true;
    if (!outbox_remove(txn, tenant, &message, &was_there, err))
        return false;
    if (!was_there)
        return true;
    message.status = STATUS_QUEUED;
    message.status_reason = message.status_text = (struct str){ 0 };
    return outbox_add(txn, tenant, &message, txn->now_ms, err) && message_put(txn, tenant, &message, err);
}

static bool release_all(struct txn *txn, int64_t tenant, struct str number, struct str address, struct err *err)
{
    struct scan scan;
    struct str rest;
    struct str value;
    bool found = true;
    bool ok = true;
    scan_begin(&scan, txn, TABLE_PENDING, key_of_person(tenant, address), SCAN_FORWARD);
    for (int i = 0; ok && i < RESUME_MAX && txn->told_n < TOLD_MAX / 2; i++) {
        ok = scan_next(&scan, &rest, &value, &found, err);
        if (!ok || !found)
            break;
        ok = release(txn, tenant, number, key_take_id(&rest), err);
    }
    scan_end(&scan);
    return ok;
}

bool pair_resume(struct txn *txn, int64_t tenant, struct str number, struct str address, struct err *err)
{
    struct str scope = scope_of(txn, number);
    struct conversation_row conversation;
    struct consent_row row;
    bool is_paused;
    bool found;
    if (!consent_get(txn, tenant, address, scope, &row, &is_paused, err))
        return false;
    if (!is_paused)
        return true;
    if (!consent_remove(txn, tenant, address, scope, err) ||
        !conversation_find(txn, tenant, number, address, &conversation, &found, err))
        return false;
    txn->wakes_sender = true;
    if (found && (!notice_clear(txn, tenant, NOTICE_REFUSAL, notice_about(txn, "conversation", conversation.id), err) ||
                  !conversation_put(txn, tenant, &conversation, 0, err)))
        return false;
    return release_all(txn, tenant, number, address, err);
}

bool pair_looked_at(struct txn *txn, int64_t tenant, const struct conversation_row *conversation, struct err *err)
{
    struct consent_row row;
    bool is_paused;
    if (!consent_get(txn, tenant, conversation->address, scope_of(txn, conversation->number), &row, &is_paused, err))
        return false;
    return !is_paused ||
           (pair_resume(txn, tenant, conversation->number, conversation->address, err) &&
            audit_add(txn, tenant, "conversation.resume", notice_about(txn, "conversation", conversation->id),
                      STR("{\"paused\":{\"from\":true,\"to\":false}}"), err));
}
