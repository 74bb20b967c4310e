/* rows.h - what the store keeps: every row of every table as a record (wire/record.h), so a msgpack map of named fields.
 *
 * Promise: a field is never given another meaning; new ones are added with "unset" as the value of older rows. ROWS_VERSION stands in
 *          the store's meta table and rises when an older program could misread a newer row, or an older row this program: the former
 *          refuses to open the store, the latter migrates it (store/migrate.h).
 * Units:   as in schema.h. boot_us: CLOCK_BOOTTIME.
 * Memory:  see record.h; a row that was read borrows from LMDB's page until the next write of the transaction: txn.h copies it first.
 * Threads: constants only.
 */
#ifndef PARLEY_ROWS_H
#define PARLEY_ROWS_H
#include "core/rows_bulk.h"
#include "core/rows_privacy.h"
#include "core/rows_sending.h"
#include "wire/schema.h"

enum { ROWS_VERSION = 2 };

/* clang-format off */

/* --- the meta table --- */

#define CALLBACK_KEY(X, S) \
    X(S, BIN,  key,              _) \
    X(S, TIME, made_at,          _)
#define CALLBACK_KEYS(X, S) \
    X(S, LIST, keys,             callback_key)  /* newest first */

/* A store that came out of a backup. It grants nothing until recovered_at is set (design.md section 6). */
#define RECOVERY_ROW(X, S) \
    X(S, INT,  generation,       _)  /* what the restore raised it to */ \
    X(S, TIME, backup_at,        _)  /* from here to restored_at, Plivo knows what this store does not */ \
    X(S, TIME, restored_at,      _) \
    X(S, INT,  unconfirmed,      _)  /* messages that became unconfirmed by it */ \
    X(S, INT,  opt_outs,         _)  /* taken from the side file */ \
    X(S, TIME, asked_at,         _)  /* the operator ran `parley recover` */ \
    X(S, INT,  inbound,          _)  /* texts at Plivo that this store never got */ \
    X(S, INT,  paused,           _)  /* conversations paused for review because of them */ \
    X(S, TIME, recovered_at,     _)

/* How far the walk over what goes with age has come (apply/stale_tick.h). */
#define STALE_WALK_ROW(X, S) \
    X(S, TIME, begun_at,         _) \
    X(S, INT,  table,            _)  /* which of its tables; behind the last: it is over */ \
    X(S, BIN,  after,            _)  /* key there; unset: at the beginning */

/* --- the tables of entities --- */

/* One per tenant; the head of everything that is counted in commit order. */
#define TENANT_ROW(X, S) \
    X(S, STR,  name,             _) \
    X(S, STR,  default_number,   _) \
    X(S, ID,   default_pool,     _)  /* what leaves without a number, to somebody new, leaves from it */ \
    X(S, INT,  event_head,       _)  /* the newest event's number */ \
    X(S, INT,  event_tail,       _)  /* the oldest one kept */ \
    X(S, INT,  ledger_entries,   _) \
    X(S, BIN,  ledger_head,      _)  /* 32 bytes; unset: no entry yet */ \
    X(S, BIN,  address_key,      _)  /* HMAC key under which opt-outs are found */ \
    X(S, INT,  messages,         _) \
    X(S, INT,  conversations,    _) \
    X(S, INT,  contacts,         _) \
    X(S, ID,   retained,         _)  /* retention has seen the messages up to it */ \
    X(S, ID,   unreported,       _)  /* the raw reports of messages up to it are gone */ \
    X(S, TIME, created_at,       _)

#define NUMBER_ROW(X, S) \
    X(S, ID,   id,               _) \
    X(S, STR,  address,          _) \
    X(S, ENUM, kind,             number_kind) \
    X(S, ENUM, reply_via,        reply_via) \
    X(S, ENUM, stop_reply,       stop_reply) \
    X(S, STR,  help_reply,       _) \
    X(S, REAL, rate,             _)  /* segments per second; 0: NUMBER_RATE */ \
    X(S, OPT,  daily_limit,      _)  /* segments per UTC day */ \
    X(S, ENUM, state,            number_state) \
    X(S, STR,  state_reason,     _)  /* why it is paused */ \
    X(S, STR,  topic,            _)  /* what it writes about: its programme */ \
    X(S, STR,  campaign,         _)  /* its 10DLC campaign at Plivo: what blocks one of its numbers there blocks all */ \
    X(S, ENUM, help_by,          help_by)  /* unset: who confirms a STOP */ \
    X(S, TIME, created_at,       _) \
    X(S, TIME, updated_at,       _)

