#include "apply/grant_send.h"

#include "base/secret.h"
#include "core/lanes.h"
#include "metrics.h"
#include "plivo/callback_url.h"

enum {
    PERSON_MAX = 64,       /* open attempts, and as many waiting messages, that a decision hears of; the oldest count */
    PERSON_STEPS_MAX = 256,
    DAY_MS = 86400000,
    CALLBACK_MAX_BYTES = 256,
};

/* The line that all numbers of the account share; no number of ours has this address. */
static const struct str ACCOUNT_LINE = STR("*account");

/* --- facts --- */

struct person {
    struct grant_open open[PERSON_MAX];
    size_t open_n;
    struct grant_earlier earlier[PERSON_MAX];
    struct id earlier_id[PERSON_MAX];
    size_t earlier_n;
};

static bool read_person(struct txn *txn, int64_t tenant, const struct message_row *message, struct person *out,
                        struct err *err)
{
    struct scan scan;
    struct str rest;
    struct str value;
    bool found = true;
    bool ok = true;
    scan_begin(&scan, txn, TABLE_PENDING, key_of_person(tenant, message->to), SCAN_FORWARD);
    bool is_one_enough = message->class !=
                         CLASS_HUMAN; /* of open attempts; how long they are open matters to human ones only */
    for (size_t i = 0; i < PERSON_STEPS_MAX && out->open_n < (is_one_enough ? 1 : PERSON_MAX); i++) {
        struct pending_row row;
        ok = scan_next(&scan, &rest, &value, &found, err);
        if (!ok || !found)
            break;
        struct id id = key_take_id(&rest);
        ok = row_decode(txn, &pending_row_record, value, &row, err);
        if (!ok)
            break;
        if (id_eq(id, message->id))
            continue;
        if (row.is_open) {
            out->open[out->open_n++] = (struct grant_open){.age_ms = txn->now_ms - row.since};
        } else if (out->earlier_n < PERSON_MAX && id_compare(id, message->id) < 0 &&
                   row.due <= txn->now_ms + GRANT_RETRY_PATIENCE_MS && str_eq(row.number, message->from)) {
            out->earlier_id[out->earlier_n] = id;
            out->earlier[out->earlier_n++] = (struct grant_earlier){.due_in_ms = max_i64(0, row.due - txn->now_ms)};
        }
    }
    scan_end(&scan);
    return ok;
}

static int64_t per_segment_us(double rate)
{
    if (rate <= 0)
        return 0;
    double us = 1e6 / rate;
    return us < (double)GCRA_PER_SEGMENT_MAX_US ? (int64_t)us : GCRA_PER_SEGMENT_MAX_US;
}

/* A second's worth at once, at least one: what the carriers' own counters allow (plivo.md section 7). */
static int64_t burst_of(double rate)
{
    return max_i64(1, (int64_t)rate);
}

struct lines {
    struct limit_row number, account;
};

static bool read_line(struct txn *txn, int64_t tenant, struct str address, struct limit_row *row, struct err *err)
{
    bool found;
    record_init(&limit_row_record, row);
    if (!ROW_GET(txn, TABLE_LIMIT, key_of_text(tenant, address), limit_row, row, &found, err))
        return false;
    if (row->day != txn->now_ms / DAY_MS) {
        row->day = txn->now_ms / DAY_MS;
        row->day_segments = 0;
    }
    return true;
}

static void add_limit(struct grant_facts *f, const struct limit_row *line, double rate)
{
    f->limits[f->limits_n++] = (struct grant_limit){
        .line = {.tat_us = line->tat_us},
        .per_segment_us = per_segment_us(rate),
        .burst_segments = burst_of(rate),
        .reason = "rate",
    };
}

