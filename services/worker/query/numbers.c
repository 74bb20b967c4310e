#include "query/page.h"

enum { LIMIT_MAX = 200 };

bool numbers_query(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request, void *reply,
                   struct err *err)
{
    const struct page_query *asked = request;
    struct number_page *page = reply;
    struct page_walk walk;
    struct str rest;
    struct str value;
    bool found = true;
    bool ok = true;
    if (!page_begin(&walk, txn, TABLE_NUMBER_ID, key_of_tenant(tenant), SCAN_BACKWARD, STR("numbers"), asked->cursor,
                    asked->limit, LIMIT_MAX, err))
        return false;
    page->data.v = arena_alloc_array(txn->arena, (size_t)walk.limit, sizeof *page->data.v);
    if (!page->data.v)
        return arena_err(txn->arena, err);
    while (ok && (ok = page_next(&walk, page->data.n, &rest, &value, &found, err)) && found) {
        struct number_row row;
        ok = number_get(txn, tenant, value, &row, &found, err);
        if (ok && found && page_has_room(&walk, page->data.n))
            number_view_make(&row, settings, &page->data.v[page->data.n++]);
    }
    return page_end(&walk, ok, &page->next_cursor, err);
}

bool number_query(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request, void *reply,
                  struct err *err)
{
    const struct by_id *asked = request;
    struct number_row row;
    bool found;
    if (!number_by_id(txn, tenant, asked->id, &row, &found, err))
        return false;
    if (!found)
        return err_set(err, ERR_MISSING, "id", "there is no number with this id");
    number_view_make(&row, settings, reply);
    return true;
}
