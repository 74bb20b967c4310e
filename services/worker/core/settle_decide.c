#include "core/settle_decide.h"

#include "domain/address.h"
#include "domain/powerpack.h"

#include <stdio.h>

/* Plivo chose the number of what a Powerpack sent. */
static bool is_from(const struct settle_claimant *claimant, const struct settle_record *record)
{
    struct str powerpack = powerpack_uuid(claimant->from);
    return str_is_set(powerpack) ? str_eq(record->powerpack, powerpack) : str_eq(record->from, claimant->from);
}

static bool is_for(const struct settle_claimant *claimant, const struct settle_record *record)
{
    return !record->is_owned && record->units == claimant->units && str_eq(record->to, claimant->to) &&
           is_from(claimant, record);
}

static bool is_rival(const struct settle_claimant *a, const struct settle_claimant *b)
{
    return a->units == b->units && str_eq(a->from, b->from) && str_eq(a->to, b->to);
}

/* How many claim the same kind of record, and how many of them come before claimant i in time. */
static size_t count_rivals(const struct settle_claimant *claimants, size_t n, size_t i, size_t *before)
{
    size_t count = 0;
    *before = 0;
    for (size_t k = 0; k < n; k++) {
        if (!is_rival(&claimants[i], &claimants[k]))
            continue;
        count++;
        if (claimants[k].at_ms < claimants[i].at_ms || (claimants[k].at_ms == claimants[i].at_ms && k < i))
            (*before)++;
    }
    return count;
}

/* Not a candidate, and yet it may be the claimant's: to send that again could send it twice. */
static bool may_be_for(const struct settle_claimant *claimant, const struct settle_record *record)
{
    bool is_powerpack = str_is_set(powerpack_uuid(claimant->from));
    bool from_fits = is_from(claimant, record) || (is_powerpack && record->powerpack.n == 0);
    bool to_fits = str_eq(record->to, claimant->to) || address_could_be(record->to, claimant->to);
    return !record->is_owned && record->units == claimant->units && from_fits && to_fits;
}

static bool has_possible(const struct settle_claimant *claimant, const struct settle_record *records, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (may_be_for(claimant, &records[i]))
            return true;
    return false;
}

/* Whether a record could be a number's attempt as well as a Powerpack's. */
static bool is_contested(const struct settle_claimant *claimants, size_t n, size_t i,
                         const struct settle_record *records, size_t records_n)
{
    const struct settle_claimant *own = &claimants[i];
    bool is_powerpack = str_is_set(powerpack_uuid(own->from));
    for (size_t k = 0; k < n; k++) {
        const struct settle_claimant *other = &claimants[k];
        if (other->units != own->units || !str_eq(other->to, own->to) ||
            str_is_set(powerpack_uuid(other->from)) == is_powerpack)
            continue;
        for (size_t r = 0; r < records_n; r++)
            if (is_for(own, &records[r]) && is_for(other, &records[r]))
                return true;
    }
    return false;
}

static bool is_earlier(const struct settle_record *a, const struct settle_record *b)
{
    return a->at_ms != b->at_ms ? a->at_ms < b->at_ms : str_compare(a->uuid, b->uuid) < 0;
}

static size_t count_candidates(const struct settle_claimant *claimant, const struct settle_record *records, size_t n)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += is_for(claimant, &records[i]) ? 1 : 0;
    return count;
}

/* The candidate that has `before` others before it in time. There is one: the caller has counted them. */
static size_t nth_candidate(const struct settle_claimant *claimant, const struct settle_record *records, size_t n,
                            size_t before)
{
    for (size_t i = 0; i < n; i++) {
        size_t earlier = 0;
        if (!is_for(claimant, &records[i]))
            continue;
        for (size_t k = 0; k < n; k++)
            if (is_for(claimant, &records[k]) && is_earlier(&records[k], &records[i]))
                earlier++;
        if (earlier == before)
            return i;
    }
    assert(!"as many candidates as were counted");
    return 0;
}

/* A list without the nearest send that it must have says nothing of the others: it lags, or its times are off. */
static bool has_witness(const struct settle_claimant *claimant, const struct settle_record *records, size_t n)
{
    if (!str_is_set(claimant->witness_uuid))
        return true;
    for (size_t i = 0; i < n; i++)
        if (str_eq(records[i].uuid, claimant->witness_uuid))
            return true;
    return false;
}

static bool is_covered(const struct settle_claimant *claimant, const struct settle_look *look)
{
    return look->is_complete && claimant->at_ms >= look->window_from_ms &&
           max_i64(claimant->at_ms, claimant->until_ms) <= look->window_to_ms;
}

