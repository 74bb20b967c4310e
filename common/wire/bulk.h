/* bulk.h - what bulk sending adds to the bus: prices, templates, pools, campaigns. A part of schema.h, which includes it; the same rules hold.
 *
 * Promise: BULK_OPERATIONS and BULK_RECORDS are rows of schema.h's lists.
 * Units:   money is decimal text: of one segment, of one MMS, of a calendar month.
 * Memory:  see record.h.
 * Threads: constants only.
 */
#ifndef PARLEY_BULK_H
#define PARLEY_BULK_H
#include "domain/campaign_words.h"
#include "wire/record.h"

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

/* --- templates --- */

#define TEMPLATE_VIEW(X, S) \
    X(S, ID,   id,           _) \
    X(S, STR,  name,         _) \
    X(S, STR,  text,         _) \
    X(S, STRS, variables,    _)  /* the names of its places, each once */ \
    X(S, TIME, created_at,   _) \
    X(S, TIME, updated_at,   _)
#define TEMPLATE_CHANGES(X, S) \
    X(S, STR,  name,         _) \
    X(S, STR,  text,         _)
#define TEMPLATE_PATCH(X, S) \
    X(S, ID,   id,           _)  /* unset: create */ \
    X(S, INT,  present,      _) \
    X(S, OBJECT, changes,    template_changes)
#define TEMPLATE_PAGE(X, S)      PAGE_OF(template_view, X, S)

/* --- pools of numbers --- */

#define POOL_VIEW(X, S) \
    X(S, ID,   id,           _) \
    X(S, STR,  name,         _) \
    X(S, STRS, numbers,      _) \
    X(S, BOOL, sticky,       _)  /* a person keeps hearing from the number that last wrote to them */ \
    X(S, BOOL, local,        _)  /* a number of the person's own area before another */ \
    X(S, BOOL, is_default,   _)  /* what is sent without `from` leaves from it */ \
    X(S, TIME, created_at,   _) \
    X(S, TIME, updated_at,   _)
#define POOL_CHANGES(X, S) \
    X(S, STR,  name,         _) \
    X(S, STRS, numbers,      _) \
    X(S, BOOL, sticky,       _) \
    X(S, BOOL, local,        _) \
    X(S, BOOL, is_default,   _)
#define POOL_PATCH(X, S) \
    X(S, ID,   id,           _)  /* unset: create */ \
    X(S, INT,  present,      _) \
    X(S, OBJECT, changes,    pool_changes)
#define POOL_PAGE(X, S)          PAGE_OF(pool_view, X, S)

/* --- campaigns --- */

/* Contacts that fit all that is set. */
#define AUDIENCE_FILTER_VIEW(X, S) \
    X(S, STR,  q,            _)  /* a part of name or address */ \
    X(S, STR,  prefix,       _)  /* the address begins with it */ \
    X(S, STR,  consent,      _)  /* "in": only those who opted in; unset: all who have not opted out */ \
    X(S, STR,  attribute,    _)  /* the name of an attribute … */ \
    X(S, STR,  value,        _)  /* … that must have this value; unset: any */
#define AUDIENCE_VIEW(X, S) \
    X(S, ENUM, kind,         audience_kind) \
    X(S, BOOL, is_ready,     _)  /* all of it is there */ \
    X(S, INT,  recipients,   _) \
    X(S, INT,  refused,      _)  /* lines that were not taken */ \
    X(S, STRS, columns,      _)  /* the names that texts may use */ \
    X(S, OBJECT, filter,     audience_filter_view)
/* What approving would set going; counted in the background, whenever text or audience change. */
#define CAMPAIGN_PREVIEW(X, S) \
    X(S, BOOL, is_ready,     _) \
    X(S, INT,  recipients,   _) \
    X(S, INT,  unusable,     _)  /* recipients to whom nothing will be sent: an empty or too long text, no consent */ \
    X(S, INT,  segments,     _) \
    X(S, OBJECT, cost,       cost_view)
/* Where its messages stand. */
#define CAMPAIGN_STANDINGS(X, S) \
    X(S, INT,  skipped,      _) \
    X(S, INT,  queued,       _) \
    X(S, INT,  held,         _) \
    X(S, INT,  sending,      _) \
    X(S, INT,  accepted,     _) \
    X(S, INT,  sent,         _) \
    X(S, INT,  delivered,    _) \
    X(S, INT,  undelivered,  _) \
    X(S, INT,  failed,       _) \
    X(S, INT,  rejected,     _) \
    X(S, INT,  expired,      _) \
    X(S, INT,  blocked,      _) \
    X(S, INT,  cancelled,    _) \
    X(S, INT,  unconfirmed,  _)
