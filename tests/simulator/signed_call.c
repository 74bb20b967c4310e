#include "signed_call.h"
#include "io/chance.h"
#include "plivo/plivo_signature.h"
#include "plivo/plivo_words.h"
#include "wire/form.h"
#include <stdio.h>
#include <stdlib.h>

enum { SIGN_ARENA_BYTES = 2 * 1024 * 1024 };

static char *whole_url(const struct call *call)
{
    AUTO(buf_release) struct buf url;
    buf_init(&url, CALL_FORM_MAX_BYTES * 2);
    struct str base = str_of(call->url);
    buf_add(&url, str_slice(base, 0, str_find(base, '#')));
    if (call->is_get) {
        buf_add_char(&url, strchr(call->url, '?') ? '&' : '?');
        buf_add_text(&url, call->form);
    }
    return url.has_failed ? NULL : text_new(buf_str(&url));
}

static bool add_header(struct signed_call *out, const char *name, const char *value)
{
    char line[256];
    snprintf(line, sizeof line, "%s: %s", name, value);
    struct curl_slist *more = curl_slist_append(out->headers, line);
    if (more)
        out->headers = more;
    return more != NULL;
}

static bool sign(struct signed_call *out, const struct call *call, const struct secret *token, struct arena *arena)
{
    struct err err;
    struct str url = str_of(out->url);
    size_t base_n = str_find(url, '?');
    struct form query, body = { 0 };
    if (!form_decode(str_slice(url, base_n + 1, url.n), arena, &query, &err) ||
        (!call->is_get && !form_decode(str_of(call->form), arena, &body, &err)))
        return false;
    struct plivo_signed content = { .method = call->is_get ? STR("GET") : STR("POST"),
                                    .base_url = str_slice(url, 0, base_n),
                                    .query = query.pairs,
                                    .query_n = query.n,
                                    .body = body.pairs,
                                    .body_n = body.n };
    char nonce[32];
    snprintf(nonce, sizeof nonce, "%020llu", (unsigned long long)chance_below(UINT64_C(10000000000000000000)));
    struct plivo_signature v3, v2;
    if (!plivo_sign_v3(token, &content, str_of(nonce), arena, &v3, &err) ||
        !plivo_sign_v2(token, content.base_url, str_of(nonce), arena, &v2, &err))
        return false;
    const struct {
        const char *name, *value;
    } headers[] = { { PLIVO_HEADER_V3, v3.text },    { PLIVO_HEADER_MA_V3, v3.text }, { PLIVO_HEADER_V3_NONCE, nonce },
                    { PLIVO_HEADER_V2, v2.text },    { PLIVO_HEADER_MA_V2, v2.text }, { PLIVO_HEADER_V2_NONCE, nonce },
                    { "Expect", "" }, /* libcurl adds one to large bodies, and then waits */
                    { "Content-Type", "application/x-www-form-urlencoded" } };
    for (size_t i = 0; i < COUNT(headers) - (call->is_get ? 1 : 0); i++)
        if (!add_header(out, headers[i].name, headers[i].value))
            return false;
    return true;
}

bool signed_call_make(struct signed_call *out, const struct call *call, const struct secret *token)
{
    static const struct secret WRONG = { .bytes = "a token that is not the account's", .n = 33 };
    struct arena arena;
    arena_init(&arena, SIGN_ARENA_BYTES);
    *out = (struct signed_call){ .url = whole_url(call) };
    bool is_made = out->url && sign(out, call, call->is_forged ? &WRONG : token, &arena);
    arena_release(&arena);
    return is_made;
}

void signed_call_release(struct signed_call *request)
{
    free(request->url);
    curl_slist_free_all(request->headers);
    *request = (struct signed_call){ 0 };
}
