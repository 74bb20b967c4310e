/* The limits that numbers share, and how much of today's is used up. */
#include "apply/day_clock.h"
#include "apply/grant_facts.h"
#include "query/query.h"

enum { SHARED_LIMITS_MAX = 1000 }; /* few tenants have ten campaigns */

bool shared_limit_read(struct txn *txn, int64_t tenant, struct str name, struct shared_limit *out, bool *found,
                       struct err *err)
{
    struct shared_limit_row row;
    struct limit_row line;
    bool has_line;
    struct str address = arena_format(txn->arena, SHARED_LINE "%.*s", STR_ARGS(name));
    record_init(&shared_limit_record, out);
    if (!str_is_set(address))
        return arena_err(txn->arena, err);
    if (!ROW_GET(txn, TABLE_SHARED_LIMIT, key_of_text(tenant, name), shared_limit_row, &row, found, err) ||
        !ROW_GET(txn, TABLE_LIMIT, key_of_text(tenant, address), limit_row, &line, &has_line, err))
        return false;
    out->name = name;
    out->daily_limit = INT_UNSET;
    if (*found) {
        out->rate = row.rate;
        out->daily_limit = row.daily_limit;
        out->updated_at = row.updated_at;
    }
    if (has_line && line.day == pacific_day(txn->now_ms).day)
        out->used_today = line.day_segments;
    return true;
}

bool limits_query(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request, void *reply,
                  struct err *err)
{
    struct shared_limit_page *page = reply;
    struct scan scan;
    struct str rest;
    struct str value;
    bool found = true;
    bool ok = true;
    (void)settings;
    (void)request;
    page->data.v = arena_alloc_array(txn->arena, SHARED_LIMITS_MAX, sizeof *page->data.v);
    if (!page->data.v)
        return arena_err(txn->arena, err);
    scan_begin(&scan, txn, TABLE_SHARED_LIMIT, key_of_tenant(tenant), SCAN_FORWARD);
    while (ok && page->data.n < SHARED_LIMITS_MAX && (ok = scan_next(&scan, &rest, &value, &found, err)) && found) {
        struct str name = arena_dup(txn->arena, key_take_text(&rest));
        ok = str_is_set(name) ? shared_limit_read(txn, tenant, name, &page->data.v[page->data.n++], &found, err)
                              : arena_err(txn->arena, err);
    }
    scan_end(&scan);
    return ok;
}
