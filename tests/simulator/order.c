#include "order.h"
#include "domain/segments.h"
#include "plivo/plivo_words.h"
#include "sim_address.h"
#include "web.h"
#include "world.h"

static bool read_type(const json_t *object, struct order *out, struct err *err)
{
    struct str type;
    if (!web_text(object, PLIVO_SEND_TYPE, &type, err))
        return false;
    out->is_mms = str_is(type, "mms");
    if (str_is_set(type) && !out->is_mms && !str_is(type, "sms"))
        return err_set(err, ERR_INPUT, PLIVO_SEND_TYPE, "type must be sms or mms");
    return true;
}

static bool read_from(const json_t *object, struct order *out, struct err *err)
{
    struct str src, powerpack;
    if (!web_text(object, PLIVO_SEND_SRC, &src, err) || !web_text(object, PLIVO_SEND_POWERPACK, &powerpack, err))
        return false;
    if (str_is_set(src) == str_is_set(powerpack))
        return err_set(err, ERR_INPUT, PLIVO_SEND_SRC, "exactly one of src and powerpack_uuid must be present");
    out->powerpack = powerpack;
    if (str_is_set(powerpack))
        return true; /* whose it is, is the account's to say: rest_send.c */
    if (!address_read(src, PLIVO_SEND_SRC, &out->from, err))
        return err_set(err, ERR_INPUT, PLIVO_SEND_SRC, "src is not a valid phone number");
    return true;
}

static bool is_known(const struct order *out, const struct sim_address *address)
{
    for (size_t i = 0; i < out->to_n; i++)
        if (strcmp(out->to[i].text, address->text) == 0)
            return true;
    return false;
}

static bool add_to(struct order *out, struct str item, struct err *err)
{
    struct sim_address address;
    struct err why;
    if (out->to_n == ORDER_TO_MAX)
        return err_set(err, ERR_INPUT, PLIVO_SEND_DST, "dst holds more than %d numbers", ORDER_TO_MAX);
    if (!address_read(item, PLIVO_SEND_DST, &address, &why))
        return json_array_append_new(out->invalid, json_stringn(item.p, item.n)) == 0 ||
               err_set(err, ERR_INPUT, PLIVO_SEND_DST, "dst is not valid UTF-8");
    if (strcmp(address.text, out->from.text) == 0)
        return err_set(err, ERR_INPUT, PLIVO_SEND_DST, "src and dst cannot be the same");
    if (!is_known(out, &address))
        out->to[out->to_n++] = address;
    return true;
}

/* Some bad numbers among good ones are told beside the good ones' uuids; only bad ones are an error. */
static bool read_to(const json_t *object, struct arena *arena, struct order *out, struct err *err)
{
    struct str dst, item;
    if (!web_text(object, PLIVO_SEND_DST, &dst, err))
        return false;
    if (dst.n == 0)
        return err_set(err, ERR_INPUT, PLIVO_SEND_DST, "dst parameter not present");
    size_t most = 1;
    for (size_t i = 0; i < dst.n; i++)
        most += dst.p[i] == '<';
    out->to = arena_alloc_array(arena, min_size(most, ORDER_TO_MAX), sizeof *out->to);
    if (!out->to)
        return arena_err(arena, err);
    while (str_next(&dst, '<', &item))
        if (!add_to(out, item, err))
            return false;
    return out->to_n > 0 || err_set(err, ERR_INPUT, PLIVO_SEND_DST, "dst is not a valid phone number");
}

static bool read_media(const json_t *object, struct order *out, struct err *err)
{
    const json_t *urls = json_object_get(object, PLIVO_SEND_MEDIA_URLS);
    const json_t *ids = json_object_get(object, "media_ids");
    const json_t *item;
    size_t i;
    if ((urls && !json_is_array(urls) && !json_is_null(urls)) || (ids && !json_is_array(ids) && !json_is_null(ids)))
        return err_set(err, ERR_INPUT, PLIVO_SEND_MEDIA_URLS, "media_urls and media_ids must be lists");
    if (json_array_size(urls) + json_array_size(ids) > PLIVO_SEND_MEDIA_MAX)
        return err_set(err, ERR_INPUT, PLIVO_SEND_MEDIA_URLS, "more than %d media in one message",
                       PLIVO_SEND_MEDIA_MAX);
    json_array_foreach(urls, i, item)
    {
        struct str url = str_of(json_string_value(item));
        if (!str_starts(url, STR("http://")) && !str_starts(url, STR("https://")))
            return err_set(err, ERR_INPUT, PLIVO_SEND_MEDIA_URLS, "media_urls holds something other than a URL");
        out->media[out->media_n++] = url;
    }
    if (json_array_size(ids) > 0)
        return err_set(err, ERR_INPUT, "media_ids", "media_ids names a file that was never uploaded");
    if (out->media_n > 0 && !out->is_mms)
        return err_set(err, ERR_INPUT, PLIVO_SEND_MEDIA_URLS, "media_urls is for messages of type mms");
    return true;
}

