#include "wire/pack.h"

/* --- out --- */

enum { HEAD_MAX_BYTES = 9 };

/* The head byte, and v behind it in so many bytes, the highest first. */
static void add_head(struct buf *out, unsigned first, uint64_t v, size_t bytes)
{
    unsigned char head[HEAD_MAX_BYTES];
    head[0] = (unsigned char)first;
    for (size_t i = 0; i < bytes; i++)
        head[1 + i] = (unsigned char)(v >> (8 * (bytes - 1 - i)));
    (void)buf_add_bytes(out, head, 1 + bytes); /* has_failed tells, as in all of these */
}

/* `fixed`: the head of up to `fixed_max` items; then one, two and four bytes of length. A `one` of 0: there is no such form. */
static void add_length(struct buf *out, unsigned fixed, size_t fixed_max, unsigned one, unsigned two, size_t n)
{
    if (n <= fixed_max && fixed)
        add_head(out, fixed | (unsigned)n, 0, 0);
    else if (n <= UINT8_MAX && one)
        add_head(out, one, n, 1);
    else if (n <= UINT16_MAX)
        add_head(out, two, n, 2);
    else
        add_head(out, two + 1, n, 4);
}

void pack_nil(struct buf *out)
{
    add_head(out, 0xC0, 0, 0);
}

void pack_true(struct buf *out)
{
    add_head(out, 0xC3, 0, 0);
}

void pack_int(struct buf *out, int64_t v)
{
    uint64_t bits = (uint64_t)v;
    if (v >= -32 && v <= INT8_MAX)
        add_head(out, (unsigned)bits & 0xFF, 0, 0);
    else if (v > 0)
        add_head(out,
                 v <= UINT8_MAX    ? 0xCC
                 : v <= UINT16_MAX ? 0xCD
                 : v <= UINT32_MAX ? 0xCE
                                   : 0xCF,
                 bits,
                 v <= UINT8_MAX    ? 1
                 : v <= UINT16_MAX ? 2
                 : v <= UINT32_MAX ? 4
                                   : 8);
    else
        add_head(out,
                 v >= INT8_MIN    ? 0xD0
                 : v >= INT16_MIN ? 0xD1
                 : v >= INT32_MIN ? 0xD2
                                  : 0xD3,
                 bits,
                 v >= INT8_MIN    ? 1
                 : v >= INT16_MIN ? 2
                 : v >= INT32_MIN ? 4
                                  : 8);
}

void pack_real(struct buf *out, double v)
{
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    add_head(out, 0xCB, bits, 8);
}

void pack_text(struct buf *out, struct str s)
{
    add_length(out, 0xA0, 31, 0xD9, 0xDA, s.n);
    (void)buf_add(out, s);
}

void pack_bytes(struct buf *out, struct str s)
{
    add_length(out, 0, 0, 0xC4, 0xC5, s.n);
    (void)buf_add(out, s);
}

void pack_array(struct buf *out, size_t n)
{
    add_length(out, 0x90, 15, 0, 0xDC, n);
}

void pack_map(struct buf *out, size_t n)
{
    add_length(out, 0x80, 15, 0, 0xDE, n);
}

/* --- in --- */

static uint64_t big_endian(const unsigned char *p, size_t n)
{
    uint64_t v = 0;
    for (size_t i = 0; i < n; i++)
        v = v << 8 | p[i];
    return v;
}

static bool take(struct unpacker *in, size_t n, const unsigned char **out)
{
    if (n > in->left)
        return false;
    *out = in->p;
    in->p += n;
    in->left -= n;
    return true;
}

static bool take_text(struct unpacker *in, enum packed_kind kind, uint64_t n, struct packed *out)
{
    const unsigned char *bytes;
    if (n > in->left || !take(in, (size_t)n, &bytes))
        return false;
    *out = (struct packed){ .kind = kind, .is.text = { n ? (const char *)bytes : "", (size_t)n } };
    return true;
}

/* Every item is at least a byte: more than are left cannot follow. */
static bool take_items(const struct unpacker *in, enum packed_kind kind, uint64_t n, struct packed *out)
{
    if (n > in->left / (kind == PACKED_MAP ? 2 : 1))
        return false;
    *out = (struct packed){ .kind = kind, .is.n = (uint32_t)n };
    return true;
}

static struct packed integer(int64_t v)
{
    return (struct packed){ .kind = PACKED_INT, .is.integer = v };
}

