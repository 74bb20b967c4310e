/* schema.h - everything that travels on the bus: the operations, their fields, and the objects people see.
 *
 * Promise: this is the one place. An operation is a row of OPERATIONS: its name, whether it writes, the record asked and the record answered.
 *          The objects people see are in views.h, what they ask for in commands.h, what bulk sending adds in bulk.h.
 *          Fields may be added; a name is never given another meaning. WIRE_VERSION rises when an old peer could misread a new one.
 * Units:   times are int64 ms UTC (TIME); addresses E.164 with '+'; rates in segments per second; money is decimal text.
 * Memory:  see record.h: decoded text borrows from the frame.
 * Threads: constants only.
 */
#ifndef PARLEY_SCHEMA_H
#define PARLEY_SCHEMA_H
#include "domain/consent.h"
#include "domain/status.h"
#include "wire/bulk.h"
#include "wire/commands.h"
#include "wire/held.h"
#include "wire/record.h"
#include "wire/sending.h"
#include "wire/tenant_settings.h"
#include "wire/upkeep.h"
#include "wire/views.h"

enum { WIRE_VERSION = 1 };

/* clang-format off */

/* --- the frame around every request and reply --- */

#define REQUEST_HEADER(X, S) \
    X(S, INT,  version,    _) \
    X(S, STR,  operation,  _) \
    X(S, INT,  request_id, _) \
    X(S, INT,  tenant,     _) \
    X(S, STR,  actor,      _) \
    X(S, ID,   operation_id, _) \
    X(S, INT,  deadline_boot_ms, _) /* of the machine's one CLOCK_BOOTTIME; an older query is not worth an answer; 0: none */
#define REPLY_HEADER(X, S) \
    X(S, INT,  version,    _) \
    X(S, INT,  request_id, _) \
    X(S, STR,  error,      _)    /* err_word(); unset: fine */ \
    X(S, STR,  field,      _) \
    X(S, STR,  text,       _) \
    X(S, INT,  event_id,   _) \
    X(S, BOOL, is_replay,  _)    /* the answer of an earlier asking with the same operation id */

/* type: an event of the contract ("message.created", …) with its object in data; "head": only numbers; "wake": the outbox has work. */
#define EVENT_FRAME(X, S) \
    X(S, INT,  tenant, _) \
    X(S, INT,  number, _) \
    X(S, STR,  type,   _) \
    X(S, JSON, data,   _)

#define NOTHING(X, S) \
    X(S, BOOL, nothing, _)
#define BY_ID(X, S) \
    X(S, ID,   id, _)

/* --- ingress → worker --- */

#define MEDIA_ITEM(X, S) \
    X(S, STR,  url,          _) \
    X(S, STR,  content_type, _)  /* by its first bytes, once it was fetched */ \
    X(S, INT,  bytes,        _)  /* 0: not fetched yet */
#define INBOUND_EVENT(X, S) \
    X(S, STR,  uuid,         _)  /* Plivo's MessageUUID: the identity */ \
    X(S, STR,  from,         _)  /* E.164 with '+', or a short code or letters as they came */ \
    X(S, STR,  to,           _) \
    X(S, STR,  text,         _) \
    X(S, STR,  type,         _)  /* sms, mms */ \
    X(S, STR,  intent,       _)  /* MessageIntent: optout, optin, help or unset */ \
    X(S, INT,  units,        _) \
    X(S, STR,  total_amount, _) \
    X(S, LIST, media,        media_item) \
    X(S, TIME, received_at,  _)  /* set once, by the ingress that first saw the uuid */ \
    X(S, STR,  ingress,      _)  /* which one */ \
    X(S, STR,  powerpack,    _)  /* Plivo's uuid of the Powerpack that `to` is in; unset: in none */ \
    X(S, BOOL, is_observed,  _)  /* only SIGNATURE_MODE=observe let it in: may opt out, never in, triggers no send */
#define INBOUND_BATCH(X, S) \
    X(S, LIST, events,       inbound_event)
/* reply_*: an inline XML reply, granted in the same transaction; unset when there is none. callback_path begins with '/'. */
#define INBOUND_ANSWER(X, S) \
    X(S, ENUM, result,       event_result) \
    X(S, INT,  tenant,       _) \
    X(S, ID,   reply_message, _) \
    X(S, INT,  reply_attempt, _) \
    X(S, STR,  reply_from,   _) \
    X(S, STR,  reply_to,     _) \
    X(S, STR,  reply_text,   _) \
    X(S, STR,  reply_callback_path, _)