static bool read_text(const json_t *object, struct order *out, struct err *err)
{
    if (!web_text(object, PLIVO_SEND_TEXT, &out->text, err))
        return false;
    if (out->text.n == 0 && out->media_n == 0)
        return err_set(err, ERR_INPUT, PLIVO_SEND_TEXT, "text parameter not present");
    if (!segments_check(out->text, PLIVO_SEND_TEXT, err))
        return false;
    out->units = out->is_mms ? 1 : segments_count(out->text).segments;
    return true;
}

static bool read_callback(const json_t *object, struct order *out, struct err *err)
{
    struct str method;
    if (!web_text(object, PLIVO_SEND_URL, &out->url, err) || !web_text(object, PLIVO_SEND_METHOD, &method, err))
        return false;
    bool is_web = str_starts(out->url, STR("http://")) || str_starts(out->url, STR("https://"));
    if (str_is_set(out->url) && (!is_web || out->url.n >= URL_MAX_BYTES))
        return err_set(err, ERR_INPUT, PLIVO_SEND_URL, "url is not a valid URL");
    if (str_is_set(method) && !str_is(method, "POST") && !str_is(method, "GET"))
        return err_set(err, ERR_INPUT, PLIVO_SEND_METHOD, "method must be GET or POST");
    out->is_url_get = str_is(method, "GET");
    return true;
}

/* A number, or digits as text: the SDKs send both. */
static bool read_expiry(const json_t *object, struct order *out, struct err *err)
{
    const json_t *value = json_object_get(object, PLIVO_SEND_EXPIRY);
    out->expiry_s = EXPIRY_DEFAULT_S;
    if (!value || json_is_null(value))
        return true;
    bool is_read = json_is_integer(value);
    out->expiry_s = json_integer_value(value);
    if (json_is_string(value))
        is_read = str_to_int(str_of(json_string_value(value)), 0, PLIVO_EXPIRY_MAX_S, &out->expiry_s);
    if (!is_read || out->expiry_s < PLIVO_EXPIRY_MIN_S || out->expiry_s > PLIVO_EXPIRY_MAX_S)
        return err_set(err, ERR_INPUT, PLIVO_SEND_EXPIRY, "message_expiry must be %d to %d", PLIVO_EXPIRY_MIN_S,
                       PLIVO_EXPIRY_MAX_S);
    return true;
}

/* What Plivo keeps: everything, or without the number, or without the text. */
static bool read_log(const json_t *object, struct order *out, struct err *err)
{
    const json_t *value = json_object_get(object, PLIVO_SEND_LOG);
    if (!value || json_is_null(value) || json_is_boolean(value)) {
        out->is_number_hidden = json_is_false(value);
        return true;
    }
    struct str word = str_of(json_string_value(value));
    out->is_number_hidden = str_eq_ascii_case(word, STR("false")) || str_is(word, "content_only");
    if (!out->is_number_hidden && !str_eq_ascii_case(word, STR("true")) && !str_is(word, "number_only"))
        return err_set(err, ERR_INPUT, PLIVO_SEND_LOG, "log must be true, false, number_only or content_only");
    return true;
}

bool order_read(const json_t *object, struct arena *arena, struct order *out, struct err *err)
{
    *out = (struct order){ .invalid = json_array() };
    if (read_type(object, out, err) && read_from(object, out, err) && read_to(object, arena, out, err) &&
        read_media(object, out, err) && read_text(object, out, err) && read_callback(object, out, err) &&
        read_expiry(object, out, err) && read_log(object, out, err))
        return true;
    json_decref(out->invalid);
    return false;
}
