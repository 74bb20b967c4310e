/* client_address.h - the address of the one who asks, also behind trusted proxies.
 *
 * Promise: X-Forwarded-For counts only as far as trusted proxies wrote it: read from its end, the first address that is no trusted
 *          proxy is the client. Without a trusted peer the header is not looked at.
 * Units:   at most PROXIES_MAX networks, IPv4 or IPv6, as addresses or in CIDR form.
 * Memory:  plain values; texts are borrowed for the call.
 * Threads: pure; call from any.
 */
#ifndef PARLEY_API_CLIENT_ADDRESS_H
#define PARLEY_API_CLIENT_ADDRESS_H
#include "base/err.h"

enum { PROXIES_MAX = 32 };

struct network {
    uint8_t address[16]; /* IPv4 as ::ffff:a.b.c.d */
    int bits;            /* of the 128 */
};

struct proxies {
    struct network v[PROXIES_MAX];
    size_t n;
};

/* "10.0.0.0/8, ::1". False: *err is ERR_INPUT and names TRUSTED_PROXIES. */
MUST_USE bool proxies_parse(struct str list, struct proxies *out, struct err *err);

/* `peer` or a part of `forwarded_for` (unset: no such header). Borrowed from them. */
struct str client_address(const struct proxies *proxies, struct str peer, struct str forwarded_for);

#endif
