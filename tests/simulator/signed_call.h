/* signed_call.h - one try of a call as it goes on the wire: URL and headers, signed with a fresh nonce.
 *
 * Promise: what is signed is what a receiver decodes: the form's parameters, or for GET the query. Both families stand there;
 *          the account is its own main account, so Ma-… equals the other.
 * Memory:  owned; signed_call_release().
 * Source:  plivo.md section 3.
 */
#ifndef PARLEY_SIM_SIGNED_CALL_H
#define PARLEY_SIM_SIGNED_CALL_H
#include "base/secret.h"
#include "call.h"
#include <curl/curl.h>

struct signed_call {
    char *url; /* with the query of a GET */
    struct curl_slist *headers;
};

/* False: no memory, or the URL or form is over the limits of form.h. */
MUST_USE bool signed_call_make(struct signed_call *out, const struct call *call, const struct secret *token);
void signed_call_release(struct signed_call *request);

#endif
