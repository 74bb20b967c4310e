/* static.h - the dashboard's files, from inside the program.
 *
 * Promise: a file whose name holds its hash may be kept for ever; every other one is asked for again (ETag, 304). A compressed form is
 *          sent only to who takes it. A path that is no file and is no API path is one of the page's own: it gets index.html.
 *          Scripts, styles and connections come from this server alone (CSP).
 * Threads: as the call.
 * Source:  RFC 9110 section 12.5.3 (Accept-Encoding) and 13.1.2 (If-None-Match); CSP level 3.
 */
#ifndef PARLEY_API_STATIC_H
#define PARLEY_API_STATIC_H
#include "call.h"

MUST_USE bool static_serve(struct call *call, struct err *err);

/* Whether the header takes the coding with a q above 0. Pure. */
bool accepts_encoding(struct str accept_encoding, struct str coding);
/* Whether If-None-Match names the tag, "*" and weak forms included. Pure. */
bool etag_matches(struct str if_none_match, struct str etag);

#endif
