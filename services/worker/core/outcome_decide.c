#include "core/outcome_decide.h"

#include <stdio.h>

/* The words that the sender puts before Plivo's, and what they stop. Texts: for a person. */
struct refusal {
    const char *word;
    enum plivo_action action;
};

static const struct refusal REFUSALS[] = {
    { "account", PLIVO_HOLD_TENANT },
    { "credit", PLIVO_HOLD_TENANT },
    { "refused", PLIVO_FAIL },
};

/* "credit: insufficient credit" → its row, and what stands behind the colon. Without a word of ours: refused. */
static const struct refusal *refusal_of(struct str reason, struct str *words)
{
    struct str rest = reason;
    struct str word;
    if (str_next(&rest, ':', &word) && str_is_set(rest))
        for (size_t i = 0; i < COUNT(REFUSALS); i++)
            if (str_is(word, REFUSALS[i].word)) {
                *words = str_trim(rest);
                return &REFUSALS[i];
            }
    *words = str_trim(reason);
    return &REFUSALS[COUNT(REFUSALS) - 1];
}

static void hear(const struct attempt_facts *facts, enum message_status status, struct attempt_effects *out)
{
    struct standing got = { .status = status, .sequence = SEQUENCE_UNKNOWN };
    out->standing = status_merge(facts->attempts[facts->at], got);
}

/* What was put down as never having left did leave, or may have: its successor must not go as well. */
static void it_left(const struct attempt_facts *facts, struct attempt_effects *out)
{
    out->is_unsent = false;
    if (facts->successor == SUCCESSOR_QUEUED)
        out->successor = SUCCESSOR_CANCEL;
}

static void accepted(const struct attempt_facts *facts, const struct outcome_heard *heard, struct attempt_effects *out)
{
    it_left(facts, out);
    hear(facts, STATUS_ACCEPTED, out);
    out->takes_uuid = heard->has_uuid;
}

static void unknown(const struct attempt_facts *facts, struct attempt_effects *out)
{
    if (facts->is_unsent)
        it_left(facts, out);
    hear(facts, STATUS_UNCONFIRMED, out);
}

static void refused(const struct attempt_facts *facts, const struct outcome_heard *heard, struct attempt_effects *out)
{
    struct str words;
    const struct refusal *refusal = refusal_of(heard->reason, &words);
    out->is_unsent = false;
    hear(facts, STATUS_FAILED, out);
    out->action = refusal->action;
    out->hold_until_ms = refusal->action == PLIVO_HOLD_TENANT ? TIME_FOREVER : 0;
    out->reason = refusal->word;
    (void)snprintf(out->text, sizeof out->text, "Plivo refused it: %.*s", STR_ARGS(words)); /* may be cut */
}

/* Nothing left. What has been heard of it all the same, or decided about it before, stands (O6). */
static void not_sent(const struct attempt_facts *facts, const struct outcome_heard *heard, struct attempt_effects *out)
{
    static const char *const UNREACHABLE = "Plivo could not be reached";
    static const char *const LIMITED = "Plivo asked us to slow down";
    bool is_handed_back = heard->outcome == CALL_HANDED_BACK;
    bool is_free = heard->is_free || is_handed_back;
    if (!attempt_is_open(facts))
        return;
    out->tries = facts->tries + (is_free ? 0 : 1);
    if (facts->class == CLASS_CONFIRM && !is_free) {
        attempt_end(facts, STATUS_FAILED, "unreachable", "Plivo could not be reached; a confirmation is not repeated",
                    out);
        return;
    }
    out->is_unsent = true;
    const char *word = is_handed_back ? NULL : heard->http_status == 429 ? "limited" : "unreachable";
    const char *why = is_handed_back ? NULL : heard->http_status == 429 ? LIMITED : UNREACHABLE;
    attempt_try_again(facts, facts->now_ms + max_i64(0, heard->retry_in_ms), word, why, out);
}

/* The call's end comes after a report that said more: what that gave as the reason stays. */
static bool adds_nothing(const struct attempt_facts *facts, const struct attempt_effects *out)
{
    struct standing have = facts->attempts[facts->at];
    return out->standing.status == have.status && out->standing.sequence == have.sequence &&
           out->is_unsent == facts->is_unsent && !out->reason;
}

void outcome_decide(const struct attempt_facts *facts, const struct outcome_heard *heard, struct attempt_effects *out)
{
    attempt_effects_init(facts, out);
    if (facts->has_outcome || heard->outcome == CALL_NONE)
        return;
    out->has_change = true; /* even where the standing stays: the outcome itself is stored */
    switch (heard->outcome) {
    case CALL_NONE: break;
    case CALL_ACCEPTED: accepted(facts, heard, out); break;
    case CALL_REFUSED: refused(facts, heard, out); break;
    case CALL_UNKNOWN: unknown(facts, out); break;
    case CALL_NOT_SENT:
    case CALL_HANDED_BACK: not_sent(facts, heard, out); break;
    }
    out->message_status = attempt_message_status(facts, out);
    out->keeps_reason = attempt_speaks_not(facts, out) || adds_nothing(facts, out);
}

void outcome_decide_lost(const struct attempt_facts *facts, struct attempt_effects *out)
{
    attempt_effects_init(facts, out);
    if (facts->is_unsent || facts->attempts[facts->at].status != STATUS_SENDING)
        return;
    out->has_change = true;
    hear(facts, STATUS_UNCONFIRMED, out);
    out->message_status = attempt_message_status(facts, out);
    out->keeps_reason = attempt_speaks_not(facts, out);
}
