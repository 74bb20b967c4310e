/* /api/v1/notices, /api/v1/settings, /api/v1/audit: what a tenant's people look after. */
#include "routes.h"

bool notices_list(struct call *call, struct err *err)
{
    struct notices_query query = { .cursor = call_query(call, "cursor"),
                                   .status = call_query(call, "status"),
                                   .kind = call_query(call, "kind") };
    struct notice_page page;
    return call_query_word(call, "status", &notice_status_words, err) &&
           call_query_word(call, "kind", &notice_kind_words, err) && call_query_limit(call, &query.limit, err) &&
           call_ask(call, OP_notices, &query, &page, err) && call_answer(call, 200, &notice_page_record, &page, err);
}

bool notice_get(struct call *call, struct err *err)
{
    return call_relay_by_id(call, OP_notice, err);
}

bool notice_end(struct call *call, struct err *err)
{
    return call_relay_by_id(call, OP_notice_close, err);
}

bool settings_get(struct call *call, struct err *err)
{
    struct nothing nothing = { 0 };
    struct settings_view view;
    return call_ask(call, OP_settings, &nothing, &view, err) &&
           call_answer(call, 200, &settings_view_record, &view, err);
}

bool settings_change(struct call *call, struct err *err)
{
    struct settings_view changes;
    struct settings_patch patch = { .changes = &changes };
    struct settings_view view;
    uint64_t present;
    if (!call_body(call, &settings_view_record, SETTINGS_NOT_NULL, &changes, &present, err))
        return false;
    if (present == 0)
        return err_set(err, ERR_INPUT, NULL, "nothing to change: name at least one setting");
    patch.present = (int64_t)present;
    return call_ask(call, OP_settings_patch, &patch, &view, err) &&
           call_answer(call, 200, &settings_view_record, &view, err);
}

bool audit_list(struct call *call, struct err *err)
{
    struct audit_query query = { .cursor = call_query(call, "cursor"),
                                 .action = call_query(call, "action"),
                                 .actor = call_query(call, "actor") };
    struct audit_page page;
    return call_query_limit(call, &query.limit, err) && call_ask(call, OP_audit, &query, &page, err) &&
           call_answer(call, 200, &audit_page_record, &page, err);
}
