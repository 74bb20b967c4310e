#include "io/token.h"

#include "io/chance.h"

#include <openssl/evp.h>

static const char DIGITS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* Writes 4 characters for each 3 bytes, 2 or 3 for the rest. */
static char *base64url(char *out, const uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < n; i += 3) {
        uint32_t b1 = i + 1 < n ? bytes[i + 1] : 0;
        uint32_t b2 = i + 2 < n ? bytes[i + 2] : 0;
        uint32_t three = (uint32_t)bytes[i] << 16 | b1 << 8 | b2;
        size_t chars = min_size(n - i, 3) + 1;
        for (size_t c = 0; c < chars; c++)
            *out++ = DIGITS[three >> (18 - 6 * c) & 0x3F];
    }
    return out;
}

struct token token_new(const char *prefix)
{
    struct token token;
    uint8_t random[TOKEN_RANDOM_BYTES];
    size_t n = strlen(prefix);
    assert(n <= TOKEN_PREFIX_MAX);
    memcpy(token.text, prefix, n);
    chance_bytes(random, sizeof random);
    *base64url(token.text + n, random, sizeof random) = '\0';
    explicit_bzero(random, sizeof random);
    return token;
}

bool token_hash(struct str token, struct token_hash *out, struct err *err)
{
    size_t n = 0;
    if (EVP_Q_digest(NULL, "SHA256", NULL, token.n ? token.p : "", token.n, out->b, &n) != 1 || n != sizeof out->b)
        return err_set(err, ERR_BUSY, NULL, "SHA-256 failed");
    return true;
}
