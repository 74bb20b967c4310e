/* signed_url.h - the URL that Plivo called, as Plivo saw it, and from whom we believe a proxy's word about it.
 *
 * Promise: scheme and host come from PUBLIC_URL; from X-Forwarded-Proto and -Host only when the peer is a trusted proxy. The path is
 *          the raw one of the request line, nothing decoded.
 * Units:   at most PROXIES_MAX networks.
 * Memory:  a struct proxies is a value; URLs live in the caller's arena.
 * Threads: pure; call from any.
 * Source:  plivo.md section 3, "What breaks it in practice".
 */
#ifndef PARLEY_SIGNED_URL_H
#define PARLEY_SIGNED_URL_H
#include "base/arena.h"
#include "base/err.h"

enum { PROXIES_MAX = 32 };

struct network {
    uint8_t address[16]; /* IPv4 as ::ffff:a.b.c.d */
    int prefix_bits;
};

struct proxies {
    struct network networks[PROXIES_MAX];
    size_t n;
};

/* "10.0.0.0/8, ::1, 192.0.2.7"; empty: none. False: *err names TRUSTED_PROXIES. */
MUST_USE bool proxies_read(struct str list, struct proxies *out, struct err *err);
/* Whether the peer's address ("127.0.0.1", "::1", "[::1]") lies in one of them. */
bool proxies_have(const struct proxies *proxies, struct str peer);

/* Whether it is an http or https URL with a host and without query, fragment, user and blanks. *err names PUBLIC_URL. */
MUST_USE bool public_url_check(struct str url, struct err *err);

struct forwarded {
    struct str proto, host; /* header values; unset, or set by nobody we trust */
};

/* Base of what is signed: scheme://host[:port]path. Unset when the arena is full. */
struct str signed_url(struct str public_url, struct str raw_path, const struct forwarded *forwarded,
                      struct arena *arena);

#endif
