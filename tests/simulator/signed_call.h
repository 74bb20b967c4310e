/* signed_call.h - one try of a call as it goes on the wire: URL and headers, signed with a fresh nonce.
 *
 * Promise: what is signed is what a receiver decodes: the form's parameters, or for GET the query. Both families stand there;
 *          the account is its own main account, so Ma-… equals the other.
 * Memory:  owned, and used again by the next signed_call_make(); signed_call_release().
 * Threads: the carrier's; one signer.
 * Source:  plivo.md section 3.
 */
#ifndef PARLEY_SIM_SIGNED_CALL_H
#define PARLEY_SIM_SIGNED_CALL_H
#include "base/secret.h"
#include "call.h"

struct signed_call {
    struct buf url;     /* with the query of a GET */
    struct buf headers; /* "Name: value\r\n" each */
};

/* Once, before the first call: the account's token, and the scratch memory. */
MUST_USE bool signed_call_start(const struct secret *token, struct err *err);
void signed_call_stop(void);

void signed_call_init(struct signed_call *request);
/* False: no memory, or the URL or form is over the limits of form.h. */
MUST_USE bool signed_call_make(struct signed_call *out, const struct call *call);
void signed_call_release(struct signed_call *request);

#endif
