#include "query/query.h"


/* A part of a name or an address, ASCII case folded: what a person types into the search box of a list. */
static bool contains(struct str text, struct str part)
{
    for (size_t at = 0; part.n > 0 && at + part.n <= text.n; at++)
        if (str_eq_ascii_case(str_slice(text, at, part.n), part))
            return true;
    return part.n == 0;
}

static bool has_label(const struct conversation_view *view, struct str label)
{
    for (size_t i = 0; i < view->labels.n; i++)
        if (str_eq(view->labels.v[i], label))
            return true;
    return label.n == 0;
}

static bool passes(const struct conversations_query *asked, const struct conversation_view *view)
{
    if (asked->status.n && !str_is(asked->status, words_name(&conversation_status_words, (int)view->status)))
        return false;
    if (asked->assignee.n && !str_eq(asked->assignee, view->assignee))
        return false;
    return has_label(view, asked->label) &&
           (contains(view->contact->address, asked->q) || contains(view->contact->name, asked->q));
}

static struct str filters_of(struct txn *txn, const struct conversations_query *q)
{
    return arena_format(txn->arena, "conversations|%.*s|%.*s|%.*s|%.*s", STR_ARGS(q->status), STR_ARGS(q->assignee),
                        STR_ARGS(q->label), STR_ARGS(q->q));
}

/* Fills the page from the scan; *position: the key part of its last row when there is more. */
static bool fill(struct txn *txn, int64_t tenant, const struct conversations_query *asked, int64_t limit,
                 struct scan *scan, struct conversation_page *page, struct str *position, struct err *err)
{
    struct str rest;
    struct str value;
    bool found = true;
    for (int steps = 0; steps < QUERY_STEPS_MAX; steps++) {
        struct conversation_row row;
        struct conversation_view view;
        if (!scan_next(scan, &rest, &value, &found, err))
            return false;
        if (!found)
            return true;
        if ((int64_t)page->data.n == limit)
            return true; /* there is one more: *position is the last one shown */
        struct str at = arena_dup(txn->arena, rest);
        (void)key_take_desc(&rest);
        if (!conversation_get(txn, tenant, key_take_id(&rest), &row, &found, err))
            return false;
        if (!found)
            continue;
        if (!conversation_view_make(txn, tenant, &row, &view, err))
            return false;
        *position = at;
        if (passes(asked, &view))
            page->data.v[page->data.n++] = view;
    }
    return true;
}

bool conversations_query_run(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request,
                             void *reply, struct err *err)
{
    const struct conversations_query *asked = request;
    struct conversation_page *page = reply;
    struct str filters = filters_of(txn, asked);
    struct str position;
    struct scan scan;
    int64_t limit;
    int unused;
    (void)settings;
    if (asked->status.n && !words_find(&conversation_status_words, asked->status, &unused))
        return err_set(err, ERR_INPUT, "status", "must be one of: open, snoozed, closed");
    if (!limit_check(asked->limit, 50, 200, &limit, err) || !cursor_parse(txn, filters, asked->cursor, &position, err))
        return false;
    page->data.v = arena_alloc_array(txn->arena, (size_t)limit, sizeof *page->data.v);
    if (!page->data.v)
        return arena_err(txn->arena, err);
    struct key prefix = key_of_tenant(tenant);
    scan_begin(&scan, txn, TABLE_CONVERSATION_LIST, prefix, SCAN_FORWARD);
    if (position.n) {
        key_bytes(&prefix, position.p, position.n);
        scan_after(&scan, prefix);
    }
    struct str last = {0};
    bool ok = fill(txn, tenant, asked, limit, &scan, page, &last, err);
    bool has_more = ok && !scan.is_over && last.n > 0;
    scan_end(&scan);
    return ok && (!has_more || cursor_format(txn, filters, last, &page->next_cursor, err));
}

bool conversation_query(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request,
                        void *reply, struct err *err)
{
    const struct by_id *asked = request;
    struct conversation_row row;
    bool found;
    (void)settings;
    if (!conversation_get(txn, tenant, asked->id, &row, &found, err))
        return false;
    if (!found)
        return err_set(err, ERR_MISSING, "id", "there is no conversation with this id");
    return conversation_view_make(txn, tenant, &row, reply, err);
}
