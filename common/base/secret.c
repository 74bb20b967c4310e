#include "base/secret.h"

bool secret_set(struct secret *out, struct str s)
{
    secret_release(out);
    if (s.n > sizeof out->bytes)
        return false;
    if (s.n)
        memcpy(out->bytes, s.p, s.n);
    out->n = s.n;
    return true;
}

void secret_release(struct secret *secret)
{
    explicit_bzero(secret, sizeof *secret);
}

bool bytes_eq_constant_time(struct str a, struct str b)
{
    if (a.n != b.n)
        return false;
    unsigned char difference = 0;
    for (size_t i = 0; i < a.n; i++)
        difference |= (unsigned char)(a.p[i] ^ b.p[i]);
    return difference == 0;
}

bool secret_eq(const struct secret *secret, struct str s)
{
    return bytes_eq_constant_time(secret_reveal(secret), s);
}
