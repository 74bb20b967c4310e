/* Templates, pools and campaigns: lists, newest first, and single ones. */
#include "query/bulk_views.h"
#include "query/list.h"

/* --- templates --- */

static bool make_template(struct txn *txn, int64_t tenant, const void *asked, struct str key, const void *row,
                          void *view, struct err *err)
{
    (void)tenant;
    (void)asked;
    (void)key;
    return template_view_make(txn, row, view, err);
}

bool templates_query(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request, void *reply,
                     struct err *err)
{
    const struct page_query *asked = request;
    struct list list = { TABLE_TEMPLATE,
                         key_of_tenant(tenant),
                         SCAN_BACKWARD,
                         STR("templates"),
                         &template_row_record,
                         &template_view_record,
                         NULL,
                         make_template,
                         asked,
                         asked->cursor,
                         asked->limit };
    (void)settings;
    return list_run(txn, tenant, &list, reply, err);
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

static bool make_pool(struct txn *txn, int64_t tenant, const void *asked, struct str key, const void *row, void *view,
                      struct err *err)
{
    const struct pool_row *pool = row;
    struct id chosen;
    (void)asked;
    (void)key;
    if (!default_pool(txn, tenant, &chosen, err))
        return false;
    pool_view_make(pool, id_eq(pool->id, chosen), view);
    return true;
}

bool pools_query(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request, void *reply,
                 struct err *err)
{
    const struct page_query *asked = request;
    struct list list = { TABLE_POOL,
                         key_of_tenant(tenant),
                         SCAN_BACKWARD,
                         STR("pools"),
                         &pool_row_record,
                         &pool_view_record,
                         NULL,
                         make_pool,
                         asked,
                         asked->cursor,
                         asked->limit };
    (void)settings;
    return list_run(txn, tenant, &list, reply, err);
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

static bool make_campaign(struct txn *txn, int64_t tenant, const void *asked, struct str key, const void *row,
                          void *view, struct err *err)
{
    (void)asked;
    (void)key;
    return campaign_view_make(txn, tenant, row, view, err);
}

bool campaigns_query(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request, void *reply,
                     struct err *err)
{
    const struct page_query *asked = request;
    struct list list = { TABLE_CAMPAIGN,
                         key_of_tenant(tenant),
                         SCAN_BACKWARD,
                         STR("campaigns"),
                         &campaign_row_record,
                         &campaign_view_record,
                         NULL,
                         make_campaign,
                         asked,
                         asked->cursor,
                         asked->limit };
    (void)settings;
    return list_run(txn, tenant, &list, reply, err);
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
