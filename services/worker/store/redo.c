#include "store/redo.h"

enum { PUT = 'p', DELETED = 'd' };

struct op {
    uint8_t kind;
    uint8_t name_n;
    uint16_t unused; /* 0: no byte of memory gets into the file by chance */
    uint32_t key_n;
    uint32_t value_n;
};

bool redo_add(struct buf *payload, enum table table, struct str key, const struct str *value)
{
    const struct str name = str_of(table_name(table));
    const struct op op = {.kind = value ? PUT : DELETED,
                           .name_n = (uint8_t)name.n,
                           .key_n = (uint32_t)key.n,
                           .value_n = value ? (uint32_t)value->n : 0 };
    return buf_add_bytes(payload, &op, sizeof op) && buf_add(payload, name) && buf_add(payload, key) &&
           (!value || buf_add(payload, *value));
}

static struct str take(struct str *from, size_t n)
{
    struct str out = {from->p, n};
    from->p += n;
    from->n -= n;
    return out;
}

static bool table_of(struct str name, enum table *out)
{
    for (size_t i = 0; i < TABLE_COUNT; i++)
        if (str_is(name, table_name((enum table)i))) {
            *out = (enum table)i;
            return true;
        }
    return false;
}

bool redo_read(struct str payload, redo_each *each, void *context, struct err *err)
{
    while (payload.n > 0) {
        struct op op;
        enum table table;
        if (payload.n < sizeof op)
            return err_set(err, ERR_BROKEN, "STORE_URL", "the store's journal has half a row");
        memcpy(&op, payload.p, sizeof op);
        (void)take(&payload, sizeof op);
        if (payload.n < (size_t)op.name_n + op.key_n + op.value_n)
            return err_set(err, ERR_BROKEN, "STORE_URL", "the store's journal has half a row");
        const struct str name = take(&payload, op.name_n);
        const struct str key = take(&payload, op.key_n);
        const struct str value = take(&payload, op.value_n);
        if (!table_of(name, &table))
            return err_set(err, ERR_BROKEN, "STORE_URL",
                           "the store's journal is of a newer version: it writes to \"%.*s\"", STR_ARGS(name));
        if (!each(context, table, key, op.kind == PUT ? &value : NULL, err))
            return false;
    }
    return true;
}
