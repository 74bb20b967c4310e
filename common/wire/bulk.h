/* bulk.h - what bulk sending adds to the bus: prices. A part of schema.h, which includes it; the same rules hold.
 *
 * Promise: BULK_OPERATIONS and BULK_RECORDS are rows of schema.h's lists.
 * Units:   money is decimal text: of one segment, of one MMS, of a calendar month.
 * Memory:  see record.h.
 * Threads: constants only.
 */
#ifndef PARLEY_BULK_H
#define PARLEY_BULK_H

/* clang-format off */

/* --- prices --- */

#define PRICE_VIEW(X, S) \
    X(S, STR,  prefix,       _)  /* "+1": the longest that a number begins with decides; "+": everywhere else */ \
    X(S, STR,  name,         _) \
    X(S, STR,  outbound,     _) \
    X(S, STR,  inbound,      _) \
    X(S, STR,  mms_outbound, _) \
    X(S, STR,  mms_inbound,  _)
#define RENT_VIEW(X, S) \
    X(S, ENUM, kind,         number_kind) \
    X(S, STR,  monthly,      _)
#define PRICES_VIEW(X, S) \
    X(S, STR,  currency,     _) \
    X(S, LIST, prices,       price_view) \
    X(S, LIST, rents,        rent_view) \
    X(S, TIME, updated_at,   _)  /* null: nobody has entered prices yet, these are ours */
#define MONTH_RENT(X, S) \
    X(S, ENUM, kind,         number_kind) \
    X(S, INT,  numbers,      _) \
    X(S, STR,  monthly,      _)  /* of one */
#define MONTH_VIEW(X, S) \
    X(S, STR,  currency,     _) \
    X(S, STR,  prefix,       _)  /* of the price that was taken */ \
    X(S, STR,  outbound,     _) \
    X(S, STR,  inbound,      _) \
    X(S, STR,  mms_outbound, _) \
    X(S, STR,  mms_inbound,  _) \
    X(S, STR,  rent,         _) \
    X(S, STR,  total,        _) \
    X(S, LIST, rents,        month_rent)

/* What a message to this address would cost: the price that fits, no fields set when none does. */
#define PRICE_QUERY(X, S) \
    X(S, STR,  to,           _)
#define MONTH_QUERY(X, S) \
    X(S, STR,  to,           _)  /* a number or a prefix; unset: where our own first number is */ \
    X(S, INT,  outbound,     _) \
    X(S, INT,  inbound,      _) \
    X(S, INT,  segments,     _) \
    X(S, INT,  mms_outbound, _) \
    X(S, INT,  mms_inbound,  _)
#define PRICES_PUT(X, S) \
    X(S, LIST, prices,       price_view) \
    X(S, LIST, rents,        rent_view)

/*    name                   what    asks                  answers */
#define BULK_OPERATIONS(X) \
    X(prices,                QUERY,  nothing,              prices_view) \
    X(price,                 QUERY,  price_query,          price_view) \
    X(month,                 QUERY,  month_query,          month_view) \
    X(prices_put,            WRITE,  prices_put,           prices_view)

/* The records, each before those that hold it. */
#define BULK_RECORDS(X) \
    X(price_view, PRICE_VIEW) X(rent_view, RENT_VIEW) X(prices_view, PRICES_VIEW) X(month_rent, MONTH_RENT) \
    X(month_view, MONTH_VIEW) X(price_query, PRICE_QUERY) X(month_query, MONTH_QUERY) X(prices_put, PRICES_PUT)
/* clang-format on */

#endif
