/* vocabulary.h - the closed sets of words that several services share, each one a table.
 *
 * Promise: enumerator 0 of every set is "unset" where its word is NULL, else the default. The words are the contract's: exact, never renamed.
 * Threads: constants only.
 * Source:  contract.md, section API. The list of message statuses is status.h, of consent words consent.h.
 */
#ifndef PARLEY_VOCABULARY_H
#define PARLEY_VOCABULARY_H
#include "base/base.h"

/* The words of one enum, by value. names[i] may be NULL: null at the edge. */
struct words {
    const char *const *names;
    size_t n;
};

/* clang-format off */
#define DIRECTIONS(X)                X(INBOUND, "inbound") X(OUTBOUND, "outbound")
/* The order of lanes: the smaller, the sooner. confirm is no class that anybody may ask for. */
#define MESSAGE_CLASSES(X)           X(CLASS_CONFIRM, "confirm") X(CLASS_HUMAN, "human") X(CLASS_AUTO, "auto") \
                                     X(CLASS_TRANSACTIONAL, "transactional") X(CLASS_BULK, "bulk")
#define CONVERSATION_STATUSES(X)     X(CONVERSATION_OPEN, "open") X(CONVERSATION_SNOOZED, "snoozed") X(CONVERSATION_CLOSED, "closed")
#define NUMBER_KINDS(X)              X(NUMBER_UNKNOWN, "unknown") X(NUMBER_LONG_CODE, "long_code") X(NUMBER_TOLL_FREE, "toll_free") \
                                     X(NUMBER_SHORT_CODE, "short_code") X(NUMBER_MOBILE, "mobile") X(NUMBER_ALPHANUMERIC, "alphanumeric") \
                                     X(NUMBER_POWERPACK, "powerpack")
#define NUMBER_STATES(X)             X(NUMBER_ACTIVE, "active") X(NUMBER_PAUSED, "paused") X(NUMBER_DISCOVERED, "discovered")
#define REPLY_VIAS(X)                X(REPLY_VIA_REST, "rest") X(REPLY_VIA_XML, "xml")
#define STOP_REPLIES(X)              X(STOP_REPLY_PROVIDER, "provider") X(STOP_REPLY_PARLEY, "parley") X(STOP_REPLY_BOTH, "both")
/* Who answers a HELP; unset: who confirms a STOP. */
#define HELP_BYS(X)                  X(HELP_BY_STOP_REPLY, NULL) X(HELP_BY_PROVIDER, "provider") X(HELP_BY_PARLEY, "parley") X(HELP_BY_BOTH, "both")
#define MATCH_KINDS(X)               X(MATCH_EXACT, "exact") X(MATCH_PREFIX, "prefix") X(MATCH_CONTAINS, "contains") \
                                     X(MATCH_REGEX, "regex") X(MATCH_ANY, "any")
#define ACTION_KINDS(X)              X(ACTION_REPLY, "reply") X(ACTION_TAG, "tag") X(ACTION_ASSIGN, "assign") X(ACTION_CLOSE, "close") \
                                     X(ACTION_OPT_OUT, "opt_out") X(ACTION_OPT_IN, "opt_in") X(ACTION_HELP, "help")
/* What a notice is about: one line here is a new kind. */
#define NOTICE_KINDS(X)              X(NOTICE_NONE, NULL) X(NOTICE_REFUSAL, "refusal") \
                                     X(NOTICE_LOOP, "loop") X(NOTICE_SPEND, "spend") X(NOTICE_LIMIT, "limit") \
                                     X(NOTICE_QUARANTINE, "quarantine") \
                                     X(NOTICE_SPAM, "spam") X(NOTICE_OPT_OUTS, "opt_outs") X(NOTICE_UNITS, "units")
#define NOTICE_SEVERITIES(X)         X(NOTICE_INFO, "info") X(NOTICE_WARNING, "warning") X(NOTICE_ALARM, "alarm")
#define NOTICE_STATUSES(X)           X(NOTICE_OPEN, "open") X(NOTICE_CLOSED, "closed")
/* What a STOP ends: all that the tenant sends, what the number sends, or the number's topic. */
#define OPT_OUT_SCOPES(X)            X(OPT_OUT_TENANT, "tenant") X(OPT_OUT_NUMBER, "number") X(OPT_OUT_TOPIC, "topic")
/* What becomes of a send that Plivo, asked twice, does not know. */
#define UNKNOWN_POLICIES(X)          X(UNKNOWN_RESEND, "resend") X(UNKNOWN_HOLD, "hold")
/* What becomes of a programme's first message that does not name the sender, STOP and HELP. */
#define FIRST_MESSAGES(X)            X(FIRST_MESSAGE_ADD, "add") X(FIRST_MESSAGE_REFUSE, "refuse")
/* How a call to Plivo ended (design.md section 5). */
#define CALL_OUTCOMES(X)             X(CALL_NONE, NULL) X(CALL_ACCEPTED, "accepted") X(CALL_NOT_SENT, "not_sent") \
                                     X(CALL_REFUSED, "refused") X(CALL_UNKNOWN, "unknown") X(CALL_HANDED_BACK, "handed_back")
/* What became of one event of a batch (design.md section 3). Nothing said is "later": never taken for stored. */
#define EVENT_RESULTS(X)             X(EVENT_LATER, "later") X(EVENT_COMMITTED, "committed") \
                                     X(EVENT_DUPLICATE, "duplicate") X(EVENT_QUARANTINED, "quarantined")
/* clang-format on */

#define X(name, word) name,
enum direction { DIRECTIONS(X) };
enum message_class { MESSAGE_CLASSES(X) };
enum conversation_status { CONVERSATION_STATUSES(X) };
enum number_kind { NUMBER_KINDS(X) };
enum number_state { NUMBER_STATES(X) };
enum reply_via { REPLY_VIAS(X) };
enum stop_reply { STOP_REPLIES(X) };
enum help_by { HELP_BYS(X) };
enum match_kind { MATCH_KINDS(X) };
enum action_kind { ACTION_KINDS(X) };
enum call_outcome { CALL_OUTCOMES(X) };
enum event_result { EVENT_RESULTS(X) };
enum notice_kind { NOTICE_KINDS(X) };
enum notice_severity { NOTICE_SEVERITIES(X) };
enum notice_status { NOTICE_STATUSES(X) };
enum opt_out_scope { OPT_OUT_SCOPES(X) };
enum unknown_policy { UNKNOWN_POLICIES(X) };
enum first_message { FIRST_MESSAGES(X) };
#undef X

extern const struct words direction_words, message_class_words, conversation_status_words, number_kind_words,
    number_state_words, reply_via_words, stop_reply_words, help_by_words, match_kind_words, action_kind_words,
    call_outcome_words, event_result_words, notice_kind_words, notice_severity_words, notice_status_words,
    opt_out_scope_words, unknown_policy_words, first_message_words;

/* NULL for the unset one. Asserts that value is of the set. */
const char *words_name(const struct words *words, int value);
/* False when no word of the set is `word`; *value is untouched then. */
MUST_USE bool words_find(const struct words *words, struct str word, int *value);

#endif
