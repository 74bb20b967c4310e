/* hmac.h - HMAC with SHA-256, for keys that change from call to call.
 *
 * Promise: RFC 2104, at less than half of what OpenSSL's HMAC() costs: that looks up a MAC and a digest by name at each call.
 * Memory:  borrows for the call; what was made of the key is wiped.
 * Threads: call from any.
 * Source:  RFC 2104; vectors of RFC 4231.
 */
#ifndef PARLEY_HMAC_H
#define PARLEY_HMAC_H
#include "base/base.h"

enum { HMAC_BYTES = 32 };

/* False: the crypto library has no memory. */
MUST_USE bool hmac_sha256(struct str key, struct str message, unsigned char out[HMAC_BYTES]);

#endif
