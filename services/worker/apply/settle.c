/* settle: what Plivo's own list says about attempts whose fate is unknown (design.md section 5; plivo.md section 5). */
#include "core/settle_decide.h"

#include "apply/attempt_effects.h"
#include "apply/report_apply.h"
#include "apply/settings_cache.h"
#include "apply/witness.h"

enum {
    CLAIMANTS_MAX = 1000, /* of one look: when they are more, of fewer attempts */
    LOOK_AGAIN_MIN_MS = 200,
};

struct settling {
    const struct settle *asked;
    size_t asked_n; /* of its attempts: those that are decided on now */
    struct witness_search search;
    struct open_attempt of[CLAIMANTS_MAX];
    struct settle_claimant claimants[CLAIMANTS_MAX];
    struct settle_verdict verdicts[CLAIMANTS_MAX];
    size_t n;
    bool has_more; /* than fit: the rivals are not all there, and nothing may be concluded */
};

/* Whether all that the list has to that person was told. Without any `to` (an older sender) it has told all. */
static bool is_told(const struct settling *s, struct str to)
{
    bool is_filtered = false;
    for (size_t i = 0; i < s->asked->attempts.n; i++) {
        struct str asked_to = s->asked->attempts.v[i].to;
        if (i < s->asked_n && asked_to.n > 0 && str_eq(asked_to, to))
            return true;
        is_filtered = is_filtered || asked_to.n > 0;
    }
    return !is_filtered;
}

/* What was asked for is held against the witness that was asked for with it: of another one the record was not told. */
static bool witness_of(struct txn *txn, struct settling *s, const struct open_attempt *c, struct str *uuid,
                       struct err *err)
{
    struct witness witness;
    for (size_t i = 0; i < s->asked->attempts.n; i++) {
        const struct unsettled_attempt *a = &s->asked->attempts.v[i];
        if (a->to.n > 0 && a->tenant == c->tenant && id_eq(a->message, c->message) && a->attempt == c->attempt) {
            *uuid = a->witness;
            return true;
        }
    }
    bool ok = witness_find(txn, &s->search, c->tenant, c->message, c->row.granted_at, &witness, err);
    *uuid = ok ? witness.uuid : (struct str){ 0 };
    return ok;
}

static bool read_claimant(struct txn *txn, struct settling *s, const struct open_attempt *c,
                          struct settle_claimant *out, bool *counts, struct err *err)
{
    struct message_row message;
    struct str witness;
    bool found;
    *counts = false;
    if (!message_get(txn, c->tenant, c->message, &message, &found, err))
        return false;
    const struct attempt_row *attempt = found ? message_attempt(&message, c->attempt) : NULL;
    if (!attempt || str_is_set(attempt->uuid) || !is_told(s, message.to))
        return true;
    *counts = true;
    if (s->n == CLAIMANTS_MAX)
        return true;
    if (!witness_of(txn, s, c, &witness, err))
        return false;
    *out = (struct settle_claimant){
        .from = message.from,
        .to = message.to,
        .units = message.segments,
        .at_ms = c->row.granted_at,
        .until_ms = c->row.may_have_left_until,
        .unconfirmed_ms = c->row.unconfirmed_at,
        .is_sending = !c->row.is_unconfirmed,
        .needs_person = c->row.is_unconfirmed && c->row.look_at == 0,
        .looks = attempt->looks,
        .witness_uuid = witness,
    };
    return true;
}

/* Of an old crowd there may be more than a request's memory holds: who does not count leaves nothing there. */
static bool collect(struct txn *txn, struct settling *s, struct err *err)
{
    struct open_walk walk;
    bool found = true;
    bool ok = true;
    s->n = 0;
    s->has_more = false;
    s->search = (struct witness_search){ .is_begun = false };
    open_walk_begin(&walk, txn, INT64_MAX);
    while (ok && !s->has_more) {
        struct arena_mark mark = arena_mark(txn->arena);
        struct settle_claimant claimant;
        struct open_attempt c;
        bool counts = false;
        ok = open_walk_next(&walk, &c, &found, err);
        if (!ok || !found)
            break;
        if (c.row.granted_at >= s->asked->window_from && c.row.granted_at <= s->asked->window_to)
            ok = read_claimant(txn, s, &c, &claimant, &counts, err);
        s->has_more = ok && counts && s->n == CLAIMANTS_MAX;
        if (!ok || !counts || s->has_more) {
            arena_rewind(txn->arena, mark);
            continue;
        }
        s->of[s->n] = c;
        s->claimants[s->n++] = claimant;
    }
    open_walk_end(&walk);
    return ok;
}

/* All that could own a record of the list; of as many of the attempts asked for as there is room for. The others are asked for again. */
static bool collect_some(struct txn *txn, struct settling *s, struct err *err)
{
    s->asked_n = s->asked->attempts.n;
    if (!collect(txn, s, err))
        return false;
    while (s->has_more && s->asked_n > 1) {
        s->asked_n /= 2;
        if (!collect(txn, s, err))
            return false;
    }
    return true;
}

