/* attempt.h - what the decisions about an attempt share: the facts read first, the effects applied afterwards.
 *
 * Promise: outcome_decide(), report_decide() and settle_effects() are functions of these facts alone. Their effects
 *          never take a status back (P6), never give an attempt a second successor, and never send again what may have
 *          left (P5).
 * Units:   wall time in ms; "for ever" is TIME_FOREVER.
 * Memory:  plain values; `attempts` is borrowed for the call.
 * Threads: pure; call from any.
 * Source:  design.md section 5.
 *
 * The shell's part, the same for all three: fill the facts, decide, and if has_change write what the effects say, in
 * the one transaction.
 */
#ifndef PARLEY_ATTEMPT_H
#define PARLEY_ATTEMPT_H
#include "domain/consent.h"
#include "domain/status.h"
#include "plivo/plivo_words.h"

#define TIME_FOREVER INT64_MAX

enum {
    ATTEMPTS_MAX = 64,          /* attempts of one message that really left; only a person's resends come near it */
    ATTEMPT_TEXT_BYTES = 256,
    GRANT_LEFT_MIN_MS = 5000,   /* under 5 s of validity nothing is granted: Plivo's smallest message_expiry */
};

/* The attempt that would follow this one. */
enum successor_state {
    SUCCESSOR_NONE,
    SUCCESSOR_QUEUED,  /* in the outbox, not yet granted: can be taken back */
    SUCCESSOR_GRANTED,
};

struct attempt_facts {
    /* All attempts of the message that were granted, oldest first; those that never left (is_unsent) are not passed,
     * but the one at hand always is. attempts[at] is the one at hand. */
    const struct standing *attempts;
    size_t attempts_n;
    size_t at;
    bool is_unsent;        /* the attempt at hand was put down as never having left */
    bool has_outcome;      /* its call's outcome was applied before: the same again changes nothing */
    enum successor_state successor;
    enum message_class class;
    int64_t tries;         /* of the message: calls that failed before they left and were not free */
    int64_t retries;       /* of the message: successors that reports have brought about */
    int64_t not_before_ms;  /* its send_at: what a restore made unconfirmed may have been scheduled */
    int64_t valid_until_ms;
    int64_t now_ms;
};

enum successor_effect {
    SUCCESSOR_KEEP,   /* as it is */
    SUCCESSOR_QUEUE,  /* back to the outbox as attempt n + 1, due at successor_due_ms */
    SUCCESSOR_CANCEL, /* take the queued one out of the outbox */
};

struct attempt_effects {
    bool has_change;          /* false: nothing below is filled, nothing is to be written */
    /* the attempt */
    struct standing standing;
    bool is_unsent;           /* it never left: from now on not among those of status_of_attempts() */
    bool takes_uuid;          /* store Plivo's uuid with it, and in the index */
    bool needs_person;        /* unconfirmed, and only a person can settle it: it is not asked for any more */
    /* what follows it */
    enum successor_effect successor;
    int64_t successor_due_ms;
    int64_t tries, retries;   /* of the message, from now on */
    /* the message */
    enum message_status message_status;
    /* a newer attempt speaks for the message: its reason, text and error_code stay as they are */
    bool keeps_reason;
    const char *reason;       /* status_reason: a static word, or NULL */
    char text[ATTEMPT_TEXT_BYTES]; /* status_text; "" : none */
    int64_t error_code;       /* 0: none */
    /* beyond it */
    bool opts_out;            /* enter an opt-out, source `provider`, into the ledger and cancel what is queued */
    enum plivo_action action; /* what else the error code asks for: PLIVO_FAIL means nothing more */
    int64_t hold_until_ms;    /* of PLIVO_HOLD_COUNTRY; TIME_FOREVER of PLIVO_HOLD_TENANT; 0 otherwise */
};

/* The effects of leaving everything as it is, has_change false. */
void attempt_effects_init(const struct attempt_facts *facts, struct attempt_effects *out);

/* The message's status with the attempt at hand standing as out->standing (or left out, if out->is_unsent) and with
 * the successor that `out` leaves in the outbox counted as the newest attempt, `queued`. */
enum message_status attempt_message_status(const struct attempt_facts *facts, const struct attempt_effects *out);

/* Whether the message's status follows from another attempt than the one at hand: then its reason stays. */
bool attempt_speaks_not(const struct attempt_facts *facts, const struct attempt_effects *out);

/* Whether an attempt that is due then would come after the message's validity. */
bool attempt_is_too_late(const struct attempt_facts *facts, int64_t due_ms);

/* Puts a successor into the outbox, due at due_ms; `word` and `why` tell why it did not go before (both NULL: nothing
 * to tell). When it would be too late then, or a successor is there already, none is made; too late ends the attempt at
 * hand, and so the message, as `expired` with both reasons. Fills in the message's part. */
void attempt_try_again(const struct attempt_facts *facts, int64_t due_ms, const char *word, const char *why,
                       struct attempt_effects *out);

/* The attempt at hand ends by our own decision as failed or expired. Should Plivo's word still come, it outweighs that. */
void attempt_end(const struct attempt_facts *facts, enum message_status status, const char *word, const char *text,
                 struct attempt_effects *out);

/* Nothing of it has been heard of, or only that it may have left. */
bool attempt_is_open(const struct attempt_facts *facts);

#endif
