#include "apply/notice.h"
#include "apply/settings_cache.h"
#include "query/list.h"

/* --- notices --- */

static bool wants_notice(const void *asked, const void *notice)
{
    const struct notices_query *query = asked;
    const struct notice_row *row = notice;
    const char *status = words_name(&notice_status_words, (int)row->status);
    const char *kind = words_name(&notice_kind_words, (int)row->kind);
    return (query->status.n == 0 || str_is(query->status, status)) && (query->kind.n == 0 || str_is(query->kind, kind));
}

static bool make_notice(struct txn *txn, int64_t tenant, const void *asked, struct str key, const void *row, void *view,
                        struct err *err)
{
    (void)txn;
    (void)tenant;
    (void)asked;
    (void)key;
    (void)err;
    notice_view_make(row, view);
    return true;
}

bool notices_query_run(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request,
                       void *reply, struct err *err)
{
    const struct notices_query *asked = request;
    struct str filters = arena_format(txn->arena, "notices|%.*s|%.*s", STR_ARGS(asked->status), STR_ARGS(asked->kind));
    struct list list = { TABLE_NOTICE, key_of_tenant(tenant), SCAN_BACKWARD, filters, &notice_row_record,
                         &notice_view_record, wants_notice,          make_notice,   asked,   asked->cursor,
                         asked->limit };
    (void)settings;
    return list_run(txn, tenant, &list, reply, err);
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

static bool wants_entry(const void *asked, const void *entry)
{
    const struct audit_query *query = asked;
    const struct audit_row *row = entry;
    return (query->action.n == 0 || str_eq(query->action, row->action)) &&
           (query->actor.n == 0 || str_eq(query->actor, row->actor));
}

static bool make_entry(struct txn *txn, int64_t tenant, const void *asked, struct str key, const void *entry,
                       void *view, struct err *err)
{
    const struct audit_row *row = entry;
    struct audit_entry_view *out = view;
    (void)txn;
    (void)tenant;
    (void)asked;
    (void)err;
    record_init(&audit_entry_view_record, out);
    out->id = key_take_id(&key);
    out->at = row->at;
    out->actor = row->actor;
    out->action = row->action;
    out->subject = row->subject;
    out->changes = row->changes;
    return true;
}

bool audit_query_run(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request, void *reply,
                     struct err *err)
{
    const struct audit_query *asked = request;
    struct str filters = arena_format(txn->arena, "audit|%.*s|%.*s", STR_ARGS(asked->action), STR_ARGS(asked->actor));
    struct list list = { TABLE_AUDIT,
                         key_of_tenant(tenant),
                         SCAN_BACKWARD,
                         filters,
                         &audit_row_record,
                         &audit_entry_view_record,
                         wants_entry,
                         make_entry,
                         asked,
                         asked->cursor,
                         asked->limit };
    (void)settings;
    return list_run(txn, tenant, &list, reply, err);
}
