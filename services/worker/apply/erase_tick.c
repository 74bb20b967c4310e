/* Erasures under way: each tick takes some of the person's messages, then the kept answers that name them. */
#include "apply/erase.h"
#include "apply/note.h"
#include "apply/tenant_turn.h"
#include "core/erase.h"
#include "store/campaigns.h"
#include "store/drop.h"

enum {
    STEPS_MAX = 200,
    TENANTS_MAX = 16,
    ANSWERS_MAX = 2000,
    REPORTS_MAX = 1000,
    NOTES_MAX = 2000,
    ORPHANS_MAX = 2000,
    WAITING_MAX = 64
};

struct erasing {
    struct txn *txn;
    int64_t tenant;
    struct id contact;
    struct erasure_row row;
    int steps, most;
};

bool reports_drop(struct txn *txn, int64_t tenant, struct id message, bool *is_done, struct err *err)
{
    const struct drop drop = { .table = TABLE_REPORT, .prefix = key_of_id(tenant, message) };
    int left = REPORTS_MAX;
    return rows_drop(txn, &drop, &left, is_done, err);
}

/* A call that is out decides first. What nobody knows the fate of is left at that: it can no longer be asked for. *is_out: not yet. */
static bool close_attempts(struct erasing *e, struct message_row *message, bool *is_out, struct err *err)
{
    *is_out = false;
    for (size_t i = 0; i < message->attempts.n; i++) {
        struct attempt_row *attempt = &message->attempts.v[i];
        struct open_row open;
        bool found;
        if (!open_get(e->txn, e->tenant, message->id, attempt->number, &open, &found, err))
            return false;
        if (!found)
            continue;
        *is_out = !open.is_unconfirmed;
        if (*is_out)
            return true;
        attempt->status = message->status = STATUS_FAILED;
        message->status_reason = STR("erased");
        message->status_text = STR("Nobody knows whether it arrived: the person's data was erased first");
        if (!open_remove(e->txn, e->tenant, message, attempt->number, err))
            return false;
    }
    return true;
}

/* *previous: the message before it; *is_out: it is left as it is, for later. */
static bool erase_one(struct erasing *e, struct id id, struct id *previous, bool *is_out, struct err *err)
{
    struct message_row message;
    bool found;
    *previous = (struct id){0};
    *is_out = false;
    e->steps++;
    if (!message_get(e->txn, e->tenant, id, &message, &found, err))
        return false;
    if (!found)
        return true;
    *previous = message.previous;
    if (message_is_erased(&message))
        return true;
    bool unused;
    if (message.direction == OUTBOUND && !erase_waiting(e->txn, e->tenant, &message, &unused, err))
        return false;
    if (!close_attempts(e, &message, is_out, err))
        return false;
    if (*is_out)
        return true;
    bool are_gone;
    if (!reports_drop(e->txn, e->tenant, id, &are_gone, err))
        return false;
    if (are_gone)
        erase_message(&message, e->txn->now_ms);
    *is_out = !are_gone;
    return message_put(e->txn, e->tenant, &message, err);
}

/* Along the chains. What cannot be erased yet is remembered, so that the chain need not wait for it. */
static bool erase_chains(struct erasing *e, struct err *err)
{
    struct by_id *waiting = arena_alloc_array(e->txn->arena, e->row.waiting.n + WAITING_MAX, sizeof *waiting);
    size_t n = 0;
    struct id previous;
    bool is_out;
    if (!waiting)
        return arena_err(e->txn->arena, err);
    for (size_t i = 0; i < e->row.waiting.n; i++) {
        if (!erase_one(e, e->row.waiting.v[i].id, &previous, &is_out, err))
            return false;
        if (is_out)
            waiting[n++].id = e->row.waiting.v[i].id;
    }
    size_t most = n + WAITING_MAX;
    while (e->row.next.n > 0 && e->steps < e->most && n < most) {
        struct by_id *head = &e->row.next.v[e->row.next.n - 1];
        struct id id = head->id;
        is_out = false;
        previous = (struct id){0};
        if (id_is_set(id) && !erase_one(e, id, &previous, &is_out, err))
            return false;
        if (is_out)
            waiting[n++].id = id;
        head->id = previous;
        e->row.next.n -= id_is_set(previous) ? 0 : 1;
    }
    e->row.waiting.v = waiting;
    e->row.waiting.n = n;
    return true;
}

/* What the command left of the notes and drafts beside their conversations. */
static bool erase_notes(struct erasing *e, struct err *err)
{
    int left = NOTES_MAX;
    e->row.are_notes_done = true;
    for (size_t i = 0; i < e->row.conversations.n && e->row.are_notes_done; i++)
        if (!notes_drop(e->txn, e->tenant, e->row.conversations.v[i].id, &left, &e->row.are_notes_done, err))
            return false;
    return true;
}

