#include "plivo_json.h"

#include "domain/powerpack.h"
#include "plivo/plivo_wire.h"

#include <jansson.h>
#include <stdio.h>

enum { ERROR_MAX_BYTES = 300 }; /* of an answer that is no JSON: enough for the reason of a refusal */

static void json_release(json_t **json)
{
    json_decref(*json); /* NULL is fine */
}

/* --- what we send --- */

static json_t *text_of(struct str s)
{
    return json_stringn(s.p ? s.p : "", s.n);
}

static int add_to_buf(const char *bytes, size_t n, void *out)
{
    return buf_add_bytes(out, bytes, n) ? 0 : -1;
}

static bool add_media(json_t *object, const struct granted_send *send)
{
    json_t *urls = json_array();
    bool ok = json_object_set_new(object, PLIVO_SEND_MEDIA_URLS, urls) == 0;
    for (size_t i = 0; i < send->media_urls.n; i++)
        ok = json_array_append_new(urls, text_of(send->media_urls.v[i])) == 0 && ok;
    return ok;
}

bool plivo_send_body(const struct granted_send *send, struct str public_url, struct str log, struct buf *out)
{
    AUTO(json_release) json_t *object = json_object();
    AUTO(buf_release) struct buf url;
    buf_init(&url, 2048);
    (void)buf_add(&url, str_ends(public_url, STR("/")) ? str_slice(public_url, 0, public_url.n - 1)
                                                       : public_url); /* checked */
    if (!buf_add(&url, send->callback_path)) /* has_failed stays: this tells of both */
        return false;
    bool is_mms = send->media_urls.n > 0;
    struct str powerpack = powerpack_uuid(send->from);
    bool ok = str_is_set(powerpack) ? json_object_set_new(object, PLIVO_SEND_POWERPACK, text_of(powerpack)) == 0
                                    : json_object_set_new(object, PLIVO_SEND_SRC, text_of(send->from)) == 0;
    ok = json_object_set_new(object, PLIVO_SEND_DST, text_of(send->to)) == 0 && ok;
    if (send->text.n > 0 || !is_mms)
        ok = json_object_set_new(object, PLIVO_SEND_TEXT, text_of(send->text)) == 0 && ok;
    ok = json_object_set_new(object, PLIVO_SEND_TYPE, json_string(is_mms ? "mms" : "sms")) == 0 && ok;
    if (is_mms)
        ok = add_media(object, send) && ok;
    ok = json_object_set_new(object, PLIVO_SEND_URL, text_of(buf_str(&url))) == 0 && ok;
    ok = json_object_set_new(object, PLIVO_SEND_METHOD, json_string("POST")) == 0 && ok;
    ok = json_object_set_new(object, PLIVO_SEND_EXPIRY, json_integer(send->expiry_s)) == 0 && ok;
    ok = json_object_set_new(object, PLIVO_SEND_LOG, text_of(log)) == 0 && ok;
    return ok && json_dump_callback(object, add_to_buf, out, JSON_COMPACT) == 0;
}

/* --- what comes back --- */

static struct str string_at(const json_t *object, const char *name, struct arena *arena)
{
    const json_t *value = json_object_get(object, name);
    if (!json_is_string(value))
        return (struct str){ 0 };
    return arena_dup(arena, str_bytes(json_string_value(value), json_string_length(value)));
}

/* A number, or a number as text, as Plivo's records have both; `missing` for anything else. */
static int64_t int_at(const json_t *object, const char *name, int64_t missing)
{
    const json_t *value = json_object_get(object, name);
    int64_t n;
    if (json_is_integer(value))
        return json_integer_value(value);
    if (json_is_string(value) &&
        str_to_int(str_bytes(json_string_value(value), json_string_length(value)), 0, INT32_MAX, &n))
        return n;
    return missing;
}

void plivo_answer_read(struct str body, struct arena *arena, struct plivo_answer *out)
{
    *out = (struct plivo_answer){ 0 };
    AUTO(json_release) json_t *root = json_loadb(body.p ? body.p : "", body.n, 0, NULL);
    if (!json_is_object(root)) {
        out->error = body.n > 0 ? arena_dup(arena, str_slice(body, 0, ERROR_MAX_BYTES)) : (struct str){ 0 };
        return;
    }
    out->is_json = true;
    out->error = string_at(root, PLIVO_SENT_ERROR, arena);
    const json_t *uuids = json_object_get(root, PLIVO_SENT_UUIDS);
    out->has_uuid_list = json_is_array(uuids);
    const json_t *first = json_array_get(uuids, 0); /* NULL for what is no array, or empty */
    if (json_is_string(first) && json_string_length(first) > 0 && json_string_length(first) <= PLIVO_UUID_MAX_BYTES)
        out->uuid = arena_dup(arena, str_bytes(json_string_value(first), json_string_length(first)));
    else if (first)
        out->has_uuid_list =
            false; /* something is there, but nothing that we could hold on to: neither taken nor refused */
}

