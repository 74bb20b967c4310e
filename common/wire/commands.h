/* commands.h - what people and programs ask of the worker, through the api and the operator's tool, as tables of fields.
 *
 * Promise: the requests of the queries and commands in schema.h's list of operations; the answers are in views.h.
 * Units:   times are int64 ms UTC (TIME); addresses E.164 with '+'; rates in segments per second; money is decimal text.
 * Memory:  see record.h. The structs themselves are made in schema.h, from its list of records.
 * Threads: constants only.
 */
#ifndef PARLEY_COMMANDS_H
#define PARLEY_COMMANDS_H

/* clang-format off */

/* --- api → worker: queries. cursor as an earlier page gave it, tied to its filters; limit 1…200 (messages: 1…1000). --- */

#define CONVERSATIONS_QUERY(X, S) \
    X(S, STR,  cursor,       _) \
    X(S, INT,  limit,        _) \
    X(S, STR,  status,       _)  /* unset: any */ \
    X(S, STR,  assignee,     _) \
    X(S, STR,  label,        _) \
    X(S, STR,  q,            _)  /* a part of the contact's name or address */
#define MESSAGES_QUERY(X, S) \
    X(S, STR,  cursor,       _) \
    X(S, INT,  limit,        _) \
    X(S, ID,   conversation, _)  /* set: of that conversation only */ \
    X(S, STR,  direction,    _) \
    X(S, STR,  status,       _) \
    X(S, STR,  contact,      _)  /* id or address */ \
    X(S, STR,  number,       _) \
    X(S, TIME, since,        _) \
    X(S, TIME, until,        _)
#define PAGE_QUERY(X, S) \
    X(S, STR,  cursor,       _) \
    X(S, INT,  limit,        _) \
    X(S, STR,  q,            _)
#define CONSENT_QUERY(X, S) \
    X(S, STR,  cursor,       _) \
    X(S, INT,  limit,        _) \
    X(S, ID,   contact,      _)  /* set: of that contact only */
#define NOTES_QUERY(X, S) \
    X(S, STR,  cursor,       _) \
    X(S, INT,  limit,        _) \
    X(S, ID,   conversation, _)
#define DRAFT_QUERY(X, S) \
    X(S, ID,   conversation, _) \
    X(S, STR,  owner,        _)  /* whose: as an actor */
#define NOTICES_QUERY(X, S) \
    X(S, STR,  cursor,       _) \
    X(S, INT,  limit,        _) \
    X(S, STR,  status,       _)  /* unset: any */ \
    X(S, STR,  kind,         _)
#define AUDIT_QUERY(X, S) \
    X(S, STR,  cursor,       _) \
    X(S, INT,  limit,        _) \
    X(S, STR,  action,       _)  /* unset: any */ \
    X(S, STR,  actor,        _)
#define RULE_TEST(X, S) \
    X(S, STR,  text,         _) \
    X(S, STR,  from,         _) \
    X(S, STR,  to,           _)
#define EVENTS_QUERY(X, S) \
    X(S, INT,  after,        _) \
    X(S, INT,  limit,        _)
/* is_reset: `after` is older than the log or newer than its head. */
#define EVENTS_PAGE(X, S) \
    X(S, LIST, events,       event_frame) \
    X(S, INT,  head,         _) \
    X(S, BOOL, is_reset,     _)
#define SECRET_HASH(X, S) \
    X(S, BIN,  hash,         _)  /* SHA-256 of a key or a session's token: the secret itself never travels */

/* --- api and tools → worker: commands. The context carries their operation id. --- */

#define SEND_COMMAND(X, S) \
    X(S, STR,  to,           _) \
    X(S, STR,  text,         _) \
    X(S, STR,  from,         _)  /* unset: the one this contact last talked to, else the tenant's first */ \
    X(S, STRS, media_urls,   _) \
    X(S, TIME, send_at,      _) \
    X(S, TIME, valid_until,  _)  /* not sent after it; unset: no such limit */ \
    X(S, STR,  class,        _)  /* transactional, human, auto, bulk; unset: transactional */ \
    X(S, STR,  topic,        _)  /* its programme; unset: its number's */ \
    X(S, STR,  source,       _)
