/* What is in quarantine. */
#include "query/list.h"

static bool make(struct txn *txn, int64_t tenant, const void *asked, struct str key, const void *row, void *view,
                 struct err *err)
{
    const struct quarantine_row *put_aside = row;
    (void)txn;
    (void)tenant;
    (void)asked;
    (void)key;
    (void)err;
    *(struct quarantine_view *)view = (struct quarantine_view){ .id = put_aside->id,
                                                                .kind = put_aside->kind,
                                                                .name = put_aside->name,
                                                                .at = put_aside->at,
                                                                .deaths = put_aside->deaths,
                                                                .bytes = (int64_t)put_aside->body.n };
    return true;
}

bool quarantine_query(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request,
                      void *reply, struct err *err)
{
    const struct page_query *asked = request;
    struct list list = { TABLE_QUARANTINE,
                         key_of_tenant(tenant ? tenant : FIRST_TENANT),
                         SCAN_FORWARD,
                         STR("quarantine"),
                         &quarantine_row_record,
                         &quarantine_view_record,
                         NULL,
                         make,
                         asked,
                         asked->cursor,
                         asked->limit };
    (void)settings;
    return list_run(txn, tenant, &list, reply, err);
}
