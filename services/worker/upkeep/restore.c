#include "upkeep/restore.h"

#include "store/campaigns.h"
#include "store/meta.h"

enum {
    EVENT_BITS = 40
}; /* numbers of one generation: 34,000 a second for a year; 13 bits are left for generations below 2^53 */

typedef bool row_visit(struct txn *txn, struct str key, struct str value, struct recovery_row *row, struct err *err);

/* Each row of a table, which may be written meanwhile; what was read of the one before is forgotten. */
static bool each_row(struct txn *txn, enum table table, row_visit *visit, struct recovery_row *recovery,
                     struct err *err)
{
    const struct arena_mark mark = arena_mark(txn->arena);
    struct scan scan;
    struct str key;
    struct str value;
    bool found = true;
    bool ok = true;
    scan_begin(&scan, txn, table, key_begin(), SCAN_FORWARD);
    while (ok && (ok = scan_next(&scan, &key, &value, &found, err)) && found) {
        struct str key_copy = arena_dup(txn->arena, key);
        struct str value_copy = arena_dup(txn->arena, value);
        ok = str_is_set(key_copy) && str_is_set(value_copy) ? visit(txn, key_copy, value_copy, recovery, err)
                                                            : arena_err(txn->arena, err);
        arena_rewind(txn->arena, mark);
        txn->told_n = 0; /* told to nobody: whoever follows the stream begins anew */
    }
    scan_end(&scan);
    return ok;
}

static struct key key_from(struct str bytes)
{
    struct key key = key_begin();
    key_bytes(&key, bytes.p, bytes.n);
    return key;
}

/* --- what waited or was on its way --- */

/* The attempt by which it may have left since: the one it would have been granted as. A report that names it finds it (P5). */
static struct attempt_row *attempt_since(struct txn *txn, struct message_row *message, const struct recovery_row *row)
{
    struct attempt_row *attempt = message_add_attempt(txn, message);
    if (attempt) {
        attempt->granted_at = row->backup_at;
        attempt->generation = store_generation(txn->store);
    }
    return attempt;
}

static bool put_unconfirmed(struct txn *txn, int64_t tenant, struct message_row *message, struct attempt_row *attempt,
                            const struct open_row *was, const struct recovery_row *row, struct err *err)
{
    struct open_row open = *was;
    attempt->status = STATUS_UNCONFIRMED;
    attempt->unconfirmed_at = row->restored_at;
    attempt->looks = 0;
    open.is_unconfirmed = true;
    open.unconfirmed_at = row->restored_at;
    open.look_at = row->restored_at;
    open.may_have_left_until = row->restored_at;
    message->status = STATUS_UNCONFIRMED;
    message->status_reason = STR(RESTORED_REASON);
    message->status_text = STR("The store was restored from a backup: whether this left since then is not known");
    return message_put(txn, tenant, message, err) && open_put(txn, tenant, message, attempt->number, &open, err);
}

static bool unsettle_waiting(struct txn *txn, int64_t tenant, struct message_row *message, struct recovery_row *row,
                             struct err *err)
{
    const struct open_row none = { .sender = STR(RESTORED_REASON), .granted_at = row->backup_at };
    bool was_there;
    if (!outbox_remove(txn, tenant, message, &was_there, err))
        return false;
    struct attempt_row *attempt = attempt_since(txn, message, row);
    row->unconfirmed++;
    if (attempt)
        return put_unconfirmed(txn, tenant, message, attempt, &none, row, err);
    message->status = STATUS_FAILED; /* its list of attempts is full: a person has sent it again and again */
    message->status_reason = STR(RESTORED_REASON);
    message->status_text = STR("Ended by a restore: whether it left since the backup is not known");
    return message_put(txn, tenant, message, err);
}

