#include "domain/price.h"

#include "domain/phone.h"

/* clang-format off */
const struct price PRICES_DEFAULT[] = {
    /* prefix     name                               outbound  inbound  mms_outbound  mms_inbound */
    { STR("+1"),  STR("United States and Canada"),       5500,    5500,        18000,       16500 },
    { STR("+"),   STR("Everywhere else"),              100000,       0,            0,           0 }, /* rather too high: a limit must hold */
};
const size_t PRICES_DEFAULT_N = COUNT(PRICES_DEFAULT);

const struct rent RENTS_DEFAULT[] = {
    { NUMBER_LONG_CODE,   500000 },
    { NUMBER_TOLL_FREE,  1000000 },
    { NUMBER_MOBILE,     1000000 },
    { NUMBER_SHORT_CODE, 500000000 },
};
const size_t RENTS_DEFAULT_N = COUNT(RENTS_DEFAULT);
/* clang-format on */

const struct price *price_find(const struct price *prices, size_t n, struct str address)
{
    const struct price *best = NULL;
    bool is_number = str_starts(address, STR("+"));
    for (size_t i = 0; i < n; i++) {
        struct str prefix = prices[i].prefix;
        bool fits = is_number ? str_starts(address, prefix) : str_is(prefix, "+");
        if (fits && (!best || prefix.n > best->prefix.n))
            best = &prices[i];
    }
    return best;
}

int64_t price_of_outbound(const struct price *price, int64_t segments, bool is_mms)
{
    return is_mms ? price->mms_outbound : money_times(price->outbound, segments);
}

int64_t price_of_inbound(const struct price *price, int64_t segments, bool is_mms)
{
    return is_mms ? price->mms_inbound : money_times(price->inbound, segments);
}

bool price_prefix_check(struct str prefix, const char *field, struct err *err)
{
    bool is_fine = prefix.n >= 1 && prefix.n <= 1 + PRICE_PREFIX_DIGITS_MAX && prefix.p[0] == '+';
    for (size_t i = 1; is_fine && i < prefix.n; i++)
        is_fine = prefix.p[i] >= (i == 1 ? '1' : '0') && prefix.p[i] <= '9';
    return is_fine ||
           err_set(err, ERR_INPUT, field,
                   "a prefix is '+' and at most %d digits, like \"+1\"; \"+\" alone stands for everywhere else",
                   PRICE_PREFIX_DIGITS_MAX);
}

bool price_place_check(struct str place, struct err *err)
{
    bool is_fine = place.n >= 1 && place.n <= 1 + PHONE_DIGITS_MAX && place.p[0] == '+';
    for (size_t i = 1; is_fine && i < place.n; i++)
        is_fine = place.p[i] >= (i == 1 ? '1' : '0') && place.p[i] <= '9';
    return is_fine || err_set(err, ERR_INPUT, "to", "must be a number, or the beginning of one, with '+'");
}

struct month_cost price_month(const struct price *price, const struct month *month, int64_t rent)
{
    int64_t segments = max_i64(1, month->segments);
    struct month_cost cost = {
        .outbound = money_times(price_of_outbound(price, segments, false), month->outbound),
        .inbound = money_times(price_of_inbound(price, segments, false), month->inbound),
        .mms_outbound = money_times(price_of_outbound(price, 1, true), month->mms_outbound),
        .mms_inbound = money_times(price_of_inbound(price, 1, true), month->mms_inbound),
        .rent = clamp_i64(rent, 0, MONEY_MAX),
    };
    cost.total = min_i64(MONEY_MAX, cost.outbound + cost.inbound + cost.mms_outbound + cost.mms_inbound + cost.rent);
    return cost;
}

int64_t rent_of(const struct rent *rents, size_t n, enum number_kind kind)
{
    for (size_t i = 0; i < n; i++)
        if (rents[i].kind == kind)
            return rents[i].monthly;
    return 0;
}
