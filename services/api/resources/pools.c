/* /api/v1/pools: our numbers, several of them as one sender. */
#include "routes.h"

bool pools_list(struct call *call, struct err *err)
{
    struct page_query query = { .cursor = call_query(call, "cursor") };
    struct pool_page page;
    return call_query_limit(call, &query.limit, err) && call_ask(call, OP_pools, &query, &page, err) &&
           call_answer(call, 200, &pool_page_record, &page, err);
}

bool pool_get(struct call *call, struct err *err)
{
    return call_relay_by_id(call, OP_pool, err);
}

static bool put(struct call *call, struct id id, int status, struct err *err)
{
    struct pool_changes changes;
    struct pool_patch request = { .id = id, .changes = &changes };
    struct pool_view pool;
    uint64_t present;
    if (!call_body(call, &pool_changes_record, "name numbers sticky local is_default", &changes, &present, err))
        return false;
    if (present == 0)
        return err_set(err, ERR_INPUT, NULL, "nothing to change: name, numbers, sticky, local or is_default");
    request.present = (int64_t)present;
    return call_ask(call, OP_pool_put, &request, &pool, err) &&
           call_answer(call, status, &pool_view_record, &pool, err);
}

bool pool_create(struct call *call, struct err *err)
{
    return call_idempotency(call, err) && put(call, (struct id){ 0 }, 201, err);
}

bool pool_change(struct call *call, struct err *err)
{
    struct id id;
    return call_id(call, 0, &id, err) && put(call, id, 200, err);
}

bool pool_delete(struct call *call, struct err *err)
{
    struct by_id request = { 0 };
    struct nothing nothing;
    return call_id(call, 0, &request.id, err) && call_ask(call, OP_pool_delete, &request, &nothing, err) &&
           call_answer_bytes(call, 204, NULL, STR(""));
}
