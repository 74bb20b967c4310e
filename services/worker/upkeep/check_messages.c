/* Messages, what waits, what is open, and what Plivo said. */
#include "upkeep/check_private.h"

#define ID(id) id_text(id).c

bool check_waits(const struct message_row *row)
{
    return row->direction == OUTBOUND && (row->status == STATUS_QUEUED || row->status == STATUS_HELD);
}

static bool is_open(const struct attempt_row *attempt)
{
    return !attempt->is_void && (attempt->status == STATUS_SENDING || attempt->status == STATUS_UNCONFIRMED);
}

/* --- messages --- */

static bool check_chain_link(struct check *c, int64_t tenant, const struct message_row *row, struct err *err)
{
    struct message_link previous;
    bool is_there;
    if (!check_has(c, TABLE_CONVERSATION, key_of_id(tenant, row->conversation), NULL, &is_there, err))
        return false;
    if (!is_there)
        check_found(c, "%s: its conversation %s is not there", ID(row->id), ID(row->conversation));
    if (!id_is_set(row->previous))
        return true;
    if (!CHECK_GET(c, TABLE_MESSAGE, key_of_id(tenant, row->previous), message_link, &previous, &is_there, err))
        return false;
    if (!is_there || !id_eq(previous.conversation, row->conversation))
        check_found(c, "%s: the message before it is %s", ID(row->id),
                    is_there ? "of another conversation" : "not there");
    return true;
}

/* The conversations were walked before: each of their chains' messages was there, of that conversation, and older than the one before. If
 * that was as many as there are, it was each of them, once. */
static bool note_chained(struct check *c, struct err *err)
{
    int64_t messages;
    if (!table_count(c->txn, TABLE_MESSAGE, &messages, err))
        return false;
    c->are_chained = !c->is_chain_broken && c->chained == messages;
    return true;
}

/* `attempt` 0: it is the message's own. */
static bool check_owns(struct check *c, int64_t tenant, const struct message_row *row, struct str uuid, int64_t attempt,
                       struct err *err)
{
    struct uuid_row owner;
    bool is_there;
    if (uuid.n == 0)
        return true;
    if (!CHECK_GET(c, TABLE_UUID, key_of_text(tenant, uuid), uuid_row, &owner, &is_there, err))
        return false;
    if (!is_there || !id_eq(owner.message, row->id))
        check_found(c, "%s is not found by Plivo's uuid", ID(row->id));
    else if (owner.attempt == attempt)
        c->owned++;
    return true;
}

static bool check_attempts(struct check *c, int64_t tenant, const struct message_row *row, struct err *err)
{
    for (size_t i = 0; i < row->attempts.n; i++) {
        const struct attempt_row *attempt = &row->attempts.v[i];
        bool is_there;
        if (!check_owns(c, tenant, row, attempt->uuid, attempt->number, err) ||
            !check_has(c, TABLE_OPEN, key_of_open(tenant, row->id, attempt->number), NULL, &is_there, err))
            return false;
        if (is_open(attempt) && !is_there)
            check_found(c, "%s: attempt %lld is open, and nothing will settle it", ID(row->id),
                        (long long)attempt->number);
        if (i > 0 && attempt->number <= row->attempts.v[i - 1].number)
            check_found(c, "%s: attempt %lld comes after %lld", ID(row->id), (long long)attempt->number,
                        (long long)row->attempts.v[i - 1].number);
    }
    return true;
}

bool check_message(struct check *c, int64_t tenant, struct str key, struct str value, struct err *err)
{
    struct message_row row;
    struct pending_row pending;
    bool is_there;
    struct id at = key_take_id(&key);
    if (c->seen[TABLE_MESSAGE] == 1 && !note_chained(c, err))
        return false;
    if (!check_read(c, &message_row_record, value, &row))
        return true;
    if (!id_eq(row.id, at))
        check_found(c, "%s lies where another one belongs", ID(row.id));
    if ((!c->are_chained && !check_chain_link(c, tenant, &row, err)) ||
        !check_owns(c, tenant, &row, row.uuid, 0, err) || !check_attempts(c, tenant, &row, err))
        return false;
    if (!check_waits(&row))
        return true;
    if (!CHECK_GET(c, TABLE_PENDING, key_of_pending(tenant, row.to, at), pending_row, &pending, &is_there, err))
        return false;
    if (!is_there || pending.is_open)
        check_found(c, "%s is %s, and does not stand in the outbox", ID(at), status_word(row.status));
    return true;
}

