/* Every message explains itself (P8): what came, which rule, consent, holds, attempts, raw reports, cost. */
#include "query/query.h"

enum { ENTRIES_MAX = 200 };

struct timeline {
    struct txn *txn;
    int64_t tenant;
    const struct message_row *message;
    struct timeline_page *page;
};

static void add(struct timeline *t, int64_t at, const char *kind, struct str text, struct str data)
{
    if (t->page->data.n < ENTRIES_MAX && at > 0)
        t->page->data.v[t->page->data.n++] = (struct timeline_entry){
            .at = at, .kind = str_of(kind), .text = text, .data = str_is_set(data) ? data : STR("{}")
        };
}

static struct str format_time(struct timeline *t, int64_t at)
{
    char text[TIME_TEXT_BYTES];
    time_format(at, text);
    return arena_dup(t->txn->arena, str_of(text));
}

static struct str json_of(struct timeline *t, const struct record *record, const void *object)
{
    AUTO(buf_release) struct buf json;
    buf_init(&json, 64 * 1024);
    return record_to_json(record, object, &json) ? arena_dup(t->txn->arena, buf_str(&json)) : STR("{}");
}

static void add_rule(struct timeline *t)
{
    const struct message_row *m = t->message;
    if (!id_is_set(m->rule))
        return;
    add(t, m->created_at, "rule",
        arena_format(t->txn->arena,
                     m->direction == INBOUND ? "The rule \"%.*s\" matched" : "The rule \"%.*s\" wrote it",
                     STR_ARGS(m->rule_name)),
        arena_format(t->txn->arena, "{\"rule_id\":\"%s\"}", id_text(m->rule).c));
}

static bool add_consent(struct timeline *t, struct err *err)
{
    const struct message_row *m = t->message;
    struct ledger_row row;
    bool found;
    if (m->ledger == 0)
        return true;
    if (!ROW_GET(t->txn, TABLE_LEDGER, key_of_number(t->tenant, m->ledger), ledger_row, &row, &found, err))
        return false;
    if (found)
        add(t, row.at, "consent",
            arena_format(t->txn->arena, "Consent: from %s to %s%s, entry %lld of the ledger",
                         words_name(&consent_words, (int)row.from), words_name(&consent_words, (int)row.to),
                         row.is_superseded ? " (a later change already stood, so it changed nothing)" : "",
                         (long long)m->ledger),
            arena_format(t->txn->arena, "{\"sequence\":%lld}", (long long)m->ledger));
    return true;
}

static void add_inbound(struct timeline *t)
{
    const struct message_row *m = t->message;
    add(t, m->received_at, "received",
        m->is_observed ? STR("Received; its signature was not right and only SIGNATURE_MODE=observe let it in")
                       : STR("Received from Plivo, and stored before it was answered"),
        arena_format(t->txn->arena, "{\"segments\":%lld}", (long long)m->segments));
    add(t, m->created_at, "decision", arena_format(t->txn->arena, "What followed: %.*s", STR_ARGS(m->status_text)),
        (struct str){ 0 });
}

static const char *outcome_text(const struct attempt_row *a)
{
    switch (a->outcome) {
    case CALL_NONE:
        return "Plivo was asked; how it ended is not known yet";
    case CALL_ACCEPTED:
        return a->via == REPLY_VIA_XML ? "Handed to Plivo inside the webhook's answer" : "Plivo took it";
    case CALL_NOT_SENT:
        return "Not sent: Plivo was not reached, or had no room";
    case CALL_REFUSED:
        return "Plivo refused it";
    case CALL_UNKNOWN:
        return "The connection ended before Plivo's answer: it may have been sent";
    case CALL_HANDED_BACK:
        return "Handed back unsent: its 2 seconds had passed, or the sender never got it";
    }
    return "";
}

static void add_attempt(struct timeline *t, const struct attempt_row *a)
{
    struct arena *arena = t->txn->arena;
    add(t, a->granted_at, "grant",
        arena_format(arena, "Attempt %lld granted: consent, limits and order allowed it (ledger at entry %lld)",
                     (long long)a->number, (long long)a->ledger),
        arena_format(arena, "{\"attempt\":%lld,\"epoch\":%lld,\"ledger\":%lld}", (long long)a->number,
                     (long long)a->epoch, (long long)a->ledger));
    if (a->ended_at)
        add(t, a->ended_at, "attempt",
            a->reason.n ? arena_format(arena, "Attempt %lld: %s (%.*s)", (long long)a->number, outcome_text(a),
                                       STR_ARGS(a->reason))
                        : arena_format(arena, "Attempt %lld: %s", (long long)a->number, outcome_text(a)),
            arena_format(arena, "{\"attempt\":%lld,\"http_status\":%lld}", (long long)a->number,
                         (long long)a->http_status));
    if (a->unconfirmed_at)
        add(t, a->unconfirmed_at, "unconfirmed",
            arena_format(arena, "Attempt %lld may have left; waiting for its report, then asking Plivo",
                         (long long)a->number),
            (struct str){0});
    if (a->looked_at)
        add(t, a->looked_at, "check",
            arena_format(arena, "Plivo's list was asked; looks that did not find it: %lld", (long long)a->looks),
            (struct str){ 0 });
}

