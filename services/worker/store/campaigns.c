#include "store/campaigns.h"

#include "domain/money.h"
#include "store/drop.h"

bool campaign_get(struct txn *txn, int64_t tenant, struct id id, struct campaign_row *row, bool *found, struct err *err)
{
    return ROW_GET(txn, TABLE_CAMPAIGN, key_of_id(tenant, id), campaign_row, row, found, err);
}

bool campaign_wake(struct txn *txn, int64_t tenant, struct id id, struct err *err)
{
    return value_put(txn, TABLE_CAMPAIGN_ACTIVE, key_of_id(tenant, id), STR(""), err);
}

bool campaign_put(struct txn *txn, int64_t tenant, struct campaign_row *row, struct err *err)
{
    row->updated_at = txn->now_ms;
    return ROW_PUT(txn, TABLE_CAMPAIGN, key_of_id(tenant, row->id), campaign_row, row, err) &&
           campaign_wake(txn, tenant, row->id, err);
}

/* --- counts --- */

bool campaign_counts_get(struct txn *txn, int64_t tenant, struct id id, struct campaign_count_row *row, struct err *err)
{
    bool found;
    record_init(&campaign_count_row_record, row);
    return ROW_GET(txn, TABLE_CAMPAIGN_COUNT, key_of_id(tenant, id), campaign_count_row, row, &found, err);
}

bool campaign_counts_put(struct txn *txn, int64_t tenant, struct id id, const struct campaign_count_row *row,
                         struct err *err)
{
    return ROW_PUT(txn, TABLE_CAMPAIGN_COUNT, key_of_id(tenant, id), campaign_count_row, row, err);
}

int64_t *campaign_counter(struct campaign_count_row *row, enum message_status status)
{
    switch (status) {
    case STATUS_RECEIVED: return NULL;
    case STATUS_QUEUED: return &row->queued;
    case STATUS_HELD: return &row->held;
    case STATUS_SENDING: return &row->sending;
    case STATUS_ACCEPTED: return &row->accepted;
    case STATUS_SENT: return &row->sent;
    case STATUS_DELIVERED: return &row->delivered;
    case STATUS_UNDELIVERED: return &row->undelivered;
    case STATUS_FAILED: return &row->failed;
    case STATUS_REJECTED: return &row->rejected;
    case STATUS_EXPIRED: return &row->expired;
    case STATUS_BLOCKED: return &row->blocked;
    case STATUS_CANCELLED: return &row->cancelled;
    case STATUS_UNCONFIRMED: return &row->unconfirmed;
    }
    return NULL;
}

static void add_to(struct campaign_count_row *counts, enum message_status status, int64_t n)
{
    int64_t *counter = campaign_counter(counts, status);
    if (counter)
        *counter += n;
}

/* What it has cost: one that never left costs nothing, whatever was estimated. */
static int64_t cost_of(const struct message_row *row)
{
    struct err unused;
    int64_t amount = 0;
    bool has_left = !row->cost_estimated || row->status == STATUS_SENDING || row->status == STATUS_ACCEPTED ||
                    row->status == STATUS_SENT || row->status == STATUS_DELIVERED ||
                    row->status == STATUS_UNDELIVERED || row->status == STATUS_UNCONFIRMED;
    if (!has_left || row->cost_amount.n == 0 || !money_parse(row->cost_amount, "cost", &amount, &unused))
        return 0; /* a report's amount that is no amount counts as nothing here; the message shows it as it came */
    return amount;
}

