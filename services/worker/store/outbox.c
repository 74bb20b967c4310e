#include "store/entities.h"

/* Our number and the person of an outbound message. */
static struct str our_number(const struct message_row *message)
{
    return message->from;
}

static struct str person(const struct message_row *message)
{
    return message->to;
}

/* What stands in the outbox: the person and, behind a NUL, the campaign, so that a lane passes over a whole campaign without reading
 * its messages. */
static struct str outbox_value(struct txn *txn, const struct message_row *message)
{
    size_t n = person(message).n;
    char *value = arena_alloc(txn->arena, n + 1 + ID_BYTES);
    if (!value)
        return (struct str){ 0 };
    memcpy(value, person(message).p, n);
    memcpy(value + n + 1, message->campaign.b, ID_BYTES);
    return (struct str){ value, id_is_set(message->campaign) ? n + 1 + ID_BYTES : n };
}

void outbox_value_read(struct str value, struct str *person_address, struct id *campaign)
{
    size_t n = str_find(value, '\0');
    *person_address = str_slice(value, 0, n);
    *campaign = (struct id){ 0 };
    if (value.n == n + 1 + ID_BYTES)
        memcpy(campaign->b, value.p + n + 1, ID_BYTES);
}

static bool put_waiting(struct txn *txn, int64_t tenant, const struct message_row *message, struct err *err)
{
    return !id_is_set(message->campaign) ||
           value_put(txn, TABLE_CAMPAIGN_WAITING, key_of_waiting(tenant, message->campaign, message->id), STR(""), err);
}

static bool delete_waiting(struct txn *txn, int64_t tenant, const struct message_row *message, struct err *err)
{
    return !id_is_set(message->campaign) ||
           row_delete(txn, TABLE_CAMPAIGN_WAITING, key_of_waiting(tenant, message->campaign, message->id), err);
}

bool outbox_add(struct txn *txn, int64_t tenant, const struct message_row *message, int64_t due_at, struct err *err)
{
    struct pending_row pending = {
        .number = our_number(message),
        .class = message->class,
        .due = due_at,
        .campaign = message->campaign,
    };
    struct str value = outbox_value(txn, message);
    txn->wakes_sender = true;
    if (!str_is_set(value))
        return arena_err(txn->arena, err);
    return put_waiting(txn, tenant, message, err) &&
           value_put(txn, TABLE_OUTBOX,
                     key_of_outbox(tenant, our_number(message), (int)message->class, due_at, message->id), value,
                     err) &&
           ROW_PUT(txn, TABLE_PENDING, key_of_pending(tenant, person(message), message->id), pending_row, &pending,
                   err);
}

bool outbox_remove(struct txn *txn, int64_t tenant, const struct message_row *message, bool *was_there, struct err *err)
{
    struct key key = key_of_pending(tenant, person(message), message->id);
    struct pending_row pending;
    bool found;
    *was_there = false;
    if (!ROW_GET(txn, TABLE_PENDING, key, pending_row, &pending, &found, err))
        return false;
    if (!found || pending.is_open)
        return true;
    *was_there = true;
    return delete_waiting(txn, tenant, message, err) &&
           row_delete(txn, TABLE_OUTBOX,
                      key_of_outbox(tenant, pending.number, (int)pending.class, pending.due, message->id), err) &&
           row_delete(txn, TABLE_PENDING, key, err);
}

bool outbox_holds(struct txn *txn, int64_t tenant, const struct message_row *message, bool *holds, struct err *err)
{
    struct pending_row pending;
    bool found;
    if (!ROW_GET(txn, TABLE_PENDING, key_of_pending(tenant, person(message), message->id), pending_row, &pending,
                 &found, err))
        return false;
    *holds = found && !pending.is_open;
    return true;
}

