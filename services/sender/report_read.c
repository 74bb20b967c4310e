#include "reports.h"

#include "plivo/callback_url.h"
#include "plivo/plivo_wire.h"
#include "wire/form.h"

#include <jansson.h>
#include <stdio.h>

static void json_release(json_t **json)
{
    json_decref(*json); /* NULL is fine */
}

/* The value as Plivo's form would write it: numbers in decimal, null as blank. False: a list or an object, which no
 * report has. */
static bool value_text(const json_t *value, struct arena *arena, struct str *out)
{
    if (json_is_string(value))
        *out = arena_dup(arena, str_bytes(json_string_value(value), json_string_length(value)));
    else if (json_is_integer(value))
        *out = arena_format(arena, "%lld", (long long)json_integer_value(value));
    else if (json_is_null(value))
        *out = STR("");
    else
        return false;
    return true;
}

static bool json_decode(struct str body, struct arena *arena, struct form *out, struct err *err)
{
    AUTO(json_release) json_t *root = json_loadb(body.p ? body.p : "", body.n, 0, NULL);
    if (!json_is_object(root))
        return err_set(err, ERR_INPUT, NULL, "the body is not a JSON object");
    if (json_object_size(root) > FORM_PAIRS_MAX)
        return err_set(err, ERR_TOO_BIG, NULL, "the body has more than %d fields", FORM_PAIRS_MAX);
    out->pairs = arena_alloc_array(arena, json_object_size(root) + 1, sizeof *out->pairs);
    out->n = 0;
    const char *name;
    json_t *value;
    json_object_foreach(root, name, value)
    {
        struct pair pair = { .name = arena_dup(arena, str_of(name)) };
        if (value_text(value, arena, &pair.value) && !arena_is_full(arena))
            out->pairs[out->n++] = pair;
    }
    return !arena_is_full(arena) || arena_err(arena, err);
}

/* The parameters of the report: of a GET they stand in the query, which ingress passes as the body. */
static bool decode(const struct raw_report *raw, struct arena *arena, struct form *out, struct err *err)
{
    return raw->is_json ? json_decode(raw->body, arena, out, err) : form_decode(raw->body, arena, out, err);
}

static bool is_plain(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.';
}

static void add_encoded(struct buf *out, struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (is_plain(s.p[i]))
            (void)buf_add_char(out, s.p[i]); /* has_failed is looked at once, at the end */
        else
            (void)buf_add_format(out, "%%%02X", (unsigned)(unsigned char)s.p[i]); /* likewise */
}

/* A form as it came is kept as it came; JSON is written as the form it would have been, so that the timeline shows one
 * kind of text. */
static bool raw_text(const struct raw_report *raw, const struct form *form, struct arena *arena, struct str *out,
                     struct err *err)
{
    *out = raw->body;
    if (!raw->is_json)
        return true;
    AUTO(buf_release) struct buf text;
    buf_init(&text, FORM_BYTES_MAX * 4);
    for (size_t i = 0; i < form->n; i++) {
        if (i > 0)
            (void)buf_add_char(&text, '&'); /* checked below, once for all */
        add_encoded(&text, form->pairs[i].name);
        (void)buf_add_char(&text, '=');
        add_encoded(&text, form->pairs[i].value);
    }
    if (text.has_failed)
        return err_set(err, ERR_TOO_BIG, NULL, "the report is too long");
    *out = arena_dup(arena, buf_str(&text));
    return !arena_is_full(arena) || arena_err(arena, err);
}

/* Which attempt the address speaks of. None that can be read: the worker matches by uuid alone. */
static void read_reference(const struct raw_report *raw, struct report_event *out)
{
    struct callback_ref ref;
    struct str hmac;
    int64_t tenant;
    if (!callback_url_parse(raw->path, raw->query, &ref, &hmac) || !str_to_int(ref.tenant, 1, INT64_MAX, &tenant))
        return;
    out->ref_tenant = tenant;
    out->ref_generation = ref.generation;
    out->ref_message = ref.message_id;
    out->ref_attempt = ref.attempt;
    out->ref_hmac = hmac;
}

bool report_read(const struct raw_report *raw, struct arena *arena, struct report_event *out, struct err *err)
{
    struct form form;
    struct plivo_report report;
    record_init(&report_event_record, out);
    if (!decode(raw, arena, &form, err) || !plivo_report_read(form.pairs, form.n, arena, &report, err) ||
        !raw_text(raw, &form, arena, &out->raw, err))
        return false;
    read_reference(raw, out);
    out->uuid = report.message_uuid;
    out->part_uuid = report.uuid;
    out->status_word = report.status_word;
    out->sequence = report.sequence > 0 ? report.sequence : INT_UNSET;
    out->error_code = report.error_code > 0 ? report.error_code : INT_UNSET;
    out->from = report.from;
    out->to = report.to;
    out->units = report.units;
    out->total_rate = report.total_rate;
    out->total_amount = report.total_amount;
    out->mcc = report.mcc;
    out->mnc = report.mnc;
    out->received_at = raw->received_at;
    out->is_observed = raw->is_observed;
    return true;
}
