#include "core/attempt.h"

#include <stdio.h>

void attempt_effects_init(const struct attempt_facts *facts, struct attempt_effects *out)
{
    assert(facts->at < facts->attempts_n && facts->attempts_n <= ATTEMPTS_MAX);
    *out = (struct attempt_effects){
        .standing = facts->attempts[facts->at],
        .is_unsent = facts->is_unsent,
        .successor = SUCCESSOR_KEEP,
        .tries = facts->tries,
        .retries = facts->retries,
        .action = PLIVO_FAIL,
    };
    out->message_status = attempt_message_status(facts, out);
}

enum message_status attempt_message_status(const struct attempt_facts *facts, const struct attempt_effects *out)
{
    struct standing happened[ATTEMPTS_MAX + 1];
    size_t n = 0;
    for (size_t i = 0; i < facts->attempts_n; i++) {
        if (i != facts->at)
            happened[n++] = facts->attempts[i];
        else if (!out->is_unsent)
            happened[n++] = out->standing;
    }
    bool is_queued = out->successor == SUCCESSOR_QUEUE ||
                     (out->successor == SUCCESSOR_KEEP && facts->successor == SUCCESSOR_QUEUED);
    if (is_queued)
        happened[n++] = (struct standing){ .status = STATUS_QUEUED };
    return status_of_attempts(happened, n);
}

bool attempt_speaks_not(const struct attempt_facts *facts, const struct attempt_effects *out)
{
    bool is_newest = facts->at + 1 == facts->attempts_n;
    return !is_newest && (out->is_unsent || out->standing.status != out->message_status);
}

bool attempt_is_too_late(const struct attempt_facts *facts, int64_t due_ms)
{
    return facts->valid_until_ms != TIME_FOREVER && due_ms > facts->valid_until_ms - GRANT_LEFT_MIN_MS;
}

bool attempt_is_open(const struct attempt_facts *facts)
{
    enum message_status status = facts->attempts[facts->at].status;
    return !facts->is_unsent && (status == STATUS_SENDING || status == STATUS_UNCONFIRMED);
}

void attempt_end(const struct attempt_facts *facts, enum message_status status, const char *word, const char *text,
                 struct attempt_effects *out)
{
    struct standing end = { .status = status, .sequence = SEQUENCE_BY_POLICY };
    out->has_change = true;
    out->is_unsent =
        false; /* it stands in the list with its end, so that the message's status follows from its attempts */
    out->standing = status_merge(facts->attempts[facts->at], end);
    out->message_status = attempt_message_status(facts, out);
    out->reason = word;
    (void)snprintf(out->text, sizeof out->text, "%s", text); /* a cut sentence is still read */
}

void attempt_try_again(const struct attempt_facts *facts, int64_t due_ms, const char *word, const char *why,
                       struct attempt_effects *out)
{
    char both[ATTEMPT_TEXT_BYTES];
    out->has_change = true;
    if (facts->successor == SUCCESSOR_NONE && attempt_is_too_late(facts, due_ms)) {
        (void)snprintf(both, sizeof both, "%s, and the next try would have come after its validity", /* may be cut */
                       why ? why : "It did not leave in time");
        attempt_end(facts, STATUS_EXPIRED, word ? word : "validity", both, out);
        return;
    }
    if (facts->successor == SUCCESSOR_NONE) {
        out->successor = SUCCESSOR_QUEUE;
        out->successor_due_ms = due_ms;
    }
    out->message_status = attempt_message_status(facts, out);
    out->reason = word;
    if (why)
        (void)snprintf(out->text, sizeof out->text, "%s; it will be tried again", why); /* may be cut */
}
