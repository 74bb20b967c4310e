/* reply_xml.h - the one XML document that a webhook may answer with: <Response> with <Message> elements.
 *
 * Promise: strict. Names are case-sensitive, only Message stands in a Response, nothing but blanks stands around them;
 *          the five predefined entities and character references are decoded, comments skipped. Anything else (DOCTYPE,
 *          CDATA, other elements, a message over a limit) is an error that says where, never half a reading.
 * Units:   at most REPLIES_MAX messages.
 * Memory:  texts live in the arena.
 * Threads: pure; call from any.
 * Source:  plivo.md section 2, "Answer"; XML 1.0 (5th edition) sections 2 and 4.
 */
#ifndef PARLEY_SIM_REPLY_XML_H
#define PARLEY_SIM_REPLY_XML_H
#include "base/arena.h"

enum { REPLIES_MAX = 10 };

struct reply {
    struct str src, dst, type, callback_url, callback_method; /* unset where the attribute is missing */
    struct str text;
};

struct replies {
    struct reply v[REPLIES_MAX];
    size_t n;
};

/* False: *err is ERR_INPUT with the place in bytes, or ERR_TOO_BIG. */
MUST_USE bool reply_xml_parse(struct str xml, struct arena *arena, struct replies *out, struct err *err);

#endif
