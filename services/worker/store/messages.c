#include "domain/segments.h"
#include "store/campaigns.h"
#include "store/prices.h"

bool message_get(struct txn *txn, int64_t tenant, struct id id, struct message_row *row, bool *found, struct err *err)
{
    return ROW_GET(txn, TABLE_MESSAGE, key_of_id(tenant, id), message_row, row, found, err);
}

static bool count_message(struct txn *txn, int64_t tenant, struct err *err)
{
    struct tenant_row row;
    bool found;
    if (!tenant_get(txn, tenant, &row, &found, err))
        return false;
    if (!found)
        return err_set(err, ERR_MISSING, "tenant", "there is no tenant %lld", (long long)tenant);
    row.messages++;
    return tenant_put(txn, tenant, &row, err);
}

/* What it is expected to cost, until Plivo's report says; what never leaves costs nothing. */
static bool estimate(struct txn *txn, int64_t tenant, struct message_row *row, struct err *err)
{
    int64_t amount;
    bool is_known;
    if (row->direction != OUTBOUND || row->status == STATUS_BLOCKED || row->cost_amount.n > 0)
        return true;
    if (!message_estimate(txn, tenant, row->to, row->segments, row->media.n > 0, &amount, &is_known, err))
        return false;
    if (!is_known)
        return true;
    row->cost_amount = money_text(txn->arena, amount);
    row->cost_estimated = true;
    return str_is_set(row->cost_amount) ? true : arena_err(txn->arena, err);
}

bool message_measure(struct txn *txn, int64_t tenant, struct message_row *row, struct err *err)
{
    struct segments size = segments_count(row->text);
    row->encoding = str_of(words_name(&encoding_words, (int)size.encoding));
    row->segments = size.segments;
    row->cost_amount = (struct str){ 0 };
    return estimate(txn, tenant, row, err);
}

bool message_add(struct txn *txn, int64_t tenant, struct conversation_row *conversation, struct message_row *row,
                 struct err *err)
{
    struct segments size = segments_count(row->text);
    if (!id_is_set(row->id))
        row->id = txn_id(txn);
    row->conversation = conversation->id;
    row->contact = conversation->contact;
    row->previous = conversation->last_message;
    row->encoding = str_of(words_name(&encoding_words, (int)size.encoding));
    row->segments = max_i64(row->segments, size.segments);
    row->created_at = row->updated_at = txn->now_ms;
    conversation->last_message = row->id;
    if (row->direction == OUTBOUND) {
        conversation->last_outbound = row->id;
        conversation->knows_outbound = true;
    }
    if (row->direction == INBOUND) {
        conversation->unread++;
        conversation->heard_at = txn->now_ms;
        conversation->snooze_until = 0; /* whoever writes again wakes it */
        conversation->status = CONVERSATION_OPEN;
    }
    return estimate(txn, tenant, row, err) && campaign_count(txn, tenant, row, err) &&
           ROW_PUT(txn, TABLE_MESSAGE, key_of_id(tenant, row->id), message_row, row, err) &&
           count_message(txn, tenant, err) && txn_tell(txn, tenant, "message.created", row->id, err) &&
           conversation_put(txn, tenant, conversation, txn->now_ms, err);
}

bool message_put(struct txn *txn, int64_t tenant, struct message_row *row, struct err *err)
{
    row->updated_at = txn->now_ms;
    return campaign_count(txn, tenant, row, err) &&
           ROW_PUT(txn, TABLE_MESSAGE, key_of_id(tenant, row->id), message_row, row, err) &&
           txn_tell(txn, tenant, "message.updated", row->id, err);
}

/* The oldest attempt in which nothing happened: the one to drop. */
static size_t oldest_void(const struct attempt_row *attempts, size_t n)
{
    size_t i = 0;
    while (i < n && !attempts[i].is_void)
        i++;
    return i;
}

struct attempt_row *message_add_attempt(struct txn *txn, struct message_row *row)
{
    size_t n = row->attempts.n;
    size_t drop = n >= MESSAGE_ATTEMPTS_MAX ? oldest_void(row->attempts.v, n) : n;
    if (n >= MESSAGE_ATTEMPTS_MAX && drop == n)
        return NULL;
    struct attempt_row *attempts = arena_alloc_array(txn->arena, n + 1, sizeof *attempts);
    if (!attempts)
        return NULL;
    int64_t number = n ? row->attempts.v[n - 1].number + 1 : 1;
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (i != drop)
            attempts[kept++] = row->attempts.v[i];
    record_init(&attempt_row_record, &attempts[kept]);
    attempts[kept].number = number;
    row->attempts.v = attempts;
    row->attempts.n = kept + 1;
    return &attempts[kept];
}

struct attempt_row *message_attempt(const struct message_row *row, int64_t number)
{
    for (size_t i = 0; i < row->attempts.n; i++)
        if (row->attempts.v[i].number == number)
            return &row->attempts.v[i];
    return NULL;
}

bool uuid_get(struct txn *txn, int64_t tenant, struct str uuid, struct uuid_row *row, bool *found, struct err *err)
{
    return ROW_GET(txn, TABLE_UUID, key_of_text(tenant, uuid), uuid_row, row, found, err);
}

bool uuid_put(struct txn *txn, int64_t tenant, struct str uuid, struct id message, int64_t attempt, struct err *err)
{
    struct uuid_row row = {.message = message, .attempt = attempt};
    return ROW_PUT(txn, TABLE_UUID, key_of_text(tenant, uuid), uuid_row, &row, err);
}