static struct str address_at(const json_t *object, const char *name, struct arena *arena)
{
    struct err ignored; /* a masked number ("1555010XXXX") stays as it came and matches nothing */
    struct str raw = string_at(object, name, arena);
    struct str address;
    return plivo_address_read(raw, arena, name, &address, &ignored) ? address : raw;
}

static bool record_read(const json_t *object, struct arena *arena, struct plivo_record *out)
{
    record_init(&plivo_record_record, out);
    out->uuid = string_at(object, "message_uuid", arena);
    out->from = address_at(object, "from_number", arena);
    out->to = address_at(object, "to_number", arena);
    out->units = int_at(object, "units", 0);
    out->state = string_at(object, "message_state", arena);
    out->powerpack = string_at(object, "powerpack_id", arena);
    int64_t code = int_at(object, "error_code", 0);
    out->error_code = code > 0 ? code : INT_UNSET;
    return out->uuid.n > 0 && plivo_time_read(string_at(object, "message_time", arena), &out->at);
}

bool plivo_page_read(struct str body, struct arena *arena, struct plivo_page *out, struct err *err)
{
    *out = (struct plivo_page){ 0 };
    AUTO(json_release) json_t *root = json_loadb(body.p ? body.p : "", body.n, 0, NULL);
    const json_t *objects = json_object_get(root, "objects");
    if (!json_is_array(objects))
        return err_set(err, ERR_BROKEN, "objects", "Plivo's answer is no page of a list");
    if (json_array_size(objects) > PLIVO_LIST_LIMIT)
        return err_set(err, ERR_BROKEN, "objects", "Plivo's page has more than %d records", PLIVO_LIST_LIMIT);
    for (size_t i = 0; i < json_array_size(objects); i++) {
        if (record_read(json_array_get(objects, i), arena, &out->records[out->n]))
            out->n++;
        else
            out->unread++;
    }
    const json_t *meta = json_object_get(root, "meta");
    const json_t *next = json_object_get(meta, "next");
    const json_t *total = json_object_get(meta, "total_count");
    out->has_next = json_is_string(next) && json_string_length(next) > 0;
    out->total = json_is_integer(total) ? json_integer_value(total) : INT_UNSET;
    return !arena_is_full(arena) || arena_err(arena, err);
}

/* --- times --- */

static bool has_offset(struct str text)
{
    struct str tail = str_slice(text, 19, text.n); /* behind "YYYY-MM-DD HH:MM:SS" */
    for (size_t i = 0; i < tail.n; i++)
        if (tail.p[i] == '+' || tail.p[i] == '-' || tail.p[i] == 'Z')
            return true;
    return false;
}

bool plivo_time_read(struct str text, int64_t *time_ms)
{
    char rfc3339[48];
    struct err ignored; /* the caller has a sentence of its own */
    if (text.n < 19 || text.n >= sizeof rfc3339 - 1)
        return false;
    (void)snprintf(rfc3339, sizeof rfc3339, "%.*s%s", STR_ARGS(text),
                   has_offset(text) ? "" : "Z"); /* fits: checked above */
    rfc3339[10] = 'T';
    return time_parse(str_of(rfc3339), "message_time", time_ms, &ignored);
}

void plivo_time_query(int64_t time_ms, char out[PLIVO_TIME_QUERY_BYTES])
{
    char text[TIME_TEXT_BYTES];
    time_format(time_ms, text);
    size_t n = 0;
    for (size_t i = 0; text[i] && text[i] != 'Z'; i++) {
        const char *piece = text[i] == 'T' ? "%20" : text[i] == ':' ? "%3A" : NULL;
        if (piece) {
            memcpy(out + n, piece, 3);
            n += 3;
        } else {
            out[n++] = text[i];
        }
    }
    out[n] = '\0'; /* 23 characters, of which 3 are written as 3 */
}