/* Whether a tenant that might claim it has it already. Claimants are in the order of their tenants: each of these is asked once. */
static bool is_owned(struct txn *txn, const struct settling *s, struct str uuid, bool *is, struct err *err)
{
    int64_t asked = 0;
    *is = false;
    for (size_t i = 0; i < s->n && !*is; i++) {
        struct uuid_row owner;
        if (s->of[i].tenant == asked)
            continue;
        asked = s->of[i].tenant;
        if (!uuid_get(txn, asked, uuid, &owner, is, err))
            return false;
    }
    return true;
}

static bool read_records(struct txn *txn, const struct settle *asked, const struct settling *s,
                         struct settle_record *records, struct err *err)
{
    for (size_t i = 0; i < asked->records.n; i++) {
        const struct plivo_record *from = &asked->records.v[i];
        records[i] = (struct settle_record){ .uuid = from->uuid,
                                             .from = from->from,
                                             .powerpack = from->powerpack,
                                             .to = from->to,
                                             .units = from->units,
                                             .at_ms = from->at };
        if (!is_owned(txn, s, from->uuid, &records[i].is_owned, err))
            return false;
    }
    return true;
}

/* A record that was matched is as good as a report without a sequence. */
static struct report_event report_of(const struct plivo_record *record, int64_t now_ms)
{
    struct report_event report;
    record_init(&report_event_record, &report);
    report.uuid = record->uuid;
    report.status_word = record->state;
    report.error_code = record->error_code;
    report.from = record->from;
    report.to = record->to;
    report.units = record->units;
    report.received_at = now_ms;
    report.raw = STR("(from Plivo's list of messages)");
    return report;
}

static enum unknown_policy unknown_policy_of(const struct settings_view *own, enum message_class class)
{
    switch (class) {
    case CLASS_CONFIRM: break; /* never tried again, whatever is set */
    case CLASS_HUMAN: return own->unknown_human;
    case CLASS_AUTO: return own->unknown_auto;
    case CLASS_TRANSACTIONAL: return own->unknown_transactional;
    case CLASS_BULK: return own->unknown_bulk;
    }
    return UNKNOWN_RESEND;
}

static bool settle_one(struct txn *txn, const struct settings *settings, const struct open_attempt *c,
                       const struct settle_verdict *verdict, const struct settle *asked, struct err *err)
{
    struct message_row message;
    struct attempt_facts facts;
    struct attempt_effects fx;
    struct open_row open = c->row;
    const struct settings_view *own;
    bool found;
    bool is_known;
    if (!open.is_unconfirmed)
        return true; /* its call is still running: its own outcome settles it */
    if (!message_get(txn, c->tenant, c->message, &message, &found, err))
        return false;
    struct attempt_row *attempt = found ? message_attempt(&message, c->attempt) : NULL;
    if (!attempt)
        return true;
    attempt->looks = verdict->looks;
    attempt->looked_at = txn->now_ms;
    switch (verdict->kind) {
    case SETTLE_MATCHED: {
        struct report_event *report = arena_alloc(txn->arena, sizeof *report);
        if (!report)
            return arena_err(txn->arena, err);
        *report = report_of(&asked->records.v[verdict->record], txn->now_ms);
        return report_enter(txn, c->tenant, settings, &message, attempt, report, false, &is_known, err) &&
               orphans_claim(txn, c->tenant, settings, &message, attempt, report->uuid, err);
    }
    case SETTLE_NOT_ACCEPTED:
    case SETTLE_AMBIGUOUS:
        if (!attempt_facts_read(txn, c->tenant, &message, attempt, &facts, err))
            return false;
        if (!tenant_settings_get(txn, settings, c->tenant, &own, err))
            return false;
        settle_effects(&facts, verdict->kind, unknown_policy_of(own, message.class) == UNKNOWN_HOLD, &fx);
        return attempt_effects_write(txn, c->tenant, settings, &message, attempt, &fx, (struct str){0}, err);
    case SETTLE_KEEP_WAITING:
        if (open.look_at)
            open.look_at = txn->now_ms + max_i64(LOOK_AGAIN_MIN_MS, settings->confirm_after_ms);
        return open_put(txn, c->tenant, &message, c->attempt, &open, err) && message_put(txn, c->tenant, &message, err);
    }
    return false;
}

bool settle_apply(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request, void *reply,
                  struct err *err)
{
    const struct settle *asked = request;
    struct settling *s = arena_alloc(txn->arena, sizeof *s);
    struct settle_record *records = arena_alloc_array(txn->arena, asked->records.n, sizeof *records);
    struct settle_look look = {
        .window_from_ms = asked->window_from,
        .window_to_ms = asked->window_to,
        .now_ms = txn->now_ms,
        .max_age_ms = settings->unconfirmed_max_ms,
    };
    (void)tenant; /* one account */
    (void)reply;
    if (!s || !records)
        return arena_err(txn->arena, err);
    s->asked = asked;
    if (!collect_some(txn, s, err) || !read_records(txn, asked, s, records, err))
        return false;
    look.is_complete = asked->is_complete && !s->has_more;
    settle_decide(s->claimants, s->n, records, asked->records.n, &look, s->verdicts);
    for (size_t i = 0; i < s->n; i++)
        if (!settle_one(txn, settings, &s->of[i], &s->verdicts[i], asked, err))
            return false;
    return true;
}
