#include "apply/health.h"

#include "apply/consent_scope.h"
#include "apply/notice.h"
#include "core/health_decide.h"
#include "domain/segments.h"
#include "plivo/plivo_words.h"
#include "store/campaigns.h"

enum {
    DAY_MS = 86400000,
    CODES_MAX = 32,
    CODE_SPAM = 30,
    NETWORK_DIGITS_MAX = 4,
    REPORTS_MAX = 64 /* of one message; Plivo sends a handful for each attempt */
};

struct counted {
    enum health_kind kind;
    struct str name;
};

/* --- thresholds --- */

static bool read_window(struct txn *txn, int64_t tenant, const struct counted *what, struct health_facts *out,
                        struct err *err)
{
    int64_t today = txn->now_ms / DAY_MS;
    *out = (struct health_facts){ 0 };
    for (int64_t day = today - 1; day <= today; day++) {
        struct health_row row;
        bool found;
        record_init(&health_row_record, &row);
        if (!ROW_GET(txn, TABLE_HEALTH, key_of_health(tenant, (int)what->kind, what->name, day), health_row, &row,
                     &found, err))
            return false;
        out->reported += row.reported;
        out->spam += row.spam;
        out->opted_out += row.opted_out;
    }
    return true;
}

static bool tell(struct txn *txn, int64_t tenant, const struct counted *what, enum notice_kind kind,
                 enum notice_severity severity, int64_t n, int64_t of, const char *sentence, struct err *err)
{
    const char *noun = words_name(&health_kind_words, (int)what->kind);
    struct str which = what->name;
    struct number_row number;
    bool found = false;
    if (what->kind == HEALTH_NUMBER && !number_get(txn, tenant, what->name, &number, &found, err))
        return false;
    if (found) /* by its id: a notice holds no number */
        which = arena_dup(txn->arena, str_of(id_text(number.id).c));
    const struct notice notice = {
        .kind = kind,
        .severity = severity,
        .subject = arena_format(txn->arena, "%s:%.*s", noun, STR_ARGS(which)),
        .text = arena_format(txn->arena, "Of %lld messages of two days %s %s, %lld %s", (long long)of,
                             what->kind == HEALTH_CARRIER ? "to one" : "by one", noun, (long long)n, sentence),
        .data = arena_format(txn->arena, "{\"by\":\"%s\",\"messages\":%lld,\"hits\":%lld}", noun, (long long)of,
                             (long long)n),
    };
    return arena_is_full(txn->arena) ? arena_err(txn->arena, err) : notice_raise(txn, tenant, &notice, err);
}

static bool tell_if_spam(struct txn *txn, int64_t tenant, const struct counted *what, const struct health_facts *facts,
                         struct err *err)
{
    return !health_is_spam(facts) || tell(txn, tenant, what, NOTICE_SPAM, NOTICE_ALARM, facts->spam, facts->reported,
                                          "were blocked by spam filters: over 3 % endangers the number", err);
}

static bool tell_if_unwanted(struct txn *txn, int64_t tenant, const struct counted *what,
                             const struct health_facts *facts, struct err *err)
{
    enum notice_severity severity;
    return !health_is_unwanted(facts, &severity) ||
           tell(txn, tenant, what, NOTICE_OPT_OUTS, severity, facts->opted_out, facts->reported,
                "brought an opt-out: from 5 % is a warning, from 10 % Plivo may suspend the number", err);
}

/* --- counting --- */

static bool get(struct txn *txn, int64_t tenant, const struct counted *what, struct health_row *row, struct err *err)
{
    bool found;
    record_init(&health_row_record, row);
    return ROW_GET(txn, TABLE_HEALTH, key_of_health(tenant, (int)what->kind, what->name, txn->now_ms / DAY_MS),
                   health_row, row, &found, err);
}

static bool put(struct txn *txn, int64_t tenant, const struct counted *what, const struct health_row *row,
                struct err *err)
{
    return ROW_PUT(txn, TABLE_HEALTH, key_of_health(tenant, (int)what->kind, what->name, txn->now_ms / DAY_MS),
                   health_row, row, err);
}

