#include "wire/record.h"

#include <math.h>
#include <msgpack.h>

#define MEMBER_AT(object, field, type) ((type *)(void *)((char *)(object) + (field)->offset))
#define CONST_MEMBER_AT(object, field, type) ((const type *)(const void *)((const char *)(object) + (field)->offset))

void record_init(const struct record *record, void *object)
{
    memset(object, 0, record->size);
    for (size_t i = 0; i < record->n; i++)
        if (record->fields[i].kind == FIELD_OPT)
            *MEMBER_AT(object, &record->fields[i], int64_t) = INT_UNSET;
}

uint64_t record_bit(const struct record *record, const char *field)
{
    for (size_t i = 0; i < record->n; i++)
        if (strcmp(record->fields[i].name, field) == 0)
            return UINT64_C(1) << i;
    assert(!"the record has no such field");
    return 0;
}

/* --- msgpack out --- */

static bool is_unset(const struct field *f, const void *object)
{
    switch (f->kind) {
    case FIELD_STR:
    case FIELD_BIN:
    case FIELD_JSON:
        return !str_is_set(*CONST_MEMBER_AT(object, f, struct str));
    case FIELD_INT:
    case FIELD_TIME:
        return *CONST_MEMBER_AT(object, f, int64_t) == 0;
    case FIELD_OPT:
        return *CONST_MEMBER_AT(object, f, int64_t) == INT_UNSET;
    case FIELD_REAL:
        return *CONST_MEMBER_AT(object, f, double) == 0;
    case FIELD_BOOL:
        return !*CONST_MEMBER_AT(object, f, bool);
    case FIELD_ID:
        return !id_is_set(*CONST_MEMBER_AT(object, f, struct id));
    case FIELD_ENUM:
        return *CONST_MEMBER_AT(object, f, int) == 0;
    case FIELD_OBJECT:
        return *CONST_MEMBER_AT(object, f, void *) == NULL;
    case FIELD_LIST:
    case FIELD_STRS:
        return CONST_MEMBER_AT(object, f, struct record_list)->n == 0;
    }
    return true;
}

static int buf_write(void *data, const char *bytes, size_t n)
{
    return buf_add_bytes(data, bytes, n) ? 0 : -1;
}

static void pack_text(msgpack_packer *pk, struct str s)
{
    msgpack_pack_str(pk, s.n);
    if (s.n)
        msgpack_pack_str_body(pk, s.p, s.n);
}

static void pack_bytes(msgpack_packer *pk, const void *bytes, size_t n)
{
    msgpack_pack_bin(pk, n);
    if (n)
        msgpack_pack_bin_body(pk, bytes, n);
}

static void pack_record(msgpack_packer *pk, const struct record *record, const void *object);

static void pack_list(msgpack_packer *pk, const struct field *f, const struct record_list *list)
{
    msgpack_pack_array(pk, list->n);
    for (size_t i = 0; i < list->n; i++)
        if (f->kind == FIELD_STRS)
            pack_text(pk, ((const struct str *)list->v)[i]);
        else
            pack_record(pk, f->record, (const char *)list->v + i * f->record->size);
}

/* An enum travels as its word: numbers may be given anew by the next version, words may not. */
static void pack_word(msgpack_packer *pk, const struct field *f, int value)
{
    const char *word = words_name(f->words, value);
    if (word)
        pack_text(pk, str_of(word));
    else
        msgpack_pack_nil(pk);
}

