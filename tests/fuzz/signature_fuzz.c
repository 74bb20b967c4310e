/* A webhook as the network may bring it: method, path, query, nonce, signature list and body, one a line, the body to
 * the end. Whatever comes: no crash, nobody's signature is valid, and what is signed with the key is. */
#include "plivo/callback_url.h"
#include "plivo/plivo_signature.h"
#include "wire/form.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct str line_of(struct str *rest)
{
    struct str line = { 0 };
    (void)str_next(rest, '\n', &line); /* after the last line: the unset str */
    return line;
}

static void check_own(struct plivo_signer *signer, const struct secret *token, struct plivo_request *request,
                      struct arena *arena)
{
    struct plivo_signature own;
    struct plivo_verdict verdict;
    struct err err;
    if (request->v3_nonce.n == 0 || !plivo_sign_v3(token, &request->content, request->v3_nonce, arena, &own, &err))
        return;
    request->ma_v3 = arena_format(arena, "x, %s ,y", own.text);
    if (!str_is_set(request->ma_v3) || !plivo_signature_check(signer, request, true, arena, &verdict, &err))
        return;
    assert(verdict.kind == PLIVO_VALID_V3);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str rest = str_bytes(data, size);
    struct arena arena;
    struct err err;
    struct form query, body;
    struct secret token;
    struct plivo_verdict verdict;
    arena_init(&arena, 1024 * 1024);
    assert(secret_set(&token, STR("a key that the input cannot know")));

    struct plivo_request request = { .content.method = line_of(&rest), .content.base_url = line_of(&rest) };
    struct str raw_query = line_of(&rest);
    request.v3_nonce = request.v2_nonce = line_of(&rest);
    struct str list = line_of(&rest);
    struct callback_ref ref;
    struct str hmac;
    if (callback_url_parse(request.content.base_url, raw_query, &ref, &hmac))
        assert(!callback_hmac_check(&ref, hmac, &token, 1));

    if (form_decode(raw_query, &arena, &query, &err) && form_decode(rest, &arena, &body, &err)) {
        request.content.query = query.pairs, request.content.query_n = query.n;
        request.content.body = body.pairs, request.content.body_n = body.n;
        struct plivo_signer *signer = plivo_signer_new(&token, 1);
        request.v2 = list;
        if (plivo_signature_check(signer, &request, true, &arena, &verdict, &err))
            assert(!plivo_verdict_is_valid(verdict.kind));
        request.v3 = list;
        if (plivo_signature_check(signer, &request, true, &arena, &verdict, &err))
            assert(!plivo_verdict_is_valid(verdict.kind));
        check_own(signer, &token, &request, &arena);
        plivo_signer_free(signer);
    }
    arena_release(&arena);
    return 0;
}
