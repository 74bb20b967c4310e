#include "query/query.h"

#include <openssl/evp.h>

enum { TIE_BYTES = 8, POSITION_MAX_BYTES = 384 };

/* Ties a place to the filters for which it was given: no other place and no other filters have the same. */
static bool tie(struct txn *txn, struct str filters, struct str position, unsigned char out[TIE_BYTES], struct err *err)
{
    unsigned char full[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    char *bytes = arena_alloc(txn->arena, position.n + filters.n);
    if (!bytes)
        return arena_err(txn->arena, err);
    memcpy(bytes, position.p, position.n);
    memcpy(bytes + position.n, filters.p, filters.n);
    if (EVP_Digest(bytes, position.n + filters.n, full, &n, EVP_sha256(), NULL) != 1)
        return err_set(err, ERR_BUSY, NULL, "out of memory");
    memcpy(out, full, TIE_BYTES);
    return true;
}

bool cursor_format(struct txn *txn, struct str filters, struct str position, struct str *out, struct err *err)
{
    static const char HEX[] = "0123456789abcdef";
    unsigned char bytes[TIE_BYTES + POSITION_MAX_BYTES];
    assert(position.n <= POSITION_MAX_BYTES);
    if (!tie(txn, filters, position, bytes, err))
        return false;
    memcpy(bytes + TIE_BYTES, position.p, position.n);
    size_t n = TIE_BYTES + position.n;
    char *text = arena_alloc(txn->arena, 2 * n + 1);
    if (!text)
        return arena_err(txn->arena, err);
    for (size_t i = 0; i < n; i++) {
        text[2 * i] = HEX[bytes[i] >> 4];
        text[2 * i + 1] = HEX[bytes[i] & 15];
    }
    *out = (struct str){text, 2 * n};
    return true;
}

static int hex_value(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool foreign(struct err *err)
{
    return err_set(err, ERR_INPUT, "cursor", "is not one that this list gave for these filters; begin without");
}

bool cursor_parse(struct txn *txn, struct str filters, struct str cursor, struct str *position, struct err *err)
{
    unsigned char wanted[TIE_BYTES];
    *position = (struct str){0};
    if (!str_is_set(cursor))
        return true;
    size_t n = cursor.n / 2;
    if (cursor.n % 2 != 0 || n <= TIE_BYTES || n > TIE_BYTES + POSITION_MAX_BYTES)
        return foreign(err);
    char *bytes = arena_alloc(txn->arena, n);
    if (!bytes)
        return arena_err(txn->arena, err);
    for (size_t i = 0; i < n; i++) {
        int high = hex_value(cursor.p[2 * i]);
        int low = hex_value(cursor.p[2 * i + 1]);
        if (high < 0 || low < 0)
            return foreign(err);
        bytes[i] = (char)(high * 16 + low);
    }
    struct str place = str_bytes(bytes + TIE_BYTES, n - TIE_BYTES);
    if (!tie(txn, filters, place, wanted, err))
        return false;
    if (memcmp(bytes, wanted, TIE_BYTES) != 0)
        return foreign(err);
    *position = place;
    return true;
}

bool limit_check(int64_t asked, int64_t fallback, int64_t max, int64_t *out, struct err *err)
{
    *out = asked ? asked : fallback;
    return (*out >= 1 && *out <= max) || err_set(err, ERR_INPUT, "limit", "must be 1 to %lld", (long long)max);
}
