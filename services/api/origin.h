/* origin.h - who may speak to us from a browser: Host and Origin headers, judged.
 *
 * Promise: with API_AUTH=off only a loopback Host, and if there is an Origin a loopback one, is let in, so that neither another page
 *          nor a name that was bound to 127.0.0.1 (DNS rebinding) reaches the API. A write by cookie must come from our own page.
 * Memory:  texts are borrowed for the call.
 * Threads: pure; call from any.
 * Source:  Fetch standard (Origin, CORS), Fetch Metadata (Sec-Fetch-Site), RFC 6761 (localhost names).
 */
#ifndef PARLEY_API_ORIGIN_H
#define PARLEY_API_ORIGIN_H
#include "base/base.h"

/* "127.0.0.1:8080", "localhost", "[::1]:80", "app.localhost": the port may be missing. */
bool origin_host_is_loopback(struct str host);
/* "http://localhost:5173"; any scheme, any port. "null" is none. */
bool origin_is_loopback(struct str origin);
/* scheme "://" host [":" port], http or https, nothing behind it. */
bool origin_is_wellformed(struct str origin);
/* Whether it stands in a list separated by commas. */
bool origin_is_listed(struct str origin, struct str list);

/* The facts of one write that a cookie authenticates. Unset: the header was not there. */
struct origin_facts {
    struct str method, origin, fetch_site, host, content_type;
    struct str dashboard_url; /* without a slash at its end */
    struct str listed;        /* CORS_ORIGINS */
};

/* Whether it can only come from our own page, a listed one, or a program. A browser tells Origin or Sec-Fetch-Site with every write;
 * where both are missing, only what a page of another site could not send (application/json, or a method other than POST) passes. */
bool origin_may_write(const struct origin_facts *facts);

/* "application/json", parameters and case aside. */
bool content_type_is_json(struct str content_type);

#endif
