/* consent_reach.h - what a person's changes of consent hold for, and what follows from all of them for one message.
 *
 * Promise: a scope is a text: unset for all that the tenant sends, "number:<address>", "topic:<name>", "campaign:<id at Plivo>".
 *          A message is out of reach for a person who is out in any scope that it falls in; who is out in none is in when in is said
 *          in any of them. The widest opt-out wins, whatever the tenant's setting was when it was made.
 *          "pair:<our number>" and "intro:<programme>" hold no consent: a pause for a person's look, and that a programme has begun.
 * Units:   ms UTC.
 * Memory:  borrowed from the rows.
 * Threads: pure.
 * Source:  design.md section 6; plivo.md section 11 (10DLC: Plivo's own block holds for all numbers of the campaign).
 */
#ifndef PARLEY_CONSENT_REACH_H
#define PARLEY_CONSENT_REACH_H
#include "core/rows.h"
#include "domain/consent.h"

enum { SCOPE_NAME_MAX_BYTES = 64 }; /* of a topic, of a campaign */

/* What a message falls in. Unset texts fall in no scope of their kind. */
struct consent_reach {
    struct str number;   /* of ours */
    struct str topic;    /* the message's own, else its number's */
    struct str campaign; /* of the number */
    bool is_all;         /* asked for the tenant as a whole: every scope counts */
};

enum consent_scope_kind {
    SCOPE_TENANT,
    SCOPE_NUMBER,
    SCOPE_TOPIC,
    SCOPE_CAMPAIGN,
    SCOPE_PAIR,
    SCOPE_INTRO,
    SCOPE_OTHER
};

/* *which: what stands behind the colon. */
enum consent_scope_kind consent_scope_kind(struct str scope, struct str *which);

/* Whether a change of that scope holds for it. False for pairs and introductions. */
bool consent_applies(const struct consent_reach *reach, struct str scope);

/* All of a person's rows that apply, put together; begin with a zeroed one. */
struct consent_standing {
    enum consent state;
    int64_t out_changed_at; /* of the newest opt-out that counts; 0: none */
    int64_t entered_at;     /* when the newest change was applied */
    bool is_out_by_person;  /* one of the opt-outs is the person's own, or Plivo's word for it */
    bool has_change;
    struct consent_change newest;
    bool has_own; /* the newest change by the person's own words, for a STOP: what others said since cannot undo it */
    struct consent_change newest_own;
    int64_t paused_at;      /* the pair waits for a person's look; 0: it does not */
    int64_t introduced_at;  /* the programme has begun here; 0: not yet */
};

/* Adds one row of the person. */
void consent_standing_add(struct consent_standing *standing, const struct consent_reach *reach,
                          const struct consent_row *row);

/* What a topic or a campaign may be called; unset passes. False: ERR_INPUT on the field. */
MUST_USE bool scope_name_check(struct str name, const char *field, struct err *err);

#endif
