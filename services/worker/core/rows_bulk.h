/* rows_bulk.h - what bulk sending keeps: prices, templates, pools, campaigns. A part of rows.h, which includes it; the same rules hold.
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

#define TEMPLATE_ROW(X, S) \
    X(S, ID,   id,               _) \
    X(S, STR,  name,             _) \
    X(S, STR,  text,             _) \
    X(S, TIME, created_at,       _) \
    X(S, TIME, updated_at,       _)

#define POOL_ROW(X, S) \
    X(S, ID,   id,               _) \
    X(S, STR,  name,             _) \
    X(S, STRS, numbers,          _) \
    X(S, BOOL, is_free,          _)  /* not sticky */ \
    X(S, BOOL, is_anywhere,      _)  /* not local */ \
    X(S, TIME, created_at,       _) \
    X(S, TIME, updated_at,       _)

/* Recipients are numbered 0, 1, 2 … within a generation of the audience; an audience that is replaced begins another. */
#define CAMPAIGN_ROW(X, S) \
    X(S, ID,   id,               _) \
    X(S, STR,  name,             _) \
    X(S, ENUM, state,            campaign_state) \
    X(S, INT,  revision,         _) \
    X(S, STR,  text,             _) \
    X(S, ID,   template,         _) \
    X(S, STR,  from,             _) \
    X(S, STR,  topic,            _)  /* its programme; unset: that of the number it leaves from */ \
    X(S, REAL, throttle,         _) \
    X(S, TIME, send_at,          _) \
    X(S, TIME, valid_until,      _) \
    X(S, ENUM, audience,         audience_kind) \
    X(S, OBJECT, filter,         audience_filter_view) \
    X(S, STRS, columns,          _) \
    X(S, INT,  generation,       _) \
    X(S, ID,   upload,           _) \
    X(S, INT,  parts,            _)  /* of the upload that were taken */ \
    X(S, BOOL, is_complete,      _)  /* the audience */ \
    X(S, ID,   filtered_to,      _)  /* the contact that the filter last looked at */ \
    X(S, INT,  recipients,       _) \
    X(S, INT,  refused,          _) \
    X(S, INT,  counted_revision, _)  /* the preview is of that one */ \
    X(S, INT,  counted_to,       _)  /* recipients that the preview has looked at */ \
    X(S, INT,  unusable,         _) \
    X(S, INT,  segments,         _) \
    X(S, INT,  estimate,         _) \
    X(S, INT,  expanded_to,      _)  /* recipients that were handed to the outbox, in this round */ \
    X(S, INT,  round,            _)  /* 0; rises with each retry of the failed */ \
    X(S, TIME, approved_at,      _) \
    X(S, STR,  approved_by,      _) \
    X(S, TIME, started_at,       _) \
    X(S, TIME, done_at,          _) \
    X(S, TIME, created_at,       _) \
    X(S, TIME, updated_at,       _)

/* Where a campaign's messages stand; apart from the campaign, because every step of a message writes it. */
#define CAMPAIGN_COUNT_ROW(X, S) \
    CAMPAIGN_STANDINGS(X, S)  /* wire/bulk.h */ \
    X(S, INT,  cost,             _) \
    X(S, BOOL, is_news,          _)  /* changed since it was last told */

#define RECIPIENT_ROW(X, S) \
    X(S, INT,  line,             _) \
    X(S, STR,  address,          _) \
    X(S, STRS, values,           _) \
    X(S, ID,   message,          _) \
    X(S, INT,  round,            _)  /* in which the message was made */ \
    X(S, STR,  skipped,          _)  /* why nothing is sent */

/* One day of one number, template or carrier. */
#define CODE_ROW(X, S) \
    X(S, INT,  code,             _) \
    X(S, INT,  n,                _)
#define HEALTH_ROW(X, S) \
    X(S, INT,  reported,         _) \
    X(S, INT,  delivered,        _) \
    X(S, INT,  failed,           _) \
    X(S, INT,  spam,             _) \
    X(S, INT,  opted_out,        _) \
    X(S, LIST, codes,            code_row)

#define BULK_ROWS(X) \
    X(price_row, PRICE_ROW) X(rent_row, RENT_ROW) X(prices_row, PRICES_ROW) X(template_row, TEMPLATE_ROW) X(pool_row, POOL_ROW) \
    X(campaign_row, CAMPAIGN_ROW) X(campaign_count_row, CAMPAIGN_COUNT_ROW) X(recipient_row, RECIPIENT_ROW) \
    X(code_row, CODE_ROW) X(health_row, HEALTH_ROW)
/* clang-format on */

#endif
