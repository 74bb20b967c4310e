/* base.h - the vocabulary that every file shares: borrowed text, attributes, small arithmetic.
 *
 * Promise: struct str is a view: whoever holds one does not own the bytes. p == NULL means unset (null in JSON); n == 0 with p set means empty.
 * Units:   n counts bytes, not characters.
 * Memory:  nothing here allocates.
 * Threads: pure; call from any.
 */
#ifndef PARLEY_BASE_H
#define PARLEY_BASE_H
#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define MUST_USE __attribute__((warn_unused_result))
#define PRINTF_LIKE(format_at, args_at) __attribute__((format(printf, format_at, args_at)))
#define AUTO(release) __attribute__((cleanup(release)))
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct str {
    const char *p;
    size_t n;
};

/* A literal, or an array initialised from one, as a view. */
#define STR(literal) ((struct str){ "" literal, sizeof(literal) - 1 })
/* The two arguments that "%.*s" wants. Only for text that may be shown. */
#define STR_ARGS(s) (int)(s).n, (s).p

/* A C string as a view; NULL becomes the unset str. Borrowed. */
static inline struct str str_of(const char *text)
{
    return (struct str){ text, text ? strlen(text) : 0 };
}

static inline struct str str_bytes(const void *bytes, size_t n)
{
    return (struct str){ (const char *)bytes, n }; /* cast: C++ includes this, too */
}

static inline bool str_is_set(struct str s)
{
    return s.p != NULL;
}

/* Same bytes. An unset str equals an empty one: who must tell them apart asks str_is_set(). */
static inline bool str_eq(struct str a, struct str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool str_is(struct str a, const char *text)
{
    return str_eq(a, str_of(text));
}

bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);

/* Same bytes when ASCII capitals are folded. Header names and the like; never for people's texts. */
bool str_eq_ascii_case(struct str a, struct str b);

/* Without the blanks (space, tab, CR, LF) at both ends. */
struct str str_trim(struct str s);

/* From `at` on, at most n bytes; an `at` behind the end gives the empty str. */
struct str str_slice(struct str s, size_t at, size_t n);

/* Where the byte stands first, or s.n. */
size_t str_find(struct str s, char c);

/* Cuts what stands before the next `separator` off *rest and returns it; the separator is dropped.
 * False when *rest is unset, which it is after its last item. "a,,b" gives "a", "" and "b". */
bool str_next(struct str *rest, char separator, struct str *item);

/* Decimal, an optional '-', nothing else around it. False (and *out untouched) when malformed or outside min…max. */
MUST_USE bool str_to_int(struct str s, int64_t min, int64_t max, int64_t *out);

/* Two digits a byte, small letters, and a NUL: out has room for 2 * n + 1. */
void hex_write(char *out, const void *bytes, size_t n);

/* Order of bytes, the shorter first when one begins the other: <0, 0, >0. */
int str_compare(struct str a, struct str b);

/* Whether the bytes are well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms, at most U+10FFFF). */
bool str_is_utf8(struct str s);

/* Reads one code point at *at and moves *at behind it. A malformed byte yields U+FFFD and moves by one: bounded, never stuck.
 * False at the end. */
bool str_next_code_point(struct str s, size_t *at, uint32_t *code_point);

/* isdigit() obeys the locale; E.164, prices and codes do not. */
static inline bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline int64_t min_i64(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static inline int64_t max_i64(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static inline int64_t clamp_i64(int64_t v, int64_t lowest, int64_t highest)
{
    return max_i64(lowest, min_i64(v, highest));
}

static inline size_t min_size(size_t a, size_t b)
{
    return a < b ? a : b;
}

#endif
