/* /api/v1/prices: the table of prices, and what a month would cost by it. */
#include "domain/price.h"
#include "routes.h"

enum { MESSAGES_MAX = 1000000000, SEGMENTS_MAX = 32 };

bool prices_get(struct call *call, struct err *err)
{
    struct nothing nothing = { 0 };
    struct prices_view prices;
    return call_ask(call, OP_prices, &nothing, &prices, err) &&
           call_answer(call, 200, &prices_view_record, &prices, err);
}

bool prices_replace(struct call *call, struct err *err)
{
    struct prices_put request;
    struct prices_view prices;
    uint64_t present;
    if (!call_body(call, &prices_put_record, "prices rents", &request, &present, err))
        return false;
    if (!(present & record_bit(&prices_put_record, "prices")))
        return err_set(err, ERR_INPUT, "prices", "is required: the whole table is replaced");
    if (!(present & record_bit(&prices_put_record, "rents")))
        return err_set(err, ERR_INPUT, "rents", "is required: the whole table is replaced");
    return call_ask(call, OP_prices_put, &request, &prices, err) &&
           call_answer(call, 200, &prices_view_record, &prices, err);
}

static bool read_count(const struct call *call, const char *name, int64_t min, int64_t max, int64_t *out,
                       struct err *err)
{
    struct str value = call_query(call, name);
    *out = min;
    return !str_is_set(value) || str_to_int(value, min, max, out) ||
           err_set(err, ERR_INPUT, name, "must be a whole number from %lld to %lld", (long long)min, (long long)max);
}

bool prices_month(struct call *call, struct err *err)
{
    struct month_query query = { .to = call_query(call, "to") };
    struct month_view month;
    return (!str_is_set(query.to) || price_place_check(query.to, err)) &&
           read_count(call, "outbound", 0, MESSAGES_MAX, &query.outbound, err) &&
           read_count(call, "inbound", 0, MESSAGES_MAX, &query.inbound, err) &&
           read_count(call, "segments", 1, SEGMENTS_MAX, &query.segments, err) &&
           read_count(call, "mms_outbound", 0, MESSAGES_MAX, &query.mms_outbound, err) &&
           read_count(call, "mms_inbound", 0, MESSAGES_MAX, &query.mms_inbound, err) &&
           call_ask(call, OP_month, &query, &month, err) && call_answer(call, 200, &month_view_record, &month, err);
}
