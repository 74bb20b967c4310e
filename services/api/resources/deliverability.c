/* /api/v1/deliverability: what carriers and people say of our numbers, templates and their networks. */
#include "domain/campaign_words.h"
#include "routes.h"

enum { DAYS_MAX = 92 };

bool deliverability_get(struct call *call, struct err *err)
{
    struct deliverability_query query = { .by = call_query(call, "by") };
    struct str days = call_query(call, "days");
    struct deliverability_page page;
    if (!call_query_word(call, "by", &health_kind_words, err))
        return false;
    if (str_is_set(days) && !str_to_int(days, 1, DAYS_MAX, &query.days))
        return err_set(err, ERR_INPUT, "days", "must be a whole number from 1 to %d", DAYS_MAX);
    return call_ask(call, OP_deliverability, &query, &page, err) &&
           call_answer(call, 200, &deliverability_page_record, &page, err);
}
