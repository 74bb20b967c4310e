#include "query/bulk_views.h"

#include "domain/template.h"
#include "query/query.h"
#include "store/prices.h"

enum { VARIABLES_MAX = 64 };

struct cost_view *cost_view_make(struct arena *arena, int64_t amount, bool is_estimated)
{
    struct cost_view *cost = arena_alloc(arena, sizeof *cost);
    struct str text = money_text(arena, amount);
    if (!cost || !str_is_set(text))
        return NULL;
    *cost = (struct cost_view){ text, STR(CURRENCY), is_estimated };
    return cost;
}

/* --- templates and pools --- */

static bool is_listed(const struct template_view *view, struct str name)
{
    for (size_t i = 0; i < view->variables.n; i++)
        if (str_eq(view->variables.v[i], name))
            return true;
    return false;
}

bool template_view_make(struct txn *txn, const struct template_row *row, struct template_view *out, struct err *err)
{
    struct str rest = row->text;
    struct str name;
    record_init(&template_view_record, out);
    out->id = row->id;
    out->name = row->name;
    out->text = row->text;
    out->created_at = row->created_at;
    out->updated_at = row->updated_at;
    out->variables.v = arena_alloc_array(txn->arena, VARIABLES_MAX, sizeof *out->variables.v);
    if (!out->variables.v)
        return arena_err(txn->arena, err);
    while (out->variables.n < VARIABLES_MAX && template_next_name(&rest, &name))
        if (!is_listed(out, name))
            out->variables.v[out->variables.n++] = name;
    return true;
}

void pool_view_make(const struct pool_row *row, bool is_default, struct pool_view *out)
{
    record_init(&pool_view_record, out);
    out->id = row->id;
    out->name = row->name;
    out->numbers.v = row->numbers.v;
    out->numbers.n = row->numbers.n;
    out->sticky = !row->is_free;
    out->local = !row->is_anywhere;
    out->is_default = is_default;
    out->created_at = row->created_at;
    out->updated_at = row->updated_at;
}

/* --- campaigns --- */

static bool add_audience(struct txn *txn, const struct campaign_row *row, struct campaign_view *out)
{
    out->audience = arena_alloc(txn->arena, sizeof *out->audience);
    if (!out->audience)
        return false;
    record_init(&audience_view_record, out->audience);
    out->audience->kind = row->audience;
    out->audience->is_ready = row->is_complete;
    out->audience->recipients = row->recipients;
    out->audience->refused = row->refused;
    out->audience->columns.v = row->columns.v;
    out->audience->columns.n = row->columns.n;
    out->audience->filter = row->filter;
    return true;
}

static bool add_preview(struct txn *txn, const struct campaign_row *row, struct campaign_view *out)
{
    bool is_counted = row->counted_revision == row->revision;
    out->preview = arena_alloc(txn->arena, sizeof *out->preview);
    if (!out->preview)
        return false;
    record_init(&campaign_preview_record, out->preview);
    out->preview->is_ready = is_counted && row->is_complete && row->counted_to == row->recipients;
    out->preview->recipients = is_counted ? row->counted_to : 0;
    out->preview->unusable = is_counted ? row->unusable : 0;
    out->preview->segments = is_counted ? row->segments : 0;
    out->preview->cost = cost_view_make(txn->arena, is_counted ? row->estimate : 0, true);
    return out->preview->cost != NULL;
}

static bool add_counts(struct txn *txn, int64_t tenant, const struct campaign_row *row, struct campaign_view *out,
                       struct err *err)
{
    struct campaign_count_row counts;
    int64_t made = 0;
    if (!campaign_counts_get(txn, tenant, row->id, &counts, err))
        return false;
    out->counts = arena_alloc(txn->arena, sizeof *out->counts);
    out->cost = cost_view_make(txn->arena, counts.cost, counts.accepted + counts.sending + counts.unconfirmed > 0);
    if (!out->counts || !out->cost)
        return arena_err(txn->arena, err);
    for (int status = STATUS_QUEUED; status < STATUS_COUNT; status++)
        made += *campaign_counter(&counts, (enum message_status)status);
#define STANDING(_, kind, name, extra) out->counts->name = counts.name;
    CAMPAIGN_STANDINGS(STANDING, _)
#undef STANDING
    out->counts->waiting = max_i64(0, row->recipients - made - counts.skipped);
    return true;
}

bool campaign_view_make(struct txn *txn, int64_t tenant, const struct campaign_row *row, struct campaign_view *out,
                        struct err *err)
{
    record_init(&campaign_view_record, out);
    out->id = row->id;
    out->name = row->name;
    out->state = row->state;
    out->revision = row->revision;
    out->text = row->text;
    out->template_id = row->template;
    out->from = row->from.n > 0 ? row->from : (struct str){ 0 };
    out->topic = row->topic.n > 0 ? row->topic : (struct str){ 0 };
    out->throttle = row->throttle;
    out->send_at = row->send_at;
    out->valid_until = row->valid_until;
    out->approved_at = row->approved_at;
    out->approved_by = row->approved_by;
    out->started_at = row->started_at;
    out->done_at = row->done_at;
    out->created_at = row->created_at;
    out->updated_at = row->updated_at;
    if (!add_audience(txn, row, out) || !add_preview(txn, row, out))
        return arena_err(txn->arena, err);
    return add_counts(txn, tenant, row, out, err);
}
