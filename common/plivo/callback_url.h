/* callback_url.h - the address at which an attempt hears of its fate.
 *
 * Promise: BASE/plivo/status/TENANT/GENERATION/MESSAGE-ID/ATTEMPT?t=HMAC. ASCII only, no '@', no escapes, no
 *          fragment: what every SDK signs alike. Who does not hold the key cannot make one, so a report finds its
 *          attempt without Plivo's uuid.
 * Units:   the HMAC is the first 128 bits of HMAC-SHA256 over the reference, as 32 lower-case hex digits.
 * Memory:  a parsed reference borrows from the path and query.
 * Threads: pure; call from any.
 * Source:  design.md section 5 (callback URLs); plivo.md section 3, "What breaks it in practice".
 */
#ifndef PARLEY_CALLBACK_URL_H
#define PARLEY_CALLBACK_URL_H
#include "base/buf.h"
#include "base/err.h"
#include "base/id.h"
#include "base/secret.h"

#define CALLBACK_PATH "/plivo/status/"

enum { CALLBACK_TENANT_MAX_BYTES = 64, CALLBACK_HMAC_CHARS = 32 };

/* Which attempt of which message, in which generation of the store. */
struct callback_ref {
    struct str tenant; /* [A-Za-z0-9._-], 1 to CALLBACK_TENANT_MAX_BYTES */
    int64_t generation;
    struct id message_id;
    int64_t attempt;
};

/* Appends the whole URL. `base` is PUBLIC_URL, with or without a slash at its end.
 * False: *err is ERR_INPUT (a tenant that cannot stand in a path), ERR_TOO_BIG (*out is full) or ERR_BUSY (no
 *        memory). */
MUST_USE bool callback_url_format(struct buf *out, struct str base, const struct callback_ref *ref,
                                  const struct secret *key, struct err *err);

/* Reads the raw path and the raw query (without '?'). True: *out and *hmac are filled; the HMAC is NOT yet checked.
 * False: no usable reference; the report is then matched by its MessageUUID alone. That is no error. */
MUST_USE bool callback_url_parse(struct str path, struct str query, struct callback_ref *out, struct str *hmac);

/* Whether one of the keys (the current one, and older ones within their 30 days) made this HMAC. Constant time. */
MUST_USE bool callback_hmac_check(const struct callback_ref *ref, struct str hmac, const struct secret *keys, size_t n);

#endif