/* What sending from a number has used up; apart from number_row, because every grant writes it. */
#define LIMIT_ROW(X, S) \
    X(S, INT,  tat_us,           _)  /* gcra.h */ \
    X(S, INT,  pace_permille,    _)  /* number_pace.h */ \
    X(S, INT,  paced_at_us,      _) \
    X(S, TIME, held_until,       _)  /* Plivo lets nothing more through before */ \
    X(S, INT,  day,              _)  /* days since 1970 */ \
    X(S, INT,  day_segments,     _) \
    X(S, INT,  credit_human,     _)  /* lanes.h: what each lane has saved up */ \
    X(S, INT,  credit_auto,      _) \
    X(S, INT,  credit_transactional, _) \
    X(S, INT,  credit_bulk,      _)

#define CONTACT_ROW(X, S) \
    X(S, ID,   id,               _) \
    X(S, STR,  address,          _) \
    X(S, STR,  name,             _) \
    X(S, JSON, attributes,       _) \
    X(S, STR,  time_zone,        _) \
    X(S, BOOL, invalid,          _)  /* the numbering plan does not know such a number: a warning */ \
    X(S, TIME, erased_at,        _)  /* nothing about the person is here any more */ \
    X(S, TIME, hidden_at,        _)  /* somebody took it out of the list; whoever writes again stands there again */ \
    X(S, TIME, created_at,       _) \
    X(S, TIME, updated_at,       _)

/* When a rule last answered in a conversation. */
#define COOLDOWN(X, S) \
    X(S, ID,   rule,             _) \
    X(S, TIME, at,               _)
#define CONVERSATION_ROW(X, S) \
    X(S, ID,   id,               _) \
    X(S, STR,  number,           _) \
    X(S, ID,   contact,          _) \
    X(S, STR,  address,          _)  /* the contact's, so that finding it needs no second row */ \
    X(S, ENUM, status,           conversation_status) \
    X(S, STR,  assignee,         _) \
    X(S, STRS, labels,           _) \
    X(S, INT,  unread,           _) \
    X(S, TIME, snooze_until,     _) \
    X(S, ID,   last_message,     _)  /* the head of the chain of messages */ \
    X(S, ID,   last_outbound,    _)  /* the newest outbound one among them */ \
    X(S, BOOL, knows_outbound,   _)  /* also that there is none; false: it began before this was kept */ \
    X(S, TIME, answered_at,      _)  /* a person last answered here */ \
    X(S, TIME, heard_at,         _)  /* the contact last wrote */ \
    X(S, LIST, cooldowns,        cooldown) \
    X(S, TIME, listed_at,        _)  /* its place in the list: last activity */ \
    X(S, TIME, created_at,       _) \
    X(S, TIME, updated_at,       _)

/* One try to send. */
#define ATTEMPT_ROW(X, S) \
    X(S, INT,  number,           _)  /* 1, 2, 3 …; never used again */ \
    X(S, ENUM, via,              reply_via) \
    X(S, INT,  epoch,            _)  /* of the sender it was granted to; 0: ingress, inline */ \
    X(S, INT,  grant,            _)  /* number of the grant request */ \
    X(S, TIME, granted_at,       _) \
    X(S, INT,  ledger,           _)  /* the ledger's length when it was allowed */ \
    X(S, ENUM, outcome,          call_outcome) \
    X(S, INT,  http_status,      _) \
    X(S, STR,  reason,           _) \
    X(S, TIME, ended_at,         _)  /* when the outcome was entered */ \
    X(S, ENUM, status,           message_status) \
    X(S, INT,  sequence,         _) \
    X(S, OPT,  error_code,       _) \
    X(S, STR,  uuid,             _) \
    X(S, BOOL, is_void,          _)  /* not sent, or handed back: nothing happened in it */ \
    X(S, BOOL, is_free,          _)  /* void, and cost no try */ \
    X(S, TIME, unconfirmed_at,   _) \
    X(S, INT,  looks,            _)  /* complete looks at Plivo's list that did not find it */ \
    X(S, TIME, looked_at,        _) \
    X(S, STR,  held_for_person,  _)  /* why settling it needs one */ \
    X(S, INT,  generation,       _)  /* of the store, when it was granted: its callback URL has it; 0: the first */