bool outbox_first_due(struct txn *txn, int64_t *due_at, struct err *err)
{
    enum { LANES_MAX = 10000 }; /* two thousand numbers with all their lanes: what lies behind is not looked at */
    struct id last;
    struct scan scan;
    struct str rest;
    struct str value;
    bool found = true;
    bool ok = true;
    memset(&last, 0xFF, sizeof last);
    *due_at = INT64_MAX;
    scan_begin(&scan, txn, TABLE_OUTBOX, key_begin(), SCAN_FORWARD);
    for (int lanes = 0; ok && lanes < LANES_MAX; lanes++) {
        ok = scan_next(&scan, &rest, &value, &found, err);
        if (!ok || !found)
            break;
        int64_t tenant = key_take_tenant(&rest);
        struct str number = key_take_text(&rest);
        int lane = key_take_byte(&rest);
        *due_at = min_i64(*due_at, key_take_int(&rest));            /* the first of its lane is the oldest of it */
        scan_after(&scan, key_of_outbox(tenant, number, lane, INT64_MAX, last)); /* on with the next lane */
    }
    scan_end(&scan);
    return ok;
}

/* --- open attempts --- */

static bool put_pending(struct txn *txn, int64_t tenant, const struct message_row *message, const struct open_row *open,
                        struct err *err)
{
    struct pending_row pending = {
        .is_open = true,
        .is_unconfirmed = open->is_unconfirmed,
        .since = open->is_unconfirmed ? open->unconfirmed_at : open->granted_at,
        .number = our_number(message),
        .class = message->class,
    };
    return ROW_PUT(txn, TABLE_PENDING, key_of_pending(tenant, person(message), message->id), pending_row, &pending,
                   err);
}

bool open_get(struct txn *txn, int64_t tenant, struct id message, int64_t attempt, struct open_row *row, bool *found,
              struct err *err)
{
    return ROW_GET(txn, TABLE_OPEN, key_of_open(tenant, message, attempt), open_row, row, found, err);
}

bool open_put(struct txn *txn, int64_t tenant, const struct message_row *message, int64_t attempt,
              const struct open_row *row, struct err *err)
{
    return ROW_PUT(txn, TABLE_OPEN, key_of_open(tenant, message->id, attempt), open_row, row, err) &&
           put_pending(txn, tenant, message, row, err);
}

bool open_remove(struct txn *txn, int64_t tenant, const struct message_row *message, int64_t attempt, struct err *err)
{
    txn->wakes_sender = true; /* whatever waited for this person may go now */
    return row_delete(txn, TABLE_OPEN, key_of_open(tenant, message->id, attempt), err) &&
           row_delete(txn, TABLE_PENDING, key_of_pending(tenant, person(message), message->id), err);
}

void open_walk_begin(struct open_walk *walk, struct txn *txn, int64_t max)
{
    walk->left = max;
    scan_begin(&walk->scan, txn, TABLE_OPEN, key_begin(), SCAN_FORWARD);
}

bool open_walk_next(struct open_walk *walk, struct open_attempt *out, bool *found, struct err *err)
{
    struct str rest;
    struct str value;
    *found = false;
    if (walk->left-- <= 0)
        return true;
    if (!scan_next(&walk->scan, &rest, &value, found, err))
        return false;
    if (!*found)
        return true;
    out->tenant = key_take_tenant(&rest);
    out->message = key_take_id(&rest);
    out->attempt = key_take_int(&rest);
    return row_decode(walk->scan.txn, &open_row_record, value, &out->row, err);
}

void open_walk_end(struct open_walk *walk)
{
    scan_end(&walk->scan);
}

bool open_walk_is_cut(const struct open_walk *walk)
{
    return walk->left < 0;
}

struct str open_walk_at(const struct open_walk *walk)
{
    return key_str(&walk->scan.at);
}

void open_walk_after(struct open_walk *walk, struct str at)
{
    struct key key = key_begin();
    key_bytes(&key, at.p, at.n);
    scan_after(&walk->scan, key);
}