static void pack_field(msgpack_packer *pk, const struct field *f, const void *object)
{
    switch (f->kind) {
    case FIELD_STR:
    case FIELD_JSON:
        pack_text(pk, *CONST_MEMBER_AT(object, f, struct str));
        break;
    case FIELD_BIN:
        pack_bytes(pk, CONST_MEMBER_AT(object, f, struct str)->p, CONST_MEMBER_AT(object, f, struct str)->n);
        break;
    case FIELD_INT:
    case FIELD_OPT:
    case FIELD_TIME:
        msgpack_pack_int64(pk, *CONST_MEMBER_AT(object, f, int64_t));
        break;
    case FIELD_REAL:
        msgpack_pack_double(pk, *CONST_MEMBER_AT(object, f, double));
        break;
    case FIELD_BOOL:
        msgpack_pack_true(pk);
        break;
    case FIELD_ID:
        pack_bytes(pk, CONST_MEMBER_AT(object, f, struct id)->b, ID_BYTES);
        break;
    case FIELD_ENUM:
        pack_word(pk, f, *CONST_MEMBER_AT(object, f, int));
        break;
    case FIELD_OBJECT:
        pack_record(pk, f->record, *CONST_MEMBER_AT(object, f, void *));
        break;
    case FIELD_LIST:
    case FIELD_STRS:
        pack_list(pk, f, CONST_MEMBER_AT(object, f, struct record_list));
        break;
    }
}

/* Recursion is bounded: records nest as the tables nest, and no table contains itself. */
static void pack_record(msgpack_packer *pk, const struct record *record, const void *object)
{
    size_t set = 0;
    for (size_t i = 0; i < record->n; i++)
        set += is_unset(&record->fields[i], object) ? 0 : 1;
    msgpack_pack_map(pk, set);
    for (size_t i = 0; i < record->n; i++) {
        const struct field *f = &record->fields[i];
        if (is_unset(f, object))
            continue;
        pack_text(pk, str_of(f->name));
        pack_field(pk, f, object);
    }
}

bool record_encode(const struct record *record, const void *object, struct buf *out)
{
    msgpack_packer pk;
    msgpack_packer_init(&pk, out, buf_write);
    pack_record(&pk, record, object);
    return !out->has_failed;
}

/* --- msgpack in --- */

struct decoding {
    struct arena *arena;
    struct err *err;
    int depth;
};

static bool unpack_record(struct decoding *d, const struct record *record, const msgpack_object *in, void *object);

static bool wrong_type(struct decoding *d, const struct field *f)
{
    return err_set(d->err, ERR_INPUT, f->name, "has a value of the wrong type");
}

static bool unpack_text(struct decoding *d, const struct field *f, const msgpack_object *in, struct str *out)
{
    if (in->type == MSGPACK_OBJECT_STR)
        *out = (struct str){ in->via.str.size ? in->via.str.ptr : "", in->via.str.size };
    else if (in->type == MSGPACK_OBJECT_BIN)
        *out = (struct str){ in->via.bin.size ? in->via.bin.ptr : "", in->via.bin.size };
    else
        return wrong_type(d, f);
    return true;
}

static bool unpack_int(struct decoding *d, const struct field *f, const msgpack_object *in, int64_t *out)
{
    if (in->type == MSGPACK_OBJECT_NEGATIVE_INTEGER ||
        (in->type == MSGPACK_OBJECT_POSITIVE_INTEGER && in->via.u64 <= INT64_MAX))
        *out = in->via.i64;
    else
        return wrong_type(d, f);
    return true;
}

static bool unpack_real(struct decoding *d, const struct field *f, const msgpack_object *in, double *out)
{
    int64_t whole = 0;
    if (in->type == MSGPACK_OBJECT_FLOAT64 || in->type == MSGPACK_OBJECT_FLOAT32)
        *out = in->via.f64;
    else if (unpack_int(d, f, in, &whole))
        *out = (double)whole;
    else
        return false;
    return isfinite(*out) ? true : err_set(d->err, ERR_INPUT, f->name, "is no finite number");
}

static bool unpack_word(struct decoding *d, const struct field *f, const msgpack_object *in, int *out)
{
    struct str word = { 0 };
    if (!unpack_text(d, f, in, &word))
        return false;
    if (!words_find(f->words, word, out))
        return err_set(d->err, ERR_INPUT, f->name, "has a word that this version does not know");
    return true;
}