static bool erase_entries(struct erasing *e, struct err *err)
{
    struct scan scan;
    struct str rest;
    struct str value;
    bool found = true;
    bool ok = true;
    scan_begin(&scan, e->txn, TABLE_LEDGER_CONTACT, key_of_id(e->tenant, e->contact), SCAN_FORWARD);
    while (ok && (ok = scan_next(&scan, &rest, &value, &found, err)) && found) {
        struct ledger_row row;
        struct key key = key_of_number(e->tenant, key_take_int(&rest));
        ok = ROW_GET(e->txn, TABLE_LEDGER, key, ledger_row, &row, &found, err);
        if (ok && found && row.salt.n) {
            erase_ledger(&row);
            ok = ROW_PUT(e->txn, TABLE_LEDGER, key, ledger_row, &row, err);
        }
        found = true;
    }
    scan_end(&scan);
    return ok;
}

/* Whether the answer names the person, or one of their conversations. */
static bool is_about_them(const struct erasing *e, struct str answer)
{
    if (memmem(answer.p, answer.n, e->row.address.p, e->row.address.n) ||
        memmem(answer.p, answer.n, e->contact.b, ID_BYTES))
        return true;
    for (size_t i = 0; i < e->row.conversations.n; i++)
        if (memmem(answer.p, answer.n, e->row.conversations.v[i].id.b, ID_BYTES))
            return true;
    return false;
}

/* An answer that names the person is emptied, but its identity stays: asked again, the command is refused and not done twice (P2). */
static bool erase_answers(struct erasing *e, struct err *err)
{
    struct scan scan;
    struct str rest;
    struct str value;
    bool found = true;
    bool ok = true;
    scan_begin(&scan, e->txn, TABLE_ANSWER, key_of_tenant(e->tenant), SCAN_FORWARD);
    if (e->row.answers_from.n == ID_BYTES) {
        struct id last;
        memcpy(last.b, e->row.answers_from.p, ID_BYTES);
        scan_after(&scan, key_of_id(e->tenant, last));
    }
    for (int i = 0; ok && i < ANSWERS_MAX; i++) {
        struct answer_row row;
        struct arena_mark mark = arena_mark(e->txn->arena);
        ok = scan_next(&scan, &rest, &value, &found, err);
        if (!ok || !found)
            break;
        struct id id = key_take_id(&rest);
        if (is_about_them(e, value)) {
            ok = row_decode(e->txn, &answer_row_record, value, &row, err);
            row.answer = (struct str){0};
            ok = ok && ROW_PUT(e->txn, TABLE_ANSWER, key_of_id(e->tenant, id), answer_row, &row, err);
        }
        arena_rewind(e->txn->arena, mark);
        e->row.answers_from = arena_dup(e->txn->arena, str_bytes(id.b, ID_BYTES));
        if (ok && !str_is_set(e->row.answers_from))
            ok = arena_err(e->txn->arena, err);
    }
    e->row.are_answers_done = ok && !found;
    scan_end(&scan);
    return ok;
}

static bool is_their_report(const struct erasing *e, const struct report_event *report)
{
    return report && report->received_at <= e->row.at &&
           (str_eq(report->to, e->row.address) || str_eq(report->from, e->row.address));
}

/* Reports that have found no message of ours, and may name the person all the same. */
static bool erase_orphans(struct erasing *e, struct err *err)
{
    struct scan scan;
    struct str rest;
    struct str value;
    bool found = true;
    bool ok = true;
    struct key at = key_of_tenant(e->tenant);
    key_bytes(&at, e->row.orphans_from.p, e->row.orphans_from.n);
    scan_begin(&scan, e->txn, TABLE_ORPHAN, key_of_tenant(e->tenant), SCAN_FORWARD);
    if (e->row.orphans_from.n)
        scan_after(&scan, at);
    for (int i = 0; ok && i < ORPHANS_MAX; i++) {
        struct report_row row;
        struct arena_mark mark = arena_mark(e->txn->arena);
        ok = scan_next(&scan, &rest, &value, &found, err);
        if (!ok || !found)
            break;
        at = key_of_tenant(e->tenant);
        key_bytes(&at, rest.p, rest.n);
        ok = row_decode(e->txn, &report_row_record, value, &row, err) &&
             (!is_their_report(e, row.report) || row_delete(e->txn, TABLE_ORPHAN, at, err));
        arena_rewind(e->txn->arena, mark);
    }
    scan_end(&scan);
    struct str last = key_str(&at);
    (void)key_take_tenant(&last);
    e->row.orphans_from = arena_dup(e->txn->arena, last);
    e->row.are_orphans_done = ok && !found;
    return ok && (!last.n || str_is_set(e->row.orphans_from) || arena_err(e->txn->arena, err));
}