#define CAMPAIGN_COUNTS(X, S) \
    X(S, INT,  waiting,      _)  /* not handed to the outbox yet */ \
    CAMPAIGN_STANDINGS(X, S)
#define CAMPAIGN_VIEW(X, S) \
    X(S, ID,   id,           _) \
    X(S, STR,  name,         _) \
    X(S, ENUM, state,        campaign_state) \
    X(S, INT,  revision,     _)  /* rises when text, audience or sender change; what is approved is a revision */ \
    X(S, STR,  text,         _) \
    X(S, ID,   template_id,  _) \
    X(S, STR,  from,         _)  /* an address, "pool:<id>", or null: the tenant's default */ \
    X(S, STR,  topic,        _)  /* the programme that consent is asked for */ \
    X(S, REAL, throttle,     _)  /* segments per second; 0: as fast as numbers allow */ \
    X(S, TIME, send_at,      _) \
    X(S, TIME, valid_until,  _) \
    X(S, OBJECT, audience,   audience_view) \
    X(S, OBJECT, preview,    campaign_preview) \
    X(S, OBJECT, counts,     campaign_counts) \
    X(S, OBJECT, cost,       cost_view)  /* of what has left so far: reported where Plivo did, else estimated */ \
    X(S, TIME, approved_at,  _) \
    X(S, STR,  approved_by,  _) \
    X(S, TIME, started_at,   _) \
    X(S, TIME, done_at,      _) \
    X(S, TIME, created_at,   _) \
    X(S, TIME, updated_at,   _)
#define CAMPAIGN_CHANGES(X, S) \
    X(S, STR,  name,         _) \
    X(S, STR,  text,         _) \
    X(S, ID,   template_id,  _) \
    X(S, STR,  from,         _) \
    X(S, STR,  topic,        _) \
    X(S, REAL, throttle,     _) \
    X(S, TIME, send_at,      _) \
    X(S, TIME, valid_until,  _)
#define CAMPAIGN_PATCH(X, S) \
    X(S, ID,   id,           _)  /* unset: create */ \
    X(S, INT,  present,      _) \
    X(S, OBJECT, changes,    campaign_changes)
#define CAMPAIGN_DEED(X, S) \
    X(S, ID,   id,           _) \
    X(S, ENUM, action,       campaign_action) \
    X(S, INT,  revision,     _)  /* approve: what the person saw */
#define RECIPIENT_LINE(X, S) \
    X(S, INT,  line,         _)  /* of the file */ \
    X(S, STR,  address,      _) \
    X(S, STRS, values,       _)  /* one per column */
/* A part of an uploaded file. The same part again changes nothing; the first of another upload begins anew. */
#define AUDIENCE_PART(X, S) \
    X(S, ID,   id,           _)  /* the campaign */ \
    X(S, ID,   upload,       _) \
    X(S, INT,  part,         _)  /* 0, 1, 2 … */ \
    X(S, STRS, columns,      _) \
    X(S, LIST, recipients,   recipient_line) \
    X(S, BOOL, is_last,      _) \
    X(S, INT,  refused,      _)  /* with the last: lines that the api has refused */
#define LINE_REFUSED(X, S) \
    X(S, INT,  line,         _) \
    X(S, STR,  reason,       _)
#define AUDIENCE_TAKEN(X, S) \
    X(S, INT,  recipients,   _)  /* of the audience so far */ \
    X(S, LIST, refused,      line_refused)
#define AUDIENCE_FILTERED(X, S) \
    X(S, ID,   id,           _) \
    X(S, OBJECT, filter,     audience_filter_view)
#define RECIPIENT_VIEW(X, S) \
    X(S, INT,  line,         _) \
    X(S, STR,  to,           _) \
    X(S, STR,  from,         _)  /* the number of ours; before it is sent, the one that would */ \
    X(S, STR,  status,       _)  /* waiting, skipped, or the message's */ \
    X(S, STR,  status_reason, _) \
    X(S, STR,  status_text,  _) \
    X(S, OPT,  error_code,   _) \
    X(S, ID,   message_id,   _) \
    X(S, STR,  text,         _)  /* as it was sent, or would be */ \
    X(S, STR,  encoding,     _) \
    X(S, INT,  segments,     _) \
    X(S, OBJECT, cost,       cost_view)
#define RECIPIENTS_QUERY(X, S) \
    X(S, ID,   id,           _) \
    X(S, STR,  cursor,       _) \
    X(S, INT,  limit,        _) \
    X(S, STR,  status,       _)
#define CAMPAIGN_PAGE(X, S)      PAGE_OF(campaign_view, X, S)
#define RECIPIENT_PAGE(X, S)     PAGE_OF(recipient_view, X, S)

/* --- deliverability --- */