#define INBOUND_ANSWERS(X, S) \
    X(S, LIST, answers,      inbound_answer)

/* --- ingress → sender: reports as they came; sender → worker: as understood --- */

#define RAW_REPORT(X, S) \
    X(S, STR,  path,         _)  /* raw, as on the request line */ \
    X(S, STR,  query,        _) \
    X(S, BIN,  body,         _)  /* form or JSON; of a GET the query */ \
    X(S, BOOL, is_json,      _) \
    X(S, TIME, received_at,  _) \
    X(S, BOOL, is_observed,  _)
#define RAW_REPORT_BATCH(X, S) \
    X(S, LIST, reports,      raw_report)
/* ref_*: from the per-attempt URL, not yet trusted: the worker checks ref_hmac with its own keys. */
#define REPORT_EVENT(X, S) \
    X(S, INT,  ref_tenant,   _) \
    X(S, INT,  ref_generation, _) \
    X(S, ID,   ref_message,  _) \
    X(S, INT,  ref_attempt,  _) \
    X(S, STR,  ref_hmac,     _) \
    X(S, STR,  uuid,         _)  /* the parent's, where part and parent differ */ \
    X(S, STR,  part_uuid,    _) \
    X(S, STR,  status_word,  _)  /* Plivo's, as it came */ \
    X(S, OPT,  sequence,     _) \
    X(S, OPT,  error_code,   _) \
    X(S, STR,  from,         _) \
    X(S, STR,  to,           _) \
    X(S, INT,  units,        _) \
    X(S, STR,  total_rate,   _) \
    X(S, STR,  total_amount, _) \
    X(S, STR,  mcc,          _) \
    X(S, STR,  mnc,          _) \
    X(S, TIME, received_at,  _) \
    X(S, BOOL, is_observed,  _) \
    X(S, STR,  raw,          _)  /* the parameters as one form-encoded text, kept for the timeline */
#define REPORT_BATCH(X, S) \
    X(S, LIST, reports,      report_event)
#define EVENT_ANSWER(X, S) \
    X(S, ENUM, result,       event_result)
#define EVENT_ANSWERS(X, S) \
    X(S, LIST, answers,      event_answer)

/* --- ingress → worker: who was erased since something came in from them, so that what ingress still holds of it goes, too --- */

#define ERASED_ASK(X, S) \
    X(S, STR,  address,      _) \
    X(S, TIME, received_at,  _)
#define ERASED_ASKS(X, S) \
    X(S, LIST, asks,         erased_ask)
#define ERASED_ANSWER(X, S) \
    X(S, BOOL, is_erased,    _)
#define ERASED_ANSWERS(X, S) \
    X(S, LIST, answers,      erased_answer)

/* --- sender → worker --- */

#define HELLO(X, S) \
    X(S, STR,  sender,       _)  /* a name that stays the same when the sender is replaced */
#define WELCOME(X, S) \
    X(S, INT,  epoch,        _) \
    X(S, INT,  generation,   _)
#define ATTEMPT_REF(X, S) \
    X(S, INT,  tenant,       _) \
    X(S, ID,   message,      _) \
    X(S, INT,  attempt,      _)
#define GRANT_REQUEST(X, S) \
    X(S, STR,  sender,       _) \
    X(S, INT,  epoch,        _) \
    X(S, INT,  number,       _)  /* rises by one with each new request of the epoch; the same again: the same answer */ \
    X(S, INT,  max,          _)  /* free connections */ \
    X(S, LIST, in_hand,      attempt_ref)
#define GRANTED_SEND(X, S) \
    X(S, INT,  tenant,       _) \
    X(S, ID,   message,      _) \
    X(S, INT,  attempt,      _) \
    X(S, ENUM, class,        message_class) \
    X(S, STR,  from,         _) \
    X(S, STR,  to,           _) \
    X(S, STR,  text,         _) \
    X(S, STRS, media_urls,   _) \
    X(S, INT,  segments,     _) \
    X(S, INT,  expiry_s,     _)  /* Plivo's message_expiry, 5…10799 */ \
    X(S, STR,  callback_path, _) /* "/plivo/status/…": PUBLIC_URL goes before it */
#define GRANT_ANSWER(X, S) \
    X(S, INT,  number,       _) \
    X(S, LIST, sends,        granted_send) \
    X(S, OPT,  next_in_ms,   _)  /* something could be granted then; unset: nothing waits */
