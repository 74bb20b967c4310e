/* /api/v1/consent: the ledger of every change of consent, as JSON by the page or as CSV as a whole. */
#include "routes.h"
#include "wire/csv.h"

#include <stdatomic.h>

enum {
    CSV_MAX_BYTES = 64 * 1024 *
                    1024, /* some 250,000 entries; built whole, so that a broken export cannot look like a whole one */
    CSV_AT_ONCE_MAX = 2,
    CSV_PAGE = CALL_LIMIT_MAX,
};

static atomic_int exports;

bool consent_verify(struct call *call, struct err *err)
{
    struct nothing nothing = { 0 };
    struct consent_verdict verdict;
    return call_ask(call, OP_ledger_verify, &nothing, &verdict, err) &&
           call_answer(call, 200, &consent_verdict_record, &verdict, err);
}

static void add_row(struct buf *out, const struct consent_entry_view *e)
{
    char at[TIME_TEXT_BYTES];
    time_format(e->at, at);
    (void)buf_add_format(out, "%lld,%s,", (long long)e->sequence, at); /* as above */
    csv_add(out, e->number, ',');
    csv_add(out, id_is_set(e->contact_id) ? str_of(id_text(e->contact_id).c) : STR(""), ',');
    csv_add(out, e->address, ',');
    (void)buf_add_format(out, "%s,%s,%s,", words_name(&consent_words, (int)e->from),
                         words_name(&consent_words, (int)e->to), words_name(&consent_source_words, (int)e->source));
    csv_add(out, e->evidence, ',');
    csv_add(out, e->actor, ',');
    csv_add(out, e->hash, ',');
    csv_add(out, e->scope, '\n');
}

/* Page after page with a memory of its own for each; the newest entry's hash goes into the header. */
static bool add_all(struct call *call, struct buf *out, struct err *err)
{
    struct arena *outer = call->arena;
    struct arena inner;
    struct consent_page page;
    struct consent_query query = { .limit = CSV_PAGE };
    bool is_first = true;
    bool ok;
    char cursor[1024];
    arena_init(&inner, CALL_MEMORY_MAX_BYTES);
    do {
        call->arena = &inner;
        ok = call_ask(call, OP_ledger, &query, &page, err);
        call->arena = outer;
        for (size_t i = 0; ok && i < page.data.n; i++)
            add_row(out, &page.data.v[i]);
        if (ok && is_first)
            call_header(call, "Ledger-Head", arena_dup(outer, page.data.n ? page.data.v[0].hash : STR("")));
        if (ok && (out->has_failed || page.next_cursor.n >= sizeof cursor))
            ok = err_set(err, ERR_TOO_BIG, NULL, "the ledger is too long for one CSV; read it with format=json");
        if (!ok)
            break;
        is_first = false;
        memcpy(cursor, page.next_cursor.p ? page.next_cursor.p : "", page.next_cursor.n);
        query.cursor = str_is_set(page.next_cursor) ? str_bytes(cursor, page.next_cursor.n) : (struct str){ 0 };
        arena_reset(&inner);
    } while (str_is_set(query.cursor));
    arena_release(&inner);
    return ok;
}

static bool answer_csv(struct call *call, struct err *err)
{
    struct buf out;
    bool ok = true;
    if (call->query.n > 1)
        return err_set(err, ERR_INPUT, "format", "csv is the whole ledger: no cursor, no limit");
    if (atomic_fetch_add(&exports, 1) >= CSV_AT_ONCE_MAX)
        ok = err_set(err, ERR_BUSY, NULL, "other exports are running; ask again in a moment");
    buf_init(&out, CSV_MAX_BYTES);
    (void)buf_add_text(
        &out,
        "sequence,at,number,contact_id,address,from,to,source,evidence,actor,hash,scope\r\n"); /* asked in add_all() */
    ok = ok && add_all(call, &out, err);
    if (ok) {
        call_header(call, "Content-Disposition", STR("attachment; filename=\"consent-ledger.csv\""));
        call_header(call, "Event-Id", arena_format(call->arena, "%lld", (long long)call->info.event_id));
        call_header(call, "Cache-Control", STR("no-store"));
        ok = call_answer_bytes(call, 200, "text/csv; charset=utf-8", buf_str(&out));
    }
    buf_release(&out);
    atomic_fetch_sub(&exports, 1);
    return ok;
}

bool consent_ledger(struct call *call, struct err *err)
{
    struct str format = call_query(call, "format");
    struct consent_query query = { .cursor = call_query(call, "cursor") };
    struct consent_page page;
    if (str_is(format, "csv"))
        return answer_csv(call, err);
    if (str_is_set(format) && !str_is(format, "json"))
        return err_set(err, ERR_INPUT, "format", "must be one of: json, csv");
    if (!call_query_limit(call, &query.limit, err) || !call_ask(call, OP_ledger, &query, &page, err))
        return false;
    if (!str_is_set(query.cursor)) /* a later page does not hold the newest entry */
        call_header(call, "Ledger-Head", page.data.n ? page.data.v[0].hash : STR(""));
    return call_answer(call, 200, &consent_page_record, &page, err);
}
