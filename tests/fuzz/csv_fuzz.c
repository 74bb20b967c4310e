/* A file of recipients: records rise in their lines, cells lie in the text or the arena, and what is written is read back. */
#include "wire/csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void round_trip(const struct csv_record *record, struct arena *arena)
{
    struct buf out;
    struct csv csv;
    struct csv_record again;
    buf_init(&out, 1 << 20);
    for (size_t i = 0; i < record->n; i++)
        csv_add(&out, record->cells[i], i + 1 < record->n ? ',' : '\n');
    csv_begin(&csv, buf_str(&out));
    csv.separator = ',';
    bool is_there = !out.has_failed && csv_next(&csv, arena, &again);
    if (is_there && !again.fault && again.line == 1)
        assert(again.n == record->n);
    buf_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct csv csv;
    struct csv_record record;
    int64_t last = 0;
    arena_init(&arena, 1 << 20);
    csv_begin(&csv, str_bytes(data, size));
    while (csv_next(&csv, &arena, &record)) {
        assert(record.line > last && record.n <= CSV_CELLS_MAX && (record.fault == NULL) == (record.n > 0));
        last = record.line;
        for (size_t i = 0; i < record.n; i++)
            (void)str_is_utf8(record.cells[i]); /* for its memory accesses */
        round_trip(&record, &arena);
    }
    assert(csv.at == size || arena_is_full(&arena) || csv.at >= csv.text.n);
    arena_release(&arena);
    return 0;
}
