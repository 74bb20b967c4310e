#include "apply/attempt_effects.h"
#include "apply/breakers.h"
#include "apply/health.h"
#include "apply/quarantine.h"
#include "apply/report_apply.h"
#include "base/secret.h"
#include "core/report_decide.h"
#include "domain/address.h"
#include "domain/powerpack.h"
#include "metrics.h"
#include "plivo/callback_url.h"

enum { ORPHANS_MAX = 64 }; /* reports of one uuid that are claimed at once */

static int64_t sequence_of(const struct report_event *report)
{
    return report->sequence == INT_UNSET ? SEQUENCE_UNKNOWN : max_i64(0, report->sequence);
}

static int64_t code_of(const struct report_event *report)
{
    return report->error_code == INT_UNSET ? 0 : report->error_code;
}

/* --- into an attempt --- */

static bool read_heard(struct txn *txn, int64_t tenant, const struct message_row *message,
                       const struct attempt_row *attempt, const struct report_event *report, struct report_heard *heard,
                       struct err *err)
{
    struct uuid_row owner;
    bool found;
    heard->has_status = plivo_status_of(report->status_word, code_of(report), &heard->status);
    heard->sequence = sequence_of(report);
    heard->error_code = code_of(report);
    heard->is_observed = report->is_observed;
    heard->has_uuid = report->uuid.n > 0 && str_eq(report->uuid, attempt->uuid);
    if (report->uuid.n == 0 || heard->has_uuid)
        return true;
    if (!uuid_get(txn, tenant, report->uuid, &owner, &found, err))
        return false;
    bool is_ours = found && id_eq(owner.message, message->id) && owner.attempt == attempt->number;
    heard->has_uuid = is_ours || (!found && !str_is_set(attempt->uuid));
    return true;
}

/* Nobody asks for a person's consent unless the report says that they opted out (report_decide.h, R4): rows that are read for nothing
 * are pages of the store. */
static bool read_granted(struct txn *txn, int64_t tenant, const struct message_row *message,
                         const struct attempt_row *attempt, const struct report_event *report,
                         struct report_person *person, struct err *err)
{
    struct consent_standing consent;
    *person = (struct report_person){ .granted_at_ms = attempt->granted_at };
    if (code_of(report) != PLIVO_CODE_OPTED_OUT)
        return true;
    if (!consent_read(txn, tenant, message->to, message->from, message->topic, &consent, err))
        return false;
    person->consent = consent.state;
    person->consent_changed_at_ms = consent.entered_at;
    return true;
}

/* Of the report that the attempt now stands at: a `queued` that comes late says 0, for it was not charged yet (P6). */
static bool take_cost(struct txn *txn, int64_t tenant, struct message_row *message, const struct report_event *report,
                      const struct report_heard *heard, const struct attempt_effects *fx, struct err *err)
{
    int64_t counted = spend_of(message);
    bool counts = heard->has_status && fx->standing.status == heard->status && fx->standing.sequence == heard->sequence;
    if (!counts || report->total_amount.n == 0)
        return true;
    message->cost_amount = report->total_amount;
    message->cost_estimated = false;
    if (!health_units(txn, tenant, message, report->units, err))
        return false;
    if (report->units > 0)
        message->segments = max_i64(message->segments, report->units);
    return spend_adjust(txn, tenant, spend_of(message) - counted, err);
}

/* Which number of a Powerpack Plivo sent it from. It is ours, too: nobody writes to it as to a person. */
static bool note_source(struct txn *txn, int64_t tenant, struct message_row *message, const struct attempt_row *attempt,
                        const struct report_event *report, bool *is_news, struct err *err)
{
    struct number_row number;
    bool found;
    *is_news = false;
    bool is_newest = attempt == &message->attempts.v[message->attempts.n - 1];
    if (!str_is_set(powerpack_uuid(message->from)) || !is_newest || report->is_observed ||
        address_kind_of(report->from) == ADDRESS_LETTERS || str_eq(message->sent_from, report->from))
        return true;
    message->sent_from = report->from;
    *is_news = true;
    if (!number_get(txn, tenant, report->from, &number, &found, err))
        return false;
    return found || number_make(txn, tenant, report->from, NUMBER_DISCOVERED, &number, err);
}