/* The messages were walked before. A uuid leads to one message or attempt only: if as many were found as there are, it was each of them,
 * but for those of what was not stored again after an erasure, which lead nowhere. */
static bool note_owned(struct check *c, struct err *err)
{
    struct scan scan;
    struct str key;
    struct str value;
    struct uuid_row row;
    struct err unreadable;
    bool found = true;
    bool ok = true;
    int64_t others = 0;
    scan_begin(&scan, c->txn, TABLE_UUID, key_begin(), SCAN_FORWARD);
    while (ok && (ok = scan_next(&scan, &key, &value, &found, err)) && found)
        others += record_decode(&uuid_row_record, value, c->txn->arena, &row, &unreadable) && !id_is_set(row.message)
                      ? 0
                      : 1;
    scan_end(&scan);
    c->are_owned = others == c->owned;
    return ok;
}

/* Identities outlive messages, and what was dropped from a message's list of attempts. */
bool check_uuid(struct check *c, int64_t tenant, struct str key, struct str value, struct err *err)
{
    struct uuid_row row;
    struct message_row message;
    bool is_there;
    struct str uuid = arena_dup(c->txn->arena, key);
    if (c->seen[TABLE_UUID] == 1 && !note_owned(c, err))
        return false;
    if (!check_read(c, &uuid_row_record, value, &row) || c->are_owned || !id_is_set(row.message))
        return true;
    if (!CHECK_GET(c, TABLE_MESSAGE, key_of_id(tenant, row.message), message_row, &message, &is_there, err))
        return false;
    if (!is_there)
        return true;
    const struct attempt_row *attempt = row.attempt ? message_attempt(&message, row.attempt) : NULL;
    if (row.attempt == 0 && !str_eq(message.uuid, uuid))
        check_found(c, "leads to message %s, which has another", ID(row.message));
    if (attempt && !str_eq(attempt->uuid, uuid))
        check_found(c, "leads to attempt %lld of message %s, which has another", (long long)row.attempt,
                    ID(row.message));
    return true;
}

bool check_a_report(struct check *c, int64_t tenant, struct str key, struct str value, struct err *err)
{
    struct report_row row;
    struct id message = key_take_id(&key);
    int64_t attempt = key_take_int(&key);
    if (!check_read(c, &report_row_record, value, &row))
        return true;
    if (row.attempt != attempt || !row.report)
        check_found(c, "a report for message %s is for another attempt, or empty", ID(message));
    if (!id_eq(message, c->reported) &&
        !check_has(c, TABLE_MESSAGE, key_of_id(tenant, message), NULL, &c->is_reported_there, err))
        return false;
    c->reported = message;
    if (!c->is_reported_there)
        check_found(c, "leads to message %s, which is not there", ID(message));
    return true;
}

bool check_orphan(struct check *c, int64_t tenant, struct str key, struct str value, struct err *err)
{
    struct report_row row;
    (void)tenant;
    (void)key;
    (void)err;
    if (check_read(c, &report_row_record, value, &row) && !row.report)
        check_found(c, "row %lld has no report in it", (long long)c->seen[TABLE_ORPHAN]);
    return true;
}

/* --- what waits --- */

bool check_outbox(struct check *c, int64_t tenant, struct str key, struct str value, struct err *err)
{
    struct message_row message;
    struct pending_row pending;
    bool is_there;
    struct str rest = arena_dup(c->txn->arena, key);
    struct str address;
    struct id campaign;
    outbox_value_read(arena_dup(c->txn->arena, value), &address, &campaign);
    struct str number = key_take_text(&rest);
    if (rest.n != 1 + 8 + ID_BYTES) {
        check_found(c, "row %lld has a key that is no place", (long long)c->seen[TABLE_OUTBOX]);
        return true;
    }
    int lane = key_take_byte(&rest);
    int64_t due = key_take_int(&rest);
    struct id id = key_take_id(&rest);
    if (!CHECK_GET(c, TABLE_MESSAGE, key_of_id(tenant, id), message_row, &message, &is_there, err))
        return false;
    if (!is_there || !check_waits(&message)) {
        check_found(c, "message %s is %s", ID(id), is_there ? status_word(message.status) : "not there");
        return true;
    }
    if (!str_eq(message.to, address) || !str_eq(message.from, number) || (int)message.class != lane ||
        !id_eq(message.campaign, campaign))
        check_found(c, "message %s stands in another's line", ID(id));
    if (!CHECK_GET(c, TABLE_PENDING, key_of_pending(tenant, message.to, id), pending_row, &pending, &is_there, err))
        return false;
    if (!is_there || pending.is_open || pending.due != due || (int)pending.class != lane ||
        !str_eq(pending.number, number))
        check_found(c, "message %s stands here a second time", ID(id));
    if (!id_is_set(campaign))
        return true;
    if (!check_has(c, TABLE_CAMPAIGN_WAITING, key_of_waiting(tenant, campaign, id), NULL, &is_there, err))
        return false;
    if (!is_there)
        check_found(c, "message %s is not among what its campaign waits for", ID(id));
    return true;
}

