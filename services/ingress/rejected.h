/* rejected.h - refused requests are kept for a while, so that a person can see why, and send them again once it is mended.
 *
 * Promise: what is kept is what came (`parley spool rejected` lists it, `parley spool resend` sends it again). Kept are those whose signature
 *          was refused and those rightly signed but malformed; nothing larger than a webhook may be. The log gets a line a second at most.
 * Memory:  copied.
 * Threads: any.
 * Source:  contract.md, section Ingress: "A refused signature is logged and listed with the URL it was checked against."
 */
#ifndef PARLEY_INGRESS_REJECTED_H
#define PARLEY_INGRESS_REJECTED_H
#include "verify.h"

/* `reason`: verify's word, or the field at fault. `status`: what was answered (200 in observe mode). */
void rejected_keep(const struct http_request *rq, const struct signed_by *by, struct str body, int status,
                   const char *reason, int64_t at_ms);

#endif