#define OUTCOME_EVENT(X, S) \
    X(S, INT,  tenant,       _) \
    X(S, ID,   message,      _) \
    X(S, INT,  attempt,      _) \
    X(S, ENUM, outcome,      call_outcome) \
    X(S, STR,  uuid,         _)  /* with accepted by REST */ \
    X(S, INT,  http_status,  _)  /* 0: no answer */ \
    X(S, STR,  reason,       _)  /* refused: Plivo's words, cut to 200 bytes */ \
    X(S, INT,  retry_in_ms,  _)  /* not sent: the backoff that the sender drew; 0: at once */ \
    X(S, BOOL, is_free,      _)  /* not sent by 429 or handed back: costs no try */ \
    X(S, TIME, started_at,   _)  /* of the call */
#define OUTCOME_BATCH(X, S) \
    X(S, STR,  sender,       _)  /* "ingress" for inline replies, with epoch 0 */ \
    X(S, INT,  epoch,        _) \
    X(S, LIST, outcomes,     outcome_event)
/* Unconfirmed attempts that Plivo is to be asked about now. The window covers them all. */
#define UNSETTLED_ATTEMPT(X, S) \
    X(S, INT,  tenant,       _) \
    X(S, ID,   message,      _) \
    X(S, INT,  attempt,      _) \
    X(S, TIME, granted_at,   _) \
    X(S, TIME, left_until,   _)  /* set: it may have left at any time until then */ \
    X(S, STR,  to,           _)  /* what the list says of others need not be told */ \
    X(S, STR,  witness,      _)  /* uuid of the send without which a look proves nothing; unset: there is none */
#define UNSETTLED_ASK(X, S) \
    X(S, STR,  sender,       _) \
    X(S, BIN,  after,        _)  /* goes_on of the answer before; unset: from the first */
#define UNSETTLED(X, S) \
    X(S, LIST, attempts,     unsettled_attempt) \
    X(S, TIME, window_from,  _) \
    X(S, TIME, window_to,    _) \
    X(S, TIME, inbound_from, _)  /* set: after a restore, tell what came in from then on (inbound_look); to inbound_to */ \
    X(S, TIME, inbound_to,   _) \
    X(S, BIN,  goes_on,      _)  /* set: there are more open attempts than one answer looks through: ask on from here */ \
    X(S, OPT,  next_in_ms,   _)
#define PLIVO_RECORD(X, S) \
    X(S, STR,  uuid,         _) \
    X(S, STR,  from,         _) \
    X(S, STR,  to,           _) \
    X(S, INT,  units,        _) \
    X(S, TIME, at,           _) \
    X(S, STR,  state,        _) \
    X(S, STR,  powerpack,    _)  /* uuid of the one it was sent by; unset: none */ \
    X(S, OPT,  error_code,   _)
#define SETTLE(X, S) \
    X(S, STR,  sender,       _) \
    X(S, INT,  epoch,        _) \
    X(S, TIME, window_from,  _) \
    X(S, TIME, window_to,    _) \
    X(S, BOOL, is_complete,  _)  /* every page of the window was read */ \
    X(S, LIST, attempts,     unsettled_attempt)  /* as asked for: of others the records are left out; without: all are told */ \
    X(S, LIST, records,      plivo_record)

