/* price.h - what messages and numbers cost, from a table of prices by the beginning of a number.
 *
 * Promise: the longest prefix that a number begins with decides; "+" stands for the rest of the world. A number that no row fits has no
 *          price, which is not the same as costing nothing.
 * Units:   money.h. SMS per segment, MMS per message, numbers per calendar month.
 * Memory:  tables are borrowed for the call; a found price points into the table.
 * Threads: pure; call from any.
 * Source:  plivo.md section 10 (per segment), Plivo's billing pages (MMS per message whatever its size; rent per calendar month).
 */
#ifndef PARLEY_PRICE_H
#define PARLEY_PRICE_H
#include "domain/money.h"
#include "domain/vocabulary.h"

enum { PRICES_MAX = 500, PRICE_PREFIX_DIGITS_MAX = 7, PRICE_NAME_MAX_BYTES = 80 };

struct price {
    struct str prefix; /* "+1", "+1787"; "+": everywhere else */
    struct str name;   /* of the country, for people */
    int64_t outbound, inbound, mms_outbound, mms_inbound;
};

/* What a number of ours costs a month. */
struct rent {
    enum number_kind kind;
    int64_t monthly;
};

/* Until somebody enters their own: Plivo's list prices for the US and Canada, and a careful guess for the rest of the world. */
extern const struct price PRICES_DEFAULT[];
extern const size_t PRICES_DEFAULT_N;
extern const struct rent RENTS_DEFAULT[];
extern const size_t RENTS_DEFAULT_N;

/* NULL: no row fits. A short code or letters fit "+" alone. */
const struct price *price_find(const struct price *prices, size_t n, struct str address);

/* What one message costs there; segments as counted or billed. */
int64_t price_of_outbound(const struct price *price, int64_t segments, bool is_mms);
int64_t price_of_inbound(const struct price *price, int64_t segments, bool is_mms);

/* False: ERR_INPUT names the field of the prefix: a '+' and at most 7 digits, the first not 0. */
MUST_USE bool price_prefix_check(struct str prefix, const char *field, struct err *err);

/* A number or the beginning of one: '+' and at most 15 digits. False: ERR_INPUT on "to". */
MUST_USE bool price_place_check(struct str place, struct err *err);

/* --- a month --- */

/* What a month is expected to bring: messages of so many segments each, MMS, and numbers of ours by their kind. */
struct month {
    int64_t outbound, inbound;         /* messages */
    int64_t segments;                  /* of each of them; >= 1 */
    int64_t mms_outbound, mms_inbound; /* messages */
};

struct month_cost {
    int64_t outbound, inbound, mms_outbound, mms_inbound;
    int64_t rent;
    int64_t total;
};

/* `rent`: of all numbers together, as rent_of() says of each. */
struct month_cost price_month(const struct price *price, const struct month *month, int64_t rent);

/* Of one number a month; 0 for a kind that no row names. */
int64_t rent_of(const struct rent *rents, size_t n, enum number_kind kind);

#endif
