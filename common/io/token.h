/* token.h - secrets that we hand out (keys, sign-in links, sessions) and the hash by which alone they are known inside.
 *
 * Promise: a token holds 256 random bits; the store, the bus and the log see its SHA-256 at most.
 * Units:   text of base64url without padding (RFC 4648 section 5) behind an optional prefix.
 * Memory:  plain values; the caller wipes a token that it does not show.
 * Threads: call from any.
 */
#ifndef PARLEY_TOKEN_H
#define PARLEY_TOKEN_H
#include "base/err.h"

enum { TOKEN_RANDOM_BYTES = 32, TOKEN_HASH_BYTES = 32, TOKEN_PREFIX_MAX = 8, TOKEN_CHARS_MAX = TOKEN_PREFIX_MAX + 43 };

struct token {
    char text[TOKEN_CHARS_MAX + 1];
};

struct token_hash {
    uint8_t b[TOKEN_HASH_BYTES];
};

/* `prefix` ("pk_", or "") has at most TOKEN_PREFIX_MAX characters. */
struct token token_new(const char *prefix);
/* False only when the crypto library fails: *err is ERR_BUSY. */
MUST_USE bool token_hash(struct str token, struct token_hash *out, struct err *err);

#endif
