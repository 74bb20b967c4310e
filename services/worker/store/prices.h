/* prices.h - the tenant's table of prices, and what a message is expected to cost by it.
 *
 * Promise: the book is the tenant's own once somebody has entered one, else the default of domain/price.h. It is read once a request;
 *          who rewinds the arena reads it before the mark.
 * Units:   domain/money.h.
 * Memory:  the book lives in the transaction's arena.
 * Threads: as the transaction.
 */
#ifndef PARLEY_STORE_PRICES_H
#define PARLEY_STORE_PRICES_H
#include "domain/price.h"
#include "store/entities.h"

struct price_book {
    int64_t tenant;
    const struct price *prices;
    size_t prices_n;
    const struct rent *rents;
    size_t rents_n;
    int64_t updated_at; /* 0: the default */
};

MUST_USE bool price_book_get(struct txn *txn, int64_t tenant, const struct price_book **out, struct err *err);
MUST_USE bool price_book_put(struct txn *txn, int64_t tenant, const struct prices_row *row, struct err *err);

/* What an outbound message to `to` is expected to cost. *is_known false: no price fits, *amount is 0. */
MUST_USE bool message_estimate(struct txn *txn, int64_t tenant, struct str to, int64_t segments, bool is_mms,
                               int64_t *amount, bool *is_known, struct err *err);

/* The amount as text in the arena; the unset str when that is full. */
struct str money_text(struct arena *arena, int64_t amount);

#endif