#define MESSAGE_ROW(X, S) \
    X(S, ID,   id,               _) \
    X(S, ID,   conversation,     _) \
    X(S, ID,   contact,          _) \
    X(S, ID,   previous,         _)  /* the message before it in its conversation */ \
    X(S, ENUM, direction,        direction) \
    X(S, STR,  from,             _) \
    X(S, STR,  to,               _) \
    X(S, STR,  text,             _) \
    X(S, BOOL, introduces,       _)  /* it carries the notice of a programme's first message */ \
    X(S, LIST, media,            media_item) \
    X(S, STR,  encoding,         _) \
    X(S, INT,  segments,         _) \
    X(S, ENUM, status,           message_status) \
    X(S, STR,  status_reason,    _) \
    X(S, STR,  status_text,      _) \
    X(S, OPT,  error_code,       _) \
    X(S, STR,  cost_amount,      _) \
    X(S, BOOL, cost_estimated,   _) \
    X(S, STR,  uuid,             _)  /* Plivo's, of the attempt that counts */ \
    X(S, STR,  sent_from,        _)  /* of a Powerpack's: the number that Plivo chose for its newest attempt; unset: not told yet */ \
    X(S, ENUM, class,            message_class) \
    X(S, STR,  topic,            _)  /* unset: its number's */ \
    X(S, STR,  source,           _) \
    X(S, STR,  actor,            _) \
    X(S, TIME, send_at,          _) \
    X(S, TIME, valid_until,      _)  /* not granted after it; 0: no limit of its own */ \
    X(S, TIME, held_until,       _)  /* while it is held: when it may go; 0: not known */ \
    X(S, LIST, holds,            hold_row)  /* oldest first; the newest HOLDS_MAX */ \
    X(S, INT,  tries,            _)  /* attempts that cost one */ \
    X(S, INT,  retries,          _)  /* successors that reports have brought about */ \
    X(S, TIME, help_at,          _)  /* it answers a HELP received then: goes to opted-out people, too */ \
    X(S, ENUM, confirms,         consent)  /* class confirm: which change; should another follow, it is not sent */ \
    X(S, ID,   in_reply_to,      _)  /* the inbound that a rule answered */ \
    X(S, ID,   rule,             _) \
    X(S, STR,  rule_name,        _)  /* as it was then: rules change */ \
    X(S, INT,  ledger,           _)  /* the ledger entry that this message made; 0: none */ \
    X(S, TIME, received_at,      _)  /* inbound */ \
    X(S, STR,  intent,           _) \
    X(S, BOOL, is_observed,      _) \
    X(S, ID,   campaign,         _)  /* that it belongs to */ \
    X(S, ENUM, counted,          message_status)  /* as which its campaign counts it; received: not at all */ \
    X(S, INT,  counted_cost,     _) \
    X(S, BOOL, is_replaced,      _)  /* its recipient got another one since: the campaign counts that */ \
    X(S, LIST, attempts,         attempt_row) \
    X(S, TIME, erased_at,        _)  /* text, media and the other side's address are gone */ \
    X(S, TIME, created_at,       _) \
    X(S, TIME, updated_at,       _)

/* Plivo's uuid → the message (and attempt) it belongs to. attempt 0: an inbound. */
#define UUID_ROW(X, S) \
    X(S, ID,   message,          _) \
    X(S, INT,  attempt,          _)

#define REPORT_ROW(X, S) \
    X(S, OBJECT, report,         report_event) \
    X(S, INT,  attempt,          _) \
    X(S, BOOL, is_unsure,        _)  /* its HMAC was wrong or missing: matched by uuid only */

