#include "query/query.h"

bool contacts_query(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request, void *reply,
                    struct err *err)
{
    const struct page_query *asked = request;
    struct contact_page *page = reply;
    struct str filters = arena_format(txn->arena, "contacts|%.*s", STR_ARGS(asked->q));
    struct str position;
    struct str rest;
    struct str value;
    struct scan scan;
    int64_t limit;
    bool found = true;
    bool ok = true;
    (void)settings;
    if (!limit_check(asked->limit, 50, 200, &limit, err) || !cursor_parse(txn, filters, asked->cursor, &position, err))
        return false;
    page->data.v = arena_alloc_array(txn->arena, (size_t)limit, sizeof *page->data.v);
    if (!page->data.v)
        return arena_err(txn->arena, err);
    struct key prefix = key_of_tenant(tenant);
    scan_begin(&scan, txn, TABLE_CONTACT, prefix, SCAN_BACKWARD);
    if (position.n) {
        key_bytes(&prefix, position.p, position.n);
        scan_after(&scan, prefix);
    }
    struct id last = {0};
    bool has_more = false;
    for (int steps = 0; ok && !has_more; steps++) {
        struct contact_row row;
        ok = scan_next(&scan, &rest, &value, &found, err);
        if (!ok || !found)
            break;
        has_more = (int64_t)page->data.n == limit || steps >= QUERY_STEPS_MAX;
        if (has_more)
            break;
        ok = row_decode(txn, &contact_row_record, value, &row, err);
        last = ok ? row.id : last;
        if (ok && (asked->q.n == 0 || str_starts(row.address, asked->q) || str_eq_ascii_case(row.name, asked->q)))
            ok = contact_view_make(txn, tenant, &row, &page->data.v[page->data.n++], err);
    }
    scan_end(&scan);
    return ok && (!has_more || cursor_format(txn, filters, str_bytes(last.b, ID_BYTES), &page->next_cursor, err));
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
    if (!found)
        return err_set(err, ERR_MISSING, "id", "there is no contact with this id");
    return contact_view_make(txn, tenant, &row, reply, err);
}