#define CODE_COUNT(X, S) \
    X(S, INT,  code,         _) \
    X(S, INT,  messages,     _) \
    X(S, STR,  text,         _)
#define DELIVERABILITY_VIEW(X, S) \
    X(S, ENUM, by,           health_kind) \
    X(S, STR,  name,         _)  /* a number; "template:<id>", "campaign:<id>" or "rule:<id>"; "<mcc>-<mnc>" */ \
    X(S, INT,  reported,     _)  /* attempts that a carrier was heard of */ \
    X(S, INT,  delivered,    _) \
    X(S, INT,  failed,       _) \
    X(S, INT,  spam,         _)  /* blocked by a spam filter: Plivo's code 30 */ \
    X(S, INT,  opted_out,    _)  /* of a text: in answer to it; of a carrier: that the report of the answered message named */ \
    X(S, LIST, codes,        code_count)
#define DELIVERABILITY_PAGE(X, S)        PAGE_OF(deliverability_view, X, S)
#define DELIVERABILITY_QUERY(X, S) \
    X(S, STR,  by,           _) \
    X(S, INT,  days,         _)

/*    name                   what    asks                  answers */
#define BULK_OPERATIONS(X) \
    X(prices,                QUERY,  nothing,              prices_view) \
    X(price,                 QUERY,  price_query,          price_view) \
    X(month,                 QUERY,  month_query,          month_view) \
    X(prices_put,            WRITE,  prices_put,           prices_view) \
    X(templates,             QUERY,  page_query,           template_page) \
    X(template,              QUERY,  by_id,                template_view) \
    X(template_put,          WRITE,  template_patch,       template_view) \
    X(template_delete,       WRITE,  by_id,                nothing) \
    X(pools,                 QUERY,  page_query,           pool_page) \
    X(pool,                  QUERY,  by_id,                pool_view) \
    X(pool_put,              WRITE,  pool_patch,           pool_view) \
    X(pool_delete,           WRITE,  by_id,                nothing) \
    X(campaigns,             QUERY,  page_query,           campaign_page) \
    X(campaign,              QUERY,  by_id,                campaign_view) \
    X(campaign_put,          WRITE,  campaign_patch,       campaign_view) \
    X(campaign_delete,       WRITE,  by_id,                nothing) \
    X(campaign_deed,         WRITE,  campaign_deed,        campaign_view) \
    X(audience_part,         WRITE,  audience_part,        audience_taken) \
    X(audience_filter,       WRITE,  audience_filtered,    campaign_view) \
    X(recipients,            QUERY,  recipients_query,     recipient_page) \
    X(deliverability,        QUERY,  deliverability_query,         deliverability_page)

/* The records, each before those that hold it. */
#define BULK_RECORDS(X) \
    X(price_view, PRICE_VIEW) X(rent_view, RENT_VIEW) X(prices_view, PRICES_VIEW) X(month_rent, MONTH_RENT) \
    X(month_view, MONTH_VIEW) X(price_query, PRICE_QUERY) X(month_query, MONTH_QUERY) X(prices_put, PRICES_PUT) \
    X(template_view, TEMPLATE_VIEW) X(template_changes, TEMPLATE_CHANGES) X(template_patch, TEMPLATE_PATCH) \
    X(template_page, TEMPLATE_PAGE) X(pool_view, POOL_VIEW) X(pool_changes, POOL_CHANGES) X(pool_patch, POOL_PATCH) \
    X(pool_page, POOL_PAGE) X(audience_filter_view, AUDIENCE_FILTER_VIEW) X(audience_view, AUDIENCE_VIEW) \
    X(campaign_preview, CAMPAIGN_PREVIEW) X(campaign_counts, CAMPAIGN_COUNTS) X(campaign_view, CAMPAIGN_VIEW) \
    X(campaign_changes, CAMPAIGN_CHANGES) X(campaign_patch, CAMPAIGN_PATCH) X(campaign_deed, CAMPAIGN_DEED) \
    X(recipient_line, RECIPIENT_LINE) X(audience_part, AUDIENCE_PART) X(line_refused, LINE_REFUSED) \
    X(audience_taken, AUDIENCE_TAKEN) X(audience_filtered, AUDIENCE_FILTERED) X(recipient_view, RECIPIENT_VIEW) \
    X(recipients_query, RECIPIENTS_QUERY) X(campaign_page, CAMPAIGN_PAGE) X(recipient_page, RECIPIENT_PAGE) \
    X(code_count, CODE_COUNT) X(deliverability_view, DELIVERABILITY_VIEW) X(deliverability_page, DELIVERABILITY_PAGE) X(deliverability_query, DELIVERABILITY_QUERY)
/* clang-format on */

#endif