/*    name                   what    asks                  answers */
#define OPERATIONS(X) \
    X(inbound,               WRITE,  inbound_batch,        inbound_answers) \
    X(raw_report,            WRITE,  raw_report_batch,     event_answers)  /* the sender's, not the worker's */ \
    X(report,                WRITE,  report_batch,         event_answers) \
    X(hello,                 WRITE,  hello,                welcome) \
    X(grant,                 WRITE,  grant_request,        grant_answer) \
    X(outcome,               WRITE,  outcome_batch,        event_answers) \
    X(settle,                WRITE,  settle,               nothing) \
    X(unsettled,             QUERY,  unsettled_ask,        unsettled) \
    X(send,                  WRITE,  send_command,         message_view) \
    X(message_action,        WRITE,  message_action,       message_view) \
    X(contact_erase,         WRITE,  by_id,                contact_view) \
    X(media_seen,            WRITE,  media_seen,           nothing) \
    X(conversation_patch,    WRITE,  conversation_patch,   conversation_view) \
    X(conversation_read,     WRITE,  by_id,                conversation_view) \
    X(rule_create,           WRITE,  rule_patch,           rule_view) \
    X(rule_patch,            WRITE,  rule_patch,           rule_view) \
    X(rule_delete,           WRITE,  by_id,                nothing) \
    X(number_patch,          WRITE,  number_patch,         number_view) \
    X(contact_create,        WRITE,  contact_patch,        contact_view) \
    X(contact_patch,         WRITE,  contact_patch,        contact_view) \
    X(contact_delete,        WRITE,  by_id,                nothing) \
    X(consent_set,           WRITE,  consent_set,          consent_entry_view) \
    X(note_add,              WRITE,  note_add,             note_view) \
    X(draft_put,             WRITE,  draft_put,            draft_view) \
    X(notice_close,          WRITE,  by_id,                notice_view) \
    X(quarantine_release,    WRITE,  by_id,                quarantine_view) \
    X(settings_patch,        WRITE,  settings_patch,       settings_view) \
    X(login_create,          WRITE,  login_create,         nothing) \
    X(login_exchange,        WRITE,  login_exchange,       principal) \
    X(logout,                WRITE,  secret_hash,          nothing) \
    X(key_create,            WRITE,  key_create,           key_view) \
    X(conversations,         QUERY,  conversations_query,  conversation_page) \
    X(conversation,          QUERY,  by_id,                conversation_view) \
    X(messages,              QUERY,  messages_query,       message_page) \
    X(message,               QUERY,  by_id,                message_view) \
    X(timeline,              QUERY,  by_id,                timeline_page) \
    X(contacts,              QUERY,  page_query,           contact_page) \
    X(contact,               QUERY,  by_id,                contact_view) \
    X(ledger,                QUERY,  consent_query,        consent_page) \
    X(ledger_verify,         QUERY,  nothing,              consent_verdict) \
    X(rules,                 QUERY,  page_query,           rule_page) \
    X(rule,                  QUERY,  by_id,                rule_view) \
    X(rule_test,             QUERY,  rule_test,            rule_verdict) \
    X(numbers,               QUERY,  page_query,           number_page) \
    X(number,                QUERY,  by_id,                number_view) \
    X(notes,                 QUERY,  notes_query,          note_page) \
    X(draft,                 QUERY,  draft_query,          draft_view) \
    X(notices,               QUERY,  notices_query,        notice_page) \
    X(quarantine,            QUERY,  page_query,           quarantine_page) \
    X(notice,                QUERY,  by_id,                notice_view) \
    X(settings,              QUERY,  nothing,              settings_view) \
    X(audit,                 QUERY,  audit_query,          audit_page) \
    X(events,                QUERY,  events_query,         events_page) \
    X(key_principal,         QUERY,  secret_hash,          principal) \
    X(session_principal,     QUERY,  secret_hash,          principal) \
    X(first_owner,           QUERY,  nothing,              principal)  /* API_AUTH=off */ \
    X(keys,                  QUERY,  page_query,           key_page) \
    X(status,                QUERY,  nothing,              status_view) \
    X(store_check,           QUERY,  nothing,              store_verdict) \
    X(backup,                QUERY,  backup_ask,           backup_manifest) \
    X(recovery,              QUERY,  nothing,              recovery_view) \
    X(recover,               WRITE,  recover_ask,          recovery_view) \
    X(inbound_look,          WRITE,  inbound_look,         nothing) \
    X(erased,                QUERY,  erased_asks,          erased_answers) \
    X(ping,                  QUERY,  nothing,              nothing) \
    BULK_OPERATIONS(X) \
    HELD_OPERATIONS(X) \
    SENDING_OPERATIONS(X)