static bool unpack_id(struct decoding *d, const struct field *f, const msgpack_object *in, struct id *out)
{
    struct str bytes = { 0 };
    if (!unpack_text(d, f, in, &bytes))
        return false;
    if (bytes.n != ID_BYTES)
        return wrong_type(d, f);
    memcpy(out->b, bytes.p, ID_BYTES);
    return true;
}

static bool unpack_object(struct decoding *d, const struct field *f, const msgpack_object *in, void **out)
{
    *out = arena_alloc(d->arena, f->record->size);
    return *out ? unpack_record(d, f->record, in, *out) : arena_err(d->arena, d->err);
}

static bool unpack_list(struct decoding *d, const struct field *f, const msgpack_object *in, struct record_list *out)
{
    size_t item_bytes = f->kind == FIELD_STRS ? sizeof(struct str) : f->record->size;
    if (in->type != MSGPACK_OBJECT_ARRAY)
        return wrong_type(d, f);
    size_t n = in->via.array.size;
    if (n > RECORD_LIST_MAX)
        return err_set(d->err, ERR_TOO_BIG, f->name, "has %zu items, at most %d are allowed", n, RECORD_LIST_MAX);
    out->v = arena_alloc_array(d->arena, n, item_bytes);
    if (!out->v)
        return arena_err(d->arena, d->err);
    out->n = n;
    for (size_t i = 0; i < n; i++) {
        void *item = (char *)out->v + i * item_bytes;
        const msgpack_object *from = &in->via.array.ptr[i];
        if (!(f->kind == FIELD_STRS ? unpack_text(d, f, from, item) : unpack_record(d, f->record, from, item)))
            return false;
    }
    return true;
}

static bool unpack_field(struct decoding *d, const struct field *f, const msgpack_object *in, void *object)
{
    if (in->type == MSGPACK_OBJECT_NIL)
        return true;
    switch (f->kind) {
    case FIELD_STR:
    case FIELD_BIN:
    case FIELD_JSON:
        return unpack_text(d, f, in, MEMBER_AT(object, f, struct str));
    case FIELD_INT:
    case FIELD_OPT:
    case FIELD_TIME:
        return unpack_int(d, f, in, MEMBER_AT(object, f, int64_t));
    case FIELD_REAL:
        return unpack_real(d, f, in, MEMBER_AT(object, f, double));
    case FIELD_BOOL:
        if (in->type != MSGPACK_OBJECT_BOOLEAN)
            return wrong_type(d, f);
        *MEMBER_AT(object, f, bool) = in->via.boolean;
        return true;
    case FIELD_ID:
        return unpack_id(d, f, in, MEMBER_AT(object, f, struct id));
    case FIELD_ENUM:
        return unpack_word(d, f, in, MEMBER_AT(object, f, int));
    case FIELD_OBJECT:
        return unpack_object(d, f, in, MEMBER_AT(object, f, void *));
    case FIELD_LIST:
    case FIELD_STRS:
        return unpack_list(d, f, in, MEMBER_AT(object, f, struct record_list));
    }
    return false;
}

/* Writers keep the table's order, so the next field is nearly always the one behind the last. */
static const struct field *field_named(const struct record *record, struct str name, size_t *hint)
{
    for (size_t step = 0; step < record->n; step++) {
        size_t i = (*hint + step) % record->n;
        if (str_is(name, record->fields[i].name)) {
            *hint = i + 1;
            return &record->fields[i];
        }
    }
    return NULL;
}

static bool unpack_record(struct decoding *d, const struct record *record, const msgpack_object *in, void *object)
{
    if (in->type != MSGPACK_OBJECT_MAP)
        return err_set(d->err, ERR_INPUT, record->name, "is not a map");
    if (d->depth >= RECORD_DEPTH_MAX)
        return err_set(d->err, ERR_TOO_BIG, record->name, "is nested deeper than %d", RECORD_DEPTH_MAX);
    record_init(record, object);
    d->depth++;
    size_t hint = 0;
    for (uint32_t i = 0; i < in->via.map.size; i++) {
        const msgpack_object_kv *kv = &in->via.map.ptr[i];
        if (kv->key.type != MSGPACK_OBJECT_STR)
            return err_set(d->err, ERR_INPUT, record->name, "has a key that is no text");
        struct str name = { kv->key.via.str.ptr, kv->key.via.str.size };
        const struct field *f = field_named(record, name, &hint);
        if (f && !unpack_field(d, f, &kv->val, object))
            return false;
    }
    d->depth--;
    return true;
}

