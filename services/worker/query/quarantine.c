/* What is in quarantine. */
#include "query/page.h"

enum { LIMIT_MAX = 200 };

bool quarantine_query(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request,
                      void *reply, struct err *err)
{
    const struct page_query *asked = request;
    struct quarantine_page *page = reply;
    struct page_walk walk;
    struct str rest;
    struct str value;
    bool found = true;
    bool ok = true;
    (void)settings;
    if (!page_begin(&walk, txn, TABLE_QUARANTINE, key_of_tenant(tenant ? tenant : FIRST_TENANT), SCAN_FORWARD,
                    STR("quarantine"), asked->cursor, asked->limit, LIMIT_MAX, err))
        return false;
    page->data.v = arena_alloc_array(txn->arena, (size_t)walk.limit, sizeof *page->data.v);
    if (!page->data.v)
        return arena_err(txn->arena, err);
    while (ok && (ok = page_next(&walk, page->data.n, &rest, &value, &found, err)) && found) {
        struct quarantine_row row;
        ok = row_decode(txn, &quarantine_row_record, value, &row, err);
        if (ok && page_has_room(&walk, page->data.n))
            page->data.v[page->data.n++] = (struct quarantine_view){ .id = row.id,
                                                                     .kind = row.kind,
                                                                     .name = row.name,
                                                                     .at = row.at,
                                                                     .deaths = row.deaths,
                                                                     .bytes = (int64_t)row.body.n };
    }
    return page_end(&walk, ok, &page->next_cursor, err);
}
