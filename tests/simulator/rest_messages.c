/* GET Message/ and Message/{uuid}/: records as Plivo keeps them, with its filters. */
#include "io/clock.h"
#include "plivo/plivo_words.h"
#include "rest.h"
#include "wire/form.h"
#include "wire/record.h"
#include "world.h"
#include <stdio.h>

/* --- filters ---------------------------------------------------------------------------------------------------- */

struct filter {
    struct str powerpack;
    struct str direction, state, type; /* unset: any */
    int64_t error_code;                /* -1: any */
    int64_t from_ms, to_ms;            /* accepted at from_ms … to_ms - 1 */
    bool is_nothing;                   /* asks for what this account has not: a subaccount … */
    int64_t limit, offset;
};

static bool read_word(struct str name, struct str value, const char *const *words, struct str *out, struct err *err)
{
    for (; *words; words++)
        if (str_is(value, *words)) {
            *out = value;
            return true;
        }
    return err_set(err, ERR_INPUT, NULL, "%.*s is not valid", STR_ARGS(name));
}

/* "2026-03-02 17:04[:05[.123456]]", UTC; whole milliseconds count. */
static bool read_time(struct str name, struct str value, int64_t *out, struct err *err)
{
    char text[48];
    bool has_seconds = value.n > 16;
    struct str rest = str_slice(value, 16, value.n);
    size_t dot = str_find(rest, '.');
    struct err unused;
    snprintf(text, sizeof text, "%.10sT%.5s%.*s%.*sZ", value.n >= 16 ? value.p : "", value.n >= 16 ? value.p + 11 : "",
             has_seconds ? (int)min_size(dot, 3) : 3, has_seconds ? rest.p : ":00",
             (int)min_size(rest.n - min_size(dot, rest.n), 4), has_seconds ? rest.p + min_size(dot, rest.n) : "");
    if (value.n < 16 || value.n > 26 || value.p[10] != ' ' || !time_parse(str_of(text), "message_time", out, &unused))
        return err_set(err, ERR_INPUT, NULL, "%.*s must be YYYY-MM-DD HH:MM[:SS[.ffffff]]", STR_ARGS(name));
    return true;
}

static bool read_time_filter(struct str name, struct str value, struct filter *out, struct err *err)
{
    int64_t ms = 0;
    struct str operation = str_slice(name, sizeof "message_time" - 1, name.n);
    if (!read_time(name, value, &ms, err))
        return false;
    if (str_is(operation, ""))
        out->from_ms = ms, out->to_ms = ms + 1;
    else if (str_is(operation, "__gt") || str_is(operation, "__gte"))
        out->from_ms = max_i64(out->from_ms, ms + (str_is(operation, "__gt") ? 1 : 0));
    else if (str_is(operation, "__lt") || str_is(operation, "__lte"))
        out->to_ms = min_i64(out->to_ms, ms + (str_is(operation, "__lte") ? 1 : 0));
    else
        return err_set(err, ERR_INPUT, NULL, "%.*s is not a filter", STR_ARGS(name));
    return true;
}

static bool read_number(struct str name, struct str value, int64_t min, int64_t max, int64_t *out, struct err *err)
{
    if (str_to_int(value, min, max, out))
        return true;
    return err_set(err, ERR_INPUT, NULL, "%.*s must be %lld to %lld", STR_ARGS(name), (long long)min, (long long)max);
}

static bool read_pair(struct str name, struct str value, struct filter *out, struct err *err)
{
    static const char *const DIRECTIONS_[] = { "inbound", "outbound", NULL };
    static const char *const TYPES[] = { "sms", "mms", "whatsapp", NULL };
    static const char *const STATES[] = { "queued",   "sent",     "failed", "delivered", "undelivered",
                                          "rejected", "received", "read",   NULL };
    static const char *const NOT_HERE[] = { "subaccount", "tendlc_campaign_id", "tendlc_registration_status" };
    if (value.n == 0)
        return true;
    if (str_is(name, "message_direction"))
        return read_word(name, value, DIRECTIONS_, &out->direction, err);
    if (str_is(name, "message_state"))
        return read_word(name, value, STATES, &out->state, err);
    if (str_is(name, "message_type"))
        return read_word(name, value, TYPES, &out->type, err);
    if (str_starts(name, STR("message_time")))
        return read_time_filter(name, value, out, err);
    if (str_is(name, "error_code"))
        return read_number(name, value, 0, 99999, &out->error_code, err);
    if (str_is(name, "powerpack_id"))
        out->powerpack = value;
    if (str_is(name, "limit"))
        return read_number(name, value, 1, PLIVO_LIST_LIMIT, &out->limit, err);
    if (str_is(name, "offset"))
        return read_number(name, value, 0, INT32_MAX, &out->offset, err);
    if (str_is(name, "destination_country_iso2"))
        out->is_nothing |= !str_is(value, "US");
    for (size_t i = 0; i < COUNT(NOT_HERE); i++)
        out->is_nothing |= str_is(name, NOT_HERE[i]);
    return true; /* unknown names change nothing, as at Plivo */
}

