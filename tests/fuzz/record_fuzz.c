/* Any bytes as msgpack and as JSON: an answer, never a crash; and what was taken comes back the same after another round. */
#include "unit/common/wire/sample.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    ARENA_BYTES = 64 * 1024 * 1024,
    BUFFER_BYTES = 64 * 1024 * 1024
};

static void expect(bool is_so)
{
    if (!is_so)
        abort();
}

/* msgpack -> struct -> msgpack -> struct -> the same msgpack. */
static void through_msgpack(struct str in, struct arena *arena)
{
    struct sample first;
    struct sample second;
    struct err err = { 0 };
    struct buf once;
    struct buf twice;
    buf_init(&once, BUFFER_BYTES);
    buf_init(&twice, BUFFER_BYTES);
    if (record_decode(&sample_record, in, arena, &first, &err)) {
        expect(record_encode(&sample_record, &first, &once));
        expect(record_decode(&sample_record, buf_str(&once), arena, &second, &err));
        expect(record_encode(&sample_record, &second, &twice));
        expect(str_eq(buf_str(&once), buf_str(&twice)));
        buf_clear(&twice);
        expect(record_to_json(&sample_record, &first, &twice)); /* whatever a peer sends can be shown */
        expect(str_is_utf8(buf_str(&twice)));
    } else {
        expect(err.kind != ERR_NONE && str_is_utf8(str_of(err.field)) && str_is_utf8(str_of(err.text)));
    }
    buf_release(&once);
    buf_release(&twice);
}

/* JSON -> struct -> JSON -> struct -> the same JSON; and by way of msgpack. */
static void through_json(struct str in, struct arena *arena)
{
    struct sample first;
    struct sample second;
    struct err err = { 0 };
    struct buf once;
    struct buf twice;
    uint64_t present = 0;
    buf_init(&once, BUFFER_BYTES);
    buf_init(&twice, BUFFER_BYTES);
    if (record_from_json(&sample_record, in, arena, &first, &present, &err)) {
        expect(present >> sample_record.n == 0);
        expect(record_to_json(&sample_record, &first, &once));
        expect(record_from_json(&sample_record, buf_str(&once), arena, &second, NULL, &err));
        expect(record_to_json(&sample_record, &second, &twice));
        expect(str_eq(buf_str(&once), buf_str(&twice)));
        buf_clear(&twice);
        expect(record_encode(&sample_record, &first, &twice));
        expect(record_decode(&sample_record, buf_str(&twice), arena, &second, &err));
    } else {
        expect(err.kind != ERR_NONE && str_is_utf8(str_of(err.field)) && str_is_utf8(str_of(err.text)));
    }
    buf_release(&once);
    buf_release(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    arena_init(&arena, ARENA_BYTES);
    struct str in = { (const char *)data, size };
    through_msgpack(in, &arena);
    arena_reset(&arena);
    through_json(in, &arena);
    arena_release(&arena);
    return 0;
}
