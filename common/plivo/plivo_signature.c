#include "plivo/plivo_signature.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>

struct verdict_row {
    const char *word;
    int http;
    bool is_valid;
};

#define X(enumerator, word, http, valid) [enumerator] = { word, http, valid },
static const struct verdict_row VERDICTS[] = { PLIVO_VERDICTS(X) };
#undef X

enum {
    MAC_BYTES = 32
};

bool plivo_verdict_is_valid(enum plivo_verdict_kind kind)
{
    return VERDICTS[kind].is_valid;
}

int plivo_verdict_http(enum plivo_verdict_kind kind)
{
    return VERDICTS[kind].http;
}

const char *plivo_verdict_word(enum plivo_verdict_kind kind)
{
    return VERDICTS[kind].word;
}

/* --- Keys ------------------------------------------------------------------------------------------------------- */

/* One keyed context a token: fetching and keying cost more than the signature itself (3 µs against 0.7). */
struct plivo_signer {
    EVP_MAC_CTX *tokens[PLIVO_TOKENS_MAX]; /* NULL: that token is not set */
    size_t n;
};

static EVP_MAC_CTX *keyed_context(const struct secret *token)
{
    EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    EVP_MAC_CTX *context = mac ? EVP_MAC_CTX_new(mac) : NULL;
    EVP_MAC_free(mac); /* the context holds its own reference */
    if (!context)
        return NULL;
    char digest[] = "SHA256";
    const OSSL_PARAM params[] = { OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                                  OSSL_PARAM_construct_end() };
    struct str key = secret_reveal(token);
    if (!EVP_MAC_init(context, (const unsigned char *)key.p, key.n, params)) {
        EVP_MAC_CTX_free(context);
        return NULL;
    }
    return context;
}

struct plivo_signer *plivo_signer_new(const struct secret *tokens, size_t n)
{
    if (n > PLIVO_TOKENS_MAX)
        return NULL;
    struct plivo_signer *signer = calloc(1, sizeof *signer);
    if (!signer)
        return NULL;
    for (; signer->n < n; signer->n++) {
        if (!secret_is_set(&tokens[signer->n]))
            continue; /* an empty key would sign, too: for anybody */
        signer->tokens[signer->n] = keyed_context(&tokens[signer->n]);
        if (!signer->tokens[signer->n]) {
            plivo_signer_free(signer);
            return NULL;
        }
    }
    return signer;
}

void plivo_signer_free(struct plivo_signer *signer)
{
    if (!signer)
        return;
    for (size_t i = 0; i < signer->n; i++)
        EVP_MAC_CTX_free(signer->tokens[i]);
    free(signer);
}

static bool sign(EVP_MAC_CTX *context, struct str message, struct plivo_signature *out, struct err *err)
{
    unsigned char mac[MAC_BYTES];
    size_t n;
    /* init without a key starts over with the one it has */
    if (!EVP_MAC_init(context, NULL, 0, NULL) ||
        !EVP_MAC_update(context, (const unsigned char *)message.p, message.n) ||
        !EVP_MAC_final(context, mac, &n, sizeof mac) || n != sizeof mac)
        return err_set(err, ERR_BUSY, NULL, "the signature cannot be computed now");
    (void)EVP_EncodeBlock((unsigned char *)out->text, mac, sizeof mac); /* 44 characters and a NUL, always */
    return true;
}

/* --- The base string -------------------------------------------------------------------------------------------- */

static int compare_pairs(const void *a, const void *b)
{
    const struct pair *x = a, *y = b;
    int order = str_compare(x->name, y->name);
    return order != 0 ? order : str_compare(x->value, y->value);
}

/* A sorted copy in the arena; NULL when it is full. */
static struct pair *sorted(const struct pair *pairs, size_t n, struct arena *arena)
{
    struct pair *copy = arena_alloc_array(arena, n, sizeof *copy);
    if (!copy || n == 0)
        return copy;
    memcpy(copy, pairs, n * sizeof *copy);
    qsort(copy, n, sizeof *copy, compare_pairs);
    return copy;
}

static size_t bytes_of(const struct pair *pairs, size_t n)
{
    size_t sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += pairs[i].name.n + pairs[i].value.n + 2; /* '=' and '&' */
    return sum;
}

