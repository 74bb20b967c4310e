#include "wire/record.h"

#include "wire/pack.h"

#include <math.h>

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
    case FIELD_SOME:
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

static void pack_record(struct buf *out, const struct record *record, const void *object);

static void pack_list(struct buf *out, const struct field *f, const struct record_list *list)
{
    pack_array(out, list->n);
    for (size_t i = 0; i < list->n; i++)
        if (f->kind == FIELD_STRS)
            pack_text(out, ((const struct str *)list->v)[i]);
        else
            pack_record(out, f->record, (const char *)list->v + i * f->record->size);
}

/* An enum travels as its word: numbers may be given anew by the next version, words may not. */
static void pack_word(struct buf *out, const struct field *f, int value)
{
    const char *word = words_name(f->words, value);
    if (word)
        pack_text(out, str_of(word));
    else
        pack_nil(out);
}

static void pack_field(struct buf *out, const struct field *f, const void *object)
{
    switch (f->kind) {
    case FIELD_STR:
    case FIELD_SOME:
    case FIELD_JSON:
        pack_text(out, *CONST_MEMBER_AT(object, f, struct str));
        break;
    case FIELD_BIN:
        pack_bytes(out, *CONST_MEMBER_AT(object, f, struct str));
        break;
    case FIELD_INT:
    case FIELD_OPT:
    case FIELD_TIME:
        pack_int(out, *CONST_MEMBER_AT(object, f, int64_t));
        break;
    case FIELD_REAL:
        pack_real(out, *CONST_MEMBER_AT(object, f, double));
        break;
    case FIELD_BOOL:
        pack_true(out);
        break;
    case FIELD_ID:
        pack_bytes(out, str_bytes(CONST_MEMBER_AT(object, f, struct id)->b, ID_BYTES));
        break;
    case FIELD_ENUM:
        pack_word(out, f, *CONST_MEMBER_AT(object, f, int));
        break;
    case FIELD_OBJECT:
        pack_record(out, f->record, *CONST_MEMBER_AT(object, f, void *));
        break;
    case FIELD_LIST:
    case FIELD_STRS:
        pack_list(out, f, CONST_MEMBER_AT(object, f, struct record_list));
        break;
    }
}

/* Recursion is bounded: records nest as the tables nest, and no table contains itself. */
static void pack_record(struct buf *out, const struct record *record, const void *object)
{
    uint64_t set = 0;
    for (size_t i = 0; i < record->n; i++)
        set |= (uint64_t)!is_unset(&record->fields[i], object) << i;
    pack_map(out, (size_t)__builtin_popcountll(set));
    for (; set; set &= set - 1) {
        const struct field *f = &record->fields[__builtin_ctzll(set)];
        pack_text(out, f->name_str);
        pack_field(out, f, object);
    }
}

bool record_encode(const struct record *record, const void *object, struct buf *out)
{
    pack_record(out, record, object);
    return !out->has_failed;
}

/* --- msgpack in --- */

struct decoding {
    struct unpacker in;
    struct arena *arena;
    struct err *err;
    int depth;
};

static bool unpack_record(struct decoding *d, const struct record *record, const struct packed *head, void *object);

static bool malformed(struct decoding *d, const struct record *record)
{
    return err_set(d->err, ERR_INPUT, record->name, "is not one whole msgpack value");
}

static bool wrong_type(struct decoding *d, const struct field *f)
{
    return err_set(d->err, ERR_INPUT, f->name, "has a value of the wrong type");
}

static bool unpack_text(struct decoding *d, const struct field *f, const struct packed *in, struct str *out)
{
    if (in->kind != PACKED_TEXT && in->kind != PACKED_BYTES)
        return wrong_type(d, f);
    *out = in->is.text;
    return true;
}

static bool unpack_int(struct decoding *d, const struct field *f, const struct packed *in, int64_t *out)
{
    if (in->kind != PACKED_INT)
        return wrong_type(d, f);
    *out = in->is.integer;
    return true;
}

static bool unpack_real(struct decoding *d, const struct field *f, const struct packed *in, double *out)
{
    int64_t whole = 0;
    if (in->kind == PACKED_REAL)
        *out = in->is.real;
    else if (unpack_int(d, f, in, &whole))
        *out = (double)whole;
    else
        return false;
    return isfinite(*out) ? true : err_set(d->err, ERR_INPUT, f->name, "is no finite number");
}

