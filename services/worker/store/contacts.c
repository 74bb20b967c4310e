#include "domain/phone_plan.h"
#include "store/entities.h"

bool contact_get(struct txn *txn, int64_t tenant, struct id id, struct contact_row *row, bool *found, struct err *err)
{
    return ROW_GET(txn, TABLE_CONTACT, key_of_id(tenant, id), contact_row, row, found, err);
}

/* An id that a directory leads to. */
static bool id_at(struct txn *txn, enum table table, struct key key, struct id *id, bool *found, struct err *err)
{
    struct str bytes = {0};
    if (!value_get(txn, table, key, &bytes, found, err))
        return false;
    if (*found && bytes.n != ID_BYTES)
        return err_set(err, ERR_BROKEN, NULL, "a directory of the store is damaged");
    if (*found)
        memcpy(id->b, bytes.p, ID_BYTES);
    return true;
}

bool contact_by_address(struct txn *txn, int64_t tenant, struct str address, struct contact_row *row, bool *found,
                        struct err *err)
{
    struct id id;
    if (!id_at(txn, TABLE_CONTACT_ADDRESS, key_of_text(tenant, address), &id, found, err))
        return false;
    return !*found || contact_get(txn, tenant, id, row, found, err);
}

static bool count_one(struct txn *txn, int64_t tenant, size_t counter_offset, struct err *err)
{
    struct tenant_row row;
    bool found;
    if (!tenant_get(txn, tenant, &row, &found, err))
        return false;
    if (!found)
        return err_set(err, ERR_MISSING, "tenant", "there is no tenant %lld", (long long)tenant);
    ++*(int64_t *)(void *)((char *)&row + counter_offset);
    return tenant_put(txn, tenant, &row, err);
}

static bool is_known_to_the_plan(struct str address)
{
    struct phone phone;
    struct err unused;
    bool valid = true;
    if (address_kind_of(address) == ADDRESS_PHONE && phone_plan_parse(address, "address", &phone, &valid, &unused))
        return valid;
    return address_kind_of(address) != ADDRESS_PHONE;
}

bool contact_find_or_make(struct txn *txn, int64_t tenant, struct str address, struct contact_row *row, struct err *err)
{
    bool found;
    if (!contact_by_address(txn, tenant, address, row, &found, err))
        return false;
    if (found && row->hidden_at) {
        row->hidden_at = 0;
        row->updated_at = txn->now_ms;
        return ROW_PUT(txn, TABLE_CONTACT, key_of_id(tenant, row->id), contact_row, row, err) &&
               txn_tell(txn, tenant, "contact.updated", row->id, err);
    }
    if (found)
        return true;
    record_init(&contact_row_record, row);
    row->id = txn_id(txn);
    row->address = address;
    row->invalid = !is_known_to_the_plan(address);
    row->created_at = row->updated_at = txn->now_ms;
    return ROW_PUT(txn, TABLE_CONTACT, key_of_id(tenant, row->id), contact_row, row, err) &&
           value_put(txn, TABLE_CONTACT_ADDRESS, key_of_text(tenant, address), str_bytes(row->id.b, ID_BYTES), err) &&
           count_one(txn, tenant, offsetof(struct tenant_row, contacts), err) &&
           txn_tell(txn, tenant, "contact.created", row->id, err);
}

/* --- conversations --- */

bool conversation_get(struct txn *txn, int64_t tenant, struct id id, struct conversation_row *row, bool *found,
                      struct err *err)
{
    return ROW_GET(txn, TABLE_CONVERSATION, key_of_id(tenant, id), conversation_row, row, found, err);
}

bool conversation_find(struct txn *txn, int64_t tenant, struct str number, struct str address,
                       struct conversation_row *row, bool *found, struct err *err)
{
    struct id id;
    if (!id_at(txn, TABLE_CONVERSATION_PAIR, key_of_pair(tenant, number, address), &id, found, err))
        return false;
    return !*found || conversation_get(txn, tenant, id, row, found, err);
}

bool conversation_find_or_make(struct txn *txn, int64_t tenant, struct str number, const struct contact_row *contact,
                               struct conversation_row *row, struct err *err)
{
    bool found;
    if (!conversation_find(txn, tenant, number, contact->address, row, &found, err))
        return false;
    if (found)
        return true;
    record_init(&conversation_row_record, row);
    row->id = txn_id(txn);
    row->number = number;
    row->contact = contact->id;
    row->address = contact->address;
    row->knows_outbound = true;
    row->listed_at = row->created_at = row->updated_at = txn->now_ms;
    return ROW_PUT(txn, TABLE_CONVERSATION, key_of_id(tenant, row->id), conversation_row, row, err) &&
           value_put(txn, TABLE_CONVERSATION_PAIR, key_of_pair(tenant, number, contact->address),
                     str_bytes(row->id.b, ID_BYTES), err) &&
           value_put(txn, TABLE_CONVERSATION_LIST, key_of_listed(tenant, row->listed_at, row->id), STR(""), err) &&
           count_one(txn, tenant, offsetof(struct tenant_row, conversations), err) &&
           txn_tell(txn, tenant, "conversation.created", row->id, err);
}

bool conversation_put(struct txn *txn, int64_t tenant, struct conversation_row *row, int64_t activity_at,
                      struct err *err)
{
    if (activity_at > row->listed_at) {
        if (!row_delete(txn, TABLE_CONVERSATION_LIST, key_of_listed(tenant, row->listed_at, row->id), err))
            return false;
        row->listed_at = activity_at;
        if (!value_put(txn, TABLE_CONVERSATION_LIST, key_of_listed(tenant, row->listed_at, row->id), STR(""), err))
            return false;
    }
    row->updated_at = txn->now_ms;
    return ROW_PUT(txn, TABLE_CONVERSATION, key_of_id(tenant, row->id), conversation_row, row, err) &&
           txn_tell(txn, tenant, "conversation.updated", row->id, err);
}
