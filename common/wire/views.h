/* views.h - the objects people and programs see, as tables of fields: contract.md's names, in its order.
 *
 * Promise: the api's JSON is these records, rendered by record_to_json(); the worker fills them; nobody else spells a field's name.
 * Units:   times are int64 ms UTC (TIME); addresses E.164 with '+'; rates in segments per second; money is decimal text.
 * Memory:  see record.h. The structs themselves are made in schema.h, from its list of records.
 * Threads: constants only.
 * Source:  contract.md, section API.
 */
#ifndef PARLEY_VIEWS_H
#define PARLEY_VIEWS_H

/* clang-format off */

#define COST_VIEW(X, S) \
    X(S, STR,  amount,       _) \
    X(S, STR,  currency,     _) \
    X(S, BOOL, estimated,    _)
#define MEDIA_VIEW(X, S) \
    X(S, STR,  id,           _) \
    X(S, STR,  url,          _) \
    X(S, STR,  content_type, _) \
    X(S, OPT,  bytes,        _)
#define MESSAGE_VIEW(X, S) \
    X(S, ID,   id,           _) \
    X(S, ID,   conversation_id, _) \
    X(S, ENUM, direction,    direction) \
    X(S, STR,  from,         _) \
    X(S, STR,  to,           _) \
    X(S, STR,  text,         _) \
    X(S, LIST, media,        media_view) \
    X(S, STR,  encoding,     _) \
    X(S, INT,  segments,     _) \
    X(S, ENUM, status,       message_status) \
    X(S, STR,  status_reason, _) \
    X(S, STR,  status_text,  _) \
    X(S, OPT,  error_code,   _) \
    X(S, OBJECT, cost,       cost_view) \
    X(S, SOME, sent_from,    _)  /* of a Powerpack's: the number that Plivo chose, once a report told it */ \
    X(S, STR,  plivo_uuid,   _) \
    X(S, STR,  class,        _) \
    X(S, STR,  source,       _)  /* webhook, rule:<id>, system, api, user */ \
    X(S, TIME, send_at,      _) \
    X(S, TIME, valid_until,  _)  /* not sent after it; null: no such limit */ \
    X(S, TIME, held_until,   _)  /* while held: when it may go; null: when something changes */ \
    X(S, TIME, created_at,   _) \
    X(S, TIME, updated_at,   _)
#define CONTACT_REF(X, S) \
    X(S, ID,   id,           _) \
    X(S, STR,  address,      _) \
    X(S, STR,  name,         _)
#define CONVERSATION_VIEW(X, S) \
    X(S, ID,   id,           _) \
    X(S, STR,  number,       _) \
    X(S, OBJECT, contact,    contact_ref) \
    X(S, ENUM, status,       conversation_status) \
    X(S, STR,  assignee,     _) \
    X(S, STRS, labels,       _) \
    X(S, INT,  unread,       _) \
    X(S, TIME, snooze_until, _) \
    X(S, OBJECT, last_message, message_view) \
    X(S, BOOL, opted_out,    _) \
    X(S, BOOL, paused,       _)  /* waits for a person's look: somebody may have asked us to stop */ \
    X(S, TIME, created_at,   _) \
    X(S, TIME, updated_at,   _)
#define CONTACT_VIEW(X, S) \
    X(S, ID,   id,           _) \
    X(S, STR,  address,      _) \
    X(S, STR,  name,         _) \
    X(S, JSON, attributes,   _) \
    X(S, STR,  time_zone,    _) \
    X(S, ENUM, consent,      consent) \
    X(S, BOOL, valid,        _) \
    X(S, TIME, erased_at,    _) \
    X(S, TIME, created_at,   _) \
    X(S, TIME, updated_at,   _)
#define NUMBER_VIEW(X, S) \
    X(S, ID,   id,           _) \
    X(S, STR,  address,      _) \
    X(S, ENUM, kind,         number_kind) \
    X(S, ENUM, reply_via,    reply_via) \
    X(S, ENUM, stop_reply,   stop_reply) \
    X(S, STR,  help_reply,   _) \
    X(S, REAL, rate,         _) \
    X(S, OPT,  daily_limit,  _) \
    X(S, ENUM, state,        number_state) \
    X(S, STR,  state_reason, _)  /* why it paused itself; unset: it did not */ \
    X(S, ENUM, help_by,      help_by)  /* who answers a HELP; unset: as stop_reply */ \
    X(S, STR,  topic,        _)  /* what it writes about: its programme */ \
    X(S, STR,  campaign,     _)  /* its 10DLC campaign at Plivo */
#define RULE_MATCH(X, S) \
    X(S, ENUM, kind,         match_kind) \
    X(S, STRS, words,        _) \
    X(S, STR,  number,       _)  /* only texts to this number of ours */
#define RULE_ACTION(X, S) \
    X(S, ENUM, kind,         action_kind) \
    X(S, STR,  text,         _)  /* reply: the template */ \
    X(S, STR,  tag,          _) \
    X(S, STR,  assignee,     _)
#define RULE_VIEW(X, S) \
    X(S, ID,   id,           _) \
    X(S, INT,  position,     _) \
    X(S, STR,  name,         _) \
    X(S, BOOL, enabled,      _) \
    X(S, BOOL, system,       _) \
    X(S, OBJECT, match,      rule_match) \
    X(S, LIST, actions,      rule_action) \
    X(S, INT,  cooldown_s,   _) \
    X(S, TIME, created_at,   _) \
    X(S, TIME, updated_at,   _)
