/* media_fetch.h - one file of an MMS, fetched from where Plivo or its sender keeps it.
 *
 * Promise: connects only to public addresses (media_address.h), and to the hosts that MEDIA_PRIVATE_HOSTS names; follows one redirect at
 *          most, which passes the same gate; Plivo's credentials go only to hosts under .plivo.com over https, and to no redirect. A file
 *          over MEDIA_MAX_BYTES or slower than MEDIA_TOTAL_MS is given up. At most MEDIA_AT_ONCE fetches run, the rest is ERR_BUSY.
 *          Source: docs/plivo.md section 9.
 * Units:   bytes, ms.
 * Memory:  the file belongs to the caller's buf.
 * Threads: media_fetch_init() before the first; media_fetch() from any.
 */
#ifndef PARLEY_API_MEDIA_FETCH_H
#define PARLEY_API_MEDIA_FETCH_H
#include "base/buf.h"
#include "base/err.h"
#include "base/secret.h"

enum {
    MEDIA_MAX_BYTES = 8 * 1024 * 1024, /* Plivo takes in 7 MB a message */
    MEDIA_CONNECT_MS = 5000,
    MEDIA_TOTAL_MS = 20000,
    MEDIA_AT_ONCE = 8,
};

struct media_source {
    struct str private_hosts;        /* "host:port" with commas between them; empty: none */
    struct str auth_id;              /* empty: no credentials */
    const struct secret *auth_token;
};

/* Borrowed for the life of the process. */
void media_fetch_init(const struct media_source *from);

/* Whether the list of "host:port" is well-formed. Pure. */
bool media_hosts_are_wellformed(struct str list);

/* Fills `out`, which has room for MEDIA_MAX_BYTES. False: ERR_MISSING (it is gone, or no http address), ERR_DENIED (an address that is not
 * public), ERR_TOO_BIG, ERR_BUSY (too many at once, cannot be reached, too slow: ask again). */
MUST_USE bool media_fetch(struct str url, struct buf *out, struct err *err);

#endif
