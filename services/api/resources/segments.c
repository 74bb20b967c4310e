/* /api/v1/segments: counted here, nobody is asked. */
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
    X(S, LIST, forced_by,   forced_view)
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
    return call_answer(call, 200, &segments_view_record, &view, err);
}
