/* buf.h - bytes that grow up to a maximum told at birth.
 *
 * Promise: I1 n <= max_bytes; I2 what was appended before a failed append is still there; I3 after one failed append
 *          has_failed stays true until buf_clear(), so that a chain of appends is checked once, at its end.
 * Units:   bytes.
 * Memory:  owned, on the heap; buf_release() frees. buf_str() is borrowed until the next append.
 * Threads: one owner at a time.
 */
#ifndef PARLEY_BUF_H
#define PARLEY_BUF_H
#include "base/base.h"

struct buf {
    char *p;
    size_t n;
    size_t capacity;
    size_t max_bytes;
    bool has_failed;
};

void buf_init(struct buf *buf, size_t max_bytes);
void buf_release(struct buf *buf);
void buf_clear(struct buf *buf);

/* buf_add_bytes() where there is no room yet: grows, then appends. */
bool buf_grow_and_add(struct buf *buf, const void *bytes, size_t n);

/* False (has_failed from then on) when it would pass max_bytes or memory is out; nothing of s is appended then. Inline while there is
 * room: rows and JSON are written in pieces of a few bytes. */
static inline bool buf_add_bytes(struct buf *buf, const void *bytes, size_t n)
{
    if (buf->has_failed || n >= buf->capacity - buf->n || n > buf->max_bytes - buf->n) /* one byte stays for the NUL */
        return buf_grow_and_add(buf, bytes, n);
    if (n)
        memcpy(buf->p + buf->n, bytes, n);
    buf->n += n;
    return true;
}

static inline bool buf_add(struct buf *buf, struct str s)
{
    return buf_add_bytes(buf, s.p, s.n);
}

static inline bool buf_add_char(struct buf *buf, char c)
{
    return buf_add_bytes(buf, &c, 1);
}

static inline bool buf_add_text(struct buf *buf, const char *text)
{
    return buf_add(buf, str_of(text));
}

bool buf_add_int(struct buf *buf, int64_t v);
bool buf_add_format(struct buf *buf, const char *format, ...) PRINTF_LIKE(2, 3);

static inline struct str buf_str(const struct buf *buf)
{
    return (struct str){buf->p ? buf->p : "", buf->n};
}

/* The bytes with a NUL behind them (not counted in n). Borrowed; "" when the NUL no longer fitted. */
const char *buf_text(struct buf *buf);

#endif
