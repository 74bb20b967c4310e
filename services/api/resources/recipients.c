/* /api/v1/campaigns/{id}/recipients: by the page as JSON, or all of them as CSV. */
#include "routes.h"
#include "wire/csv.h"

#include <stdatomic.h>

enum {
    FILE_MAX_BYTES = 96 * 1024 *
                     1024, /* 100,000 recipients with long texts; built whole, so that a broken one cannot look whole */
    AT_ONCE_MAX = 2,
    PAGE = 1000,
};

static atomic_int exports;

static void add_row(struct buf *out, const struct recipient_view *r)
{
    (void)buf_add_format(out, "%lld,", (long long)r->line); /* failures are counted by `out`, asked for a page */
    csv_add(out, r->to, ',');
    csv_add(out, r->from, ',');
    csv_add(out, r->status, ',');
    csv_add(out, r->status_reason, ',');
    if (r->error_code != INT_UNSET)
        (void)buf_add_int(out, r->error_code); /* as above */
    (void)buf_add_char(out, ','); /* as above */
    csv_add(out, id_is_set(r->message_id) ? str_of(id_text(r->message_id).c) : STR(""), ',');
    (void)buf_add_format(out, "%lld,", (long long)r->segments); /* as above */
    csv_add(out, r->cost ? r->cost->amount : STR(""), ',');
    csv_add(out, r->cost ? r->cost->currency : STR(""), ',');
    csv_add(out, r->text, '\n');
}

static bool add_all(struct call *call, struct recipients_query *query, struct buf *out, struct err *err)
{
    struct arena *outer = call->arena;
    struct arena inner;
    struct recipient_page page;
    char cursor[1024];
    bool ok;
    arena_init(&inner, CALL_MEMORY_MAX_BYTES);
    do {
        call->arena = &inner;
        ok = call_ask(call, OP_recipients, query, &page, err);
        call->arena = outer;
        for (size_t i = 0; ok && i < page.data.n; i++)
            add_row(out, &page.data.v[i]);
        if (ok && (out->has_failed || page.next_cursor.n >= sizeof cursor))
            ok = err_set(err, ERR_TOO_BIG, NULL, "too much for one CSV; read it with format=json");
        if (!ok)
            break;
        memcpy(cursor, page.next_cursor.p ? page.next_cursor.p : "", page.next_cursor.n);
        query->cursor = str_is_set(page.next_cursor) ? str_bytes(cursor, page.next_cursor.n) : (struct str){ 0 };
        arena_reset(&inner);
    } while (str_is_set(query->cursor));
    arena_release(&inner);
    return ok;
}

static bool answer_csv(struct call *call, struct recipients_query *query, struct err *err)
{
    struct buf out;
    bool ok = true;
    if (str_is_set(query->cursor) || str_is_set(call_query(call, "limit")))
        return err_set(err, ERR_INPUT, "format", "csv is all of them: no cursor, no limit");
    if (atomic_fetch_add(&exports, 1) >= AT_ONCE_MAX)
        ok = err_set(err, ERR_BUSY, NULL, "other exports are running; ask again in a moment");
    buf_init(&out, FILE_MAX_BYTES);
    (void)buf_add_text(&out, "line,to,from,status,status_reason,error_code,message_id,segments,cost,currency,text\r\n");
    query->limit = PAGE;
    ok = ok && add_all(call, query, &out, err);
    if (ok) {
        call_header(call, "Content-Disposition", STR("attachment; filename=\"recipients.csv\""));
        call_header(call, "Event-Id", arena_format(call->arena, "%lld", (long long)call->info.event_id));
        call_header(call, "Cache-Control", STR("no-store"));
        ok = call_answer_bytes(call, 200, "text/csv; charset=utf-8", buf_str(&out));
    }
    buf_release(&out);
    atomic_fetch_sub(&exports, 1);
    return ok;
}

bool campaign_recipients(struct call *call, struct err *err)
{
    struct str format = call_query(call, "format");
    struct recipients_query query = { .cursor = call_query(call, "cursor"), .status = call_query(call, "status") };
    struct recipient_page page;
    if (!call_id(call, 0, &query.id, err))
        return false;
    if (str_is(format, "csv"))
        return answer_csv(call, &query, err);
    if (str_is_set(format) && !str_is(format, "json"))
        return err_set(err, ERR_INPUT, "format", "must be one of: json, csv");
    return call_query_limit(call, &query.limit, err) && call_ask(call, OP_recipients, &query, &page, err) &&
           call_answer(call, 200, &recipient_page_record, &page, err);
}
