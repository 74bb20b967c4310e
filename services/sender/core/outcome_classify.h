/* outcome_classify.h - what a call to Plivo came to, from what is known of its transfer and its answer.
 *
 * Promise: "not sent" is an allow-list: the request had not begun to leave, or Plivo answered 429. "Accepted" needs a
 *          uuid. Whatever is on neither list and is no 4xx is unknown: a call that may have reached Plivo is never sent
 *          again from here (P5).
 * Memory:  plain values; texts are borrowed.
 * Threads: pure; call from any.
 * Source:  design.md section 5 (outcome of a call); plivo.md section 5 (errors).
 */
#ifndef PARLEY_OUTCOME_CLASSIFY_H
#define PARLEY_OUTCOME_CLASSIFY_H
#include "domain/vocabulary.h"

/* How the transfer ended, whatever the answer says. */
enum transfer {
    TRANSFER_DONE,        /* a whole answer was read */
    TRANSFER_RESOLVE,     /* no address for the host */
    TRANSFER_CONNECT,     /* refused, unreachable, or not connected in time */
    TRANSFER_TLS,         /* no handshake, or a certificate that does not verify */
    TRANSFER_LATE,        /* given up by ourselves before it began: the grant had run out */
    TRANSFER_CUT,         /* reset, cut, timed out, or anything else */
};

struct call_facts {
    enum transfer transfer;
    bool has_begun;           /* the connection stood and the request began to leave */
    int64_t http_status;      /* 0: no status line was read */
    bool is_json;             /* the answer's body is a JSON object */
    bool has_uuid_list;       /* it has a list message_uuid … */
    struct str uuid;          /* … whose first item is this; unset: the list is empty */
    struct str error;         /* Plivo's sentence, or the body where it is plain text; unset: none */
    int64_t retry_after_ms;   /* of the header; -1: none */
};

/* Why it was not accepted; names the metric and the first word of a refusal's reason. */
#define CALL_REASONS(X)                                                                                               \
    X(REASON_NONE, "") X(REASON_UNREACHABLE, "unreachable") X(REASON_LIMITED, "limited") X(REASON_LATE, "late")        \
    X(REASON_REFUSED, "refused") X(REASON_ACCOUNT, "account") X(REASON_CREDIT, "credit") X(REASON_UNKNOWN, "unknown")
#define X(enumerator, word) enumerator,
enum call_reason { CALL_REASONS(X) };
#undef X

struct call_verdict {
    enum call_outcome outcome;
    enum call_reason reason;
    bool is_free;             /* not sent, and costs no try */
};

struct call_verdict outcome_classify(const struct call_facts *facts);

/* "account", "credit", "refused" … */
const char *call_reason_word(enum call_reason reason);

/* The reason of a refusal as the worker reads it: "credit: insufficient credit". Cut at a character's border to what
 * fits, NUL-terminated. */
enum { CALL_REASON_BYTES = 201 };
void call_reason_format(enum call_reason reason, struct str error, int64_t http_status, char out[CALL_REASON_BYTES]);

#endif
