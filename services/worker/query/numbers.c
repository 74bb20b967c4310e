#include "query/query.h"

bool numbers_query(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request, void *reply,
                   struct err *err)
{
    const struct page_query *asked = request;
    struct number_page *page = reply;
    struct str position;
    struct str rest;
    struct str value;
    struct scan scan;
    struct str last = {0};
    int64_t limit;
    bool found = true;
    bool ok = true;
    bool has_more = false;
    if (!limit_check(asked->limit, 50, 200, &limit, err) ||
        !cursor_parse(txn, STR("numbers"), asked->cursor, &position, err))
        return false;
    page->data.v = arena_alloc_array(txn->arena, (size_t)limit, sizeof *page->data.v);
    if (!page->data.v)
        return arena_err(txn->arena, err);
    struct key prefix = key_of_tenant(tenant);
    scan_begin(&scan, txn, TABLE_NUMBER_ID, prefix, SCAN_BACKWARD);
    if (position.n) {
        key_bytes(&prefix, position.p, position.n);
        scan_after(&scan, prefix);
    }
    while (ok && !has_more) {
        struct number_row row;
        ok = scan_next(&scan, &rest, &value, &found, err);
        if (!ok || !found)
            break;
        has_more = (int64_t)page->data.n == limit;
        if (has_more)
            break;
        last = arena_dup(txn->arena, rest);
        ok = number_get(txn, tenant, arena_dup(txn->arena, value), &row, &found, err);
        if (ok && found)
            number_view_make(&row, settings, &page->data.v[page->data.n++]);
    }
    scan_end(&scan);
    return ok && (!has_more || cursor_format(txn, STR("numbers"), last, &page->next_cursor, err));
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
