/* secret.h - bytes that are never printed, compared in constant time and wiped on release.
 *
 * Promise: no function of this repo formats a struct secret; the log has no field type for it.
 * Units:   at most SECRET_MAX_BYTES bytes.
 * Memory:  a value with its bytes inside; secret_release() wipes it.
 * Threads: const after filling; read from any.
 */
#ifndef PARLEY_SECRET_H
#define PARLEY_SECRET_H
#include "base/base.h"

enum { SECRET_MAX_BYTES = 512 };

struct secret {
    char bytes[SECRET_MAX_BYTES];
    size_t n;
};

/* False when s is longer than SECRET_MAX_BYTES; *out is then empty. */
MUST_USE bool secret_set(struct secret *out, struct str s);
void secret_release(struct secret *secret);
bool secret_eq(const struct secret *secret, struct str s);
/* Same bytes, in time that depends on the lengths only. */
bool bytes_eq_constant_time(struct str a, struct str b);

static inline bool secret_is_set(const struct secret *secret)
{
    return secret->n > 0;
}

/* For the one call that needs the bytes (an HMAC, a Basic header). Borrowed. */
static inline struct str secret_reveal(const struct secret *secret)
{
    return (struct str){secret->bytes, secret->n};
}

#endif
