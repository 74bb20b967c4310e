/* payload.h - the parameters of a webhook's query and body, decoded but not yet trusted.
 *
 * Promise: what is decoded is what was signed; nothing is trimmed, merged or renamed. A POST's parameters are its body's, a GET's its query's.
 * Units:   query and body each at most FORM_BYTES_MAX bytes and FORM_PAIRS_MAX pairs.
 * Memory:  pairs live in the caller's arena.
 * Threads: pure; call from any.
 * Source:  contract.md, section Ingress; plivo.md sections 2 and 3.
 */
#ifndef PARLEY_INGRESS_PAYLOAD_H
#define PARLEY_INGRESS_PAYLOAD_H
#include "wire/form.h"

enum payload_kind { PAYLOAD_FORM, PAYLOAD_JSON, PAYLOAD_OTHER };

/* By the media type alone, its parameters ("; charset=utf-8") aside; in any case of letters. */
enum payload_kind payload_kind_of(struct str content_type);

struct payload {
    struct form query, body;
    bool is_malformed; /* JSON that is no flat object: it has no parameters, so at best its URL is signed (V2) */
    struct err why;    /* of is_malformed */
};

/* `query` and `body` are raw and borrowed for the call. False: ERR_TOO_BIG. */
MUST_USE bool payload_decode(struct str query, struct str body, enum payload_kind kind, struct arena *arena,
                             struct payload *out, struct err *err);

/* The parameters that describe the event. */
static inline const struct form *payload_parameters(const struct payload *payload, bool is_get)
{
    return is_get ? &payload->query : &payload->body;
}

#endif
