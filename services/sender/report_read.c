#include "reports.h"

#include "plivo/callback_url.h"
#include "plivo/plivo_wire.h"
#include "wire/form_json.h"

/* The parameters of the report: of a GET they stand in the query, which ingress passes as the body. */
static bool decode(const struct raw_report *raw, struct arena *arena, struct form *out, struct err *err)
{
    return raw->is_json ? form_from_json(raw->body, arena, out, err) : form_decode(raw->body, arena, out, err);
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
