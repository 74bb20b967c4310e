/* plivo_words.h - Plivo's words as tables: statuses, error codes, names of fields and headers.
 *
 * Promise: no service spells a word of Plivo's protocol. Names of webhook fields stand in plivo_wire.c, Plivo's opt-out
 *          words beside ours in domain/keywords.c.
 * Memory:  static tables.
 * Threads: pure; call from any.
 * Source:  plivo.md sections 2 to 6.
 */
#ifndef PARLEY_PLIVO_WORDS_H
#define PARLEY_PLIVO_WORDS_H
#include "domain/status.h"

/* --- Statuses, section 4 ---------------------------------------------------------------------------------------- */

/* clang-format off */
/* WhatsApp's `read` (rank 40) is left out: it says nothing of an SMS, and whoever read a message has it `delivered`. */
/*    Plivo's word      Plivo's rank  what it makes of an attempt */
#define PLIVO_STATUSES(X)                                          \
    X("queued",         10,           STATUS_ACCEPTED)             \
    X("sent",           20,           STATUS_SENT)                 \
    X("delivered",      30,           STATUS_DELIVERED)            \
    X("undelivered",    30,           STATUS_UNDELIVERED)          \
    X("failed",         30,           STATUS_FAILED)               \
    X("rejected",       30,           STATUS_REJECTED)
/* clang-format on */

/* The status that a word and its error code stand for: 420 makes a failure `expired`, 200 `blocked`.
 * False: a word that we do not know; it is kept raw and changes nothing. */
MUST_USE bool plivo_status_of(struct str word, int64_t error_code, enum message_status *out);

/* --- Error codes, section 6 ------------------------------------------------------------------------------------- */

enum plivo_error_class {
    PLIVO_PERMANENT, /* for this pair or text */
    PLIVO_TEMPORARY,
    PLIVO_CONFIGURATION, /* or the account's state */
};

/* What Parley does beside ending the attempt. */
enum plivo_action {
    PLIVO_FAIL, /* nothing more */
    PLIVO_FAIL_AND_COUNT, /* count per number and template, alarm over 3 % */
    PLIVO_FAIL_AND_ALARM, /* once per country */
    PLIVO_PAUSE_NUMBER, /* the sender's number cannot send */
    PLIVO_MARK_CONTACT, /* undeliverable */
    PLIVO_MARK_IF_REPEATED, /* undeliverable after the second time */
    PLIVO_TRIP_LOOP_BREAKER, /* for the pair */
    PLIVO_RETRY, /* a new attempt after retry_after_s, at most retries_max times, while it is valid */
    PLIVO_OPT_OUT, /* enter an opt-out with source `provider` */
    PLIVO_HOLD_COUNTRY, /* for retry_after_s */
    PLIVO_HOLD_TENANT, /* until a person acts */
    PLIVO_HOLD_NUMBER, /* until midnight Pacific */
};

