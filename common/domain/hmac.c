#include "domain/hmac.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

enum { BLOCK_BYTES = 64, INNER = 0x36, OUTER = 0x5C };

/* The context keeps the digest of its first use: looking it up costs as much as a hash. */
static bool begin(EVP_MD_CTX *context)
{
    return EVP_DigestInit_ex2(context, EVP_MD_CTX_get0_md(context) ? NULL : EVP_sha256(), NULL) == 1;
}

/* H((key ^ pad) || text) */
static bool hash(EVP_MD_CTX *context, const unsigned char key[BLOCK_BYTES], unsigned char pad, struct str text,
                 unsigned char out[HMAC_BYTES])
{
    unsigned char block[BLOCK_BYTES];
    for (size_t i = 0; i < sizeof block; i++)
        block[i] = key[i] ^ pad;
    bool ok = begin(context) && EVP_DigestUpdate(context, block, sizeof block) &&
              EVP_DigestUpdate(context, text.p, text.n) && EVP_DigestFinal_ex(context, out, NULL);
    OPENSSL_cleanse(block, sizeof block);
    return ok;
}

bool hmac_sha256(struct str key, struct str message, unsigned char out[HMAC_BYTES])
{
    unsigned char block[BLOCK_BYTES] = { 0 }, inner[HMAC_BYTES];
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool ok = context != NULL;
    if (key.n > sizeof block)
        ok = ok && begin(context) && EVP_DigestUpdate(context, key.p, key.n) &&
             EVP_DigestFinal_ex(context, block, NULL);
    else if (key.n > 0)
        memcpy(block, key.p, key.n);
    ok = ok && hash(context, block, INNER, message, inner) &&
         hash(context, block, OUTER, str_bytes(inner, sizeof inner), out);
    OPENSSL_cleanse(block, sizeof block);
    EVP_MD_CTX_free(context);
    return ok;
}