/* A person's consent, found by HMAC(address): one row for the tenant and one for each narrower scope (core/consent_reach.h). */
#define CONSENT_ROW(X, S) \
    X(S, ENUM, state,            consent) \
    X(S, TIME, changed_at,       _)  /* received_at of the change that stands */ \
    X(S, STR,  ingress,          _)  /* which one stamped it */ \
    X(S, INT,  entry,            _)  /* its place in the ledger */ \
    X(S, TIME, entered_at,       _)  /* when we applied it: attempts granted before it do not count against it */ \
    X(S, BOOL, by_provider,      _) \
    X(S, STR,  scope,            _)  /* unset: the tenant */ \
    X(S, ENUM, source,           consent_source)  /* who brought the change */ \
    X(S, TIME, paused_at,        _)  /* scope "pair:…": its sends wait for a person's look since then */ \
    X(S, TIME, introduced_at,    _)  /* scope "intro:…": the first message of that programme was accepted then */

#define LEDGER_ROW(X, S) \
    X(S, INT,  sequence,         _) \
    X(S, TIME, at,               _) \
    X(S, STR,  number,           _) \
    X(S, ID,   contact,          _) \
    X(S, STR,  address,          _)  /* private */ \
    X(S, STR,  evidence,         _)  /* private */ \
    X(S, BIN,  salt,             _)  /* private; unset once erased */ \
    X(S, ENUM, from,             consent) \
    X(S, ENUM, to,               consent) \
    X(S, ENUM, source,           consent_source) \
    X(S, STR,  actor,            _) \
    X(S, BOOL, is_superseded,    _) \
    X(S, STR,  scope,            _)  /* unset: all of the tenant */ \
    X(S, BIN,  private_hash,     _) \
    X(S, BIN,  hash,             _)

#define RULE_ROW(X, S) \
    X(S, ID,   id,               _) \
    X(S, INT,  position,         _) \
    X(S, STR,  name,             _) \
    X(S, BOOL, disabled,         _) \
    X(S, OBJECT, match,          rule_match) \
    X(S, LIST, actions,          rule_action) \
    X(S, INT,  cooldown_s,       _) \
    X(S, TIME, created_at,       _) \
    X(S, TIME, updated_at,       _)

/* What is not over yet for a person: a message in the outbox or an open attempt. */
#define PENDING_ROW(X, S) \
    X(S, BOOL, is_open,          _)  /* an attempt is sending or unconfirmed */ \
    X(S, BOOL, is_unconfirmed,   _) \
    X(S, TIME, since,            _)  /* open: granted_at, or unconfirmed_at */ \
    X(S, STR,  number,           _) \
    X(S, ENUM, class,            message_class) \
    X(S, TIME, due,              _)  /* waiting: its place in the outbox */ \
    X(S, ID,   campaign,         _)

/* An open attempt, by message and attempt: what a silent sender leaves behind is found here. */
#define OPEN_ROW(X, S) \
    X(S, STR,  sender,           _) \
    X(S, INT,  epoch,            _) \
    X(S, INT,  grant,            _) \
    X(S, TIME, granted_at,       _) \
    X(S, INT,  expiry_s,         _)  /* so that the same request gets the same answer */ \
    X(S, BOOL, is_unconfirmed,   _) \
    X(S, TIME, unconfirmed_at,   _) \
    X(S, TIME, look_at,          _)  /* when Plivo is to be asked; 0: a person decides */ \
    X(S, TIME, may_have_left_until, _)  /* after a restore: it may have left at any time from granted_at to then; 0: at its grant */

#define SENDER_ROW(X, S) \
    X(S, INT,  epoch,            _) \
    X(S, INT,  grant,            _)  /* number of the newest grant request */ \
    X(S, INT,  turn,             _)  /* the tenant whose turn it was last */ \
    X(S, TIME, seen_at,          _)

#define EVENT_ROW(X, S) \
    X(S, STR,  type,             _) \
    X(S, ID,   object,           _) \
    X(S, TIME, at,               _)

