/* id.h - identities: UUIDv7, made of a time and random bytes that the caller brings.
 *
 * Promise: id_make() of a later millisecond sorts behind one of an earlier, as bytes and as text.
 * Units:   16 bytes inside, 36 characters of lower-case text at the edge. The zero id means unset.
 * Memory:  a plain value; copy it.
 * Threads: pure; call from any.
 * Source:  RFC 9562 section 5.7.
 */
#ifndef PARLEY_ID_H
#define PARLEY_ID_H
#include "base/err.h"

enum { ID_BYTES = 16, ID_TEXT_CHARS = 36 };

struct id {
    uint8_t b[ID_BYTES];
};

struct id_text {
    char c[ID_TEXT_CHARS + 1];
};

/* time_ms: Unix time; only its low 48 bits count. `chance`: 10 random bytes, of which 74 bits are used. */
struct id id_make(int64_t time_ms, const uint8_t chance[10]);
/* The time inside an id made by id_make(). */
int64_t id_time_ms(struct id id);

struct id_text id_text(struct id id);
/* Any UUID in 8-4-4-4-12 form, either case. False: *out is untouched, *err is ERR_INPUT and names `field`. */
MUST_USE bool id_parse(struct str in, const char *field, struct id *out, struct err *err);

static inline bool id_is_set(struct id id)
{
    static const struct id ZERO;
    return memcmp(id.b, ZERO.b, ID_BYTES) != 0;
}

static inline bool id_eq(struct id a, struct id b)
{
    return memcmp(a.b, b.b, ID_BYTES) == 0;
}

static inline int id_compare(struct id a, struct id b)
{
    return memcmp(a.b, b.b, ID_BYTES);
}

#endif
