#include "core/outcome_classify.h"

#include <stdio.h>

static const char *const REASON_WORDS[] = {
#define X(enumerator, word) [enumerator] = word,
    CALL_REASONS(X)
#undef X
};

/* "insufficient credit" is the one thing that plivo.md lets us read out of `error`. */
static bool speaks_of_credit(struct str error)
{
    const struct str needle = STR("insufficient credit");
    for (size_t at = 0; at + needle.n <= error.n; at++)
        if (str_eq_ascii_case(str_slice(error, at, needle.n), needle))
            return true;
    return false;
}

static struct call_verdict refused(const struct call_facts *facts)
{
    enum call_reason reason = REASON_REFUSED;
    if (facts->http_status == 401)
        reason = REASON_ACCOUNT;
    else if (facts->http_status == 402 || facts->http_status == 403 || speaks_of_credit(facts->error))
        reason = REASON_CREDIT;
    return (struct call_verdict){ .outcome = CALL_REFUSED, .reason = reason };
}

static struct call_verdict unknown(void)
{
    return (struct call_verdict){ .outcome = CALL_UNKNOWN, .reason = REASON_UNKNOWN };
}

/* What the status line alone tells: it arrived, so Plivo has decided, even if the rest of the answer was cut off. */
static struct call_verdict answered(const struct call_facts *facts)
{
    if (facts->http_status == 429)
        return (struct call_verdict){ .outcome = CALL_NOT_SENT, .reason = REASON_LIMITED, .is_free = true };
    if (facts->http_status >= 400 && facts->http_status <= 499)
        return refused(facts);
    bool is_taken = facts->http_status == 200 || facts->http_status == 201 || facts->http_status == 202;
    if (!is_taken || facts->transfer != TRANSFER_DONE || !facts->is_json || !facts->has_uuid_list)
        return unknown();
    if (!str_is_set(facts->uuid))
        return refused(facts);
    return (struct call_verdict){ .outcome = CALL_ACCEPTED };
}

struct call_verdict outcome_classify(const struct call_facts *facts)
{
    if (facts->http_status > 0)
        return answered(facts);
    if (facts->has_begun)
        return unknown();
    switch (facts->transfer) {
    case TRANSFER_LATE:
        return (struct call_verdict){ .outcome = CALL_HANDED_BACK, .reason = REASON_LATE, .is_free = true };
    case TRANSFER_RESOLVE:
    case TRANSFER_CONNECT:
    case TRANSFER_TLS:
        return (struct call_verdict){ .outcome = CALL_NOT_SENT, .reason = REASON_UNREACHABLE };
    case TRANSFER_DONE:
    case TRANSFER_CUT:
        break;
    }
    return unknown();
}

const char *call_reason_word(enum call_reason reason)
{
    return REASON_WORDS[reason];
}

/* What a person reads where Plivo gave no sentence. */
static struct str sentence_of(int64_t http_status)
{
    switch (http_status) {
    case 401: return STR("Plivo does not accept these credentials");
    case 402: return STR("Plivo asks for payment");
    case 403: return STR("Plivo forbids it: credit, country or permission");
    case 404: return STR("Plivo does not know this account or path");
    case 405: return STR("Plivo does not take this method here");
    default: break;
    }
    return http_status < 300 ? STR("Plivo took none of the numbers") : STR("Plivo gave no reason");
}

void call_reason_format(enum call_reason reason, struct str error, int64_t http_status, char out[CALL_REASON_BYTES])
{
    struct str said = str_trim(error);
    if (said.n == 0)
        said = sentence_of(http_status);
    (void)snprintf(out, CALL_REASON_BYTES, "%s: %.*s", REASON_WORDS[reason],
                   STR_ARGS(said)); /* the cut is mended below */
    size_t n = strlen(out);
    while (n > 0 && !str_is_utf8(str_bytes(out, n)))
        out[--n] = '\0';
}
