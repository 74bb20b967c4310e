#include "apply/holds.h"

#include "core/grant_decide.h"

static bool may_have_changed(const struct message_row *message)
{
    return message->status == STATUS_HELD &&
           (str_is(message->status_reason, "quiet_hours") || str_is(message->status_reason, "spend_limit") ||
            str_is(message->status_reason, GRANT_DAILY_LIMIT) || str_is(message->status_reason, GRANT_BULK_CAP));
}

/* To the place of one that is due now. */
static bool look_again(struct txn *txn, int64_t tenant, struct id id, struct err *err)
{
    struct message_row message;
    bool found;
    bool was_there;
    if (!message_get(txn, tenant, id, &message, &found, err))
        return false;
    if (!found || !may_have_changed(&message))
        return true;
    if (!outbox_remove(txn, tenant, &message, &was_there, err))
        return false;
    return !was_there || outbox_add(txn, tenant, &message, max_i64(txn->now_ms, message.send_at), err);
}

bool holds_look_again(struct txn *txn, int64_t tenant, struct err *err)
{
    struct scan scan;
    struct str rest;
    struct str value;
    bool found = true;
    bool ok = true;
    scan_begin(&scan, txn, TABLE_OUTBOX, key_of_tenant(tenant), SCAN_FORWARD);
    for (int i = 0; ok && i < HOLDS_LOOK_MAX; i++) {
        ok = scan_next(&scan, &rest, &value, &found, err);
        if (!ok || !found)
            break;
        (void)key_take_text(&rest); /* the number; then its lane */
        (void)key_take_byte(&rest);
        if (key_take_int(&rest) <= txn->now_ms)
            continue; /* due anyway */
        struct arena_mark mark = arena_mark(txn->arena);
        ok = look_again(txn, tenant, key_take_id(&rest), err);
        arena_rewind(txn->arena, mark);
    }
    scan_end(&scan);
    return ok;
}

bool holds_of_person_look_again(struct txn *txn, int64_t tenant, struct str address, struct err *err)
{
    struct scan scan;
    struct str rest;
    struct str value;
    bool found = true;
    bool ok = true;
    scan_begin(&scan, txn, TABLE_PENDING, key_of_person(tenant, address), SCAN_FORWARD);
    for (int i = 0; ok && i < HOLDS_LOOK_MAX; i++) {
        ok = scan_next(&scan, &rest, &value, &found, err);
        if (!ok || !found)
            break;
        ok = look_again(txn, tenant, key_take_id(&rest), err);
    }
    scan_end(&scan);
    return ok;
}