/* Of more codes than a day of one number ever has, the rest is only counted as failed. */
static bool count_code(struct txn *txn, struct health_row *row, int64_t code, struct err *err)
{
    for (size_t i = 0; i < row->codes.n; i++)
        if (row->codes.v[i].code == code) {
            row->codes.v[i].n++;
            return true;
        }
    if (row->codes.n >= CODES_MAX)
        return true;
    struct code_row *codes = arena_alloc_array(txn->arena, row->codes.n + 1, sizeof *codes);
    if (!codes)
        return arena_err(txn->arena, err);
    for (size_t i = 0; i < row->codes.n; i++)
        codes[i] = row->codes.v[i];
    codes[row->codes.n++] = (struct code_row){ code, 1 };
    row->codes.v = codes;
    return true;
}

/* What a report changes: each of these happens to an attempt once. */
struct change {
    bool is_reported, is_delivered, is_failed;
    int64_t code; /* 0: none */
};

static bool is_heard(enum message_status status)
{
    return status == STATUS_SENT || status_is_final(status);
}

static bool is_failure(enum message_status status)
{
    return status_is_final(status) && !status_is_success(status);
}

static struct change change_of(const struct report_event *report, enum message_status before, enum message_status now)
{
    return (struct change){
        .is_reported = !is_heard(before) && is_heard(now),
        .is_delivered = before != STATUS_DELIVERED && now == STATUS_DELIVERED,
        .is_failed = !is_failure(before) && is_failure(now),
        .code = report->error_code == INT_UNSET ? 0 : report->error_code,
    };
}

static bool count(struct txn *txn, int64_t tenant, const struct counted *what, const struct change *change,
                  struct err *err)
{
    struct health_row row;
    struct health_facts facts;
    bool is_spam = change->is_failed && change->code == CODE_SPAM;
    if (!get(txn, tenant, what, &row, err))
        return false;
    row.reported += change->is_reported;
    row.delivered += change->is_delivered;
    row.failed += change->is_failed;
    row.spam += is_spam;
    if (change->is_failed && change->code && !count_code(txn, &row, change->code, err))
        return false;
    if (!put(txn, tenant, what, &row, err))
        return false;
    /* what came while there were too few to say anything is said once there are enough (H1) */
    bool may_be_enough = change->is_reported && row.reported <= HEALTH_ATTEMPTS_MIN;
    if (!is_spam && !may_be_enough)
        return true;
    if (!read_window(txn, tenant, what, &facts, err))
        return false;
    bool are_enough_now = may_be_enough && facts.reported == HEALTH_ATTEMPTS_MIN;
    if ((is_spam || are_enough_now) && !tell_if_spam(txn, tenant, what, &facts, err))
        return false;
    return !are_enough_now || tell_if_unwanted(txn, tenant, what, &facts, err);
}

/* What wrote the text: a template, a campaign with a text of its own, a rule; unset: a person or a program. */
static bool template_of(struct txn *txn, int64_t tenant, const struct message_row *message, struct str *out,
                        struct err *err)
{
    struct campaign_row campaign;
    bool found = false;
    *out = (struct str){ 0 };
    if (id_is_set(message->campaign)) {
        if (!campaign_get(txn, tenant, message->campaign, &campaign, &found, err))
            return false;
        bool has_template = found && id_is_set(campaign.template);
        *out = arena_format(txn->arena, has_template ? "template:%s" : "campaign:%s",
                            id_text(has_template ? campaign.template : message->campaign).c);
    } else if (id_is_set(message->rule)) {
        *out = arena_format(txn->arena, "rule:%s", id_text(message->rule).c);
    }
    return arena_is_full(txn->arena) ? arena_err(txn->arena, err) : true;
}

static bool is_network(struct str code)
{
    for (size_t i = 0; i < code.n; i++)
        if (!is_digit(code.p[i]))
            return false;
    return code.n > 0 && code.n <= NETWORK_DIGITS_MAX;
}

/* Unset when the report names none, or nothing that could be one. */
static struct str network_of(struct txn *txn, const struct report_event *report)
{
    return is_network(report->mcc) && is_network(report->mnc)
               ? arena_format(txn->arena, "%.*s-%.*s", STR_ARGS(report->mcc), STR_ARGS(report->mnc))
               : (struct str){ 0 };
}