static bool read_facts(struct txn *txn, int64_t tenant, const struct settings *settings,
                       const struct message_row *message, const struct number_row *number, struct person *person,
                       struct lines *lines, struct grant_facts *f, struct err *err)
{
    struct consent_row consent;
    bool found;
    if (!consent_get(txn, tenant, message->to, &consent, &found, err) ||
        !read_person(txn, tenant, message, person, err) ||
        !read_line(txn, tenant, number->address, &lines->number, err) ||
        !read_line(txn, tenant, ACCOUNT_LINE, &lines->account, err))
        return false;
    *f = (struct grant_facts){
        .class = message->class,
        .segments = clamp_i64(message->segments, 1, GCRA_COST_MAX_SEGMENTS), /* Plivo's Units may have been any */
        .valid_until_ms = message->valid_until ? message->valid_until : TIME_FOREVER,
        .help_received_at_ms = message->help_at,
        .confirms = message->confirms,
        .consent = consent.state,
        .consent_changed_at_ms = consent.changed_at,
        .open = person->open,
        .open_n = person->open_n,
        .earlier = person->earlier,
        .earlier_n = person->earlier_n,
        .number_state = number->state,
        .day = {.used = lines->number.day_segments,
                 .limit = number->daily_limit == INT_UNSET ? -1 : number->daily_limit,
                 .resets_in_ms = (lines->number.day + 1) * DAY_MS - txn->now_ms },
        .now_ms = txn->now_ms,
        .now_us = txn->boot_us,
        .clock_distrust_ms = max_i64(0, (settings->distrust_until_us - txn->boot_us) / 1000),
        .confirm_after_ms = settings->confirm_after_ms,
    };
    add_limit(f, &lines->number, number->rate > 0 ? number->rate : settings->number_rate);
    add_limit(f, &lines->account, settings->account_rate);
    return true;
}

/* --- effects --- */

static bool callback_path(struct txn *txn, int64_t tenant, struct id message, int64_t attempt, struct str *out,
                          struct err *err)
{
    AUTO(buf_release) struct buf path;
    buf_init(&path, CALLBACK_MAX_BYTES);
    struct callback_ref ref = {
        .tenant = arena_format(txn->arena, "%lld", (long long)tenant),
        .generation = store_generation(txn->store),
        .message_id = message,
        .attempt = attempt,
    };
    size_t unused;
    if (!callback_url_format(&path, STR(""), &ref, store_callback_keys(txn->store, &unused), err))
        return false;
    *out = arena_dup(txn->arena, buf_str(&path));
    return str_is_set(*out) ? true : arena_err(txn->arena, err);
}

bool granted_send_make(struct txn *txn, int64_t tenant, const struct message_row *message, int64_t attempt,
                       int64_t expiry_s, struct granted_send *out, struct err *err)
{
    *out = (struct granted_send){
        .tenant = tenant,
        .message = message->id,
        .attempt = attempt,
        .class = message->class,
        .from = message->from,
        .to = message->to,
        .text = message->text,
        .segments = message->segments,
        .expiry_s = expiry_s,
    };
    out->media_urls.v = arena_alloc_array(txn->arena, message->media.n, sizeof *out->media_urls.v);
    if (!out->media_urls.v)
        return arena_err(txn->arena, err);
    for (size_t i = 0; i < message->media.n; i++)
        out->media_urls.v[out->media_urls.n++] = message->media.v[i].url;
    return callback_path(txn, tenant, message->id, attempt, &out->callback_path, err);
}

static bool charge(struct txn *txn, int64_t tenant, const struct number_row *number,
                   const struct grant_verdict *verdict, struct lines *lines, struct err *err)
{
    lines->number.tat_us = verdict->lines[0].tat_us;
    lines->number.day_segments = verdict->day_used;
    lines->account.tat_us = verdict->lines[1].tat_us;
    return ROW_PUT(txn, TABLE_LIMIT, key_of_text(tenant, number->address), limit_row, &lines->number, err) &&
           ROW_PUT(txn, TABLE_LIMIT, key_of_text(tenant, ACCOUNT_LINE), limit_row, &lines->account, err);
}

static bool write_attempt(struct txn *txn, int64_t tenant, struct message_row *message, const struct grantee *grantee,
                          struct grant_result *out, struct err *err)
{
    struct tenant_row head;
    bool found;
    bool was_there;
    if (!tenant_get(txn, tenant, &head, &found, err) || !outbox_remove(txn, tenant, message, &was_there, err))
        return false;
    struct attempt_row *attempt = message_add_attempt(txn, message);
    if (!attempt)
        return err_set(err, ERR_CONFLICT, NULL, "a message has had %d attempts, no more are made",
                       MESSAGE_ATTEMPTS_MAX);
    attempt->via = grantee->via;
    attempt->epoch = grantee->epoch;
    attempt->grant = grantee->number;
    attempt->granted_at = txn->now_ms;
    attempt->ledger = head.ledger_entries;
    attempt->status = STATUS_SENDING;
    struct open_row open = {
        .sender = grantee->sender,
        .epoch = grantee->epoch,
        .grant = grantee->number,
        .granted_at = txn->now_ms,
        .expiry_s = out->verdict.expiry_s,
    };
    message->status = STATUS_SENDING;
    message->status_reason = message->status_text = (struct str){0};
    metric_add(&metric_granted, 1);
    out->is_granted = true;
    return open_put(txn, tenant, message, attempt->number, &open, err) && message_put(txn, tenant, message, err) &&
           granted_send_make(txn, tenant, message, attempt->number, out->verdict.expiry_s, &out->send, err);
}

