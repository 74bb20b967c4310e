/* status.h - where a message stands, and how what is heard about it is merged.
 *
 * Promise: S1 status_merge() is commutative, associative and idempotent: reports may come in any order, any number of
 *          times (P6).
 *          S2 an outbound final status is only ever replaced by another final one with a higher sequence.
 *          S3 whatever Plivo says beats what was only assumed here (P5).
 *          S4 a message's status is a function of its attempts alone.
 * Memory:  plain values.
 * Threads: pure; call from any.
 * Source:  plivo.md section 4 (ranks and Sequence), contract.md (the words), design.md section 1, P5 and P6.
 */
#ifndef PARLEY_STATUS_H
#define PARLEY_STATUS_H
#include "domain/vocabulary.h"

/* Within one rank and one sequence the row that stands earlier wins: delivered before undelivered before failed …
 * Every outbound final shares one rank, so that S1 and S2 do not contradict each other. */
/* clang-format off */
/*    enumerator           word           rank  final  success  what a person reads */
#define STATUSES(X)                                                                                         \
    X(STATUS_RECEIVED,     "received",     90,  true,  false,   "received")                                  \
    X(STATUS_QUEUED,       "queued",        0,  false, false,   "waits in the outbox")                       \
    X(STATUS_HELD,         "held",          5,  false, false,   "held back until it may be sent")            \
    X(STATUS_SENDING,      "sending",      10,  false, false,   "on its way to Plivo")                       \
    X(STATUS_ACCEPTED,     "accepted",     40,  false, false,   "accepted by Plivo")                         \
    X(STATUS_SENT,         "sent",         50,  false, true,    "handed to the carrier")                     \
    X(STATUS_DELIVERED,    "delivered",    90,  true,  true,    "delivered")                                 \
    X(STATUS_UNDELIVERED,  "undelivered",  90,  true,  false,   "the carrier could not deliver it")          \
    X(STATUS_FAILED,       "failed",       90,  true,  false,   "could not be sent")                         \
    X(STATUS_REJECTED,     "rejected",     90,  true,  false,   "rejected by Plivo")                         \
    X(STATUS_EXPIRED,      "expired",      90,  true,  false,   "too late to be sent")                       \
    X(STATUS_BLOCKED,      "blocked",      90,  true,  false,   "blocked: it may not be sent to this person") \
    X(STATUS_CANCELLED,    "cancelled",    90,  true,  false,   "cancelled before it was sent")              \
    X(STATUS_UNCONFIRMED,  "unconfirmed",  20,  false, false,   "may have been sent; Plivo has not confirmed it")
/* clang-format on */

#define X(enumerator, word, rank, final, success, sentence) enumerator,
enum message_status { STATUSES(X) };
#undef X
#define X(enumerator, word, rank, final, success, sentence) +1
enum { STATUS_COUNT = STATUSES(X) };
#undef X

extern const struct words message_status_words;

/* A standing with a negative sequence was assumed, not heard from Plivo: it stands above `unconfirmed` and below
 * Plivo's first word. */
enum {
    SEQUENCE_BY_POLICY = -2, /* "Plivo, asked twice, knows nothing of it" */
    SEQUENCE_BY_PERSON = -1, /* somebody marked it sent or failed */
    SEQUENCE_UNKNOWN = 0, /* our own steps, the answer to the call, and reports without a Sequence */
};

struct standing {
    enum message_status status;
    int64_t sequence; /* Plivo's Sequence, 1, 2, 3 …, or one of the three above */
};

/* What an attempt stands at after both were heard. */
struct standing status_merge(struct standing have, struct standing got);

/* The status of a message with these attempts, oldest first: the best success, else what the newest one stands at.
 * No attempt: STATUS_QUEUED. Attempts that were handed back unsent are not passed: nothing happened in them. */
enum message_status status_of_attempts(const struct standing *attempts, size_t n);

/* The contract's word ("delivered"). */
const char *status_word(enum message_status status);
/* The sentence for a person. */
const char *status_sentence(enum message_status status);
/* False (and *out untouched) for a word that the table does not have. */
MUST_USE bool status_parse(struct str word, enum message_status *out);

bool status_is_final(enum message_status status);
/* sent or delivered: the person has it, or the carrier. */
bool status_is_success(enum message_status status);

#endif