bool health_reported(struct txn *txn, int64_t tenant, const struct message_row *message,
                     const struct report_event *report, enum message_status before, enum message_status now,
                     struct err *err)
{
    const struct change change = change_of(report, before, now);
    struct counted all[] = { { HEALTH_NUMBER, message->from }, { HEALTH_TEMPLATE, { 0 } }, { HEALTH_CARRIER, { 0 } } };
    if (!change.is_reported && !change.is_delivered && !change.is_failed)
        return true;
    if (!template_of(txn, tenant, message, &all[1].name, err))
        return false;
    all[2].name = network_of(txn, report);
    for (size_t i = 0; i < COUNT(all); i++)
        if (all[i].name.n > 0 && !count(txn, tenant, &all[i], &change, err))
            return false;
    return true;
}

/* Of the reports of a message the last one that names a network, the newest attempt's before others'. */
static bool carrier_of(struct txn *txn, int64_t tenant, struct id message, struct str *out, struct err *err)
{
    struct scan scan;
    struct str rest;
    struct str value;
    bool found = true;
    bool ok = true;
    bool has_one = false;
    scan_begin(&scan, txn, TABLE_REPORT, key_of_id(tenant, message), SCAN_BACKWARD);
    for (int i = 0; ok && !has_one && i < REPORTS_MAX; i++) {
        struct report_row row;
        ok = scan_next(&scan, &rest, &value, &found, err);
        if (!ok || !found)
            break;
        ok = row_decode(txn, &report_row_record, value, &row, err);
        if (ok && row.report) {
            *out = network_of(txn, row.report);
            has_one = out->n > 0;
        }
    }
    scan_end(&scan);
    return ok;
}

bool health_answered(struct txn *txn, int64_t tenant, const struct conversation_row *conversation,
                     struct health_answer *out, struct err *err)
{
    struct message_row message;
    bool found;
    *out = (struct health_answer){ 0 };
    if (!conversation_last_sent(txn, tenant, conversation, &message, &found, err))
        return false;
    return !found || (template_of(txn, tenant, &message, &out->text_of, err) &&
                      carrier_of(txn, tenant, message.id, &out->carrier, err));
}

static bool count_opt_out(struct txn *txn, int64_t tenant, const struct counted *what, struct err *err)
{
    struct health_row row;
    struct health_facts facts;
    if (what->name.n == 0)
        return true;
    if (!get(txn, tenant, what, &row, err))
        return false;
    row.opted_out++;
    return put(txn, tenant, what, &row, err) && read_window(txn, tenant, what, &facts, err) &&
           tell_if_unwanted(txn, tenant, what, &facts, err);
}

bool health_opted_out(struct txn *txn, int64_t tenant, struct str number, const struct health_answer *answer,
                      struct err *err)
{
    const struct counted all[] = { { HEALTH_NUMBER, number },
                                   { HEALTH_TEMPLATE, answer->text_of },
                                   { HEALTH_CARRIER, answer->carrier } };
    for (size_t i = 0; i < COUNT(all); i++)
        if (!count_opt_out(txn, tenant, &all[i], err))
            return false;
    return true;
}

bool health_units(struct txn *txn, int64_t tenant, const struct message_row *message, int64_t units, struct err *err)
{
    struct segments ours = segments_count(message->text);
    struct number_row number;
    bool found;
    if (units <= 0 || message->media.n > 0 || units == ours.segments)
        return true;
    if (!number_get(txn, tenant, message->from, &number, &found, err))
        return false;
    const char *encoding = words_name(&encoding_words, (int)ours.encoding);
    const struct notice notice = {
        .kind = NOTICE_UNITS,
        .severity = units > ours.segments ? NOTICE_ALARM : NOTICE_WARNING,
        .subject = found ? notice_about(txn, "number", number.id) : STR("number:gone"),
        .text = arena_format(txn->arena, "Plivo bills %lld units for a text that we count as %lld (%s): %s",
                             (long long)units, (long long)ours.segments, encoding,
                             units > ours.segments ? "more than estimated"
                                                   : "less than estimated; it may replace characters itself"),
        .data = arena_format(txn->arena, "{\"message\":\"%s\",\"units\":%lld,\"segments\":%lld}",
                             id_text(message->id).c, (long long)units, (long long)ours.segments),
    };
    return arena_is_full(txn->arena) ? arena_err(txn->arena, err) : notice_raise(txn, tenant, &notice, err);
}