static bool count_as(struct txn *txn, int64_t tenant, struct message_row *row, enum message_status status, int64_t cost,
                     struct err *err)
{
    struct campaign_count_row counts;
    struct str unused;
    bool is_there;
    if (row->counted == status && row->counted_cost == cost)
        return true;
    if (!value_get(txn, TABLE_CAMPAIGN, key_of_id(tenant, row->campaign), &unused, &is_there, err))
        return false;
    if (!is_there) /* deleted: what still comes is of the message alone */
        return true;
    if (!campaign_counts_get(txn, tenant, row->campaign, &counts, err))
        return false;
    add_to(&counts, row->counted, -1);
    add_to(&counts, status, 1);
    counts.cost += cost - row->counted_cost;
    row->counted = status;
    row->counted_cost = cost;
    bool was_news = counts.is_news;
    counts.is_news = true;
    return campaign_counts_put(txn, tenant, row->campaign, &counts, err) &&
           (was_news || campaign_wake(txn, tenant, row->campaign, err));
}

bool campaign_count(struct txn *txn, int64_t tenant, struct message_row *row, struct err *err)
{
    if (!id_is_set(row->campaign) || row->is_replaced)
        return true;
    return count_as(txn, tenant, row, row->status, cost_of(row), err);
}

bool campaign_uncount(struct txn *txn, int64_t tenant, struct message_row *row, struct err *err)
{
    row->is_replaced = true;
    return count_as(txn, tenant, row, STATUS_RECEIVED, row->counted_cost, err); /* its cost was real and stays */
}

/* --- recipients --- */

static bool line_of(struct txn *txn, int64_t tenant, const struct campaign_row *campaign, struct str number,
                    int64_t *line, struct err *err)
{
    struct recipient_row row;
    bool found;
    if (!recipient_get(txn, tenant, campaign, key_take_int(&number), &row, &found, err))
        return false;
    *line = found ? row.line : 0;
    return true;
}

bool recipient_add(struct txn *txn, int64_t tenant, struct campaign_row *campaign, const struct recipient_row *row,
                   bool *is_new, int64_t *line, struct err *err)
{
    struct key place = key_of_recipient_address(tenant, campaign->id, campaign->generation, row->address);
    struct str known;
    bool found;
    if (!value_get(txn, TABLE_RECIPIENT_ADDRESS, place, &known, &found, err))
        return false;
    *is_new = !found;
    if (found)
        return line_of(txn, tenant, campaign, known, line, err);
    struct key number = key_begin();
    key_int(&number, campaign->recipients);
    return value_put(txn, TABLE_RECIPIENT_ADDRESS, place, key_str(&number), err) &&
           recipient_put(txn, tenant, campaign, campaign->recipients++, row, err);
}

bool recipient_get(struct txn *txn, int64_t tenant, const struct campaign_row *campaign, int64_t number,
                   struct recipient_row *row, bool *found, struct err *err)
{
    return ROW_GET(txn, TABLE_RECIPIENT, key_of_recipient(tenant, campaign->id, campaign->generation, number),
                   recipient_row, row, found, err);
}

bool recipient_put(struct txn *txn, int64_t tenant, const struct campaign_row *campaign, int64_t number,
                   const struct recipient_row *row, struct err *err)
{
    return ROW_PUT(txn, TABLE_RECIPIENT, key_of_recipient(tenant, campaign->id, campaign->generation, number),
                   recipient_row, row, err);
}

/* From the oldest generation up: what is to be kept is the newest. */
bool recipients_drop(struct txn *txn, int64_t tenant, struct id campaign, int64_t keep, int max, bool *is_done,
                     struct err *err)
{
    static const enum table TABLES_OF[] = { TABLE_RECIPIENT, TABLE_RECIPIENT_ADDRESS };
    const struct key kept = key_of_recipients(tenant, campaign, max_i64(keep, 0));
    *is_done = true;
    for (size_t i = 0; i < COUNT(TABLES_OF); i++) {
        const struct drop drop = { .table = TABLES_OF[i],
                                   .prefix = key_of_id(tenant, campaign),
                                   .until = keep >= 0 ? &kept : NULL };
        int left = max;
        bool is_gone;
        if (!rows_drop(txn, &drop, &left, &is_gone, err))
            return false;
        *is_done = *is_done && is_gone;
    }
    return true;
}