static bool check_open_of(struct check *c, int64_t tenant, struct id message, struct err *err)
{
    struct scan scan;
    struct str rest;
    struct str value;
    bool found = false;
    scan_begin(&scan, c->txn, TABLE_OPEN, key_of_id(tenant, message), SCAN_FORWARD);
    bool ok = scan_next(&scan, &rest, &value, &found, err);
    scan_end(&scan);
    if (ok && !found)
        check_found(c, "message %s blocks its person, and has no open attempt", ID(message));
    return ok;
}

bool check_pending(struct check *c, int64_t tenant, struct str key, struct str value, struct err *err)
{
    struct message_row message;
    struct pending_row row;
    struct str waiting;
    bool is_there;
    struct str rest = arena_dup(c->txn->arena, key);
    struct str address = key_take_text(&rest);
    if (rest.n != ID_BYTES || !check_read(c, &pending_row_record, value, &row)) {
        if (rest.n != ID_BYTES)
            check_found(c, "row %lld has a key that is no person's", (long long)c->seen[TABLE_PENDING]);
        return true;
    }
    struct id id = key_take_id(&rest);
    if (!CHECK_GET(c, TABLE_MESSAGE, key_of_id(tenant, id), message_row, &message, &is_there, err))
        return false;
    if (!is_there || !str_eq(message.to, address)) {
        check_found(c, "message %s is %s", ID(id), is_there ? "to somebody else" : "not there");
        return true;
    }
    if (row.is_open)
        return check_open_of(c, tenant, id, err);
    if (!check_has(c, TABLE_OUTBOX, key_of_outbox(tenant, row.number, (int)row.class, row.due, id), &waiting, &is_there,
                   err))
        return false;
    if (!is_there)
        check_found(c, "message %s waits, and does not stand in the outbox", ID(id));
    if (!id_is_set(message.campaign))
        return true;
    if (!check_has(c, TABLE_CAMPAIGN_WAITING, key_of_waiting(tenant, message.campaign, id), NULL, &is_there, err))
        return false;
    if (!is_there)
        check_found(c, "message %s waits, and its campaign does not know", ID(id));
    return true;
}

bool check_open(struct check *c, int64_t tenant, struct str key, struct str value, struct err *err)
{
    struct message_row message;
    struct pending_row pending;
    struct open_row row;
    bool is_there;
    struct id id = key_take_id(&key);
    int64_t number = key_take_int(&key);
    if (!check_read(c, &open_row_record, value, &row))
        return true;
    if (!CHECK_GET(c, TABLE_MESSAGE, key_of_id(tenant, id), message_row, &message, &is_there, err))
        return false;
    const struct attempt_row *attempt = is_there ? message_attempt(&message, number) : NULL;
    if (!attempt || !is_open(attempt) || row.is_unconfirmed != (attempt->status == STATUS_UNCONFIRMED)) {
        check_found(c, "attempt %lld of message %s is %s", (long long)number, ID(id),
                    attempt ? status_word(attempt->status) : "not there");
        return true;
    }
    if (!CHECK_GET(c, TABLE_PENDING, key_of_pending(tenant, message.to, id), pending_row, &pending, &is_there, err))
        return false;
    if (!is_there || !pending.is_open || pending.is_unconfirmed != row.is_unconfirmed)
        check_found(c, "attempt %lld of message %s is open, and its person does not wait for it", (long long)number,
                    ID(id));
    return true;
}