#define MESSAGE_ACTION(X, S) \
    X(S, ID,   id,           _) \
    X(S, STR,  action,       _)  /* cancel, check, resend, sent, failed */
/* What a file of a message was found to be: n counts from 0. */
#define MEDIA_SEEN(X, S) \
    X(S, ID,   id,           _) \
    X(S, INT,  n,            _) \
    X(S, STR,  content_type, _) \
    X(S, INT,  bytes,        _)
#define CONVERSATION_CHANGES(X, S) \
    X(S, ENUM, status,       conversation_status) \
    X(S, STR,  assignee,     _) \
    X(S, STRS, labels,       _) \
    X(S, TIME, snooze_until, _) \
    X(S, BOOL, paused,       _)  /* only false: somebody has looked */
/* present: record_bit()s of the changes that were asked for. */
#define CONVERSATION_PATCH(X, S) \
    X(S, ID,   id,           _) \
    X(S, INT,  present,      _) \
    X(S, OBJECT, changes,    conversation_changes)
#define RULE_CHANGES(X, S) \
    X(S, INT,  position,     _) \
    X(S, STR,  name,         _) \
    X(S, BOOL, enabled,      _) \
    X(S, OBJECT, match,      rule_match) \
    X(S, LIST, actions,      rule_action) \
    X(S, INT,  cooldown_s,   _)
#define RULE_PATCH(X, S) \
    X(S, ID,   id,           _)  /* unset: create */ \
    X(S, INT,  present,      _) \
    X(S, OBJECT, changes,    rule_changes)
#define NUMBER_CHANGES(X, S) \
    X(S, ENUM, reply_via,    reply_via) \
    X(S, ENUM, stop_reply,   stop_reply) \
    X(S, STR,  help_reply,   _) \
    X(S, REAL, rate,         _) \
    X(S, OPT,  daily_limit,  _) \
    X(S, ENUM, state,        number_state) \
    X(S, ENUM, help_by,      help_by) \
    X(S, STR,  topic,        _) \
    X(S, STR,  campaign,     _)
#define NUMBER_PATCH(X, S) \
    X(S, ID,   id,           _) \
    X(S, INT,  present,      _) \
    X(S, OBJECT, changes,    number_changes)
#define SETTINGS_PATCH(X, S) \
    X(S, INT,  present,      _) \
    X(S, OBJECT, changes,    settings_view)
#define CONTACT_CHANGES(X, S) \
    X(S, STR,  name,         _) \
    X(S, JSON, attributes,   _) \
    X(S, STR,  time_zone,    _)
/* Creating: address; changing: id. */
#define CONTACT_PATCH(X, S) \
    X(S, ID,   id,           _) \
    X(S, STR,  address,      _) \
    X(S, INT,  present,      _) \
    X(S, OBJECT, changes,    contact_changes)
/* number or topic: what it holds for; both unset: all that the tenant sends. */
#define CONSENT_SET(X, S) \
    X(S, ID,   contact,      _) \
    X(S, ENUM, state,        consent) \
    X(S, ENUM, source,       consent_source) \
    X(S, STR,  evidence,     _) \
    X(S, STR,  number,       _) \
    X(S, STR,  topic,        _)
/* Answered without the text, which the asker has. */
#define NOTE_ADD(X, S) \
    X(S, ID,   conversation, _) \
    X(S, STR,  text,         _)
#define DRAFT_PUT(X, S) \
    X(S, ID,   conversation, _) \
    X(S, STR,  text,         _)  /* empty: there is none any more */
#define LOGIN_CREATE(X, S) \
    X(S, BIN,  hash,         _) \
    X(S, TIME, expires_at,   _)
#define LOGIN_EXCHANGE(X, S) \
    X(S, BIN,  hash,         _)  /* of the link's token: used up */ \
    X(S, BIN,  session_hash, _) \
    X(S, TIME, expires_at,   _)  /* of the session */
#define KEY_CREATE(X, S) \
    X(S, STR,  name,         _) \
    X(S, BIN,  hash,         _) \
    X(S, STR,  hint,         _)
/* clang-format on */

#endif
