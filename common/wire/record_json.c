/* The JSON half of record.h; jansson reads and writes, the tables say what. */
#include "wire/record.h"

#include <jansson.h>
#include <math.h>

/* 15 digits of a real: as many as every double keeps, so that 0.1 is shown as 0.1. */
#define DUMP_FLAGS (JSON_COMPACT | JSON_REAL_PRECISION(15))

#define MEMBER_AT(object, field, type) ((type *)(void *)((char *)(object) + (field)->offset))
#define CONST_MEMBER_AT(object, field, type) ((const type *)(const void *)((const char *)(object) + (field)->offset))

/* --- out --- */

/* jansson refuses malformed UTF-8; a text that came so is shown with U+FFFD where it is broken. */
static json_t *json_text(struct str s)
{
    if (!str_is_set(s))
        return json_null();
    json_t *text = json_stringn(s.n ? s.p : "", s.n);
    if (text)
        return text;
    struct buf mended;
    buf_init(&mended, s.n * 3);
    uint32_t c;
    for (size_t at = 0, from = 0; str_next_code_point(s, &at, &c); from = at)
        if (c == 0xFFFD)
            (void)buf_add_text(&mended, "\xEF\xBF\xBD"); /* 3 bytes a byte: only memory can fail */
        else
            (void)buf_add(&mended, str_slice(s, from, at - from)); /* likewise */
    text = mended.has_failed ? NULL : json_stringn(buf_str(&mended).p, mended.n);
    buf_release(&mended);
    return text;
}

static json_t *json_of_record(const struct record *record, const void *object);

static json_t *json_list(const struct field *f, const struct record_list *list)
{
    json_t *array = json_array();
    for (size_t i = 0; array && i < list->n; i++) {
        json_t *item = f->kind == FIELD_STRS ? json_text(((const struct str *)list->v)[i])
                                             : json_of_record(f->record, (const char *)list->v + i * f->record->size);
        if (json_array_append_new(array, item) != 0) {
            json_decref(array);
            return NULL;
        }
    }
    return array;
}

static json_t *json_opt(int64_t v)
{
    return v == INT_UNSET ? json_null() : json_integer(v);
}

static json_t *json_time(int64_t v)
{
    char text[TIME_TEXT_BYTES];
    if (v == 0)
        return json_null();
    time_format(v, text);
    return json_string(text);
}

static json_t *json_id(struct id id)
{
    return id_is_set(id) ? json_string(id_text(id).c) : json_null();
}

static json_t *json_word(const struct field *f, int value)
{
    const char *word = words_name(f->words, value);
    return word ? json_string(word) : json_null();
}

/* What is stored and yet no JSON must not make the whole object unreadable. */
static json_t *json_inner(struct str json)
{
    json_t *value = json.n > 0 ? json_loadb(json.p, json.n, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL) : NULL;
    return value ? value : json_null();
}

static json_t *json_finite(double v)
{
    return isfinite(v) ? json_real(v) : json_null();
}

/* NULL for what is never shown (BIN) and when memory is out; *is_shown tells which. */
static json_t *json_of_field(const struct field *f, const void *object, bool *is_shown)
{
    *is_shown = true;
    switch (f->kind) {
    case FIELD_STR:
        return json_text(*CONST_MEMBER_AT(object, f, struct str));
    case FIELD_BIN:
        *is_shown = false;
        return NULL;
    case FIELD_JSON:
        return json_inner(*CONST_MEMBER_AT(object, f, struct str));
    case FIELD_INT:
        return json_integer(*CONST_MEMBER_AT(object, f, int64_t));
    case FIELD_OPT:
        return json_opt(*CONST_MEMBER_AT(object, f, int64_t));
    case FIELD_REAL:
        return json_finite(*CONST_MEMBER_AT(object, f, double));
    case FIELD_BOOL:
        return json_boolean(*CONST_MEMBER_AT(object, f, bool));
    case FIELD_ID:
        return json_id(*CONST_MEMBER_AT(object, f, struct id));
    case FIELD_TIME:
        return json_time(*CONST_MEMBER_AT(object, f, int64_t));
    case FIELD_ENUM:
        return json_word(f, *CONST_MEMBER_AT(object, f, int));
    case FIELD_OBJECT: {
        const void *inner = *CONST_MEMBER_AT(object, f, void *);
        return inner ? json_of_record(f->record, inner) : json_null();
    }
    case FIELD_LIST:
    case FIELD_STRS:
        return json_list(f, CONST_MEMBER_AT(object, f, struct record_list));
    }
    return NULL;
}

static json_t *json_of_record(const struct record *record, const void *object)
{
    json_t *map = json_object();
    for (size_t i = 0; map && i < record->n; i++) {
        bool is_shown;
        json_t *value = json_of_field(&record->fields[i], object, &is_shown);
        if (is_shown && json_object_set_new(map, record->fields[i].name, value) != 0) {
            json_decref(map);
            return NULL;
        }
    }
    return map;
}

static int buf_write(const char *bytes, size_t n, void *data)
{
    return buf_add_bytes(data, bytes, n) ? 0 : -1;
}

bool record_to_json(const struct record *record, const void *object, struct buf *out)
{
    json_t *json = json_of_record(record, object);
    bool ok = json && json_dump_callback(json, buf_write, out, DUMP_FLAGS) == 0;
    json_decref(json);
    if (!ok)
        out->has_failed = true;
    return ok;
}

/* --- in --- */

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
