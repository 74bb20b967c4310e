/* A page's cursor as a client brings it back, and one of ours. Input: filters, a line feed, cursor or position. */
#include "query/query.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ARENA_BYTES = 64 * 1024, POSITION_MAX_BYTES = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str rest = str_bytes(data, size);
    struct str filters = { 0 };
    struct arena arena;
    struct txn txn = { .arena = &arena };
    struct str position;
    struct str cursor;
    struct err err;
    arena_init(&arena, ARENA_BYTES);
    if (size > ARENA_BYTES / 8 || !str_next(&rest, '\n', &filters) || !str_is_set(rest))
        goto done;
    if (cursor_parse(&txn, filters, rest, &position, &err)) { /* then it is one that we could have given */
        assert(position.n <= POSITION_MAX_BYTES && cursor_format(&txn, filters, position, &cursor, &err));
        assert(str_eq(cursor, rest));
    } else {
        assert(err.kind == ERR_INPUT && str_is(str_of(err.field), "cursor"));
    }
    struct str place = str_slice(rest, 0, POSITION_MAX_BYTES);
    if (place.n == 0) /* a page ends behind something */
        goto done;
    assert(cursor_format(&txn, filters, place, &cursor, &err));
    assert(cursor_parse(&txn, filters, cursor, &position, &err) && str_eq(position, place));
    ((char *)(uintptr_t)cursor.p)[cursor.n - 1] ^= 1; /* another digit or none */
    assert(!cursor_parse(&txn, filters, cursor, &position, &err));
done:
    arena_release(&arena);
    return 0;
}
