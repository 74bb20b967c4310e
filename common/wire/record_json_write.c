/* Records as JSON, written straight into the buffer: a tree of jansson's first cost 40 allocations a message. jansson writes what is stored
 * as JSON already, and reals. */
#include "wire/record.h"

#include <jansson.h>
#include <math.h>

/* 15 digits of a real: as many as every double keeps, so that 0.1 is shown as 0.1. */
#define DUMP_FLAGS (JSON_COMPACT | JSON_REAL_PRECISION(15) | JSON_ENCODE_ANY)

#define CONST_MEMBER_AT(object, field, type) ((const type *)(const void *)((const char *)(object) + (field)->offset))

static void write_record(const struct record *record, const void *object, struct buf *out);

static void write_null(struct buf *out)
{
    (void)buf_add(out, STR("null")); /* has_failed tells, as in all of these */
}

/* How many bytes from `at` on stand for themselves in a JSON string. */
static size_t plain_bytes(struct str s, size_t at)
{
    size_t n = at;
    while (n < s.n && (unsigned char)s.p[n] >= 0x20 && (unsigned char)s.p[n] < 0x80 && s.p[n] != '"' && s.p[n] != '\\')
        n++;
    return n - at;
}

static void write_escaped(char c, struct buf *out)
{
    static const char LETTERS[] = "\bb\ff\nn\rr\tt\"\"\\\\"; /* the byte, then what stands for it */
    for (size_t i = 0; i + 1 < sizeof LETTERS; i += 2)
        if (LETTERS[i] == c) {
            (void)buf_add_char(out, '\\');
            (void)buf_add_char(out, LETTERS[i + 1]);
            return;
        }
    (void)buf_add_format(out, "\\u%04X", (unsigned)(unsigned char)c);
}

/* Malformed UTF-8 is shown as U+FFFD where it is broken. */
static void write_text(struct str s, struct buf *out)
{
    uint32_t c;
    if (!str_is_set(s)) {
        write_null(out);
        return;
    }
    (void)buf_add_char(out, '"');
    for (size_t at = 0; at < s.n;) {
        size_t plain = plain_bytes(s, at);
        (void)buf_add_bytes(out, s.p + at, plain);
        at += plain;
        size_t from = at;
        if (at == s.n || !str_next_code_point(s, &at, &c))
            break;
        if (c == 0xFFFD)
            (void)buf_add(out, STR("\xEF\xBF\xBD"));
        else if (c < 0x80)
            write_escaped((char)c, out);
        else
            (void)buf_add_bytes(out, s.p + from, at - from);
    }
    (void)buf_add_char(out, '"');
}

static void write_plain(const char *text, struct buf *out)
{
    (void)buf_add_char(out, '"');
    (void)buf_add_text(out, text);
    (void)buf_add_char(out, '"');
}

static void write_int(int64_t v, struct buf *out)
{
    char digits[24];
    size_t at = sizeof digits;
    uint64_t left = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
    do
        digits[--at] = (char)('0' + left % 10);
    while ((left /= 10) > 0);
    if (v < 0)
        digits[--at] = '-';
    (void)buf_add_bytes(out, digits + at, sizeof digits - at);
}

static void write_time(int64_t v, struct buf *out)
{
    char text[TIME_TEXT_BYTES];
    if (v == 0) {
        write_null(out);
        return;
    }
    time_format(v, text);
    write_plain(text, out);
}

static int buf_write(const char *bytes, size_t n, void *data)
{
    return buf_add_bytes(data, bytes, n) ? 0 : -1;
}

/* Takes `value` over. */
static void write_tree(json_t *value, struct buf *out)
{
    if (!value || json_dump_callback(value, buf_write, out, DUMP_FLAGS) != 0)
        out->has_failed = true;
    json_decref(value);
}

/* What is stored and yet no JSON must not make the whole object unreadable. */
static void write_inner(struct str json, struct buf *out)
{
    json_t *value = json.n > 0 ? json_loadb(json.p, json.n, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL) : NULL;
    if (value)
        write_tree(value, out);
    else
        write_null(out);
}

static void write_real(double v, struct buf *out)
{
    if (isfinite(v))
        write_tree(json_real(v), out);
    else
        write_null(out);
}

static void write_list(const struct field *f, const struct record_list *list, struct buf *out)
{
    (void)buf_add_char(out, '[');
    for (size_t i = 0; i < list->n; i++) {
        if (i)
            (void)buf_add_char(out, ',');
        if (f->kind == FIELD_STRS)
            write_text(((const struct str *)list->v)[i], out);
        else
            write_record(f->record, (const char *)list->v + i * f->record->size, out);
    }
    (void)buf_add_char(out, ']');
}

static void write_word(const struct field *f, int value, struct buf *out)
{
    const char *word = words_name(f->words, value);
    if (word)
        write_plain(word, out);
    else
        write_null(out);
}

static void write_number(const struct field *f, const void *object, struct buf *out)
{
    int64_t v = *CONST_MEMBER_AT(object, f, int64_t);
    if (f->kind == FIELD_TIME)
        write_time(v, out);
    else if (f->kind == FIELD_OPT && v == INT_UNSET)
        write_null(out);
    else
        write_int(v, out);
}

static void write_field(const struct field *f, const void *object, struct buf *out)
{
    switch (f->kind) {
    case FIELD_STR:
    case FIELD_SOME:
        write_text(*CONST_MEMBER_AT(object, f, struct str), out);
        break;
    case FIELD_BIN: /* never shown */
        break;
    case FIELD_JSON:
        write_inner(*CONST_MEMBER_AT(object, f, struct str), out);
        break;
    case FIELD_INT:
    case FIELD_OPT:
    case FIELD_TIME:
        write_number(f, object, out);
        break;
    case FIELD_REAL:
        write_real(*CONST_MEMBER_AT(object, f, double), out);
        break;
    case FIELD_BOOL:
        (void)buf_add_text(out, *CONST_MEMBER_AT(object, f, bool) ? "true" : "false");
        break;
    case FIELD_ID: {
        const struct id *id = CONST_MEMBER_AT(object, f, struct id);
        if (id_is_set(*id))
            write_plain(id_text(*id).c, out);
        else
            write_null(out);
        break;
    }
    case FIELD_ENUM:
        write_word(f, *CONST_MEMBER_AT(object, f, int), out);
        break;
    case FIELD_OBJECT: {
        const void *inner = *CONST_MEMBER_AT(object, f, void *);
        if (inner)
            write_record(f->record, inner, out);
        else
            write_null(out);
        break;
    }
    case FIELD_LIST:
    case FIELD_STRS:
        write_list(f, CONST_MEMBER_AT(object, f, struct record_list), out);
        break;
    }
}

/* Recursion is bounded: records nest as the tables nest. */
static void write_record(const struct record *record, const void *object, struct buf *out)
{
    bool is_first = true;
    (void)buf_add_char(out, '{');
    for (size_t i = 0; i < record->n; i++) {
        const struct field *f = &record->fields[i];
        if (f->kind == FIELD_BIN || (f->kind == FIELD_SOME && !str_is_set(*CONST_MEMBER_AT(object, f, struct str))))
            continue;
        (void)buf_add(out, is_first ? STR("\"") : STR(",\""));
        (void)buf_add(out, f->name_str);
        (void)buf_add(out, STR("\":"));
        write_field(f, object, out);
        is_first = false;
    }
    (void)buf_add_char(out, '}');
}

bool record_to_json(const struct record *record, const void *object, struct buf *out)
{
    write_record(record, object, out);
    return !out->has_failed;
}
