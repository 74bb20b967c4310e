/* settle_decide.h - which record of Plivo's list belongs to which unconfirmed attempt.
 *
 * Promise: S1 a uuid is given to one attempt only, and none that is owned is given again.
 *          S2 within one (from, to, units): as many records that nobody owns as attempts without a uuid are paired in
 *             time order; a different number, not zero, is for a person, once max_age_ms have passed; none at all is
 *             "not accepted" only after max_age_ms, two looks that read the whole window, and with the witness in each.
 *             A Powerpack's attempt has no number: it claims the records of its powerpack_id in place of those of a `from`. What a
 *             number's attempt could claim as well is for a person, too.
 *             A record whose number Plivo was told not to keep, or that does not say of a Powerpack's send by which it went, is matched with
 *             nothing, and is not nothing: while one could be the attempt's, it is for a person.
 *          S3 nothing is concluded from a look that did not read the whole window.
 * Units:   wall time in ms.
 * Memory:  the caller's arrays; verdicts[i] belongs to claimants[i].
 * Threads: pure; call from any.
 * Source:  plivo.md section 5, "Settling an unconfirmed send".
 */
#ifndef PARLEY_SETTLE_DECIDE_H
#define PARLEY_SETTLE_DECIDE_H
#include "core/attempt.h"

/* An attempt of ours in the window without a uuid: unconfirmed ones, and those still in a call. */
struct settle_claimant {
    struct str from, to;     /* E.164 with '+', as stored; from may be a Powerpack (powerpack.h) */
    int64_t units;           /* segments */
    int64_t at_ms;           /* of its grant */
    int64_t until_ms;        /* it may have left at any time from at_ms to then; 0: at at_ms */
    int64_t unconfirmed_ms;  /* since when it is unconfirmed */
    bool is_sending;         /* counts as a claimant; its own outcome settles it, never this */
    bool needs_person;       /* was ambiguous before: counts, and may still be matched */
    int64_t looks;           /* earlier looks that counted for it */
    struct str witness_uuid; /* of our send with a known uuid nearest in time; unset: there is none */
};

struct settle_record {
    struct str uuid;
    struct str from, to;
    struct str powerpack; /* uuid of the one that it was sent by; unset: none */
    int64_t units;
    int64_t at_ms;
    bool is_owned; /* by an attempt of ours */
};

struct settle_look {
    int64_t window_from_ms, window_to_ms; /* what Plivo was asked for */
    bool is_complete;                     /* every page was read */
    int64_t now_ms;
    int64_t max_age_ms;                   /* UNCONFIRMED_MAX_MS */
};

enum settle_kind { SETTLE_KEEP_WAITING, SETTLE_MATCHED, SETTLE_NOT_ACCEPTED, SETTLE_AMBIGUOUS };

struct settle_verdict {
    enum settle_kind kind;
    size_t record; /* SETTLE_MATCHED: which one; apply its state with report_decide(), sequence unknown */
    int64_t looks; /* store it with the attempt */
};

enum {
    SETTLE_LOOKS_NEEDED = 2,
    ATTEMPTS_BY_POLICY_MAX =
        24, /* of one message; at UNCONFIRMED_MAX_MS each that is two hours, then a person decides */
};

/* Any order of either array gives the same verdicts (of claimants granted in the same ms, the first is taken as
 * earlier). `claimants` are all that could own a record of the list, also those beyond the window: they count, and keep
 * waiting. */
void settle_decide(const struct settle_claimant *claimants, size_t n, const struct settle_record *records,
                   size_t records_n, const struct settle_look *look, struct settle_verdict *verdicts);

/* What a verdict of NOT_ACCEPTED or AMBIGUOUS does. is_for_person: the tenant holds this class for a person instead of
 * sending it again. Not accepted: sent again at once (a STOP confirmation ends as failed), or held for a person; so is
 * what has been tried ATTEMPTS_BY_POLICY_MAX times.
 * Ambiguous: held for a person. For the other two verdicts has_change is false. */
void settle_effects(const struct attempt_facts *facts, enum settle_kind kind, bool is_for_person,
                    struct attempt_effects *out);

/* A person's word on an unconfirmed attempt (POST /messages/{id}/mark): sent or failed. */
void settle_mark(const struct attempt_facts *facts, bool was_sent, struct attempt_effects *out);

#endif
