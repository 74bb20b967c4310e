#include "domain/vocabulary.h"

#define X(name, word) [name] = word,
#define WORDS(set, LIST)                                                                                                         \
    static const char *const set##_names[] = {LIST(X)};                                                                          \
    const struct words set##_words = {set##_names, COUNT(set##_names)}

WORDS(direction, DIRECTIONS);
WORDS(message_class, MESSAGE_CLASSES);
WORDS(conversation_status, CONVERSATION_STATUSES);
WORDS(number_kind, NUMBER_KINDS);
WORDS(number_state, NUMBER_STATES);
WORDS(reply_via, REPLY_VIAS);
WORDS(stop_reply, STOP_REPLIES);
WORDS(help_by, HELP_BYS);
WORDS(match_kind, MATCH_KINDS);
WORDS(action_kind, ACTION_KINDS);
WORDS(call_outcome, CALL_OUTCOMES);
WORDS(event_result, EVENT_RESULTS);
WORDS(notice_kind, NOTICE_KINDS);
WORDS(notice_severity, NOTICE_SEVERITIES);
WORDS(notice_status, NOTICE_STATUSES);
WORDS(opt_out_scope, OPT_OUT_SCOPES);
WORDS(unknown_policy, UNKNOWN_POLICIES);
WORDS(first_message, FIRST_MESSAGES);

const char *words_name(const struct words *words, int value)
{
    assert(value >= 0 && (size_t)value < words->n);
    return words->names[value];
}

bool words_find(const struct words *words, struct str word, int *value)
{
    for (size_t i = 0; i < words->n; i++)
        if (words->names[i] && str_is(word, words->names[i])) {
            *value = (int)i;
            return true;
        }
    return false;
}