/* clang-format off */
/*     code  class                 action                   retry_after_s  retries_max  status_reason      what a person reads */
#define PLIVO_ERRORS(X)                                                                                                                   \
    X(  10,  PLIVO_PERMANENT,      PLIVO_FAIL,                  0,  0,  "invalid_message",   "Refused as invalid: blank, too long, or not accepted by the carrier") \
    X(  20,  PLIVO_TEMPORARY,      PLIVO_RETRY,               300,  2,  "carrier",           "The carrier's network had an error")                     \
    X(  30,  PLIVO_PERMANENT,      PLIVO_FAIL_AND_COUNT,        0,  0,  "spam",              "Blocked by a spam filter")                               \
    X(  40,  PLIVO_CONFIGURATION,  PLIVO_PAUSE_NUMBER,          0,  0,  "source",            "The sending number is wrong, cannot send texts, or is not in this account") \
    X(  50,  PLIVO_PERMANENT,      PLIVO_MARK_CONTACT,          0,  0,  "destination",       "The number is wrong, a landline, or cannot receive texts") \
    X(  60,  PLIVO_PERMANENT,      PLIVO_TRIP_LOOP_BREAKER,     0,  0,  "loop",              "Plivo saw a loop: the same messages went back and forth") \
    X(  70,  PLIVO_PERMANENT,      PLIVO_MARK_IF_REPEATED,      0,  0,  "unavailable",       "The number is permanently unavailable")                  \
    X(  80,  PLIVO_TEMPORARY,      PLIVO_RETRY,               900,  2,  "unavailable",       "The phone is switched off or out of reach")              \
    X(  90,  PLIVO_TEMPORARY,      PLIVO_RETRY,               900,  1,  "no_route",          "Plivo has no route to this number")                      \
    X( 100,  PLIVO_PERMANENT,      PLIVO_FAIL,                  0,  0,  "carrier",           "The carrier forbids it or does not support it")          \
    X( 110,  PLIVO_PERMANENT,      PLIVO_FAIL,                  0,  0,  "too_long",          "The text is too long")                                   \
    X( 120,  PLIVO_PERMANENT,      PLIVO_FAIL,                  0,  0,  "media_too_big",     "The media are over 5 MB in all")                         \
    X( 130,  PLIVO_PERMANENT,      PLIVO_FAIL,                  0,  0,  "plivo",             "Refused by Plivo (code 130)")                            \
    X( 140,  PLIVO_PERMANENT,      PLIVO_FAIL,                  0,  0,  "plivo",             "Refused by Plivo (code 140)")                            \
    X( 150,  PLIVO_PERMANENT,      PLIVO_FAIL,                  0,  0,  "plivo",             "Refused by Plivo (code 150)")                            \
    X( 160,  PLIVO_PERMANENT,      PLIVO_FAIL,                  0,  0,  "plivo",             "Refused by Plivo (code 160)")                            \
    X( 200,  PLIVO_PERMANENT,      PLIVO_OPT_OUT,               0,  0,  "opted_out",         "This person has opted out at Plivo; only their own START lifts it") \
    X( 201,  PLIVO_CONFIGURATION,  PLIVO_FAIL,                  0,  0,  "source",            "US toll-free numbers cannot text Canada")                \
    X( 210,  PLIVO_PERMANENT,      PLIVO_FAIL,                  0,  0,  "plivo",             "Refused by Plivo (code 210)")                            \
    X( 300,  PLIVO_TEMPORARY,      PLIVO_RETRY,               300,  1,  "plivo",             "Plivo could not dispatch it")                            \
    X( 420,  PLIVO_TEMPORARY,      PLIVO_RETRY,                 0,  1,  "expired",           "It waited too long in Plivo's queue")                    \
    X( 450,  PLIVO_CONFIGURATION,  PLIVO_FAIL_AND_ALARM,        0,  0,  "country",           "This country is not enabled in the Plivo account")       \
    X( 451,  PLIVO_CONFIGURATION,  PLIVO_HOLD_COUNTRY,       3600,  1,  "country_limit",     "The hourly limit for this country is used up")           \
    X( 900,  PLIVO_CONFIGURATION,  PLIVO_HOLD_TENANT,           0,  0,  "credit",            "The Plivo account has no credit left")                   \
    X( 910,  PLIVO_CONFIGURATION,  PLIVO_HOLD_TENANT,           0,  0,  "account",           "The Plivo account is disabled")                          \
    X( 960,  PLIVO_CONFIGURATION,  PLIVO_HOLD_NUMBER,           0,  0,  "number_limit",      "The toll-free number has used up its daily limit; verify it to raise it") \
    X(1000,  PLIVO_TEMPORARY,      PLIVO_RETRY,               900,  1,  "plivo",             "Plivo gives no reason")
/* clang-format on */

enum {
    PLIVO_CODE_OPTED_OUT = 200,
    PLIVO_CODE_EXPIRED = 420
};

struct plivo_error {
    int64_t code;
    enum plivo_error_class class;
    enum plivo_action action;
    int64_t retry_after_s;
    int64_t retries_max;
    const char *reason; /* status_reason of the contract: a stable word */
    const char *sentence; /* status_text */
};

/* Code 0 (none) and codes we do not know give a row, too: of action PLIVO_FAIL, with the sentence "Plivo code N is
 * not known here"; never NULL. `scratch` holds that sentence. */
enum {
    PLIVO_SENTENCE_BYTES = 64
};
struct plivo_error plivo_error_find(int64_t code, char scratch[PLIVO_SENTENCE_BYTES]);

/* --- Names ------------------------------------------------------------------------------------------------------ */

#define PLIVO_HEADER_V3 "X-Plivo-Signature-V3"
#define PLIVO_HEADER_MA_V3 "X-Plivo-Signature-Ma-V3"
#define PLIVO_HEADER_V3_NONCE "X-Plivo-Signature-V3-Nonce"
#define PLIVO_HEADER_V2 "X-Plivo-Signature-V2"
#define PLIVO_HEADER_MA_V2 "X-Plivo-Signature-Ma-V2"
#define PLIVO_HEADER_V2_NONCE "X-Plivo-Signature-V2-Nonce"

#define PLIVO_INTENT_OPT_OUT "optout"
#define PLIVO_INTENT_OPT_IN "optin"
#define PLIVO_INTENT_HELP "help"

/* POST Message/ and its answer, section 5. */
#define PLIVO_SEND_SRC "src"
#define PLIVO_SEND_POWERPACK "powerpack_uuid" /* in place of src */
#define PLIVO_SEND_DST "dst"
#define PLIVO_SEND_TEXT "text"
#define PLIVO_SEND_TYPE "type"
#define PLIVO_SEND_MEDIA_URLS "media_urls"
#define PLIVO_SEND_URL "url"
#define PLIVO_SEND_METHOD "method"
#define PLIVO_SEND_LOG "log"
#define PLIVO_SEND_EXPIRY "message_expiry"
#define PLIVO_SENT_UUIDS "message_uuid"
#define PLIVO_SENT_INVALID "invalid_number"
#define PLIVO_SENT_ERROR "error"

enum {
    PLIVO_EXPIRY_MIN_S = 5,
    PLIVO_EXPIRY_MAX_S = 10799,
    PLIVO_LIST_LIMIT = 20,
    PLIVO_SEND_MEDIA_MAX = 10
};

#endif
