/* verify.h - whether a webhook may come in, and what is said of it if not.
 *
 * Promise: a V2 nonce is good for one body, also when several come at once: the first that gets a 200 with it. In observe mode whatever would be refused comes in, marked.
 * Memory:  borrowed for the call.
 * Threads: verify_start() before the first one; the others from any.
 * Source:  plivo.md section 3; contract.md, SIGNATURE_MODE.
 */
#ifndef PARLEY_INGRESS_VERIFY_H
#define PARLEY_INGRESS_VERIFY_H
#include "io/http.h"
#include "payload.h"
#include "scratch.h"
#include "signed_url.h"

struct verify_options {
    struct str public_url;
    bool is_observing;
    struct proxies proxies;
};

/* What a request was signed with. The headers live as long as the request. */
struct signed_by {
    struct str url; /* that was checked, without query */
    struct str v3, ma_v3, v3_nonce, v2, ma_v2, v2_nonce;
};

struct verified {
    bool is_accepted;
    bool is_observed;   /* accepted, although it is not rightly signed */
    bool is_v2;         /* accepted by V2 alone, and holds its nonce: verify_done() */
    int http_status;    /* of the refusal: 400, 403 */
    const char *reason; /* "v3", "missing", "invalid", "nonce_reused", … */
};

MUST_USE bool verify_start(const struct verify_options *options, struct err *err);
void verify_stop(void);

/* False: ERR_BUSY or ERR_TOO_BIG; nothing is known then. `raw` is the body, of a GET the query. */
MUST_USE bool verify(const struct http_request *rq, const struct payload *payload, struct str raw,
                     struct scratch *scratch, struct signed_by *by, struct verified *out, struct err *err);
/* After the answer to what verify() let in: what it holds is kept, when the answer was a 200, or given back. */
void verify_done(const struct verified *verified, const struct signed_by *by, struct str raw, bool has_200);

#endif
