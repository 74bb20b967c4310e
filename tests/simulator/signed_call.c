#include "signed_call.h"
#include "io/chance.h"
#include "plivo/plivo_signature.h"
#include "plivo/plivo_words.h"
#include "wire/form.h"
#include <stdio.h>

enum { SIGN_ARENA_BYTES = 2 * 1024 * 1024, URL_MAX_WITH_QUERY = CALL_FORM_MAX_BYTES * 2, HEADERS_MAX_BYTES = 2048 };
enum { TOKEN_OF_ACCOUNT, TOKEN_FORGED, TOKENS };

static struct plivo_signer *signer;
static struct arena scratch;

bool signed_call_start(const struct secret *token, struct err *err)
{
    struct secret tokens[TOKENS] = {
        [TOKEN_OF_ACCOUNT] = *token, [TOKEN_FORGED] = { .bytes = "a token that is not the account's", .n = 33 }
    };
    arena_init(&scratch, SIGN_ARENA_BYTES);
    signer = plivo_signer_new(tokens, TOKENS);
    secret_release(&tokens[TOKEN_OF_ACCOUNT]);
    return signer || err_set(err, ERR_BUSY, NULL, "the signatures' contexts cannot be made");
}

void signed_call_stop(void)
{
    plivo_signer_free(signer);
    signer = NULL;
    arena_release(&scratch);
}

void signed_call_init(struct signed_call *request)
{
    buf_init(&request->url, URL_MAX_WITH_QUERY);
    buf_init(&request->headers, HEADERS_MAX_BYTES);
}

void signed_call_release(struct signed_call *request)
{
    buf_release(&request->url);
    buf_release(&request->headers);
}

static bool write_url(struct buf *url, const struct call *call)
{
    struct str base = str_of(call->url);
    buf_clear(url);
    buf_add(url, str_slice(base, 0, str_find(base, '#')));
    if (call->is_get) {
        buf_add_char(url, strchr(call->url, '?') ? '&' : '?');
        buf_add_text(url, call->form);
    }
    return !url->has_failed;
}

static void add_header(struct buf *out, const char *name, const char *value)
{
    buf_add_text(out, name);
    buf_add_text(out, ": ");
    buf_add_text(out, value);
    buf_add_text(out, "\r\n");
}

static bool write_headers(struct buf *out, bool is_get, const char *v3, const char *v2, const char *nonce)
{
    buf_clear(out);
    add_header(out, PLIVO_HEADER_V3, v3);
    add_header(out, PLIVO_HEADER_MA_V3, v3);
    add_header(out, PLIVO_HEADER_V3_NONCE, nonce);
    add_header(out, PLIVO_HEADER_V2, v2);
    add_header(out, PLIVO_HEADER_MA_V2, v2);
    add_header(out, PLIVO_HEADER_V2_NONCE, nonce);
    if (!is_get)
        add_header(out, "Content-Type", "application/x-www-form-urlencoded");
    return !out->has_failed;
}

bool signed_call_make(struct signed_call *out, const struct call *call)
{
    struct err err;
    struct form query, body = { 0 };
    size_t token = call->is_forged ? TOKEN_FORGED : TOKEN_OF_ACCOUNT;
    arena_reset(&scratch);
    if (!write_url(&out->url, call))
        return false;
    struct str url = buf_str(&out->url);
    size_t base_n = str_find(url, '?');
    if (!form_decode(str_slice(url, base_n + 1, url.n), &scratch, &query, &err) ||
        (!call->is_get && !form_decode(str_of(call->form), &scratch, &body, &err)))
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
    return plivo_signer_sign_v3(signer, token, &content, str_of(nonce), &scratch, &v3, &err) &&
           plivo_signer_sign_v2(signer, token, content.base_url, str_of(nonce), &scratch, &v2, &err) &&
           write_headers(&out->headers, call->is_get, v3.text, v2.text, nonce);
}
