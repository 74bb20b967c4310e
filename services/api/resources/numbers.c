/* /api/v1/numbers: our own. */
#include "routes.h"

enum { HELP_MAX_BYTES = 6400 };
#define RATE_MAX 1000000.0

bool numbers_list(struct call *call, struct err *err)
{
    struct page_query query = { .cursor = call_query(call, "cursor") };
    struct number_page page;
    return call_query_limit(call, &query.limit, err) && call_ask(call, OP_numbers, &query, &page, err) &&
           call_answer(call, 200, &number_page_record, &page, err);
}

bool number_get(struct call *call, struct err *err)
{
    return call_relay_by_id(call, OP_number, err);
}

static bool check_changes(const struct number_changes *n, uint64_t present, struct err *err)
{
    bool has_rate = present & record_bit(&number_changes_record, "rate");
    if (present == 0)
        return err_set(
            err, ERR_INPUT, NULL,
            "nothing to change: reply_via, stop_reply, help_by, help_reply, rate, daily_limit, topic, campaign or state");
    if (n->help_reply.n > HELP_MAX_BYTES)
        return err_set(err, ERR_INPUT, "help_reply", "must have at most 1600 characters");
    if (has_rate && !(n->rate >= 0 && n->rate <= RATE_MAX))
        return err_set(err, ERR_INPUT, "rate", "must be above 0, in segments a second; null for the default");
    if (n->daily_limit != INT_UNSET && n->daily_limit < 1)
        return err_set(err, ERR_INPUT, "daily_limit", "must be 1 or more segments a day; null for none");
    if (n->state == NUMBER_DISCOVERED)
        return err_set(err, ERR_INPUT, "state", "must be one of: active, paused");
    return true;
}

bool number_change(struct call *call, struct err *err)
{
    struct number_changes changes;
    struct number_patch patch = { .changes = &changes };
    struct number_view view;
    uint64_t present;
    if (!call_id(call, 0, &patch.id, err) ||
        !call_body(call, &number_changes_record, "reply_via stop_reply state", &changes, &present, err) ||
        !check_changes(&changes, present, err))
        return false;
    patch.present = (int64_t)present;
    return call_ask(call, OP_number_patch, &patch, &view, err) &&
           call_answer(call, 200, &number_view_record, &view, err);
}