/* The records, each before those that hold it. */
#define RECORDS(X) \
    X(request_header, REQUEST_HEADER) X(reply_header, REPLY_HEADER) X(event_frame, EVENT_FRAME) \
    X(nothing, NOTHING) X(by_id, BY_ID) \
    X(media_item, MEDIA_ITEM) X(inbound_event, INBOUND_EVENT) X(inbound_batch, INBOUND_BATCH) \
    X(inbound_answer, INBOUND_ANSWER) X(inbound_answers, INBOUND_ANSWERS) \
    X(raw_report, RAW_REPORT) X(raw_report_batch, RAW_REPORT_BATCH) X(report_event, REPORT_EVENT) X(report_batch, REPORT_BATCH) \
    X(event_answer, EVENT_ANSWER) X(event_answers, EVENT_ANSWERS) \
    X(erased_ask, ERASED_ASK) X(erased_asks, ERASED_ASKS) X(erased_answer, ERASED_ANSWER) X(erased_answers, ERASED_ANSWERS) \
    X(hello, HELLO) X(welcome, WELCOME) X(attempt_ref, ATTEMPT_REF) X(grant_request, GRANT_REQUEST) \
    X(granted_send, GRANTED_SEND) X(grant_answer, GRANT_ANSWER) \
    X(outcome_event, OUTCOME_EVENT) X(outcome_batch, OUTCOME_BATCH) \
    X(unsettled_attempt, UNSETTLED_ATTEMPT) X(unsettled_ask, UNSETTLED_ASK) X(unsettled, UNSETTLED) X(plivo_record, PLIVO_RECORD) X(settle, SETTLE) \
    X(cost_view, COST_VIEW) X(media_view, MEDIA_VIEW) X(message_view, MESSAGE_VIEW) X(contact_ref, CONTACT_REF) \
    X(conversation_view, CONVERSATION_VIEW) X(contact_view, CONTACT_VIEW) X(number_view, NUMBER_VIEW) \
    X(rule_match, RULE_MATCH) X(rule_action, RULE_ACTION) X(rule_view, RULE_VIEW) \
    X(note_view, NOTE_VIEW) X(draft_view, DRAFT_VIEW) X(note_page, NOTE_PAGE) X(notes_query, NOTES_QUERY) \
    X(draft_query, DRAFT_QUERY) X(note_add, NOTE_ADD) X(draft_put, DRAFT_PUT) X(consent_set, CONSENT_SET) \
    X(contact_changes, CONTACT_CHANGES) X(contact_patch, CONTACT_PATCH) \
    X(notice_view, NOTICE_VIEW) X(notice_page, NOTICE_PAGE) X(notices_query, NOTICES_QUERY) \
    X(quarantine_view, QUARANTINE_VIEW) X(quarantine_page, QUARANTINE_PAGE) \
    X(audit_entry_view, AUDIT_ENTRY_VIEW) X(audit_page, AUDIT_PAGE) X(audit_query, AUDIT_QUERY) \
    X(settings_view, SETTINGS_VIEW) X(settings_patch, SETTINGS_PATCH) \
    X(consent_entry_view, CONSENT_ENTRY_VIEW) X(consent_verdict, CONSENT_VERDICT) X(timeline_entry, TIMELINE_ENTRY) \
    X(rule_verdict, RULE_VERDICT) X(key_view, KEY_VIEW) X(principal, PRINCIPAL) X(status_view, STATUS_VIEW) \
    X(conversation_page, CONVERSATION_PAGE) X(message_page, MESSAGE_PAGE) X(contact_page, CONTACT_PAGE) \
    X(consent_page, CONSENT_PAGE) X(rule_page, RULE_PAGE) X(number_page, NUMBER_PAGE) X(timeline_page, TIMELINE_PAGE) \
    X(key_page, KEY_PAGE) \
    X(conversations_query, CONVERSATIONS_QUERY) X(messages_query, MESSAGES_QUERY) X(page_query, PAGE_QUERY) \
    X(consent_query, CONSENT_QUERY) X(rule_test, RULE_TEST) X(events_query, EVENTS_QUERY) X(events_page, EVENTS_PAGE) \
    X(secret_hash, SECRET_HASH) X(send_command, SEND_COMMAND) X(message_action, MESSAGE_ACTION) X(media_seen, MEDIA_SEEN) \
    X(conversation_changes, CONVERSATION_CHANGES) X(conversation_patch, CONVERSATION_PATCH) \
    X(rule_changes, RULE_CHANGES) X(rule_patch, RULE_PATCH) X(number_changes, NUMBER_CHANGES) X(number_patch, NUMBER_PATCH) \
    X(store_verdict, STORE_VERDICT) X(backup_ask, BACKUP_ASK) X(backup_manifest, BACKUP_MANIFEST) X(recover_ask, RECOVER_ASK) \
    X(recovery_view, RECOVERY_VIEW) X(inbound_look, INBOUND_LOOK) \
    X(login_create, LOGIN_CREATE) X(login_exchange, LOGIN_EXCHANGE) X(key_create, KEY_CREATE) \
    BULK_RECORDS(X) \
    HELD_RECORDS(X) SENDING_RECORDS(X)
/* clang-format on */

#define X(type, FIELDS) RECORD_STRUCT(type, FIELDS)
RECORDS(X)
#undef X

enum operation_kind { OPERATION_WRITE, OPERATION_QUERY };

#define X(name, kind, asks, answers) OP_##name,
enum operation { OPERATIONS(X) OPERATION_COUNT };
#undef X

struct operation_row {
    const char *name;
    enum operation_kind kind;
    const struct record *request;
    const struct record *reply;
};

/* Asserts that the operation is one of the table. */
const struct operation_row *operation_row(enum operation operation);
/* False when this version has no operation of that name. */
MUST_USE bool operation_find(struct str name, enum operation *out);

#endif
