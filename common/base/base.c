#include "base/base.h"

bool str_starts(struct str s, struct str prefix)
{
    return s.n >= prefix.n && str_eq((struct str){s.p, prefix.n}, prefix);
}

bool str_ends(struct str s, struct str suffix)
{
    return s.n >= suffix.n && str_eq(str_slice(s, s.n - suffix.n, suffix.n), suffix);
}

static char ascii_lower(char c)
{
    return (c >= 'A' && c <= 'Z') ? (char)(c + ('a' - 'A')) : c;
}

bool str_eq_ascii_case(struct str a, struct str b)
{
    if (a.n != b.n)
        return false;
    for (size_t i = 0; i < a.n; i++)
        if (ascii_lower(a.p[i]) != ascii_lower(b.p[i]))
            return false;
    return true;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct str str_trim(struct str s)
{
    while (s.n > 0 && is_blank(s.p[0])) {
        s.p++;
        s.n--;
    }
    while (s.n > 0 && is_blank(s.p[s.n - 1]))
        s.n--;
    return s;
}

struct str str_slice(struct str s, size_t at, size_t n)
{
    if (at >= s.n)
        return (struct str){s.p ? s.p + s.n : NULL, 0};
    return (struct str){s.p + at, min_size(n, s.n - at)};
}

size_t str_find(struct str s, char c)
{
    const char *found = s.n ? memchr(s.p, c, s.n) : NULL;
    return found ? (size_t)(found - s.p) : s.n;
}

bool str_next(struct str *rest, char separator, struct str *item)
{
    if (!str_is_set(*rest))
        return false;
    size_t at = str_find(*rest, separator);
    *item = (struct str){rest->p, at};
    *rest = at == rest->n ? (struct str){0} : (struct str){rest->p + at + 1, rest->n - at - 1};
    return true;
}

bool str_to_int(struct str s, int64_t min, int64_t max, int64_t *out)
{
    bool negative = s.n > 0 && s.p[0] == '-';
    size_t at = negative ? 1 : 0;
    if (at == s.n)
        return false;
    int64_t v = 0;
    for (; at < s.n; at++) {
        if (s.p[at] < '0' || s.p[at] > '9')
            return false;
        int digit = s.p[at] - '0';
        /* gathered below zero: INT64_MIN has no positive twin */
        if (__builtin_mul_overflow(v, (int64_t)10, &v) || __builtin_sub_overflow(v, (int64_t)digit, &v))
            return false;
    }
    if (!negative && __builtin_sub_overflow((int64_t)0, v, &v))
        return false;
    if (v < min || v > max)
        return false;
    *out = v;
    return true;
}

void hex_write(char *out, const void *bytes, size_t n)
{
    static const char HEX[] = "0123456789abcdef";
    const uint8_t *from = bytes;
    for (size_t i = 0; i < n; i++) {
        *out++ = HEX[from[i] >> 4];
        *out++ = HEX[from[i] & 0x0FU];
    }
    *out = '\0';
}

int str_compare(struct str a, struct str b)
{
    size_t n = min_size(a.n, b.n);
    int order = n ? memcmp(a.p, b.p, n) : 0;
    if (order != 0)
        return order;
    return (a.n > b.n) - (a.n < b.n);
}

/* Length of the well-formed sequence at the start of s, 0 when there is none; *code_point gets its value. */
static size_t utf8_sequence(struct str s, uint32_t *code_point)
{
    static const uint32_t SMALLEST[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char *b = (const unsigned char *)s.p;
    size_t n = b[0] < 0x80 ? 1 : (b[0] >> 5) == 6 ? 2 : (b[0] >> 4) == 14 ? 3 : (b[0] >> 3) == 30 ? 4 : 0;
    if (n == 0 || n > s.n)
        return 0;
    uint32_t v = n == 1 ? b[0] : b[0] & (0xFFU >> (n + 1));
    for (size_t i = 1; i < n; i++) {
        if ((b[i] & 0xC0U) != 0x80U)
            return 0;
        v = (v << 6) | (b[i] & 0x3FU);
    }
    if (v < SMALLEST[n] || v > 0x10FFFF || (v >= 0xD800 && v <= 0xDFFF))
        return 0;
    *code_point = v;
    return n;
}

bool str_is_utf8(struct str s)
{
    uint32_t unused;
    for (size_t at = 0; at < s.n;) {
        size_t n = utf8_sequence(str_slice(s, at, s.n), &unused);
        if (n == 0)
            return false;
        at += n;
    }
    return true;
}

bool str_next_code_point(struct str s, size_t *at, uint32_t *code_point)
{
    if (*at >= s.n)
        return false;
    size_t n = utf8_sequence(str_slice(s, *at, s.n), code_point);
    if (n == 0) {
        *code_point = 0xFFFD;
        n = 1;
    }
    *at += n;
    return true;
}
