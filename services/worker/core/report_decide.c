#include "core/report_decide.h"

#include <stdio.h>

/* Ended, and not with the person. */
static bool is_failure(enum message_status status)
{
    return status_is_final(status) && !status_is_success(status);
}

static bool another_succeeded(const struct attempt_facts *facts)
{
    for (size_t i = 0; i < facts->attempts_n; i++)
        if (i != facts->at && status_is_success(facts->attempts[i].status))
            return true;
    return false;
}

static bool may_retry(const struct attempt_facts *facts, const struct report_heard *heard,
                      const struct plivo_error *row)
{
    return row->retries_max > facts->retries && facts->successor == SUCCESSOR_NONE &&
           facts->at + 1 == facts->attempts_n && facts->class != CLASS_CONFIRM && !heard->is_observed &&
           !another_succeeded(facts) && !attempt_is_too_late(facts, facts->now_ms + row->retry_after_s * 1000);
}

/* What the error code asks for beside the attempt's end. Retries and opt-outs are decided here and not left to the
 * shell. */
static void act_on_code(const struct attempt_facts *facts, const struct plivo_error *row, struct attempt_effects *out)
{
    if (row->action == PLIVO_RETRY || row->action == PLIVO_OPT_OUT)
        return;
    out->action = row->action;
    if (row->action == PLIVO_HOLD_COUNTRY)
        out->hold_until_ms = facts->now_ms + row->retry_after_s * 1000;
    else if (row->action == PLIVO_HOLD_TENANT)
        out->hold_until_ms = TIME_FOREVER;
}

static void it_failed(const struct attempt_facts *facts, const struct report_heard *heard, struct attempt_effects *out)
{
    char scratch[PLIVO_SENTENCE_BYTES];
    struct plivo_error row = plivo_error_find(heard->error_code, scratch);
    bool has_code = heard->error_code != 0;
    out->error_code = heard->error_code;
    out->reason = has_code ? row.reason : "carrier";
    const char *sentence = has_code ? row.sentence : status_sentence(out->standing.status);
    (void)snprintf(out->text, sizeof out->text, "%s", sentence); /* may be cut */
    act_on_code(facts, &row, out);
    if (facts->successor == SUCCESSOR_QUEUED && row.retries_max == 0) {
        out->successor = SUCCESSOR_CANCEL; /* it was queued because this one was thought lost; it would fail likewise */
    } else if (may_retry(facts, heard, &row)) {
        out->successor = SUCCESSOR_QUEUE;
        out->successor_due_ms = facts->now_ms + row.retry_after_s * 1000;
        out->retries = facts->retries + 1;
        size_t n = strlen(out->text);
        (void)snprintf(out->text + n, sizeof out->text - n, "; it will be tried again"); /* may be cut */
    }
}

/* R4. Not bound to the standing: a late word about an opt-out is still one. */
static bool opts_out(const struct report_person *person, const struct report_heard *heard)
{
    return heard->error_code == PLIVO_CODE_OPTED_OUT && is_failure(heard->status) && person->consent != CONSENT_OUT &&
           person->granted_at_ms > person->consent_changed_at_ms;
}

static bool is_same(struct standing a, struct standing b)
{
    return a.status == b.status && a.sequence == b.sequence;
}

void report_decide(const struct attempt_facts *facts, const struct report_person *person,
                   const struct report_heard *heard, struct attempt_effects *out)
{
    attempt_effects_init(facts, out);
    if (heard->is_known || !heard->has_status)
        return;
    struct standing have = facts->attempts[facts->at];
    out->standing = status_merge(have, (struct standing){ .status = heard->status, .sequence = heard->sequence });
    out->is_unsent = false; /* Plivo knows of it, so it left, whatever we thought */
    out->takes_uuid = heard->has_uuid;
    out->opts_out = opts_out(person, heard);
    bool is_news = facts->is_unsent || !is_same(out->standing, have);
    out->has_change = is_news || out->takes_uuid || out->opts_out;
    if (is_news && is_failure(out->standing.status))
        it_failed(facts, heard, out);
    else if (is_news && facts->successor == SUCCESSOR_QUEUED)
        out->successor = SUCCESSOR_CANCEL; /* R3 */
    out->message_status = attempt_message_status(facts, out);
    out->keeps_reason = !is_news || attempt_speaks_not(facts, out);
}
