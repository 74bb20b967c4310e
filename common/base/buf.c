#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { SMALLEST_CAPACITY = 256 }; /* an answer's header, a row of the store: grown at most once or twice */

void buf_init(struct buf *buf, size_t max_bytes)
{
    *buf = (struct buf){.max_bytes = max_bytes};
}

void buf_release(struct buf *buf)
{
    free(buf->p);
    buf_init(buf, buf->max_bytes);
}

void buf_clear(struct buf *buf)
{
    buf->n = 0;
    buf->has_failed = false;
}

/* Room for n more bytes and a NUL, which stands outside of max_bytes. */
static bool make_room(struct buf *buf, size_t n)
{
    if (buf->has_failed || n > buf->max_bytes - buf->n) {
        buf->has_failed = true;
        return false;
    }
    size_t wanted = buf->n + n + 1;
    if (wanted <= buf->capacity)
        return true;
    size_t capacity = buf->capacity ? buf->capacity : SMALLEST_CAPACITY;
    while (capacity < wanted)
        capacity *= 2;
    char *p = realloc(buf->p, capacity);
    if (!p) {
        buf->has_failed = true;
        return false;
    }
    buf->p = p;
    buf->capacity = capacity;
    return true;
}

bool buf_grow_and_add(struct buf *buf, const void *bytes, size_t n)
{
    if (!make_room(buf, n))
        return false;
    if (n)
        memcpy(buf->p + buf->n, bytes, n);
    buf->n += n;
    return true;
}

bool buf_add_int(struct buf *buf, int64_t v)
{
    char digits[sizeof "-9223372036854775808"];
    size_t at = sizeof digits;
    uint64_t left = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
    do {
        digits[--at] = (char)('0' + left % 10);
        left /= 10;
    } while (left > 0);
    if (v < 0)
        digits[--at] = '-';
    return buf_add_bytes(buf, digits + at, sizeof digits - at);
}

bool buf_add_format(struct buf *buf, const char *format, ...)
{
    va_list args;
    size_t room = buf->capacity - buf->n;
    va_start(args, format);
    int n = vsnprintf(room > 0 ? buf->p + buf->n : NULL, room, format, args); /* as a rule it fits */
    va_end(args);
    if (n < 0 || !make_room(buf, (size_t)n)) {
        buf->has_failed = true;
        return false;
    }
    if ((size_t)n >= room) {
        va_start(args, format);
        (void)vsnprintf(buf->p + buf->n, (size_t)n + 1, format, args); /* measured just above */
        va_end(args);
    }
    buf->n += (size_t)n;
    return true;
}

const char *buf_text(struct buf *buf)
{
    if (!buf->p && !make_room(buf, 0))
        return "";
    assert(buf->p); /* make_room() keeps one byte more than it was asked for */
    buf->p[buf->n] = '\0';
    return buf->p;
}