/* How many bytes one msgpack value's head has, and what it announces: bytes of its own, and values inside. False: no such head. */
static bool value_head(const unsigned char *p, size_t n, size_t *head, uint64_t *bytes, uint64_t *values)
{
    /* by the first byte from 0xC0 on (the msgpack specification's table): bytes of the length, then of the rest; 9: never used */
    static const unsigned char LENGTH[32] = { 0, 9, 0, 0, 1, 2, 4, 1, 2, 4, 0, 0, 0, 0, 0, 0,
                                              0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 4, 2, 4, 2, 4 };
    static const unsigned char REST[32] = { 0, 0, 0, 0, 0, 0, 0, 1, 1,  1, 4, 8, 1, 2, 4, 8,
                                            1, 2, 4, 8, 2, 3, 5, 9, 17, 0, 0, 0, 0, 0, 0, 0 };
    *head = 1;
    *bytes = 0;
    *values = 0;
    if (p[0] < 0x80 || p[0] >= 0xE0)
        return true;
    if (p[0] < 0x90)
        *values = 2 * (uint64_t)(p[0] & 0x0F);
    else if (p[0] < 0xA0)
        *values = p[0] & 0x0F;
    else if (p[0] < 0xC0)
        *bytes = p[0] & 0x1F;
    else {
        size_t length = LENGTH[p[0] - 0xC0];
        if (length > 4 || n < 1 + length)
            return false;
        uint64_t announced = 0;
        for (size_t i = 0; i < length; i++)
            announced = announced << 8 | p[1 + i];
        *head = 1 + length;
        *bytes = REST[p[0] - 0xC0] + (p[0] < 0xDC ? announced : 0);
        *values = p[0] < 0xDC ? 0 : p[0] < 0xDE ? announced : 2 * announced;
    }
    return true;
}

/* Whether the bytes are one whole value, by counting alone. msgpack-c takes memory for what an array announces before it sees the items:
 * without this, five bytes could ask for gigabytes. */
static bool is_one_value(struct str s)
{
    const unsigned char *p = (const unsigned char *)s.p;
    size_t left = s.n;
    for (uint64_t awaited = 1; awaited > 0;) {
        size_t head;
        uint64_t bytes;
        uint64_t values;
        if (awaited > left || !value_head(p, left, &head, &bytes, &values) || bytes > left - head)
            return false;
        p += head + bytes;
        left -= head + (size_t)bytes;
        awaited += values - 1;
    }
    return left == 0;
}

bool record_decode(const struct record *record, struct str bytes, struct arena *arena, void *object, struct err *err)
{
    msgpack_zone zone;
    if (!is_one_value(bytes))
        return err_set(err, ERR_INPUT, record->name, "is not one whole msgpack value");
    if (!msgpack_zone_init(&zone, 2048))
        return err_set(err, ERR_BUSY, NULL, "out of memory");
    msgpack_object root;
    size_t at = 0;
    struct decoding d = { .arena = arena, .err = err };
    bool ok = false;
    /* the zone holds the tree only: texts point into `bytes`, and whatever we keep is in the arena */
    if (msgpack_unpack(bytes.p, bytes.n, &at, &zone, &root) != MSGPACK_UNPACK_SUCCESS || at != bytes.n)
        (void)err_set(err, ERR_INPUT, record->name, "is malformed or nested too deep"); /* ok stays false */
    else
        ok = unpack_record(&d, record, &root, object);
    msgpack_zone_destroy(&zone);
    return ok;
}