bool report_enter(struct txn *txn, int64_t tenant, const struct settings *settings, struct message_row *message,
                  struct attempt_row *attempt, const struct report_event *report, bool is_unsure, bool *is_known,
                  struct err *err)
{
    struct key key = key_of_report(tenant, message->id, attempt->number,
                                   report->part_uuid.n ? report->part_uuid : report->uuid, report->status_word,
                                   sequence_of(report));
    struct str unused;
    bool has_source;
    struct attempt_facts facts;
    struct report_heard heard = {0};
    struct report_person person;
    struct attempt_effects fx;
    struct report_row row = { .report = (struct report_event *)(uintptr_t)report,
                              .attempt = attempt->number,
                              .is_unsure = is_unsure };
    if (!value_get(txn, TABLE_REPORT, key, &unused, is_known, err))
        return false;
    if (*is_known)
        return true;
    heard.is_known = *is_known;
    if (!read_heard(txn, tenant, message, attempt, report, &heard, err) ||
        !read_granted(txn, tenant, message, attempt, report, &person, err) ||
        !attempt_facts_read(txn, tenant, message, attempt, &facts, err) ||
        !ROW_PUT(txn, TABLE_REPORT, key, report_row, &row, err))
        return false;
    report_decide(&facts, &person, &heard, &fx);
    if (!note_source(txn, tenant, message, attempt, report, &has_source, err))
        return false;
    if (has_source && !fx.has_change && !message_put(txn, tenant, message, err))
        return false;
    if (!take_cost(txn, tenant, message, report, &heard, &fx, err))
        return false;
    metric_add(&metric_reports, 1);
    if (fx.has_change && !health_reported(txn, tenant, message, report, attempt->status, fx.standing.status, err))
        return false;
    return attempt_effects_write(txn, tenant, settings, message, attempt, &fx,
                                 heard.has_uuid ? report->uuid : (struct str){ 0 }, err);
}

bool orphans_claim(struct txn *txn, int64_t tenant, const struct settings *settings, struct message_row *message,
                   struct attempt_row *attempt, struct str uuid, struct err *err)
{
    struct key prefix = key_of_orphans(tenant, uuid);
    struct scan scan;
    struct str rest;
    struct str value;
    bool found = true;
    bool ok = true;
    scan_begin(&scan, txn, TABLE_ORPHAN, prefix, SCAN_FORWARD);
    for (int i = 0; ok && i < ORPHANS_MAX; i++) {
        struct report_row row;
        bool is_known;
        ok = scan_next(&scan, &rest, &value, &found, err);
        if (!ok || !found)
            break;
        struct key key = prefix;
        key_bytes(&key, rest.p, rest.n);
        ok = row_decode(txn, &report_row_record, value, &row, err) && row.report &&
             report_enter(txn, tenant, settings, message, attempt, row.report, row.is_unsure, &is_known, err) &&
             row_delete(txn, TABLE_ORPHAN, key, err);
    }
    scan_end(&scan);
    return ok;
}

/* --- the operation --- */

/* Which attempt the per-attempt URL names, when its HMAC is ours. */
static bool find_by_reference(struct txn *txn, const struct report_event *report, struct message_row *message,
                              struct attempt_row **attempt, struct err *err)
{
    struct callback_ref ref = {
        .tenant = arena_format(txn->arena, "%lld", (long long)report->ref_tenant),
        .generation = report->ref_generation,
        .message_id = report->ref_message,
        .attempt = report->ref_attempt,
    };
    bool found;
    size_t keys_n;
    const struct secret *keys = store_callback_keys(txn->store, &keys_n);
    *attempt = NULL;
    if (report->ref_hmac.n == 0 || !callback_hmac_check(&ref, report->ref_hmac, keys, keys_n))
        return true;
    if (!message_get(txn, report->ref_tenant, report->ref_message, message, &found, err))
        return false;
    if (found)
        *attempt = message_attempt(message, report->ref_attempt);
    /* the same number in another generation is another attempt: of a time that a restore has undone */
    if (*attempt && max_i64(1, (*attempt)->generation) != report->ref_generation)
        *attempt = NULL;
    return true;
}

