/* webhooks.h - the raw requests under tests/vectors/webhooks, parsed, and what their README expects of each. */
#ifndef PARLEY_TESTS_WEBHOOKS_H
#define PARLEY_TESTS_WEBHOOKS_H
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "plivo/plivo_signature.h"
#include "plivo/plivo_words.h"
#include "unit/cmocka_all.h"
#include "wire/form.h"

#define WEBHOOKS_PUBLIC_URL "https://sms.example.com"
#define WEBHOOKS_TOKEN "ZmFrZS10b2tlbi1mb3ItcGFybGV5LXRlc3RzLW9uZQ"
#define WEBHOOKS_SUBACCOUNT_TOKEN "U3ViYWNjb3VudC10b2tlbi1pbnZlbnRlZC1mb3ItdA"
#define WEBHOOKS_WRONG_TOKEN "Tm90LWEtcmVhbC10b2tlbi1qdXN0LWZvci10ZXN0cw"

struct webhook {
    struct arena arena; /* holds everything below */
    struct str method, path, query, body;
    struct form fields; /* of the body, or of a GET's query */
    struct plivo_request request;
};

static inline struct str webhooks_file(struct arena *arena, const char *name)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/webhooks/%s", VECTORS_DIR, name);
    FILE *file = fopen(path, "re");
    if (!file)
        fail_msg("%s: cannot be opened", path);
    char *bytes = arena_alloc(arena, 64 * 1024);
    assert_non_null(bytes);
    size_t n = fread(bytes, 1, 64 * 1024, file);
    (void)fclose(file); /* only read */
    return (struct str){ bytes, n };
}

static inline void webhooks_header(struct plivo_request *request, struct str name, struct str value)
{
    struct str *to = str_eq_ascii_case(name, STR(PLIVO_HEADER_V3))         ? &request->v3
                     : str_eq_ascii_case(name, STR(PLIVO_HEADER_MA_V3))    ? &request->ma_v3
                     : str_eq_ascii_case(name, STR(PLIVO_HEADER_V3_NONCE)) ? &request->v3_nonce
                     : str_eq_ascii_case(name, STR(PLIVO_HEADER_V2))       ? &request->v2
                     : str_eq_ascii_case(name, STR(PLIVO_HEADER_MA_V2))    ? &request->ma_v2
                     : str_eq_ascii_case(name, STR(PLIVO_HEADER_V2_NONCE)) ? &request->v2_nonce
                                                                           : NULL;
    if (to)
        *to = value;
}

static inline struct form webhooks_json_fields(struct arena *arena, struct str body)
{
    json_t *root = json_loadb(body.p, body.n, 0, NULL);
    assert_non_null(root);
    struct form form = { arena_alloc_array(arena, json_object_size(root), sizeof(struct pair)), 0 };
    const char *name;
    json_t *value;
    json_object_foreach(root, name, value) form.pairs[form.n++] =
        (struct pair){ arena_dup(arena, str_of(name)), arena_dup(arena, str_of(json_string_value(value))) };
    json_decref(root);
    return form;
}

/* webhook_release() it. */
static inline struct webhook webhook_load(const char *name)
{
    struct webhook hook = { 0 };
    struct err err;
    arena_init(&hook.arena, 1024 * 1024);
    struct str rest = webhooks_file(&hook.arena, name), line, target;
    bool is_json = false;

    assert_true(str_next(&rest, '\n', &line));
    assert_true(str_next(&line, ' ', &hook.method));
    assert_true(str_next(&line, ' ', &target));
    size_t mark = str_find(target, '?');
    hook.path = str_slice(target, 0, mark);
    hook.query = str_slice(target, mark + 1, target.n);
    while (str_next(&rest, '\n', &line) && str_trim(line).n > 0) {
        size_t colon = str_find(line, ':');
        struct str value = str_trim(str_slice(line, colon + 1, line.n));
        webhooks_header(&hook.request, str_slice(line, 0, colon), value);
        is_json |= str_eq_ascii_case(str_slice(line, 0, colon), STR("Content-Type")) &&
                   str_is(value, "application/json");
    }
    hook.body = rest;

    struct form query, body;
    assert_true(form_decode(hook.query, &hook.arena, &query, &err));
    if (is_json)
        body = webhooks_json_fields(&hook.arena, hook.body);
    else
        assert_true(form_decode(hook.body, &hook.arena, &body, &err));
    hook.fields = str_is(hook.method, "GET") ? query : body;
    hook.request.content = (struct plivo_signed){
        .method = hook.method,
        .base_url = arena_format(&hook.arena, "%s%.*s", WEBHOOKS_PUBLIC_URL, STR_ARGS(hook.path)),
        .query = query.pairs,
        .query_n = query.n,
        .body = body.pairs,
        .body_n = body.n,
    };
    return hook;
}

static inline void webhook_release(struct webhook *hook)
{
    arena_release(&hook->arena);
}

#endif
