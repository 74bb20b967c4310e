#include "query/page.h"

enum { LIMIT_MAX = 200 };

static bool is_asked_for(const struct contact_row *row, struct str q)
{
    return !row->hidden_at && (search_hits(row->address, q) || search_hits(row->name, q));
}

bool contacts_query(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request, void *reply,
                    struct err *err)
{
    const struct page_query *asked = request;
    struct contact_page *page = reply;
    struct str filters = arena_format(txn->arena, "contacts|%.*s", STR_ARGS(asked->q));
    struct page_walk walk;
    struct str rest;
    struct str value;
    bool found = true;
    bool ok = true;
    (void)settings;
    if (!page_begin(&walk, txn, TABLE_CONTACT, key_of_tenant(tenant), SCAN_BACKWARD, filters, asked->cursor,
                    asked->limit, LIMIT_MAX, err))
        return false;
    page->data.v = arena_alloc_array(txn->arena, (size_t)walk.limit, sizeof *page->data.v);
    if (!page->data.v)
        return arena_err(txn->arena, err);
    while (ok && (ok = page_next(&walk, page->data.n, &rest, &value, &found, err)) && found) {
        struct contact_row row;
        ok = row_decode(txn, &contact_row_record, value, &row, err);
        if (ok && row.erased_at == 0 && is_asked_for(&row, asked->q) && page_has_room(&walk, page->data.n))
            ok = contact_view_make(txn, tenant, &row, &page->data.v[page->data.n++], err);
    }
    return page_end(&walk, ok, &page->next_cursor, err);
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
