/* A request's query as handlers read it, and server-sent events of any text. Input: the query, a line feed, what an event
 * says. */
#include "call.h"
#include "feed.h"
#include "routes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ARENA_BYTES = 1024 * 1024, EVENT_BYTES = 1024 * 1024 };

static void judge_query(struct call *call)
{
    struct err err = { 0 };
    int64_t n = 0;
    if (call_query_limit(call, &n, &err))
        assert(n >= 1 && n <= CALL_LIMIT_MAX);
    else
        assert(err.kind == ERR_INPUT && str_is(str_of(err.field), "limit"));
    if (!call_query_time(call, "since", &n, &err))
        assert(err.kind == ERR_INPUT && str_is(str_of(err.field), "since"));
    if (!call_query_word(call, "direction", &direction_words, &err))
        assert(err.kind == ERR_INPUT && str_is_utf8(str_of(err.text)));
    if (str_to_int(call_query(call, "last_event_id"), 0, INT64_MAX - 1, &n))
        assert(n >= 0 && n < INT64_MAX);
}

/* One event is one block, whatever stands in it: its data comes back line by line. */
static void judge_event(struct str data)
{
    struct buf out;
    buf_init(&out, EVENT_BYTES);
    assert(sse_add(&out, 7, STR("t"), data));
    struct str rest = buf_str(&out);
    struct str line;
    struct str item;
    assert(str_next(&rest, '\n', &line) && str_is(line, "id: 7"));
    assert(str_next(&rest, '\n', &line) && str_is(line, "event: t"));
    while (str_next(&data, '\n', &item)) {
        assert(str_next(&rest, '\n', &line) && str_starts(line, STR("data: ")));
        assert(str_eq(str_slice(line, 6, line.n), item));
    }
    assert(str_next(&rest, '\n', &line) && line.n == 0 && rest.n == 0);
    buf_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str rest = str_bytes(data, size);
    struct str query = { 0 };
    struct arena arena;
    struct err err;
    struct call call = { .arena = &arena };
    if (size > EVENT_BYTES / 16)
        return 0;
    arena_init(&arena, ARENA_BYTES);
    (void)str_next(&rest, '\n', &query); /* the input is set: always gives one */
    if (form_decode(query, &arena, &call.query, &err))
        judge_query(&call);
    judge_event(rest);
    arena_release(&arena);
    return 0;
}
