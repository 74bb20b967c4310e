#include "call.h"

#include "ask.h"
#include "io/chance.h"
#include "operation_key.h"
#include "origin.h"

#include <jansson.h>
#include <stdio.h>

/* --- what was asked --- */

struct str call_query(const struct call *call, const char *name)
{
    struct str value;
    bool is_there = pair_find(call->query.pairs, call->query.n, name, &value);
    return is_there && value.n > 0 ? value : (struct str){ 0 };
}

bool call_query_word(const struct call *call, const char *name, const struct words *words, struct err *err)
{
    struct str value = call_query(call, name);
    char allowed[120] = "";
    size_t n = 0;
    int found;
    if (!str_is_set(value) || words_find(words, value, &found))
        return true;
    for (size_t i = 0; i < words->n && n < sizeof allowed; i++) {
        const char *word = words_name(words, (int)i);
        int added = word ? snprintf(allowed + n, sizeof allowed - n, "%s%s", n ? ", " : "", word) : 0;
        n += added < 0 ? 0 : (size_t)added;
    }
    return err_set(err, ERR_INPUT, name, "must be one of: %s", allowed);
}

bool call_query_time(const struct call *call, const char *name, int64_t *out, struct err *err)
{
    struct str value = call_query(call, name);
    *out = 0;
    return !str_is_set(value) || time_parse(value, name, out, err);
}

bool call_query_limit(const struct call *call, int64_t *out, struct err *err)
{
    struct str value;
    *out = CALL_LIMIT_DEFAULT;
    if (pair_find(call->query.pairs, call->query.n, "limit", &value) && !str_to_int(value, 1, CALL_LIMIT_MAX, out))
        return err_set(err, ERR_INPUT, "limit", "must be a whole number from 1 to %d", CALL_LIMIT_MAX);
    return true;
}

bool call_id(const struct call *call, size_t n, struct id *out, struct err *err)
{
    assert(n < call->parts_n);
    return id_parse(call->parts[n], NULL, out, err) || err_set(err, ERR_MISSING, NULL, "nothing has this id");
}

bool call_body_bytes(struct call *call, struct str *out, struct err *err)
{
    if (!http_read_body(call->rq, CALL_BODY_MAX_BYTES, call->arena, out, err))
        return false;
    if (!content_type_is_json(http_header(call->rq, "Content-Type")))
        return err_set(err, ERR_MEDIA_TYPE, NULL, "the body must be application/json");
    return true;
}

/* record_from_json() takes null for "unset"; a word cannot be unset. */
static bool refuse_nulls(struct str body, const char *not_null, struct err *err)
{
    struct str names = str_of(not_null);
    struct str name;
    json_t *root = json_loadb(body.p, body.n, JSON_ALLOW_NUL, NULL);
    bool ok = true;
    while (ok && root && str_next(&names, ' ', &name)) {
        char field[32];
        (void)snprintf(field, sizeof field, "%.*s", STR_ARGS(name)); /* our own words, all shorter */
        if (json_is_null(json_object_get(root, field)))
            ok = err_set(err, ERR_INPUT, field, "must not be null");
    }
    json_decref(root);
    return ok;
}

bool call_body(struct call *call, const struct record *record, const char *not_null, void *object, uint64_t *present,
               struct err *err)
{
    struct str body;
    return call_body_bytes(call, &body, err) && record_from_json(record, body, call->arena, object, present, err) &&
           refuse_nulls(body, not_null, err);
}

bool call_no_body(struct call *call, struct err *err)
{
    static const struct record EMPTY = { .name = "empty" };
    struct str body;
    char none;
    if (!http_read_body(call->rq, CALL_BODY_MAX_BYTES, call->arena, &body, err))
        return false;
    if (body.n == 0)
        return true;
    if (!content_type_is_json(http_header(call->rq, "Content-Type")))
        return err_set(err, ERR_MEDIA_TYPE, NULL, "the body must be application/json");
    return record_from_json(&EMPTY, body, call->arena, &none, NULL, err);
}

