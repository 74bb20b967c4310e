/* pack.h - msgpack, value by value: heads and bytes out into a buffer, and in from borrowed bytes, with no tree and no heap in between.
 *
 * Promise: writing gives the shortest form of every head. Reading checks every length against the bytes that are left before it is used, so
 *          that a few bytes can announce no more than they are. What was written reads back the same.
 * Units:   bytes; an array's or map's n counts items or pairs.
 * Memory:  texts that were read borrow from the input.
 * Threads: pure; call from any.
 * Source:  the msgpack specification, section Formats.
 */
#ifndef PARLEY_PACK_H
#define PARLEY_PACK_H
#include "base/buf.h"

enum { PACK_DEPTH_MAX = 32 }; /* arrays and maps inside of one another that are skipped; deeper ones are refused */

void pack_nil(struct buf *out);
void pack_true(struct buf *out);
void pack_int(struct buf *out, int64_t v);
void pack_real(struct buf *out, double v);
void pack_text(struct buf *out, struct str s);
void pack_bytes(struct buf *out, struct str s);
void pack_array(struct buf *out, size_t n);
void pack_map(struct buf *out, size_t n);

enum packed_kind {
    PACKED_NIL,
    PACKED_BOOL,
    PACKED_INT,
    PACKED_HUGE, /* an integer over INT64_MAX */
    PACKED_REAL,
    PACKED_TEXT,
    PACKED_BYTES,
    PACKED_ARRAY,
    PACKED_MAP,
    PACKED_OTHER, /* an extension type: skipped, never read */
};

struct packed {
    enum packed_kind kind;
    union {
        int64_t integer; /* INT; BOOL: 0 or 1 */
        double real;
        struct str text; /* TEXT, BYTES: never unset */
        uint32_t n;      /* ARRAY, MAP: what follows */
    } is;
};

struct unpacker {
    const unsigned char *p;
    size_t left;
};

static inline struct unpacker unpacker_of(struct str bytes)
{
    return (struct unpacker){ (const unsigned char *)bytes.p, bytes.n };
}

/* Takes the next value, of an array or map its head alone. False: the bytes end too early, or stand for nothing. */
MUST_USE bool unpack_next(struct unpacker *in, struct packed *out);
/* Goes past what is inside of `value`, which was just taken. False as above, or nested too deep. */
MUST_USE bool unpack_skip(struct unpacker *in, const struct packed *value);

#endif
