/* prices.h - the table of prices as people see it.
 *
 * Promise: every amount is decimal text, as people entered it and as Plivo writes it.
 * Memory:  texts live in the transaction's arena, or in the book.
 * Threads: as the transaction.
 */
#ifndef PARLEY_QUERY_PRICES_H
#define PARLEY_QUERY_PRICES_H
#include "store/prices.h"

MUST_USE bool prices_view_make(struct txn *txn, const struct price_book *book, struct prices_view *out,
                               struct err *err);

#endif