/* In the audience of every campaign: neither number nor what the file said of them. Whoever still waited is skipped. */
static bool erase_recipient(struct erasing *e, const struct campaign_row *campaign, struct err *err)
{
    struct key place = key_of_recipient_address(e->tenant, campaign->id, campaign->generation, e->row.address);
    struct campaign_count_row counts;
    struct recipient_row row;
    struct str number;
    bool found;
    if (!value_get(e->txn, TABLE_RECIPIENT_ADDRESS, place, &number, &found, err))
        return false;
    if (!found)
        return true;
    int64_t at = key_take_int(&number);
    if (!recipient_get(e->txn, e->tenant, campaign, at, &row, &found, err) ||
        !campaign_counts_get(e->txn, e->tenant, campaign->id, &counts, err) ||
        !row_delete(e->txn, TABLE_RECIPIENT_ADDRESS, place, err))
        return false;
    if (!found)
        return true;
    bool was_waiting = !id_is_set(row.message) && !str_is_set(row.skipped);
    row.address = (struct str){0};
    row.values.n = 0;
    if (was_waiting)
        row.skipped = STR("erased");
    counts.skipped += was_waiting ? 1 : 0;
    return recipient_put(e->txn, e->tenant, campaign, at, &row, err) &&
           campaign_counts_put(e->txn, e->tenant, campaign->id, &counts, err);
}

static bool erase_recipients(struct erasing *e, struct err *err)
{
    struct scan scan;
    struct str rest;
    struct str value;
    bool found = true;
    bool ok = true;
    scan_begin(&scan, e->txn, TABLE_CAMPAIGN, key_of_tenant(e->tenant), SCAN_FORWARD);
    while (ok && (ok = scan_next(&scan, &rest, &value, &found, err)) && found) {
        struct campaign_row campaign;
        struct arena_mark mark = arena_mark(e->txn->arena);
        ok = row_decode(e->txn, &campaign_row_record, value, &campaign, err) && erase_recipient(e, &campaign, err);
        arena_rewind(e->txn->arena, mark);
    }
    scan_end(&scan);
    return ok;
}

/* What is kept beside the conversations is looked through once all of them are known. */
static bool go_on(struct erasing *e, struct err *err)
{
    struct key key = key_of_id(e->tenant, e->contact);
    bool has_begun = e->row.answers_from.n > 0;
    if (e->row.detached_to.n > 0 && !erase_detach(e->txn, e->tenant, e->contact, &e->row, err))
        return false;
    if (!erase_chains(e, err))
        return false;
    if (e->row.detached_to.n > 0)
        return ROW_PUT(e->txn, TABLE_ERASURE, key, erasure_row, &e->row, err);
    if ((!has_begun && (!erase_entries(e, err) || !erase_recipients(e, err))) ||
        (!e->row.are_answers_done && !erase_answers(e, err)) || (!e->row.are_notes_done && !erase_notes(e, err)) ||
        (!e->row.are_orphans_done && !erase_orphans(e, err)))
        return false;
    if (e->row.next.n == 0 && e->row.waiting.n == 0 && e->row.are_answers_done && e->row.are_notes_done &&
        e->row.are_orphans_done)
        return row_delete(e->txn, TABLE_ERASURE, key, err);
    return ROW_PUT(e->txn, TABLE_ERASURE, key, erasure_row, &e->row, err);
}

/* A tenant's, at most `most` steps. */
static bool tick_of(struct txn *txn, int64_t tenant, int most, struct err *err)
{
    struct scan scan;
    struct str rest;
    struct str value;
    bool found = true;
    bool ok = true;
    int steps = 0;
    scan_begin(&scan, txn, TABLE_ERASURE, key_of_tenant(tenant), SCAN_FORWARD);
    while (ok && steps < most && (ok = scan_next(&scan, &rest, &value, &found, err)) && found) {
        struct erasing e = { .txn = txn, .tenant = tenant, .steps = steps, .most = most };
        e.contact = key_take_id(&rest);
        ok = row_decode(txn, &erasure_row_record, value, &e.row, err) && go_on(&e, err);
        steps = e.steps + 1;
    }
    scan_end(&scan);
    return ok;
}

bool erase_tick(struct txn *txn, struct err *err)
{
    int64_t tenants[TENANTS_MAX];
    size_t n;
    bool ok = tenants_in_turn(txn, TABLE_ERASURE, tenants, TENANTS_MAX, &n, err);
    for (size_t i = 0; ok && i < n; i++)
        ok = tick_of(txn, tenants[i], STEPS_MAX / (int)n, err);
    return ok;
}
