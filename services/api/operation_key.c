#include "operation_key.h"

#include "base/buf.h"
#include "io/token.h"

bool operation_of_key(int64_t tenant, struct str owner, struct str key, struct id *out, struct err *err)
{
    struct buf text;
    struct token_hash hash;
    buf_init(&text, 1024);
    /* each part behind its length, so that no two triples give the same bytes */
    (void)buf_add_format(&text, "%lld:%zu:", (long long)tenant, owner.n); /* failures are asked for once, below */
    (void)buf_add(&text, owner);
    (void)buf_add_format(&text, ":%zu:", key.n);
    bool ok = buf_add(&text, key) && !text.has_failed;
    ok = ok ? token_hash(buf_str(&text), &hash, err) : err_set(err, ERR_BUSY, NULL, "out of memory");
    buf_release(&text);
    if (!ok)
        return false;
    memcpy(out->b, hash.b, ID_BYTES);
    out->b[6] = (uint8_t)((out->b[6] & 0x0F) | 0x80);
    out->b[8] = (uint8_t)((out->b[8] & 0x3F) | 0x80);
    return true;
}