static struct packed real_of(const unsigned char *p, size_t n)
{
    uint64_t bits = big_endian(p, n);
    uint32_t half = (uint32_t)bits;
    float single;
    struct packed value = { .kind = PACKED_REAL };
    memcpy(&single, &half, sizeof single);
    memcpy(&value.is.real, &bits, sizeof bits);
    if (n == sizeof single)
        value.is.real = (double)single;
    return value;
}

static struct packed signed_of(uint64_t bits, size_t n)
{
    return integer(n == 1 ? (int8_t)bits : n == 2 ? (int16_t)bits : n == 4 ? (int32_t)bits : (int64_t)bits);
}

/* 0xCA to 0xD8: numbers and extensions of a fixed size. */
static bool take_number(struct unpacker *in, unsigned first, struct packed *out)
{
    static const unsigned char BYTES[] = { 4, 8, 1, 2, 4, 8, 1, 2, 4, 8, 2, 3, 5, 9, 17 };
    const unsigned char *bytes;
    size_t n = BYTES[first - 0xCA];
    if (!take(in, n, &bytes))
        return false;
    uint64_t bits = big_endian(bytes, n <= 8 ? n : 0);
    if (first >= 0xD4)
        *out = (struct packed){ .kind = PACKED_OTHER };
    else if (first >= 0xD0)
        *out = signed_of(bits, n);
    else if (first >= 0xCC)
        *out = bits <= INT64_MAX ? integer((int64_t)bits) : (struct packed){ .kind = PACKED_HUGE };
    else
        *out = real_of(bytes, n);
    return true;
}

/* 0xC4 to 0xC9 and 0xD9 to 0xDF: what has its length in one, two or four bytes. */
static bool take_sized(struct unpacker *in, unsigned first, struct packed *out)
{
    static const unsigned char BYTES_C4[] = { 1, 2, 4, 1, 2, 4 };
    static const unsigned char BYTES_D9[] = { 1, 2, 4, 2, 4, 2, 4 };
    const unsigned char *bytes;
    size_t n = first >= 0xD9 ? BYTES_D9[first - 0xD9] : BYTES_C4[first - 0xC4];
    if (!take(in, n, &bytes))
        return false;
    uint64_t length = big_endian(bytes, n);
    if (first >= 0xDE)
        return take_items(in, PACKED_MAP, length, out);
    if (first >= 0xDC)
        return take_items(in, PACKED_ARRAY, length, out);
    if (first >= 0xD9)
        return take_text(in, PACKED_TEXT, length, out);
    if (first >= 0xC7)
        return take_text(in, PACKED_OTHER, length + 1, out); /* with its type */
    return take_text(in, PACKED_BYTES, length, out);
}

bool unpack_next(struct unpacker *in, struct packed *out)
{
    const unsigned char *head;
    if (!take(in, 1, &head))
        return false;
    unsigned first = *head;
    if (first < 0x80 || first >= 0xE0) {
        *out = integer((int8_t)first);
        return true;
    }
    if (first < 0x90)
        return take_items(in, PACKED_MAP, first & 0x0F, out);
    if (first < 0xA0)
        return take_items(in, PACKED_ARRAY, first & 0x0F, out);
    if (first < 0xC0)
        return take_text(in, PACKED_TEXT, first & 0x1F, out);
    if (first == 0xC1) /* never used */
        return false;
    if (first < 0xC4) {
        *out = (struct packed){ .kind = first == 0xC0 ? PACKED_NIL : PACKED_BOOL, .is.integer = first == 0xC3 };
        return true;
    }
    return first >= 0xCA && first <= 0xD8 ? take_number(in, first, out) : take_sized(in, first, out);
}

static bool skip(struct unpacker *in, const struct packed *value, int depth)
{
    uint64_t items = value->kind == PACKED_MAP     ? 2 * (uint64_t)value->is.n
                     : value->kind == PACKED_ARRAY ? value->is.n
                                                   : 0;
    struct packed inner;
    if (items > 0 && depth == 0)
        return false;
    while (items-- > 0)
        if (!unpack_next(in, &inner) || !skip(in, &inner, depth - 1))
            return false;
    return true;
}

bool unpack_skip(struct unpacker *in, const struct packed *value)
{
    return skip(in, value, PACK_DEPTH_MAX);
}
