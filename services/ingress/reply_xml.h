/* reply_xml.h - the answer to an inbound webhook: an empty Response, or one with the reply in it.
 *
 * Promise: well-formed XML 1.0 whatever the text holds: markup is escaped; characters that XML 1.0 cannot carry (most control
 *          characters, U+FFFE, U+FFFF) are left out, malformed UTF-8 becomes U+FFFD. What remains reaches Plivo as it was written.
 * Memory:  appended to the caller's buffer.
 * Threads: pure; call from any.
 * Source:  plivo.md section 2, "Answer"; XML 1.0 sections 2.2 (Char) and 2.11 (line ends).
 */
#ifndef PARLEY_INGRESS_REPLY_XML_H
#define PARLEY_INGRESS_REPLY_XML_H
#include "base/buf.h"

/* All of it borrowed; numbers in Plivo's form. */
struct reply_xml {
    struct str src, dst, text, callback_url;
};

extern const struct str REPLY_XML_EMPTY;

/* False: the buffer is full. */
MUST_USE bool reply_xml_format(const struct reply_xml *reply, struct buf *out);

#endif
