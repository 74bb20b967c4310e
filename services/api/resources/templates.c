/* /api/v1/templates */
#include "routes.h"

bool templates_list(struct call *call, struct err *err)
{
    struct page_query query = { .cursor = call_query(call, "cursor") };
    struct template_page page;
    return call_query_limit(call, &query.limit, err) && call_ask(call, OP_templates, &query, &page, err) &&
           call_answer(call, 200, &template_page_record, &page, err);
}

bool template_get(struct call *call, struct err *err)
{
    return call_relay_by_id(call, OP_template, err);
}

static bool put(struct call *call, struct id id, int status, struct err *err)
{
    struct template_changes changes;
    struct template_patch request = { .id = id, .changes = &changes };
    struct template_view template;
    uint64_t present;
    if (!call_body(call, &template_changes_record, "name text", &changes, &present, err))
        return false;
    if (present == 0)
        return err_set(err, ERR_INPUT, NULL, "nothing to change: name or text");
    request.present = (int64_t)present;
    return call_ask(call, OP_template_put, &request, &template, err) &&
           call_answer(call, status, &template_view_record, &template, err);
}

bool template_create(struct call *call, struct err *err)
{
    return call_idempotency(call, err) && put(call, (struct id){ 0 }, 201, err);
}

bool template_change(struct call *call, struct err *err)
{
    struct id id;
    return call_id(call, 0, &id, err) && put(call, id, 200, err);
}

bool template_delete(struct call *call, struct err *err)
{
    struct by_id request = { 0 };
    struct nothing nothing;
    return call_id(call, 0, &request.id, err) && call_ask(call, OP_template_delete, &request, &nothing, err) &&
           call_answer_bytes(call, 204, NULL, STR(""));
}