static bool add_reports(struct timeline *t, struct err *err)
{
    struct scan scan;
    struct str rest;
    struct str value;
    bool found = true;
    bool ok = true;
    scan_begin(&scan, t->txn, TABLE_REPORT, key_of_id(t->tenant, t->message->id), SCAN_FORWARD);
    while (ok && t->page->data.n < ENTRIES_MAX) {
        struct report_row row;
        ok = scan_next(&scan, &rest, &value, &found, err);
        if (!ok || !found)
            break;
        ok = row_decode(t->txn, &report_row_record, value, &row, err);
        if (ok && row.report)
            add(t, row.report->received_at, "report",
                arena_format(t->txn->arena, "Plivo reported: %.*s%s", STR_ARGS(row.report->status_word),
                             row.is_unsure ? " (matched by its uuid only)" : ""),
                json_of(t, &report_event_record, row.report));
    }
    scan_end(&scan);
    return ok;
}

static void add_hold(struct timeline *t, const struct hold_row *hold)
{
    struct arena *arena = t->txn->arena;
    struct str until = hold->until ? format_time(t, hold->until) : (struct str){ 0 };
    add(t, hold->at, "hold",
        until.n ? arena_format(arena, "Held until %.*s. %.*s", STR_ARGS(until), STR_ARGS(hold->text))
                : arena_format(arena, "Held until something changes. %.*s", STR_ARGS(hold->text)),
        until.n
            ? arena_format(arena, "{\"reason\":\"%.*s\",\"until\":\"%.*s\"}", STR_ARGS(hold->reason), STR_ARGS(until))
            : arena_format(arena, "{\"reason\":\"%.*s\",\"until\":null}", STR_ARGS(hold->reason)));
}

static void add_outbound(struct timeline *t)
{
    const struct message_row *m = t->message;
    struct arena *arena = t->txn->arena;
    add(t, m->created_at, "queued",
        arena_format(arena, "Asked for by %.*s, put in line as %s: %lld segment%s", STR_ARGS(m->source),
                     words_name(&message_class_words, (int)m->class), (long long)m->segments,
                     m->segments == 1 ? "" : "s"),
        (struct str){0});
    if (m->send_at > m->created_at)
        add(t, m->created_at, "hold",
            arena_format(arena, "Held until %.*s, as asked", STR_ARGS(format_time(t, m->send_at))), (struct str){ 0 });
    for (size_t i = 0; i < m->holds.n; i++)
        add_hold(t, &m->holds.v[i]);
    for (size_t i = 0; i < m->attempts.n; i++)
        add_attempt(t, &m->attempts.v[i]);
    if (m->sent_from.n)
        add(t, m->updated_at, "source",
            arena_format(arena, "Plivo sent it from %.*s, a number of the Powerpack", STR_ARGS(m->sent_from)),
            (struct str){ 0 });
    if (m->cost_amount.n)
        add(t, m->updated_at, "cost",
            arena_format(arena, "Cost: %.*s USD, %s", STR_ARGS(m->cost_amount),
                         m->cost_estimated ? "as the table of prices says" : "as Plivo reported"),
            (struct str){ 0 });
    if (m->status_text.n)
        add(t, m->updated_at, "status",
            arena_format(arena, "Now %s: %.*s", status_word(m->status), STR_ARGS(m->status_text)), (struct str){ 0 });
}

/* Oldest first, and in the order in which they were added where the times are the same. */
static void sort_by_time(struct timeline_page *page)
{
    for (size_t i = 1; i < page->data.n; i++) {
        struct timeline_entry entry = page->data.v[i];
        size_t at = i;
        for (; at > 0 && page->data.v[at - 1].at > entry.at; at--)
            page->data.v[at] = page->data.v[at - 1];
        page->data.v[at] = entry;
    }
}

bool timeline_query(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request, void *reply,
                    struct err *err)
{
    const struct by_id *asked = request;
    struct message_row message;
    struct timeline t = {txn, tenant, &message, reply};
    bool found;
    (void)settings;
    if (!message_get(txn, tenant, asked->id, &message, &found, err))
        return false;
    if (!found)
        return err_set(err, ERR_MISSING, "id", "there is no message with this id");
    t.page->data.v = arena_alloc_array(txn->arena, ENTRIES_MAX, sizeof *t.page->data.v);
    if (!t.page->data.v)
        return arena_err(txn->arena, err);
    if (message.direction == INBOUND)
        add_inbound(&t);
    else
        add_outbound(&t);
    add_rule(&t);
    if (!add_consent(&t, err) || !add_reports(&t, err))
        return false;
    sort_by_time(t.page);
    return true;
}
