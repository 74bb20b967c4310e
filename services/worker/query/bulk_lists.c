/* Templates, pools and campaigns: lists, newest first, and single ones. */
#include "query/bulk_views.h"
#include "query/page.h"

enum { LIMIT_MAX = 200 };

/* --- templates --- */

bool templates_query(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request, void *reply,
                     struct err *err)
{
    const struct page_query *asked = request;
    struct template_page *page = reply;
    struct page_walk walk;
    struct str rest;
    struct str value;
    bool found = true;
    bool ok = true;
    (void)settings;
    if (!page_begin(&walk, txn, TABLE_TEMPLATE, key_of_tenant(tenant), SCAN_BACKWARD, STR("templates"), asked->cursor,
                    asked->limit, LIMIT_MAX, err))
        return false;
    page->data.v = arena_alloc_array(txn->arena, (size_t)walk.limit, sizeof *page->data.v);
    if (!page->data.v)
        return arena_err(txn->arena, err);
    while (ok && (ok = page_next(&walk, page->data.n, &rest, &value, &found, err)) && found) {
        struct template_row row;
        ok = row_decode(txn, &template_row_record, value, &row, err);
        if (ok && page_has_room(&walk, page->data.n))
            ok = template_view_make(txn, &row, &page->data.v[page->data.n++], err);
    }
    return page_end(&walk, ok, &page->next_cursor, err);
}

bool template_query(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request, void *reply,
                    struct err *err)
{
    const struct by_id *asked = request;
    struct template_row row;
    bool found;
    (void)settings;
    if (!ROW_GET(txn, TABLE_TEMPLATE, key_of_id(tenant, asked->id), template_row, &row, &found, err))
        return false;
    return found ? template_view_make(txn, &row, reply, err)
                 : err_set(err, ERR_MISSING, "id", "there is no template with this id");
}

/* --- pools --- */

static bool default_pool(struct txn *txn, int64_t tenant, struct id *out, struct err *err)
{
    struct tenant_row head;
    bool found;
    if (!tenant_get(txn, tenant, &head, &found, err))
        return false;
    *out = found ? head.default_pool : (struct id){ 0 };
    return true;
}

bool pools_query(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request, void *reply,
                 struct err *err)
{
    const struct page_query *asked = request;
    struct pool_page *page = reply;
    struct page_walk walk;
    struct str rest;
    struct str value;
    struct id chosen;
    bool found = true;
    bool ok = true;
    (void)settings;
    if (!default_pool(txn, tenant, &chosen, err) ||
        !page_begin(&walk, txn, TABLE_POOL, key_of_tenant(tenant), SCAN_BACKWARD, STR("pools"), asked->cursor,
                    asked->limit, LIMIT_MAX, err))
        return false;
    page->data.v = arena_alloc_array(txn->arena, (size_t)walk.limit, sizeof *page->data.v);
    if (!page->data.v)
        return arena_err(txn->arena, err);
    while (ok && (ok = page_next(&walk, page->data.n, &rest, &value, &found, err)) && found) {
        struct pool_row row;
        ok = row_decode(txn, &pool_row_record, value, &row, err);
        if (ok && page_has_room(&walk, page->data.n))
            pool_view_make(&row, id_eq(row.id, chosen), &page->data.v[page->data.n++]);
    }
    return page_end(&walk, ok, &page->next_cursor, err);
}

bool pool_query(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request, void *reply,
                struct err *err)
{
    const struct by_id *asked = request;
    struct pool_row row;
    struct id chosen;
    bool found;
    (void)settings;
    if (!default_pool(txn, tenant, &chosen, err) ||
        !ROW_GET(txn, TABLE_POOL, key_of_id(tenant, asked->id), pool_row, &row, &found, err))
        return false;
    if (!found)
        return err_set(err, ERR_MISSING, "id", "there is no pool with this id");
    pool_view_make(&row, id_eq(row.id, chosen), reply);
    return true;
}

/* --- campaigns --- */

bool campaigns_query(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request, void *reply,
                     struct err *err)
{
    const struct page_query *asked = request;
    struct campaign_page *page = reply;
    struct page_walk walk;
    struct str rest;
    struct str value;
    bool found = true;
    bool ok = true;
    (void)settings;
    if (!page_begin(&walk, txn, TABLE_CAMPAIGN, key_of_tenant(tenant), SCAN_BACKWARD, STR("campaigns"), asked->cursor,
                    asked->limit, LIMIT_MAX, err))
        return false;
    page->data.v = arena_alloc_array(txn->arena, (size_t)walk.limit, sizeof *page->data.v);
    if (!page->data.v)
        return arena_err(txn->arena, err);
    while (ok && (ok = page_next(&walk, page->data.n, &rest, &value, &found, err)) && found) {
        struct campaign_row row;
        ok = row_decode(txn, &campaign_row_record, value, &row, err);
        if (ok && page_has_room(&walk, page->data.n))
            ok = campaign_view_make(txn, tenant, &row, &page->data.v[page->data.n++], err);
    }
    return page_end(&walk, ok, &page->next_cursor, err);
}

bool campaign_query(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request, void *reply,
                    struct err *err)
{
    const struct by_id *asked = request;
    struct campaign_row row;
    bool found;
    (void)settings;
    if (!campaign_get(txn, tenant, asked->id, &row, &found, err))
        return false;
    return found ? campaign_view_make(txn, tenant, &row, reply, err)
                 : err_set(err, ERR_MISSING, "id", "there is no campaign with this id");
}
