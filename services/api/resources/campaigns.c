/* /api/v1/campaigns: one text to many. Its audience: audience.c; its recipients: recipients.c. */
#include "routes.h"

/* clang-format off */
#define APPROVE_BODY(X, S) \
    X(S, INT,  revision, _)
/* clang-format on */
RECORD_STRUCT(approve_body, APPROVE_BODY)
RECORD_TABLE(approve_body, APPROVE_BODY);

bool campaigns_list(struct call *call, struct err *err)
{
    struct page_query query = { .cursor = call_query(call, "cursor") };
    struct campaign_page page;
    return call_query_limit(call, &query.limit, err) && call_ask(call, OP_campaigns, &query, &page, err) &&
           call_answer(call, 200, &campaign_page_record, &page, err);
}

bool campaign_get(struct call *call, struct err *err)
{
    return call_relay_by_id(call, OP_campaign, err);
}

static bool put(struct call *call, struct id id, int status, struct err *err)
{
    struct campaign_changes changes;
    struct campaign_patch request = { .id = id, .changes = &changes };
    struct campaign_view campaign;
    uint64_t present;
    if (!call_body(call, &campaign_changes_record, "name text", &changes, &present, err))
        return false;
    if (present == 0)
        return err_set(err, ERR_INPUT, NULL,
                       "nothing to change: name, text, template_id, from, topic, throttle, send_at or valid_until");
    request.present = (int64_t)present;
    return call_ask(call, OP_campaign_put, &request, &campaign, err) &&
           call_answer(call, status, &campaign_view_record, &campaign, err);
}

bool campaign_create(struct call *call, struct err *err)
{
    return call_idempotency(call, err) && put(call, (struct id){ 0 }, 201, err);
}

bool campaign_change(struct call *call, struct err *err)
{
    struct id id;
    return call_id(call, 0, &id, err) && put(call, id, 200, err);
}

bool campaign_delete(struct call *call, struct err *err)
{
    struct by_id request = { 0 };
    struct nothing nothing;
    return call_id(call, 0, &request.id, err) && call_ask(call, OP_campaign_delete, &request, &nothing, err) &&
           call_answer_bytes(call, 204, NULL, STR(""));
}

/* --- deeds --- */

static bool act(struct call *call, enum campaign_action action, int64_t revision, struct err *err)
{
    struct campaign_deed request = { .action = action, .revision = revision };
    struct campaign_view campaign;
    return call_id(call, 0, &request.id, err) && call_ask(call, OP_campaign_deed, &request, &campaign, err) &&
           call_answer(call, 200, &campaign_view_record, &campaign, err);
}

bool campaign_approve(struct call *call, struct err *err)
{
    struct approve_body body;
    uint64_t present;
    if (!call_body(call, &approve_body_record, "revision", &body, &present, err))
        return false;
    if (present == 0)
        return err_set(err, ERR_INPUT, "revision", "is required: the one whose preview was looked at");
    return act(call, CAMPAIGN_APPROVE, body.revision, err);
}

bool campaign_pause(struct call *call, struct err *err)
{
    return act(call, CAMPAIGN_PAUSE, 0, err);
}

bool campaign_resume(struct call *call, struct err *err)
{
    return act(call, CAMPAIGN_RESUME, 0, err);
}

bool campaign_cancel(struct call *call, struct err *err)
{
    return act(call, CAMPAIGN_CANCEL, 0, err);
}

bool campaign_retry(struct call *call, struct err *err)
{
    return act(call, CAMPAIGN_RETRY, 0, err);
}
