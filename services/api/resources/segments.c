/* /api/v1/segments: counted here; the worker is asked for the price only. */
#include "domain/price.h"
#include "domain/segments.h"
#include "routes.h"

enum { FORCED_MAX = 200 }; /* different characters shown; a text of 737 units has hardly more */

/* clang-format off */
#define FORCED_VIEW(X, S) \
    X(S, STR,  character,   _) \
    X(S, INT,  offset,      _) \
    X(S, STR,  replacement, _)
#define SEGMENTS_VIEW(X, S) \
    X(S, ENUM, encoding,    encoding) \
    X(S, INT,  segments,    _) \
    X(S, INT,  units,       _) \
    X(S, INT,  left,        _) \
    X(S, LIST, forced_by,   forced_view) \
    X(S, OBJECT, cost,      cost_view)
/* clang-format on */
RECORD_STRUCT(forced_view, FORCED_VIEW)
RECORD_TABLE(forced_view, FORCED_VIEW);
RECORD_STRUCT(segments_view, SEGMENTS_VIEW)
RECORD_TABLE(segments_view, SEGMENTS_VIEW);

static bool is_listed(const struct segments_view *view, struct str character)
{
    for (size_t i = 0; i < view->forced_by.n; i++)
        if (str_eq(view->forced_by.v[i].character, character))
            return true;
    return false;
}

/* What the text would cost as one SMS to that number or prefix; no price fits: null. */
static bool add_cost(struct call *call, struct segments_view *view, struct err *err)
{
    struct price_query query = { .to = call_query(call, "to") };
    struct price_view price;
    int64_t each;
    char text[MONEY_TEXT_BYTES];
    if (!str_is_set(query.to))
        return true;
    if (!price_place_check(query.to, err))
        return false;
    if (!call_ask(call, OP_price, &query, &price, err))
        return false;
    if (!str_is_set(price.outbound))
        return true;
    view->cost = arena_alloc(call->arena, sizeof *view->cost);
    if (!view->cost)
        return arena_err(call->arena, err);
    if (!money_parse(price.outbound, "outbound", &each, err))
        return false;
    money_format(money_times(each, view->segments), text);
    *view->cost = (struct cost_view){ arena_dup(call->arena, str_of(text)), STR("USD"), true };
    return true;
}

bool segments_get(struct call *call, struct err *err)
{
    struct str text;
    struct forced forced;
    if (!pair_find(call->query.pairs, call->query.n, "text", &text))
        return err_set(err, ERR_INPUT, "text", "is required");
    struct segments count = segments_count(text);
    struct segments_view view = {
        .encoding = count.encoding, .segments = count.segments, .units = count.units, .left = count.left
    };
    view.forced_by.v = arena_alloc_array(call->arena, FORCED_MAX, sizeof view.forced_by.v[0]);
    if (!view.forced_by.v)
        return arena_err(call->arena, err);
    for (struct forced_cursor c = forced_begin(text); view.forced_by.n < FORCED_MAX && forced_next(&c, &forced);)
        if (!is_listed(&view, forced.character)) /* each where it first occurs */
            view.forced_by.v[view.forced_by.n++] = (struct forced_view){ forced.character, forced.offset,
                                                                         forced.replacement };
    return add_cost(call, &view, err) && call_answer(call, 200, &segments_view_record, &view, err);
}