/* --- asking the worker --- */

bool call_ask(struct call *call, enum operation operation, const void *request, void *reply, struct err *err)
{
    struct bus_context context = { .tenant = call->caller.tenant, .actor = caller_actor(&call->caller, call->arena) };
    if (operation_row(operation)->kind == OPERATION_WRITE) {
        if (!id_is_set(call->operation))
            call->operation = chance_id();
        context.operation = call->operation;
    }
    call->info = (struct bus_reply_info){ 0 };
    call->has_info = ask(operation, &context, request, call->arena, reply, &call->info, err);
    return call->has_info;
}

bool call_idempotency(struct call *call, struct err *err)
{
    struct str key = http_header(call->rq, "Idempotency-Key");
    if (!str_is_set(key))
        return true;
    if (key.n == 0 || key.n > IDEMPOTENCY_KEY_MAX_CHARS)
        return err_set(err, ERR_INPUT, "Idempotency-Key", "must have 1 to %d characters", IDEMPOTENCY_KEY_MAX_CHARS);
    return operation_of_key(call->caller.tenant, caller_actor(&call->caller, call->arena), key, &call->operation, err);
}

/* --- the answer --- */

void call_header(struct call *call, const char *name, struct str value)
{
    assert(call->headers_n < CALL_HEADERS_MAX);
    call->headers[call->headers_n++] = (struct http_header){ name, value };
}

bool call_answer_bytes(struct call *call, int status, const char *content_type, struct str body)
{
    call->status = status;
    (void)http_respond(call->rq, status, content_type, call->headers, call->headers_n,
                       body); /* a peer that is gone needs none */
    return true;
}

static void add_info_headers(struct call *call)
{
    if (!call->has_info)
        return;
    struct str number = arena_format(call->arena, "%lld", (long long)call->info.event_id);
    if (str_is_set(number))
        call_header(call, "Event-Id", number);
    if (call->info.is_replay && str_is_set(http_header(call->rq, "Idempotency-Key")))
        call_header(call, "Idempotency-Replayed", STR("true"));
}

bool call_answer(struct call *call, int status, const struct record *record, const void *object, struct err *err)
{
    struct buf body;
    buf_init(&body, CALL_ANSWER_MAX_BYTES);
    bool ok = record_to_json(record, object, &body);
    if (ok) {
        add_info_headers(call);
        call_header(call, "Cache-Control", STR("no-store"));
        ok = call_answer_bytes(call, status, "application/json", buf_str(&body));
    } else {
        (void)err_set(err, ERR_BROKEN, NULL, "the answer could not be written as JSON"); /* ok stays false */
    }
    buf_release(&body);
    return ok;
}

void json_add_text(struct buf *out, struct str text)
{
    uint32_t c;
    (void)buf_add_char(out, '"'); /* failures are counted by `out`, which its owner asks at the end */
    for (size_t at = 0, from = 0; str_next_code_point(text, &at, &c); from = at) {
        if (c == '"' || c == '\\')
            (void)buf_add_format(out, "\\%c", (char)c);
        else if (c < 0x20)
            (void)buf_add_format(out, "\\u%04x", (unsigned)c);
        else if (c == 0xFFFD)
            (void)buf_add_text(out, "\\ufffd");
        else
            (void)buf_add(out, str_slice(text, from, at - from));
    }
    (void)buf_add_char(out, '"');
}

bool call_relay_by_id(struct call *call, enum operation operation, struct err *err)
{
    const struct operation_row *row = operation_row(operation);
    struct by_id request = { 0 };
    void *reply = arena_alloc(call->arena, row->reply->size);
    if (!reply)
        return arena_err(call->arena, err);
    return call_id(call, 0, &request.id, err) && call_ask(call, operation, &request, reply, err) &&
           call_answer(call, 200, row->reply, reply, err);
}
