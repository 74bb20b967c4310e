/* JSON into records: jansson reads, the tables say what. The other way: record_json_write.c. */
#include "wire/record.h"

#include <jansson.h>
#include <math.h>

/* 15 digits of a real: as many as every double keeps, so that 0.1 is shown as 0.1. */
#define DUMP_FLAGS (JSON_COMPACT | JSON_REAL_PRECISION(15))

#define MEMBER_AT(object, field, type) ((type *)(void *)((char *)(object) + (field)->offset))

static int buf_write(const char *bytes, size_t n, void *data)
{
    return buf_add_bytes(data, bytes, n) ? 0 : -1;
}

struct reading {
    struct arena *arena;
    struct err *err;
};

static bool read_record(struct reading *r, const struct record *record, json_t *in, void *object, uint64_t *present);

static bool wrong_type(struct reading *r, const struct field *f, const char *wanted)
{
    return err_set(r->err, ERR_INPUT, f->name, "must be %s", wanted);
}

static bool read_text(struct reading *r, const struct field *f, json_t *in, struct str *out)
{
    if (!json_is_string(in))
        return wrong_type(r, f, "a text");
    *out = arena_dup(r->arena, (struct str){ json_string_value(in), json_string_length(in) });
    return str_is_set(*out) ? true : arena_err(r->arena, r->err);
}

static bool read_inner_json(struct reading *r, const struct field *f, json_t *in, struct str *out)
{
    if (!json_is_object(in))
        return wrong_type(r, f, "an object");
    struct buf text;
    buf_init(&text, 64 * 1024);
    bool ok = json_dump_callback(in, buf_write, &text, DUMP_FLAGS) == 0;
    *out = ok ? arena_dup(r->arena, buf_str(&text)) : (struct str){ 0 };
    buf_release(&text);
    return str_is_set(*out) ? true : err_set(r->err, ERR_TOO_BIG, f->name, "must be an object of at most 64 KiB");
}

static bool read_word(struct reading *r, const struct field *f, json_t *in, int *out)
{
    char allowed[120] = "";
    size_t n = 0;
    if (json_is_string(in) && words_find(f->words, str_of(json_string_value(in)), out))
        return true;
    for (size_t i = 0; i < f->words->n && n < sizeof allowed; i++)
        if (f->words->names[i]) {
            int added = snprintf(allowed + n, sizeof allowed - n, "%s%s", n ? ", " : "", f->words->names[i]);
            n += added < 0 ? 0 : (size_t)added;
        }
    return err_set(r->err, ERR_INPUT, f->name, "must be one of: %s", allowed);
}

static bool read_list(struct reading *r, const struct field *f, json_t *in, struct record_list *out)
{
    size_t item_bytes = f->kind == FIELD_STRS ? sizeof(struct str) : f->record->size;
    if (!json_is_array(in))
        return wrong_type(r, f, "a list");
    if (json_array_size(in) > RECORD_LIST_MAX)
        return err_set(r->err, ERR_TOO_BIG, f->name, "has more than %d items", RECORD_LIST_MAX);
    out->v = arena_alloc_array(r->arena, json_array_size(in), item_bytes);
    if (!out->v)
        return arena_err(r->arena, r->err);
    out->n = json_array_size(in);
    for (size_t i = 0; i < out->n; i++) {
        void *item = (char *)out->v + i * item_bytes;
        json_t *from = json_array_get(in, i);
        if (!(f->kind == FIELD_STRS ? read_text(r, f, from, item) : read_record(r, f->record, from, item, NULL)))
            return false;
    }
    return true;
}

static bool read_object(struct reading *r, const struct field *f, json_t *in, void **out)
{
    if (!json_is_object(in))
        return wrong_type(r, f, "an object");
    *out = arena_alloc(r->arena, f->record->size);
    return *out ? read_record(r, f->record, in, *out, NULL) : arena_err(r->arena, r->err);
}