static bool is_ascii(const struct pair *pairs, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < pairs[i].name.n; j++)
            if ((unsigned char)pairs[i].name.p[j] >= 0x80)
                return false;
        for (size_t j = 0; j < pairs[i].value.n; j++)
            if ((unsigned char)pairs[i].value.p[j] >= 0x80)
                return false;
    }
    return true;
}

static char *put(char *to, struct str s)
{
    if (s.n)
        memcpy(to, s.p, s.n);
    return to + s.n;
}

/* The bytes taken for Latin-1 and encoded once more. */
static char *put_twice(char *to, struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c < 0x80) {
            *to++ = (char)c;
            continue;
        }
        *to++ = (char)(0xC0U | (c >> 6));
        *to++ = (char)(0x80U | (c & 0x3FU));
    }
    return to;
}

/* Room for everything, each byte twice. Both encodings share the sorting: encoding again keeps the order of bytes. */
struct base {
    struct plivo_signed content; /* its pairs sorted, a GET's body left out */
    struct str nonce;
    char *bytes;
};

static bool base_init(struct base *base, const struct plivo_signed *content, struct str nonce, struct arena *arena,
                      struct err *err)
{
    *base = (struct base){ .content = *content, .nonce = nonce };
    if (str_is(content->method, "GET"))
        base->content.body_n = 0;
    size_t query_n = base->content.query_n, body_n = base->content.body_n;
    struct pair *query = sorted(content->query, query_n, arena);
    struct pair *body = sorted(content->body, body_n, arena);
    if (!query || !body) {
        arena_err(arena, err);
        return false;
    }
    base->content.query = query;
    base->content.body = body;
    size_t most = content->base_url.n + bytes_of(query, query_n) + 2 * bytes_of(body, body_n) + nonce.n +
                  3; /* '?' '.' '.' */
    base->bytes = arena_alloc(arena, most);
    if (!base->bytes)
        arena_err(arena, err);
    return base->bytes != NULL;
}

static struct str base_v3(const struct base *base, bool is_twice_encoded)
{
    const struct plivo_signed *c = &base->content;
    char *to = put(base->bytes, c->base_url);
    if (c->query_n > 0 || c->body_n > 0)
        *to++ = '?';
    for (size_t i = 0; i < c->query_n; i++) {
        if (i > 0)
            *to++ = '&';
        to = put(to, c->query[i].name);
        *to++ = '=';
        to = put(to, c->query[i].value);
    }
    if (c->query_n > 0 && c->body_n > 0)
        *to++ = '.';
    for (size_t i = 0; i < c->body_n; i++) {
        to = is_twice_encoded ? put_twice(to, c->body[i].name) : put(to, c->body[i].name);
        to = is_twice_encoded ? put_twice(to, c->body[i].value) : put(to, c->body[i].value);
    }
    *to++ = '.';
    to = put(to, base->nonce);
    return (struct str){ base->bytes, (size_t)(to - base->bytes) };
}

static struct str base_v2(struct str base_url, struct str nonce, struct arena *arena)
{
    char *bytes = arena_alloc(arena, base_url.n + nonce.n);
    if (!bytes)
        return (struct str){ 0 };
    char *end = put(put(bytes, base_url), nonce);
    return (struct str){ bytes, (size_t)(end - bytes) };
}

/* --- Checking --------------------------------------------------------------------------------------------------- */

static bool is_in_list(struct str list, const struct plivo_signature *wanted)
{
    bool found = false;
    struct str item;
    while (str_next(&list, ',', &item)) {
        item = str_trim(item);
        if (item.n == PLIVO_SIGNATURE_CHARS)
            found |= CRYPTO_memcmp(item.p, wanted->text, PLIVO_SIGNATURE_CHARS) == 0;
    }
    return found;
}

/* Tries every token on one message. True without an error: *out is `kind` when one of the two lists holds its
 * signature. */
static bool try_tokens(struct plivo_signer *signer, struct str message, struct str list, struct str main_list,
                       enum plivo_verdict_kind kind, struct plivo_verdict *out, struct err *err)
{
    for (size_t i = 0; i < signer->n; i++) {
        struct plivo_signature wanted;
        if (!signer->tokens[i])
            continue;
        if (!sign(signer->tokens[i], message, &wanted, err))
            return false;
        if (is_in_list(list, &wanted) || is_in_list(main_list, &wanted)) {
            *out = (struct plivo_verdict){ kind, i };
            return true;
        }
    }
    return true;
}

