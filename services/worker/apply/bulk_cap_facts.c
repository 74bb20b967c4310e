#include "apply/bulk_cap_facts.h"

#include "core/bulk_cap.h"

static bool cap_get(struct txn *txn, int64_t tenant, struct str person, struct bulk_cap *out, struct err *err)
{
    struct bulk_cap_row row;
    bool found;
    *out = (struct bulk_cap){ 0 };
    if (!ROW_GET(txn, TABLE_BULK_CAP, key_of_text(tenant, person), bulk_cap_row, &row, &found, err))
        return false;
    for (size_t i = 0; found && i < row.sent.n && i < BULK_CAP_MAX; i++) {
        out->sent[out->n].message = row.sent.v[i].message;
        out->sent[out->n++].at_ms = row.sent.v[i].at;
    }
    return true;
}

bool bulk_cap_read(struct txn *txn, int64_t tenant, const struct message_row *message, struct grant_facts *f,
                   struct err *err)
{
    struct bulk_cap cap;
    if (f->bulk_most <= 0)
        return true;
    if (!cap_get(txn, tenant, message->to, &cap, err))
        return false;
    f->bulk_held_ms = bulk_cap_wait(&cap, message->id, f->bulk_most, txn->now_ms);
    return true;
}

bool bulk_cap_charge(struct txn *txn, int64_t tenant, const struct message_row *message, const struct grant_facts *f,
                     struct err *err)
{
    struct bulk_cap cap;
    struct bulk_sent sent[BULK_CAP_MAX];
    struct bulk_cap_row row = { .sent = { .v = sent } };
    if (f->bulk_most <= 0)
        return true;
    if (!cap_get(txn, tenant, message->to, &cap, err))
        return false;
    bulk_cap_count(&cap, message->id, txn->now_ms);
    for (size_t i = 0; i < cap.n; i++)
        sent[row.sent.n++] = (struct bulk_sent){ .message = cap.sent[i].message, .at = cap.sent[i].at_ms };
    return ROW_PUT(txn, TABLE_BULK_CAP, key_of_text(tenant, message->to), bulk_cap_row, &row, err);
}
