#include "query/list.h"

/* What every PAGE_OF() begins with: views.h. */
struct page_head {
    struct record_list data;
    struct str next_cursor;
};

bool list_run(struct txn *txn, int64_t tenant, const struct list *list, void *page, struct err *err)
{
    struct page_head *out = page;
    struct page_walk walk;
    struct str rest;
    struct str value;
    bool found = true;
    bool ok = true;
    if (!page_begin(&walk, txn, list->table, list->prefix, list->direction, list->filters, list->cursor, list->limit,
                    LIST_LIMIT_MAX, err))
        return false;
    void *row = arena_alloc(txn->arena, list->row->size);
    char *views = arena_alloc_array(txn->arena, (size_t)walk.limit, list->view->size);
    if (!row || !views)
        return arena_err(txn->arena, err);
    out->data.v = views;
    while (ok && (ok = page_next(&walk, out->data.n, &rest, &value, &found, err)) && found) {
        ok = row_decode(txn, list->row, value, row, err);
        if (!ok || (list->wants && !list->wants(list->asked, row)) || !page_has_room(&walk, out->data.n))
            continue;
        ok = list->make(txn, tenant, list->asked, rest, row, views + out->data.n * list->view->size, err);
        out->data.n++;
    }
    return page_end(&walk, ok, &out->next_cursor, err);
}