static bool check_v3(struct plivo_signer *signer, const struct plivo_request *rq, struct arena *scratch,
                     struct plivo_verdict *out, struct err *err)
{
    struct base base;
    if (!base_init(&base, &rq->content, rq->v3_nonce, scratch, err))
        return false;
    if (!try_tokens(signer, base_v3(&base, false), rq->v3, rq->ma_v3, PLIVO_VALID_V3, out, err))
        return false;
    if (out->kind == PLIVO_VALID_V3 || is_ascii(base.content.body, base.content.body_n))
        return true;
    return try_tokens(signer, base_v3(&base, true), rq->v3, rq->ma_v3, PLIVO_VALID_V3_TWICE_ENCODED, out, err);
}

static bool check_v2(struct plivo_signer *signer, const struct plivo_request *rq, struct arena *scratch,
                     struct plivo_verdict *out, struct err *err)
{
    struct str message = base_v2(rq->content.base_url, rq->v2_nonce, scratch);
    if (!str_is_set(message))
        return arena_err(scratch, err);
    return try_tokens(signer, message, rq->v2, rq->ma_v2, PLIVO_VALID_V2, out, err);
}

bool plivo_signature_check(struct plivo_signer *signer, const struct plivo_request *request, bool is_v2_allowed,
                           struct arena *scratch, struct plivo_verdict *out, struct err *err)
{
    bool has_v3 = str_is_set(request->v3) || str_is_set(request->ma_v3);
    bool has_v2 = is_v2_allowed && (str_is_set(request->v2) || str_is_set(request->ma_v2));
    struct str nonce = has_v3 ? request->v3_nonce : request->v2_nonce;
    if ((!has_v3 && !has_v2) || nonce.n == 0) {
        *out = (struct plivo_verdict){ PLIVO_MISSING, 0 };
        return true;
    }
    *out = (struct plivo_verdict){ PLIVO_INVALID, 0 };
    if (has_v3) /* and never V2 beside it: that would let anybody strip the signature that covers the body */
        return check_v3(signer, request, scratch, out, err);
    return check_v2(signer, request, scratch, out, err);
}

/* --- Signing ---------------------------------------------------------------------------------------------------- */

bool plivo_signer_sign_v3(struct plivo_signer *signer, size_t token, const struct plivo_signed *content,
                          struct str nonce, struct arena *scratch, struct plivo_signature *out, struct err *err)
{
    struct base base;
    return base_init(&base, content, nonce, scratch, err) &&
           sign(signer->tokens[token], base_v3(&base, false), out, err);
}

bool plivo_signer_sign_v2(struct plivo_signer *signer, size_t token, struct str base_url, struct str nonce,
                          struct arena *scratch, struct plivo_signature *out, struct err *err)
{
    struct str message = base_v2(base_url, nonce, scratch);
    if (!str_is_set(message))
        return arena_err(scratch, err);
    return sign(signer->tokens[token], message, out, err);
}

static bool sign_once(const struct secret *token, struct str message, struct plivo_signature *out, struct err *err)
{
    EVP_MAC_CTX *context = keyed_context(token);
    if (!context)
        return err_set(err, ERR_BUSY, NULL, "the signature cannot be computed now");
    bool ok = sign(context, message, out, err);
    EVP_MAC_CTX_free(context);
    return ok;
}

bool plivo_sign_v3(const struct secret *token, const struct plivo_signed *content, struct str nonce,
                   struct arena *scratch, struct plivo_signature *out, struct err *err)
{
    struct base base;
    if (!base_init(&base, content, nonce, scratch, err))
        return false;
    return sign_once(token, base_v3(&base, false), out, err);
}

bool plivo_sign_v2(const struct secret *token, struct str base_url, struct str nonce, struct arena *scratch,
                   struct plivo_signature *out, struct err *err)
{
    struct str message = base_v2(base_url, nonce, scratch);
    if (!str_is_set(message))
        return arena_err(scratch, err);
    return sign_once(token, message, out, err);
}