static bool unpack_word(struct decoding *d, const struct field *f, const struct packed *in, int *out)
{
    struct str word = { 0 };
    if (!unpack_text(d, f, in, &word))
        return false;
    if (!words_find(f->words, word, out))
        return err_set(d->err, ERR_INPUT, f->name, "has a word that this version does not know");
    return true;
}

static bool unpack_id(struct decoding *d, const struct field *f, const struct packed *in, struct id *out)
{
    struct str bytes = { 0 };
    if (!unpack_text(d, f, in, &bytes))
        return false;
    if (bytes.n != ID_BYTES)
        return wrong_type(d, f);
    memcpy(out->b, bytes.p, ID_BYTES);
    return true;
}

static bool unpack_object(struct decoding *d, const struct field *f, const struct packed *in, void **out)
{
    *out = arena_alloc(d->arena, f->record->size);
    return *out ? unpack_record(d, f->record, in, *out) : arena_err(d->arena, d->err);
}

static bool unpack_list(struct decoding *d, const struct field *f, const struct packed *in, struct record_list *out)
{
    size_t item_bytes = f->kind == FIELD_STRS ? sizeof(struct str) : f->record->size;
    if (in->kind != PACKED_ARRAY)
        return wrong_type(d, f);
    size_t n = in->is.n;
    if (n > RECORD_LIST_MAX)
        return err_set(d->err, ERR_TOO_BIG, f->name, "has %zu items, at most %d are allowed", n, RECORD_LIST_MAX);
    out->v = arena_alloc_array(d->arena, n, item_bytes);
    if (!out->v)
        return arena_err(d->arena, d->err);
    out->n = n;
    for (size_t i = 0; i < n; i++) {
        void *item = (char *)out->v + i * item_bytes;
        struct packed from;
        if (!unpack_next(&d->in, &from))
            return err_set(d->err, ERR_INPUT, f->name, "ends too early");
        if (!(f->kind == FIELD_STRS ? unpack_text(d, f, &from, item) : unpack_record(d, f->record, &from, item)))
            return false;
    }
    return true;
}

static bool unpack_field(struct decoding *d, const struct field *f, const struct packed *in, void *object)
{
    if (in->kind == PACKED_NIL)
        return true;
    switch (f->kind) {
    case FIELD_STR:
    case FIELD_SOME:
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
        if (in->kind != PACKED_BOOL)
            return wrong_type(d, f);
        *MEMBER_AT(object, f, bool) = in->is.integer != 0;
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

/* Writers keep the table's order, so the next field is nearly always the one behind the last, or soon after it. */
static const struct field *field_named(const struct record *record, struct str name, size_t *hint)
{
    for (size_t step = 0, i = *hint; step < record->n; step++, i++) {
        if (i >= record->n)
            i = 0;
        if (str_eq(name, record->fields[i].name_str)) {
            *hint = i + 1;
            return &record->fields[i];
        }
    }
    return NULL;
}

static bool unpack_record(struct decoding *d, const struct record *record, const struct packed *head, void *object)
{
    if (head->kind != PACKED_MAP)
        return err_set(d->err, ERR_INPUT, record->name, "is not a map");
    if (d->depth >= RECORD_DEPTH_MAX)
        return err_set(d->err, ERR_TOO_BIG, record->name, "is nested deeper than %d", RECORD_DEPTH_MAX);
    record_init(record, object);
    d->depth++;
    size_t hint = 0;
    for (uint32_t i = 0; i < head->is.n; i++) {
        struct packed key;
        struct packed value;
        if (!unpack_next(&d->in, &key))
            return malformed(d, record);
        if (key.kind != PACKED_TEXT)
            return err_set(d->err, ERR_INPUT, record->name, "has a key that is no text");
        if (!unpack_next(&d->in, &value))
            return malformed(d, record);
        const struct field *f = field_named(record, key.is.text, &hint);
        if (f && !unpack_field(d, f, &value, object))
            return false;
        if (!f && !unpack_skip(&d->in, &value))
            return malformed(d, record);
    }
    d->depth--;
    return true;
}

bool record_decode(const struct record *record, struct str bytes, struct arena *arena, void *object, struct err *err)
{
    struct decoding d = { .in = unpacker_of(bytes), .arena = arena, .err = err };
    struct packed root;
    if (!unpack_next(&d.in, &root))
        return malformed(&d, record);
    return unpack_record(&d, record, &root, object) && (d.in.left == 0 || malformed(&d, record));
}
