/* Deliverability: what was counted of numbers, templates or carriers over some days, added up. */
#include "apply/health.h"
#include "plivo/plivo_words.h"
#include "query/query.h"
#include "domain/campaign_words.h"

enum { NAMES_MAX = 500, DAYS_DEFAULT = 7, CODES_MAX = 64, DAY_MS = 86400000 };

static bool add_codes(struct txn *txn, const struct health_row *row, struct deliverability_view *view, struct err *err)
{
    if (!view->codes.v)
        view->codes.v = arena_alloc_array(txn->arena, CODES_MAX, sizeof *view->codes.v);
    if (!view->codes.v)
        return arena_err(txn->arena, err);
    for (size_t i = 0; i < row->codes.n; i++) {
        char scratch[PLIVO_SENTENCE_BYTES];
        size_t at = 0;
        while (at < view->codes.n && view->codes.v[at].code != row->codes.v[i].code)
            at++;
        if (at == CODES_MAX)
            continue;
        if (at == view->codes.n)
            view->codes.v[view->codes.n++] = (struct code_count){
                .code = row->codes.v[i].code,
                .text = arena_dup(txn->arena, str_of(plivo_error_find(row->codes.v[i].code, scratch).sentence)),
            };
        view->codes.v[at].messages += row->codes.v[i].n;
    }
    return true;
}

/* The view of this name: rows of one name follow each other. */
static struct deliverability_view *view_of(struct txn *txn, struct deliverability_page *page, enum health_kind by,
                                           struct str name)
{
    if (page->data.n > 0 && str_eq(page->data.v[page->data.n - 1].name, name))
        return &page->data.v[page->data.n - 1];
    if (page->data.n == NAMES_MAX)
        return NULL;
    struct deliverability_view *view = &page->data.v[page->data.n++];
    record_init(&deliverability_view_record, view);
    view->by = by;
    view->name = arena_dup(txn->arena, name);
    return view;
}

static bool add_day(struct txn *txn, struct deliverability_page *page, enum health_kind by, struct str name,
                    struct str value, struct err *err)
{
    struct health_row row;
    if (!row_decode(txn, &health_row_record, value, &row, err))
        return false;
    struct deliverability_view *view = view_of(txn, page, by, name);
    if (!view)
        return true;
    view->reported += row.reported;
    view->delivered += row.delivered;
    view->failed += row.failed;
    view->spam += row.spam;
    view->opted_out += row.opted_out;
    return add_codes(txn, &row, view, err);
}

/* One step: a day is added, or the days before `since` are passed over at once: rows are kept for longer than anybody asks for, and must
 * not use up the steps of names that come after them. *found false: there is nothing more. */
static bool step(struct txn *txn, struct deliverability_page *page, int64_t tenant, enum health_kind by,
                 struct scan *scan, int64_t since, bool *found, struct err *err)
{
    struct str rest;
    struct str value;
    if (!scan_next(scan, &rest, &value, found, err))
        return false;
    if (!*found)
        return true;
    struct str name = key_take_text(&rest);
    if (key_take_int(&rest) < since) {
        scan_from(scan, key_of_health(tenant, (int)by, name, since));
        return true;
    }
    return add_day(txn, page, by, name, value, err);
}

/* One page holds them all: numbers are few, and of more templates or networks the first NAMES_MAX say enough. */
bool deliverability_query_run(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request,
                              void *reply, struct err *err)
{
    const struct deliverability_query *asked = request;
    struct deliverability_page *page = reply;
    struct scan scan;
    int by = HEALTH_NUMBER;
    int64_t days;
    bool found = true;
    bool ok = true;
    (void)settings;
    if (asked->by.n && !words_find(&health_kind_words, asked->by, &by))
        return err_set(err, ERR_INPUT, "by", "must be one of: number, template, carrier");
    days = asked->days ? asked->days : DAYS_DEFAULT;
    if (days < 1 || days > HEALTH_DAYS_MAX)
        return err_set(err, ERR_INPUT, "days", "must be 1 to %d", HEALTH_DAYS_MAX);
    page->data.v = arena_alloc_array(txn->arena, NAMES_MAX, sizeof *page->data.v);
    if (!page->data.v)
        return arena_err(txn->arena, err);
    scan_begin(&scan, txn, TABLE_HEALTH, key_of_health_kind(tenant, by), SCAN_FORWARD);
    int64_t since = txn->now_ms / DAY_MS - days + 1;
    for (int steps = 0; ok && found && !query_is_over(txn, steps); steps++)
        ok = step(txn, page, tenant, (enum health_kind)by, &scan, since, &found, err);
    scan_end(&scan);
    return ok;
}