static bool read_id(struct reading *r, const struct field *f, json_t *in, struct id *out)
{
    struct str text = { 0 };
    return read_text(r, f, in, &text) && id_parse(text, f->name, out, r->err);
}

static bool read_time(struct reading *r, const struct field *f, json_t *in, int64_t *out)
{
    struct str text = { 0 };
    return read_text(r, f, in, &text) && time_parse(text, f->name, out, r->err);
}

static bool read_field(struct reading *r, const struct field *f, json_t *in, void *object)
{
    if (json_is_null(in)) /* null is "unset"; who may not be unset says so after reading */
        return true;
    switch (f->kind) {
    case FIELD_STR:
    case FIELD_SOME:
        return read_text(r, f, in, MEMBER_AT(object, f, struct str));
    case FIELD_BIN:
        return err_set(r->err, ERR_INPUT, f->name, "cannot be set");
    case FIELD_JSON:
        return read_inner_json(r, f, in, MEMBER_AT(object, f, struct str));
    case FIELD_INT:
    case FIELD_OPT:
        if (!json_is_integer(in))
            return wrong_type(r, f, "a whole number");
        *MEMBER_AT(object, f, int64_t) = json_integer_value(in);
        return json_integer_value(in) != INT_UNSET || wrong_type(r, f, "a whole number that is not quite as small");
    case FIELD_REAL:
        if (!json_is_number(in))
            return wrong_type(r, f, "a number");
        *MEMBER_AT(object, f, double) = json_number_value(in);
        return true;
    case FIELD_BOOL:
        if (!json_is_boolean(in))
            return wrong_type(r, f, "true or false");
        *MEMBER_AT(object, f, bool) = json_is_true(in);
        return true;
    case FIELD_ID:
        return read_id(r, f, in, MEMBER_AT(object, f, struct id));
    case FIELD_TIME:
        return read_time(r, f, in, MEMBER_AT(object, f, int64_t));
    case FIELD_ENUM:
        return read_word(r, f, in, MEMBER_AT(object, f, int));
    case FIELD_OBJECT:
        return read_object(r, f, in, MEMBER_AT(object, f, void *));
    case FIELD_LIST:
    case FIELD_STRS:
        return read_list(r, f, in, MEMBER_AT(object, f, struct record_list));
    }
    return false;
}

static bool read_record(struct reading *r, const struct record *record, json_t *in, void *object, uint64_t *present)
{
    if (!json_is_object(in))
        return err_set(r->err, ERR_INPUT, NULL, "must be a JSON object");
    record_init(record, object);
    uint64_t seen = 0;
    size_t known = 0;
    for (size_t i = 0; i < record->n; i++) {
        json_t *value = json_object_get(in, record->fields[i].name);
        if (!value)
            continue;
        known++;
        seen |= UINT64_C(1) << i;
        if (!read_field(r, &record->fields[i], value, object))
            return false;
    }
    if (known != json_object_size(in)) {
        const char *name;
        json_t *value;
        uint64_t unused = 0;
        json_object_foreach(in, name, value)
        {
            for (size_t i = 0; i < record->n; i++)
                unused += strcmp(record->fields[i].name, name) == 0 ? 1 : 0;
            if (unused == 0)
                return err_set(r->err, ERR_INPUT, name, "is not a field of this request");
            unused = 0;
        }
    }
    if (present)
        *present = seen;
    return true;
}

bool record_from_json(const struct record *record, struct str json, struct arena *arena, void *object,
                      uint64_t *present, struct err *err)
{
    json_error_t at;
    json_t *root = json_loadb(json.n ? json.p : "", json.n, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &at);
    if (!root) {
        char *quote = strstr(at.text, " near "); /* what follows repeats the input, a message's text perhaps */
        if (quote)
            *quote = '\0';
        return err_set(err, ERR_INPUT, NULL, "is not JSON: %s, line %d column %d", at.text, at.line, at.column);
    }
    struct reading r = { arena, err };
    bool ok = read_record(&r, record, root, object, present);
    json_decref(root);
    return ok;
}
