/* media_type.h - what a file is, by its first bytes: never by its name or by what its server says of it.
 *
 * Promise: what is not in the table is MEDIA_UNKNOWN (application/octet-stream). Nothing that a browser would run (HTML, SVG, scripts,
 *          XML) is ever known, so it is never served as such. Source: docs/plivo.md section 9; WHATWG MIME Sniffing for the patterns.
 * Units:   looks at the first MEDIA_SNIFF_BYTES at most.
 * Threads: pure; call from any.
 */
#ifndef PARLEY_API_MEDIA_TYPE_H
#define PARLEY_API_MEDIA_TYPE_H
#include "base/base.h"

enum { MEDIA_SNIFF_BYTES = 32 };

struct media_type {
    const char *content_type;
    const char *extension; /* without the dot */
};

/* Never NULL; constants. */
const struct media_type *media_type_of(struct str bytes);

#endif
