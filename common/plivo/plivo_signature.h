/* plivo_signature.h - whether Plivo made this request, and how to make one as Plivo does.
 *
 * Promise: a request is valid when one item of X-Plivo-Signature-V3 or -Ma-V3 is what one of the keys makes of URL,
 *          query, parameters and nonce. Where any V3 header stands, V2 is not even looked at. Texts are compared in
 *          constant time. Once-encoded strings are tried first; where a parameter is not ASCII, the twice-encoded one
 *          as well (one SDK of Plivo's signs so).
 * Memory:  the base string is built once, in the caller's arena. A struct plivo_signer is heap, made once per thread
 *          and tenant.
 * Threads: a signer belongs to one thread. plivo_sign_v3() and plivo_sign_v2(): call from any.
 * Source:  plivo.md section 3; tests/vectors/signatures.json, made by the official SDK.
 */
#ifndef PARLEY_PLIVO_SIGNATURE_H
#define PARLEY_PLIVO_SIGNATURE_H
#include "base/arena.h"
#include "base/pair.h"
#include "base/secret.h"

enum { PLIVO_SIGNATURE_CHARS = 44 }; /* Base64 of 32 bytes */

struct plivo_signature {
    char text[PLIVO_SIGNATURE_CHARS + 1];
};

/* What is signed. All of it borrowed. */
struct plivo_signed {
    struct str method; /* "POST" or "GET": a GET signs its query alone */
    struct str base_url; /* scheme://host[:port]path as it came: nothing decoded, no '?', no fragment */
    const struct pair *query;
    size_t query_n;
    const struct pair *body;
    size_t body_n;
};

/* A request to be checked: what is signed, and the six headers; unset where a header is absent. */
struct plivo_request {
    struct plivo_signed content;
    struct str v3, ma_v3, v3_nonce;
    struct str v2, ma_v2, v2_nonce;
};

/* clang-format off */
/*    enumerator                     word                  http  valid */
#define PLIVO_VERDICTS(X)                                              \
    X(PLIVO_MISSING,                 "missing",            400,  false) \
    X(PLIVO_INVALID,                 "invalid",            403,  false) \
    X(PLIVO_VALID_V3,                "v3",                 200,  true)  \
    X(PLIVO_VALID_V3_TWICE_ENCODED,  "v3_twice_encoded",   200,  true)  \
    X(PLIVO_VALID_V2,                "v2",                 200,  true)
/* clang-format on */

enum plivo_verdict_kind {
#define X(enumerator, word, http, valid) enumerator,
    PLIVO_VERDICTS(X)
#undef X
        PLIVO_VERDICT_COUNT
};

struct plivo_verdict {
    enum plivo_verdict_kind kind;
    size_t token; /* which of the signer's tokens matched; 0 unless valid */
};

bool plivo_verdict_is_valid(enum plivo_verdict_kind kind);
int plivo_verdict_http(enum plivo_verdict_kind kind);
/* For metrics and marks: "v3", "missing" … */
const char *plivo_verdict_word(enum plivo_verdict_kind kind);

/* The keys of one tenant (current, previous, main), ready to sign. */
struct plivo_signer;

enum { PLIVO_TOKENS_MAX = 8 };

/* Copies the keys into the crypto library's contexts; unset tokens are skipped (their place still counts). NULL: no
 * memory, or more than PLIVO_TOKENS_MAX. */
MUST_USE struct plivo_signer *plivo_signer_new(const struct secret *tokens, size_t n);
void plivo_signer_free(struct plivo_signer *signer);

/* True: *out is filled. False: the arena is full (ERR_TOO_BIG) or the crypto library failed (ERR_BUSY). */
MUST_USE bool plivo_signature_check(struct plivo_signer *signer, const struct plivo_request *request,
                                    bool is_v2_allowed, struct arena *scratch, struct plivo_verdict *out,
                                    struct err *err);

/* As Plivo signs, with the signer's token of that place, which must be set. For the simulator. False as above. */
MUST_USE bool plivo_signer_sign_v3(struct plivo_signer *signer, size_t token, const struct plivo_signed *content,
                                   struct str nonce, struct arena *scratch, struct plivo_signature *out,
                                   struct err *err);
MUST_USE bool plivo_signer_sign_v2(struct plivo_signer *signer, size_t token, struct str base_url, struct str nonce,
                                   struct arena *scratch, struct plivo_signature *out, struct err *err);
/* The same with a token that signs once. For tests. */
MUST_USE bool plivo_sign_v3(const struct secret *token, const struct plivo_signed *content, struct str nonce,
                            struct arena *scratch, struct plivo_signature *out, struct err *err);
MUST_USE bool plivo_sign_v2(const struct secret *token, struct str base_url, struct str nonce, struct arena *scratch,
                            struct plivo_signature *out, struct err *err);

#endif