/* It never leaves: out of the outbox, with the reason. */
static bool end_message(struct txn *txn, int64_t tenant, struct message_row *message, enum message_status status,
                        const struct grant_verdict *verdict, struct err *err)
{
    bool was_there;
    message->status = status;
    message->status_reason = str_of(verdict->reason);
    message->status_text = arena_dup(txn->arena, str_of(verdict->text));
    if (status == STATUS_BLOCKED)
        metric_add(&metric_blocked, 1);
    return outbox_remove(txn, tenant, message, &was_there, err) && message_put(txn, tenant, message, err);
}

/* Held messages say why, and move to when they may go, out of the way of the others; those that wait for a change stay,
 * so that the change finds them. */
static bool hold_message(struct txn *txn, int64_t tenant, struct message_row *message,
                         const struct grant_verdict *verdict, struct err *err)
{
    bool was_there;
    bool is_new = message->status != STATUS_HELD || !str_is(message->status_reason, verdict->reason);
    message->status = STATUS_HELD;
    message->status_reason = str_of(verdict->reason);
    message->status_text = arena_dup(txn->arena, str_of(verdict->text));
    if (!verdict->is_open_ended) {
        if (!outbox_remove(txn, tenant, message, &was_there, err) ||
            !outbox_add(txn, tenant, message, txn->now_ms + max_i64(1, verdict->wait_ms), err))
            return false;
    }
    return !is_new || message_put(txn, tenant, message, err);
}

bool grant_one(struct txn *txn, int64_t tenant, const struct settings *settings, struct message_row *message,
               const struct number_row *number, const struct grantee *grantee, struct grant_result *out,
               struct err *err)
{
    struct person *person = arena_alloc(txn->arena, sizeof *person);
    struct lines lines;
    struct grant_facts facts;
    bool is_waiting;
    *out = (struct grant_result){.verdict = {.kind = GRANT_WAIT, .wait_ms = TIME_FOREVER}};
    if (!person)
        return arena_err(txn->arena, err);
    if (!outbox_holds(txn, tenant, message, &is_waiting, err))
        return false;
    if (!is_waiting) /* granted or ended a moment ago, as the earlier message of another lane's */
        return true;
    if (!read_facts(txn, tenant, settings, message, number, person, &lines, &facts, err))
        return false;
    grant_decide(&facts, &out->verdict);
    switch (out->verdict.kind) {
    case GRANT_NOW:
        return charge(txn, tenant, number, &out->verdict, &lines, err) &&
               write_attempt(txn, tenant, message, grantee, out, err);
    case GRANT_BLOCK:
        return end_message(txn, tenant, message, STATUS_BLOCKED, &out->verdict, err);
    case GRANT_CANCEL:
        return end_message(txn, tenant, message, STATUS_CANCELLED, &out->verdict, err);
    case GRANT_EXPIRE:
        return end_message(txn, tenant, message, STATUS_EXPIRED, &out->verdict, err);
    case GRANT_WAIT:
        return !out->verdict.is_held || hold_message(txn, tenant, message, &out->verdict, err);
    case GRANT_EARLIER_FIRST:
        out->earlier = person->earlier_id[out->verdict.earlier];
        return true;
    }
    return false;
}

bool grant_one_inline(struct txn *txn, int64_t tenant, const struct settings *settings, struct message_row *message,
                      struct granted_send *send, bool *is_granted, struct err *err)
{
    const struct grantee ingress = {.sender = STR("ingress"), .via = REPLY_VIA_XML};
    struct number_row number;
    struct grant_result result;
    bool found;
    *is_granted = false;
    if (!number_get(txn, tenant, message->from, &number, &found, err))
        return false;
    if (!found)
        return true;
    if (!grant_one(txn, tenant, settings, message, &number, &ingress, &result, err))
        return false;
    *is_granted = result.is_granted;
    *send = result.send;
    return true;
}
