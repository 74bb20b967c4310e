/* rows_bulk.h - what bulk sending keeps: prices. A part of rows.h, which includes it; the same rules hold.
 *
 * Promise: BULK_ROWS are rows of rows.h's list.
 * Units:   amounts in money.h's.
 * Memory:  see rows.h.
 * Threads: constants only.
 */
#ifndef PARLEY_ROWS_BULK_H
#define PARLEY_ROWS_BULK_H

/* clang-format off */

/* The tenant's own table of prices; amounts in money.h's unit. */
#define PRICE_ROW(X, S) \
    X(S, STR,  prefix,           _) \
    X(S, STR,  name,             _) \
    X(S, INT,  outbound,         _) \
    X(S, INT,  inbound,          _) \
    X(S, INT,  mms_outbound,     _) \
    X(S, INT,  mms_inbound,      _)
#define RENT_ROW(X, S) \
    X(S, ENUM, kind,             number_kind) \
    X(S, INT,  monthly,          _)
#define PRICES_ROW(X, S) \
    X(S, LIST, prices,           price_row) \
    X(S, LIST, rents,            rent_row) \
    X(S, TIME, updated_at,       _)

#define BULK_ROWS(X) \
    X(price_row, PRICE_ROW) X(rent_row, RENT_ROW) X(prices_row, PRICES_ROW)
/* clang-format on */

#endif