static void decide_one(const struct settle_claimant *claimants, size_t n, size_t i, const struct settle_record *records,
                       size_t records_n, const struct settle_look *look, struct settle_verdict *out)
{
    const struct settle_claimant *claimant = &claimants[i];
    size_t before;
    size_t rivals = count_rivals(claimants, n, i, &before);
    size_t candidates = count_candidates(claimant, records, records_n);
    bool is_old = look->now_ms - claimant->unconfirmed_ms >= look->max_age_ms;
    out->looks += has_witness(claimant, records, records_n) ? 1 : 0;
    if (candidates == rivals && !is_contested(claimants, n, i, records, records_n)) {
        out->kind = SETTLE_MATCHED;
        out->record = nth_candidate(claimant, records, records_n, before);
    } else if (claimant->needs_person || !is_old) {
        out->kind = SETTLE_KEEP_WAITING; /* the list lags, and a rival's own answer may still come: both even it out */
    } else if (has_possible(claimant, records, records_n)) {
        out->kind = SETTLE_AMBIGUOUS;
    } else if (out->looks >= SETTLE_LOOKS_NEEDED) {
        out->kind = SETTLE_NOT_ACCEPTED;
    }
}

void settle_decide(const struct settle_claimant *claimants, size_t n, const struct settle_record *records,
                   size_t records_n, const struct settle_look *look, struct settle_verdict *verdicts)
{
    for (size_t i = 0; i < n; i++) {
        verdicts[i] = (struct settle_verdict){ .kind = SETTLE_KEEP_WAITING, .looks = claimants[i].looks };
        if (!claimants[i].is_sending && is_covered(&claimants[i], look))
            decide_one(claimants, n, i, records, records_n, look, &verdicts[i]);
    }
}

/* --- what follows --- */

static void leave_to_person(const char *word, const char *text, struct attempt_effects *out)
{
    out->has_change = true;
    out->needs_person = true;
    out->reason = word;
    (void)snprintf(out->text, sizeof out->text, "%s", text); /* fits */
}

static void not_accepted(const struct attempt_facts *facts, bool is_for_person, struct attempt_effects *out)
{
    if (is_for_person || facts->attempts_n >= ATTEMPTS_BY_POLICY_MAX) {
        leave_to_person("not_accepted", "Plivo, asked twice, does not know of it: send it again, or mark it", out);
        return;
    }
    if (facts->class == CLASS_CONFIRM) {
        attempt_end(facts, STATUS_FAILED, "not_accepted", "Plivo did not take it; a confirmation is not tried again",
                    out);
        return;
    }
    attempt_end(facts, STATUS_FAILED, "not_accepted", "Plivo did not take it", out);
    attempt_try_again(facts, max_i64(facts->now_ms, facts->not_before_ms), "not_accepted", "Plivo did not take it",
                      out);
}

void settle_effects(const struct attempt_facts *facts, enum settle_kind kind, bool is_for_person,
                    struct attempt_effects *out)
{
    attempt_effects_init(facts, out);
    if (facts->is_unsent || facts->attempts[facts->at].status != STATUS_UNCONFIRMED)
        return;
    switch (kind) {
    case SETTLE_KEEP_WAITING:
    case SETTLE_MATCHED: return;
    case SETTLE_NOT_ACCEPTED: not_accepted(facts, is_for_person, out); break;
    case SETTLE_AMBIGUOUS:
        leave_to_person("ambiguous", "Plivo has sends that could be this one, but not as many as we have: mark it",
                        out);
        break;
    }
    out->keeps_reason = attempt_speaks_not(facts, out);
}

void settle_mark(const struct attempt_facts *facts, bool was_sent, struct attempt_effects *out)
{
    attempt_effects_init(facts, out);
    struct standing have = facts->attempts[facts->at];
    struct standing said = { .status = was_sent ? STATUS_SENT : STATUS_FAILED, .sequence = SEQUENCE_BY_PERSON };
    if (facts->is_unsent || have.status == STATUS_SENDING)
        return;
    out->standing = status_merge(have, said);
    if (out->standing.status == have.status && out->standing.sequence == have.sequence)
        return;
    out->has_change = true;
    if (was_sent && facts->successor == SUCCESSOR_QUEUED)
        out->successor = SUCCESSOR_CANCEL;
    out->message_status = attempt_message_status(facts, out);
    out->reason = was_sent ? NULL : "marked";
    (void)snprintf(out->text, sizeof out->text, "Marked as %s by a person", was_sent ? "sent" : "failed"); /* fits */
    out->keeps_reason = attempt_speaks_not(facts, out);
}
