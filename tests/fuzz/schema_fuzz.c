/* A bus frame's body as any operation's request or reply: an answer, never a crash; what was taken can be shown, and is
 * taken again. Input: the operation's number, whether it is the reply, and msgpack. */
#include "wire/schema.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ARENA_BYTES = 32 * 1024 * 1024, BUFFER_BYTES = 32 * 1024 * 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    const struct operation_row *row = operation_row((enum operation)(data[0] % OPERATION_COUNT));
    const struct record *record = data[1] & 1 ? row->reply : row->request;
    struct arena arena;
    struct err err = { 0 };
    struct buf once, twice;
    arena_init(&arena, ARENA_BYTES);
    buf_init(&once, BUFFER_BYTES);
    buf_init(&twice, BUFFER_BYTES);
    void *object = arena_alloc(&arena, record->size);
    assert(object);
    if (record_decode(record, str_bytes(data + 2, size - 2), &arena, object, &err)) {
        assert(record_encode(record, object, &once));
        assert(record_decode(record, buf_str(&once), &arena, object, &err) && record_encode(record, object, &twice));
        assert(str_eq(buf_str(&once), buf_str(&twice)));
        buf_clear(&twice);
        assert(record_to_json(record, object, &twice) && str_is_utf8(buf_str(&twice)));
    } else {
        assert(err.kind != ERR_NONE);
    }
    buf_release(&once);
    buf_release(&twice);
    arena_release(&arena);
    return 0;
}