static bool passes(const struct filter *filter, const struct message *m)
{
    struct str direction = message_is_inbound(m) ? STR("inbound") : STR("outbound");
    bool is_code_right = filter->error_code < 0 || filter->error_code == m->error_code;
    return m->by != BY_PLIVO && !filter->is_nothing && is_code_right &&
           (!str_is_set(filter->direction) || str_eq(filter->direction, direction)) &&
           (!str_is_set(filter->powerpack) || str_is(filter->powerpack, m->powerpack)) &&
           (!str_is_set(filter->state) || str_is(filter->state, sim_state_word(m->state))) &&
           (!str_is_set(filter->type) || str_is(filter->type, m->is_mms ? "mms" : "sms")) &&
           m->accepted_ms >= filter->from_ms && m->accepted_ms < filter->to_ms;
}

/* The raw query without limit and offset. */
static struct str filters_alone(struct exchange *x)
{
    struct buf kept;
    struct str rest = x->rq->query, piece;
    buf_init(&kept, x->rq->query.n + 1);
    while (str_next(&rest, '&', &piece))
        if (!str_starts(piece, STR("limit=")) && !str_starts(piece, STR("offset="))) {
            buf_add_text(&kept, kept.n ? "&" : "");
            buf_add(&kept, piece);
        }
    struct str out = arena_dup(x->arena, buf_str(&kept));
    buf_release(&kept);
    return out;
}

void rest_messages(struct exchange *x)
{
    struct err err;
    struct form query;
    struct filter filter = { .error_code = -1, .to_ms = INT64_MAX, .limit = PLIVO_LIST_LIMIT };
    bool is_read = form_decode(x->rq->query, x->arena, &query, &err);
    for (size_t i = 0; is_read && i < query.n; i++)
        is_read = read_pair(query.pairs[i].name, query.pairs[i].value, &filter, &err);
    if (!is_read) {
        plivo_refuse_input(x, &err);
        return;
    }
    json_t *objects = json_array();
    int64_t total = 0;
    struct world *world = world_lock();
    for (const struct message *m = world->book.newest; m; m = m->older) {
        if (!passes(&filter, m))
            continue;
        if (total >= filter.offset && total < filter.offset + filter.limit)
            json_array_append_new(objects, message_record(m, world->auth_id.p));
        total++;
    }
    world_unlock(world);
    web_answer(x, 200, rest_list(x, filters_alone(x), filter.limit, filter.offset, total, objects));
}

/* --- one -------------------------------------------------------------------------------------------------------- */

/* Plivo's own answers have no records. */
static const struct message *message_in_path(struct exchange *x, struct world *world)
{
    const struct message *m = book_find(&world->book, x->captures[1]);
    return m && m->by != BY_PLIVO ? m : NULL;
}

void rest_message(struct exchange *x)
{
    struct world *world = world_lock();
    const struct message *m = message_in_path(x, world);
    json_t *record = m ? message_record(m, world->auth_id.p) : NULL;
    world_unlock(world);
    if (!record) {
        plivo_refuse(x, 404, "not found");
        return;
    }
    json_t *body = plivo_object();
    json_object_update(body, record);
    json_decref(record);
    web_answer(x, 200, body);
}

void rest_media(struct exchange *x)
{
    json_t *objects = json_array();
    struct world *world = world_lock();
    const struct message *m = message_in_path(x, world);
    for (size_t i = 0; m && i < m->media_n; i++)
        json_array_append_new(objects, json_pack("{so ss ss ss si}", "media_id", json_sprintf("%s-%zu", m->uuid.c, i),
                                                 "media_url", m->media[i], "content_type", "application/octet-stream",
                                                 "file_name", "", "size", 0));
    bool is_known = m != NULL;
    world_unlock(world);
    int64_t n = (int64_t)json_array_size(objects);
    if (is_known) {
        web_answer(x, 200, rest_list(x, STR(""), PLIVO_LIST_LIMIT, 0, n, objects));
    } else {
        json_decref(objects);
        plivo_refuse(x, 404, "not found");
    }
}
