#include "query/list.h"

static bool is_asked_for(const void *asked, const void *contact)
{
    const struct page_query *query = asked;
    const struct contact_row *row = contact;
    return row->erased_at == 0 && row->hidden_at == 0 &&
           (search_hits(row->address, query->q) || search_hits(row->name, query->q));
}

static bool make(struct txn *txn, int64_t tenant, const void *asked, struct str key, const void *row, void *view,
                 struct err *err)
{
    (void)asked;
    (void)key;
    return contact_view_make(txn, tenant, row, view, err);
}

bool contacts_query(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request, void *reply,
                    struct err *err)
{
    const struct page_query *asked = request;
    struct list list = { TABLE_CONTACT,
                         key_of_tenant(tenant),
                         SCAN_BACKWARD,
                         arena_format(txn->arena, "contacts|%.*s", STR_ARGS(asked->q)),
                         &contact_row_record,
                         &contact_view_record,
                         is_asked_for,
                         make,
                         asked,
                         asked->cursor,
                         asked->limit };
    (void)settings;
    return list_run(txn, tenant, &list, reply, err);
}

bool contact_query(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request, void *reply,
                   struct err *err)
{
    const struct by_id *asked = request;
    struct contact_row row;
    bool found;
    (void)settings;
    if (!contact_get(txn, tenant, asked->id, &row, &found, err))
        return false;
    if (!found || row.hidden_at)
        return err_set(err, ERR_MISSING, "id", "there is no contact with this id");
    return contact_view_make(txn, tenant, &row, reply, err);
}