static bool find_by_uuid(struct txn *txn, int64_t tenant, struct str uuid, struct message_row *message,
                         struct attempt_row **attempt, struct err *err)
{
    struct uuid_row owner;
    bool found;
    *attempt = NULL;
    if (!uuid_get(txn, tenant, uuid, &owner, &found, err))
        return false;
    if (!found || owner.attempt == 0)
        return true;
    if (!message_get(txn, tenant, owner.message, message, &found, err))
        return false;
    if (found)
        *attempt = message_attempt(message, owner.attempt);
    return true;
}

static bool keep_orphan(struct txn *txn, int64_t tenant, const struct report_event *report, bool *is_known,
                        struct err *err)
{
    struct key key = key_of_orphan(tenant, report->uuid, report->status_word, sequence_of(report));
    struct report_row row = {.report = (struct report_event *)(uintptr_t)report, .is_unsure = true};
    struct str unused;
    if (!value_get(txn, TABLE_ORPHAN, key, &unused, is_known, err))
        return false;
    if (*is_known)
        return true;
    metric_add(&metric_orphans, 1);
    return ROW_PUT(txn, TABLE_ORPHAN, key, report_row, &row, err);
}

/* A report has no identity of its own: what makes it the same is what it says. */
static struct suspect suspect_of_report(struct txn *txn, const struct report_event *report)
{
    return suspect_of("report", arena_format(txn->arena, "%.*s %.*s %lld", STR_ARGS(report->uuid),
                                             STR_ARGS(report->status_word), (long long)sequence_of(report)));
}

static bool apply_report(struct txn *txn, const struct settings *settings, const struct report_event *report,
                         struct event_answer *answer, struct err *err)
{
    struct message_row message;
    struct attempt_row *attempt;
    int64_t tenant = FIRST_TENANT;
    bool is_known = false;
    if (report->status_word.n == 0 || report->uuid.n == 0)
        return err_set(err, ERR_INPUT, "reports", "a report needs uuid and status_word");
    if (!find_by_reference(txn, report, &message, &attempt, err))
        return false;
    bool is_unsure = attempt == NULL;
    if (!is_unsure)
        tenant = report->ref_tenant;
    else if (!find_by_uuid(txn, tenant, report->uuid, &message, &attempt, err))
        return false;
    if (is_unsure)
        metric_add(&metric_unsure_reports, 1);
    if (attempt && message.erased_at) {
        answer->result = EVENT_COMMITTED; /* nothing of that person is stored again */
        return true;
    }
    if (attempt ? !report_enter(txn, tenant, settings, &message, attempt, report, is_unsure, &is_known, err)
                : !keep_orphan(txn, tenant, report, &is_known, err))
        return false;
    answer->result = is_known ? EVENT_DUPLICATE : EVENT_COMMITTED;
    return true;
}

static bool judge_report(struct txn *txn, const struct settings *settings, const struct report_event *report,
                         struct event_answer *answer, struct err *err)
{
    const struct suspect suspect = suspect_of_report(txn, report);
    bool is_aside;
    if (!quarantine_judge(txn, FIRST_TENANT, &suspect, &report_event_record, report, &is_aside, err))
        return false;
    answer->result = EVENT_QUARANTINED;
    if (is_aside)
        return true;
    struct suspect around = suspect_enter(&suspect);
    bool ok = apply_report(txn, settings, report, answer, err);
    (void)suspect_enter(&around); /* back to the batch */
    return ok;
}

bool report_apply(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request, void *reply,
                  struct err *err)
{
    const struct report_batch *batch = request;
    struct event_answers *answers = reply;
    (void)tenant; /* each report finds its own */
    answers->answers.v = arena_alloc_array(txn->arena, batch->reports.n, sizeof *answers->answers.v);
    if (!answers->answers.v)
        return arena_err(txn->arena, err);
    answers->answers.n = batch->reports.n;
    for (size_t i = 0; i < batch->reports.n; i++)
        if (!judge_report(txn, settings, &batch->reports.v[i], &answers->answers.v[i], err))
            return false;
    return true;
}
