#include "query/page.h"

enum { LIMIT_MAX = 200 };

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
    /* "none" is nobody's id: those that nobody has */
    struct str assignee = str_is(asked->assignee, "none") ? STR("") : asked->assignee;
    if (asked->assignee.n && !str_eq(assignee, view->assignee))
        return false;
    return has_label(view, asked->label) &&
           (search_hits(view->contact->address, asked->q) || search_hits(view->contact->name, asked->q));
}

static struct str filters_of(struct txn *txn, const struct conversations_query *q)
{
    return arena_format(txn->arena, "conversations|%zu|%zu|%zu|%.*s|%.*s|%.*s|%.*s", q->status.n, q->assignee.n,
                        q->label.n, STR_ARGS(q->status), STR_ARGS(q->assignee), STR_ARGS(q->label), STR_ARGS(q->q));
}

bool conversations_query_run(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request,
                             void *reply, struct err *err)
{
    const struct conversations_query *asked = request;
    struct conversation_page *page = reply;
    struct page_walk walk;
    struct str rest;
    struct str value;
    bool found = true;
    bool ok = true;
    int unused;
    (void)settings;
    if (asked->status.n && !words_find(&conversation_status_words, asked->status, &unused))
        return err_set(err, ERR_INPUT, "status", "must be one of: open, snoozed, closed");
    if (!page_begin(&walk, txn, TABLE_CONVERSATION_LIST, key_of_tenant(tenant), SCAN_FORWARD, filters_of(txn, asked),
                    asked->cursor, asked->limit, LIMIT_MAX, err))
        return false;
    page->data.v = arena_alloc_array(txn->arena, (size_t)walk.limit, sizeof *page->data.v);
    if (!page->data.v)
        return arena_err(txn->arena, err);
    while (ok && (ok = page_next(&walk, page->data.n, &rest, &value, &found, err)) && found) {
        struct conversation_row row;
        bool is_there = false;
        (void)key_take_desc(&rest); /* behind it stands the id */
        ok = conversation_get(txn, tenant, key_take_id(&rest), &row, &is_there, err);
        if (!ok || !is_there)
            continue;
        struct conversation_view view;
        ok = conversation_view_make(txn, tenant, &row, &view, err);
        if (ok && passes(asked, &view) && page_has_room(&walk, page->data.n))
            page->data.v[page->data.n++] = view;
    }
    return page_end(&walk, ok, &page->next_cursor, err);
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