#define CONSENT_ENTRY_VIEW(X, S) \
    X(S, INT,  sequence,     _) \
    X(S, TIME, at,           _) \
    X(S, STR,  number,       _) \
    X(S, ID,   contact_id,   _) \
    X(S, STR,  address,      _) \
    X(S, ENUM, from,         consent) \
    X(S, ENUM, to,           consent) \
    X(S, ENUM, source,       consent_source) \
    X(S, STR,  evidence,     _) \
    X(S, STR,  actor,        _) \
    X(S, STR,  hash,         _) \
    X(S, STR,  scope,        _)  /* unset: all that the tenant sends */ \
    X(S, BOOL, superseded,   _)
#define CONSENT_VERDICT(X, S) \
    X(S, BOOL, valid,        _) \
    X(S, INT,  entries,      _) \
    X(S, STR,  head,         _) \
    X(S, OPT,  first_bad,    _)
#define TIMELINE_ENTRY(X, S) \
    X(S, TIME, at,           _) \
    X(S, STR,  kind,         _) \
    X(S, STR,  text,         _) \
    X(S, JSON, data,         _)
#define RULE_VERDICT(X, S) \
    X(S, OBJECT, rule,       rule_view)  /* null: no rule answers */ \
    X(S, STR,  why,          _) \
    X(S, STR,  reply,        _)          /* the text that would leave */ \
    X(S, ENUM, consent,      consent)  /* what the contact's consent would become */
#define KEY_VIEW(X, S) \
    X(S, ID,   id,           _) \
    X(S, STR,  name,         _) \
    X(S, STR,  hint,         _)  /* the last four characters */ \
    X(S, TIME, created_at,   _)
#define PRINCIPAL(X, S) \
    X(S, INT,  tenant,       _) \
    X(S, STR,  tenant_name,  _) \
    X(S, ID,   id,           _)  /* of the user or the key */ \
    X(S, STR,  kind,         _)  /* user, key */ \
    X(S, STR,  name,         _) \
    X(S, STR,  role,         _)  /* owner */
#define STATUS_VIEW(X, S) \
    X(S, ID,   store_id,     _) \
    X(S, INT,  generation,   _) \
    X(S, INT,  messages,     _) \
    X(S, INT,  conversations, _) \
    X(S, INT,  contacts,     _) \
    X(S, INT,  outbox,       _)  /* queued and held */ \
    X(S, INT,  outbox_oldest_ms, _) \
    X(S, INT,  unconfirmed,  _) \
    X(S, INT,  ledger_entries, _) \
    X(S, INT,  orphan_reports, _) \
    X(S, INT,  quarantined,  _)  /* `parley quarantine` */ \
    X(S, INT,  event_head,   _)

#define NOTE_VIEW(X, S) \
    X(S, ID,   id,           _) \
    X(S, ID,   conversation_id, _) \
    X(S, STR,  text,         _) \
    X(S, STR,  author,       _)  /* as an actor */ \
    X(S, TIME, created_at,   _)
#define DRAFT_VIEW(X, S) \
    X(S, ID,   conversation_id, _) \
    X(S, STR,  text,         _) \
    X(S, TIME, updated_at,   _)
#define NOTICE_VIEW(X, S) \
    X(S, ID,   id,           _) \
    X(S, ENUM, kind,         notice_kind) \
    X(S, STR,  subject,      _)  /* what it is about: "conversation:<id>", "contact:<id>", "number:<id>", … */ \
    X(S, ENUM, severity,     notice_severity) \
    X(S, ENUM, status,       notice_status) \
    X(S, STR,  text,         _)  /* a sentence for a person */ \
    X(S, JSON, data,         _) \
    X(S, INT,  count,        _)  /* how often it was raised while open */ \
    X(S, TIME, created_at,   _) \
    X(S, TIME, last_at,      _) \
    X(S, TIME, closed_at,    _) \
    X(S, STR,  closed_by,    _)
#define AUDIT_ENTRY_VIEW(X, S) \
    X(S, ID,   id,           _) \
    X(S, TIME, at,           _) \
    X(S, STR,  actor,        _) \
    X(S, STR,  action,       _)  /* settings.update, … */ \
    X(S, STR,  subject,      _)  /* as a notice's; null: the tenant */ \
    X(S, JSON, changes,      _)  /* {field: {from, to}} */

/* What has stopped the worker twice and was put aside; its body is shown to nobody. */
#define QUARANTINE_VIEW(X, S) \
    X(S, ID,   id,           _) \
    X(S, STR,  kind,         _)  /* inbound, report, message, or the operation */ \
    X(S, STR,  name,         _)  /* kind and identity */ \
    X(S, TIME, at,           _) \
    X(S, INT,  deaths,       _) \
    X(S, INT,  bytes,        _)

#define PAGE_OF(item, X, S) \
    X(S, LIST, data,         item) \
    X(S, STR,  next_cursor,  _)
#define CONVERSATION_PAGE(X, S)  PAGE_OF(conversation_view, X, S)
#define MESSAGE_PAGE(X, S)       PAGE_OF(message_view, X, S)
#define CONTACT_PAGE(X, S)       PAGE_OF(contact_view, X, S)
#define CONSENT_PAGE(X, S)       PAGE_OF(consent_entry_view, X, S)
#define RULE_PAGE(X, S)          PAGE_OF(rule_view, X, S)
#define NUMBER_PAGE(X, S)        PAGE_OF(number_view, X, S)
#define TIMELINE_PAGE(X, S)      PAGE_OF(timeline_entry, X, S)
#define KEY_PAGE(X, S)           PAGE_OF(key_view, X, S)
#define NOTE_PAGE(X, S)          PAGE_OF(note_view, X, S)
#define NOTICE_PAGE(X, S)        PAGE_OF(notice_view, X, S)
#define QUARANTINE_PAGE(X, S)    PAGE_OF(quarantine_view, X, S)
#define AUDIT_PAGE(X, S)         PAGE_OF(audit_entry_view, X, S)
/* clang-format on */

#endif
