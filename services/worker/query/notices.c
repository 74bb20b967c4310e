#include "apply/notice.h"
#include "apply/settings_cache.h"
#include "query/page.h"

enum { LIMIT_MAX = 200 };

/* --- notices --- */

static bool is_asked_for(const struct notices_query *asked, const struct notice_row *row)
{
    const char *status = words_name(&notice_status_words, (int)row->status);
    const char *kind = words_name(&notice_kind_words, (int)row->kind);
    return (asked->status.n == 0 || str_is(asked->status, status)) && (asked->kind.n == 0 || str_is(asked->kind, kind));
}

bool notices_query_run(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request,
                       void *reply, struct err *err)
{
    const struct notices_query *asked = request;
    struct notice_page *page = reply;
    struct str filters = arena_format(txn->arena, "notices|%.*s|%.*s", STR_ARGS(asked->status), STR_ARGS(asked->kind));
    struct page_walk walk;
    struct str rest;
    struct str value;
    bool found = true;
    bool ok = true;
    (void)settings;
    if (!page_begin(&walk, txn, TABLE_NOTICE, key_of_tenant(tenant), SCAN_BACKWARD, filters, asked->cursor,
                    asked->limit, LIMIT_MAX, err))
        return false;
    page->data.v = arena_alloc_array(txn->arena, (size_t)walk.limit, sizeof *page->data.v);
    if (!page->data.v)
        return arena_err(txn->arena, err);
    while (ok && (ok = page_next(&walk, page->data.n, &rest, &value, &found, err)) && found) {
        struct notice_row row;
        ok = row_decode(txn, &notice_row_record, value, &row, err);
        if (ok && is_asked_for(asked, &row) && page_has_room(&walk, page->data.n))
            notice_view_make(&row, &page->data.v[page->data.n++]);
    }
    return page_end(&walk, ok, &page->next_cursor, err);
}

bool notice_query(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request, void *reply,
                  struct err *err)
{
    const struct by_id *asked = request;
    struct notice_row row;
    bool found;
    (void)settings;
    if (!notice_get(txn, tenant, asked->id, &row, &found, err))
        return false;
    if (!found)
        return err_set(err, ERR_MISSING, "id", "there is no notice with this id");
    notice_view_make(&row, reply);
    return true;
}

/* --- settings --- */

bool settings_query(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request, void *reply,
                    struct err *err)
{
    const struct settings_view *view;
    (void)request;
    if (!tenant_settings_get(txn, settings, tenant, &view, err))
        return false;
    *(struct settings_view *)reply = *view;
    return true;
}

/* --- audit --- */

static void entry_make(struct id id, const struct audit_row *row, struct audit_entry_view *out)
{
    record_init(&audit_entry_view_record, out);
    out->id = id;
    out->at = row->at;
    out->actor = row->actor;
    out->action = row->action;
    out->subject = row->subject;
    out->changes = row->changes;
}

bool audit_query_run(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request, void *reply,
                     struct err *err)
{
    const struct audit_query *asked = request;
    struct audit_page *page = reply;
    struct str filters = arena_format(txn->arena, "audit|%.*s|%.*s", STR_ARGS(asked->action), STR_ARGS(asked->actor));
    struct page_walk walk;
    struct str rest;
    struct str value;
    bool found = true;
    bool ok = true;
    (void)settings;
    if (!page_begin(&walk, txn, TABLE_AUDIT, key_of_tenant(tenant), SCAN_BACKWARD, filters, asked->cursor, asked->limit,
                    LIMIT_MAX, err))
        return false;
    page->data.v = arena_alloc_array(txn->arena, (size_t)walk.limit, sizeof *page->data.v);
    if (!page->data.v)
        return arena_err(txn->arena, err);
    while (ok && (ok = page_next(&walk, page->data.n, &rest, &value, &found, err)) && found) {
        struct audit_row row;
        struct id id = key_take_id(&rest);
        ok = row_decode(txn, &audit_row_record, value, &row, err);
        bool fits = ok && (asked->action.n == 0 || str_eq(asked->action, row.action)) &&
                    (asked->actor.n == 0 || str_eq(asked->actor, row.actor));
        if (fits && page_has_room(&walk, page->data.n))
            entry_make(id, &row, &page->data.v[page->data.n++]);
    }
    return page_end(&walk, ok, &page->next_cursor, err);
}