static bool unsettle_open(struct txn *txn, int64_t tenant, struct message_row *message, struct recovery_row *row,
                          struct err *err)
{
    for (size_t i = 0; i < message->attempts.n; i++) {
        struct attempt_row *attempt = &message->attempts.v[i];
        struct open_row open;
        bool found;
        if (!open_get(txn, tenant, message->id, attempt->number, &open, &found, err))
            return false;
        if (!found)
            continue;
        row->unconfirmed++;
        if (!put_unconfirmed(txn, tenant, message, attempt, &open, row, err))
            return false;
    }
    return true;
}

static bool unsettle(struct txn *txn, struct str key, struct str value, struct recovery_row *row, struct err *err)
{
    struct pending_row pending;
    struct message_row message;
    bool found;
    int64_t tenant = key_take_tenant(&key);
    (void)key_take_text(&key);
    struct id id = key_take_id(&key);
    if (!row_decode(txn, &pending_row_record, value, &pending, err) ||
        !message_get(txn, tenant, id, &message, &found, err))
        return false;
    if (!found)
        return err_set(err, ERR_BROKEN, NULL, "a message that waits is not in the store: check it");
    return pending.is_open ? unsettle_open(txn, tenant, &message, row, err)
                           : unsettle_waiting(txn, tenant, &message, row, err);
}

/* Whom a campaign had not reached at the backup, it may have reached since: a person decides whether it goes on. */
static bool stop_campaign(struct txn *txn, struct str key, struct str value, struct recovery_row *row, struct err *err)
{
    struct campaign_row campaign;
    (void)row;
    if (!row_decode(txn, &campaign_row_record, value, &campaign, err))
        return false;
    if (campaign.state != CAMPAIGN_APPROVED && campaign.state != CAMPAIGN_RUNNING)
        return true;
    campaign.state = CAMPAIGN_PAUSED;
    return campaign_put(txn, key_take_tenant(&key), &campaign, err);
}

/* --- numbers that must not be given again --- */

static bool drop(struct txn *txn, struct str key, struct str value, struct recovery_row *row, struct err *err)
{
    (void)value;
    (void)row;
    return row_delete(txn, TABLE_EVENT, key_from(key), err);
}

/* Whoever follows the stream reloads: what was told in the lost time is told by nobody any more. */
static bool jump(struct txn *txn, struct str key, struct str value, struct recovery_row *row, struct err *err)
{
    struct tenant_row tenant;
    bool found = false;
    int64_t id = key_take_tenant(&key);
    (void)value;
    if (!tenant_get(txn, id, &tenant, &found, err) || !found)
        return found;
    tenant.event_head = max_i64(tenant.event_head, row->generation << EVENT_BITS);
    tenant.event_tail = tenant.event_head + 1;
    return tenant_put(txn, id, &tenant, err);
}

/* A sender that lived on has an epoch of before; it says hello again. */
static bool end_epoch(struct txn *txn, struct str key, struct str value, struct recovery_row *row, struct err *err)
{
    struct sender_row sender;
    if (!row_decode(txn, &sender_row_record, value, &sender, err))
        return false;
    sender.epoch = row->generation << 32;
    sender.grant = 0;
    return ROW_PUT(txn, TABLE_SENDER, key_from(key), sender_row, &sender, err);
}

static bool end_session(struct txn *txn, struct str key, struct str value, struct recovery_row *row, struct err *err)
{
    struct access_row access;
    (void)row;
    if (!row_decode(txn, &access_row_record, value, &access, err))
        return false;
    return (!str_is(access.kind, "session") && !str_is(access.kind, "login")) ||
           row_delete(txn, TABLE_ACCESS, key_from(key), err);
}

bool restore_apply(struct txn *txn, struct recovery_row *row, struct err *err)
{
    return each_row(txn, TABLE_PENDING, unsettle, row, err) && each_row(txn, TABLE_CAMPAIGN, stop_campaign, row, err) &&
           each_row(txn, TABLE_EVENT, drop, row, err) && each_row(txn, TABLE_TENANT, jump, row, err) &&
           each_row(txn, TABLE_SENDER, end_epoch, row, err) && each_row(txn, TABLE_ACCESS, end_session, row, err) &&
           meta_restore(txn, row, err);
}