#define ANSWER_ROW(X, S) \
    X(S, BIN,  asked,            _)  /* SHA-256 of operation and body */ \
    X(S, BIN,  answer,           _)  /* unset: erased; asked again, it is refused */ \
    X(S, TIME, at,               _)

/* A key, a session or a sign-in link, by SHA-256 of its secret. */
#define ACCESS_ROW(X, S) \
    X(S, INT,  tenant,           _) \
    X(S, STR,  kind,             _)  /* key, session, login */ \
    X(S, ID,   id,               _) \
    X(S, STR,  name,             _) \
    X(S, STR,  hint,             _) \
    X(S, TIME, created_at,       _) \
    X(S, TIME, expires_at,       _)

/* What somebody should look at. While it is open, its kind and subject are unique. */
#define NOTICE_ROW(X, S) \
    X(S, ID,   id,               _) \
    X(S, ENUM, kind,             notice_kind) \
    X(S, STR,  subject,          _) \
    X(S, ENUM, severity,         notice_severity) \
    X(S, ENUM, status,           notice_status) \
    X(S, STR,  text,             _) \
    X(S, JSON, data,             _) \
    X(S, INT,  count,            _) \
    X(S, TIME, created_at,       _) \
    X(S, TIME, last_at,          _) \
    X(S, TIME, closed_at,        _) \
    X(S, STR,  closed_by,        _)

#define NOTE_ROW(X, S) \
    X(S, ID,   id,               _) \
    X(S, ID,   conversation,     _) \
    X(S, STR,  text,             _) \
    X(S, STR,  author,           _) \
    X(S, TIME, created_at,       _)
#define DRAFT_ROW(X, S) \
    X(S, STR,  text,             _) \
    X(S, TIME, updated_at,       _)
/* What was put aside: apply/quarantine.h. */
#define QUARANTINE_ROW(X, S) \
    X(S, ID,   id,               _) \
    X(S, STR,  kind,             _) \
    X(S, STR,  name,             _)  /* kind, a blank, identity: its key */ \
    X(S, TIME, at,               _) \
    X(S, INT,  deaths,           _) \
    X(S, BIN,  body,             _)  /* of an event: as it came, to be applied when it is released */

#define AUDIT_ROW(X, S) \
    X(S, TIME, at,               _) \
    X(S, STR,  actor,            _) \
    X(S, STR,  action,           _) \
    X(S, STR,  subject,          _) \
    X(S, JSON, changes,          _)

/* The tenant's settings, as far as they differ from the defaults: wire/tenant_settings.h. */
#define SETTINGS_ROW(X, S) TENANT_SETTINGS(SETTING_AS_ROW, X, S)

#define ROWS(X) \
    X(callback_key, CALLBACK_KEY) X(callback_keys, CALLBACK_KEYS) X(recovery_row, RECOVERY_ROW) X(stale_walk_row, STALE_WALK_ROW) \
    X(tenant_row, TENANT_ROW) X(number_row, NUMBER_ROW) X(limit_row, LIMIT_ROW) X(contact_row, CONTACT_ROW) \
    SENDING_ROWS(X) \
    X(cooldown, COOLDOWN) X(conversation_row, CONVERSATION_ROW) X(attempt_row, ATTEMPT_ROW) X(message_row, MESSAGE_ROW) \
    X(uuid_row, UUID_ROW) X(report_row, REPORT_ROW) X(consent_row, CONSENT_ROW) X(ledger_row, LEDGER_ROW) X(rule_row, RULE_ROW) \
    X(pending_row, PENDING_ROW) X(open_row, OPEN_ROW) X(sender_row, SENDER_ROW) X(event_row, EVENT_ROW) \
    X(answer_row, ANSWER_ROW) X(access_row, ACCESS_ROW) \
    BULK_ROWS(X) PRIVACY_ROWS(X) \
    X(note_row, NOTE_ROW) X(draft_row, DRAFT_ROW) X(notice_row, NOTICE_ROW) \
    X(quarantine_row, QUARANTINE_ROW) X(audit_row, AUDIT_ROW) X(settings_row, SETTINGS_ROW)
/* clang-format on */

#define X(type, FIELDS) RECORD_STRUCT(type, FIELDS)
ROWS(X)
#undef X

#endif
