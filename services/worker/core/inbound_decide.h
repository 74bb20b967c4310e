/* inbound_decide.h - what follows from one inbound message. Facts in, effects out.
 *
 * Promise: D1 a message that is known has no effect but the answer (P2). D2 a STOP changes consent in the transaction that stores the message,
 *          and is confirmed at most once, by whoever confirms on that number. D3 what only SIGNATURE_MODE=observe let in may opt out, never in,
 *          and triggers no send. D4 no automatic answer to an event received more than 5 minutes ago, to letters, to our own numbers,
 *          or to who is opted out (HELP is answered even to them).
 *          D5 a refusal in words of the person's own pauses the pair for somebody's look; nothing automatic answers it.
 * Units:   ms UTC.
 * Memory:  facts are borrowed; effects hold borrowed and static texts.
 * Threads: pure; call from any.
 * Source:  design.md sections 4 and 5; plivo.md sections 11 and 12 (47 CFR 64.1200(a)(10)-(12); CTIA: HELP is answered to everybody).
 */
#ifndef PARLEY_INBOUND_DECIDE_H
#define PARLEY_INBOUND_DECIDE_H
#include "domain/consent.h"
#include "domain/keywords.h"
#include "core/rows.h"

enum {
    EFFECTS_MAX = 16,
    ANSWER_WITHIN_MS = 5 * 60 * 1000,        /* design.md section 4, Time */
    CONFIRM_VALID_MS = 5 * 60 * 1000,        /* 47 CFR 64.1200(a)(12): the one confirmation within 5 minutes */
    AUTO_VALID_MS = 60 * 60 * 1000,          /* an automatic answer later than this puzzles more than it helps */
    SILENT_AFTER_PERSON_MS = 24 * 60 * 60 *
                             1000, /* the default reply leaves a conversation alone that a person answers */
};

struct inbound_facts {
    const struct inbound_event *event;
    bool is_known;               /* its uuid is stored */
    enum keyword keyword;        /* keyword_of() */
    bool is_plivo_word;          /* Plivo's own table matched: it answers itself where it is on */
    enum stop_reply stop_reply;  /* of the number it came to */
    enum help_by help_by;        /* likewise: who answers a HELP; unset: as stop_reply */
    struct str help_reply;       /* likewise; unset: the built-in text */
    enum consent consent;        /* now */
    bool has_change;             /* an earlier change stands; `change` tells it */
    struct consent_change change;
    bool has_own_change;         /* likewise, by the person's own words: the only ones that a STOP is compared with */
    struct consent_change own_change;
    bool may_refuse;             /* refusal_find() has seen something in it */
    bool is_paused;              /* the pair waits for a person's look */
    bool is_from_us;             /* the sender is a number of ours */
    bool can_be_answered;        /* not letters */
    const struct rule_row *rule; /* the winner among the user's rules, or NULL */
    int64_t rule_answered_at;    /* when it last answered in this conversation; 0: never */
    int64_t person_answered_at;  /* when a person last wrote in this conversation; 0: never */
    int64_t now_ms;
};

enum effect_kind {
    FX_STORE,          /* the message; first, when there is one */
    FX_CONSENT,        /* ledger entry to `consent`; is_superseded: entered, but the earlier one stands */
    FX_BLOCK_QUEUED,   /* what waits for this person ends as blocked */
    FX_PAUSE,          /* nothing is sent here until a person has looked */
    FX_CANCEL_CONFIRM, /* a confirmation that waits is cancelled: the STOP was taken back */
    FX_REPLY,          /* text or template of `rule`, in the lane of `class`, valid for valid_ms */
    FX_TAG,
    FX_ASSIGN,
    FX_CLOSE,
    FX_COOLDOWN,       /* the rule's cooldown begins anew */
};

struct effect {
    enum effect_kind kind;
    enum consent consent;    /* the change; of a confirmation: which one it confirms */
    bool is_superseded;
    enum message_class class;
    struct str text;         /* reply, tag, assignee */
    bool is_template;
    bool answers_help;
    int64_t valid_ms;
    const struct rule_row *rule;
};

struct effects {
    struct effect v[EFFECTS_MAX];
    size_t n;
    const char *why; /* for the timeline: what decided */
};

void inbound_decide(const struct inbound_facts *facts, struct effects *out);

/* A text to a number in a Powerpack of ours. */
struct powerpack_facts {
    bool is_number_ours;         /* it was set up, not merely discovered */
    int64_t number_talked_at;    /* when the number's own conversation with the person last moved; 0: there is none */
    int64_t powerpack_talked_at; /* likewise, the Powerpack's */
};

/* Whether it belongs to the Powerpack's conversation: people answer whoever last talked to them. */
bool inbound_is_to_powerpack(const struct powerpack_facts *facts);

/* The built-in texts; a tenant's own stand in rules and numbers. */
extern const struct str STOP_CONFIRMATION, START_CONFIRMATION, HELP_REPLY;

#endif
