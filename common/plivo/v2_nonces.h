/* v2_nonces.h - the nonces of V2 signatures that were answered 200.
 *
 * Promise: N1 a nonce that is remembered is refused with another body and let through with the same one (Plivo's
 *          retry).
 *          N2 never more than the maximum; the oldest goes first. N3 both functions take constant time.
 * Memory:  heap, allocated once: 52 bytes a nonce, touched as they come (a million: 60 MB).
 * Threads: none of its own; the caller locks.
 * Source:  plivo.md section 3: V2 signs no parameters, so its nonce is all that binds it to a body.
 */
#ifndef PARLEY_V2_NONCES_H
#define PARLEY_V2_NONCES_H
#include "base/base.h"

enum { V2_NONCES_MAX = 1000000 };

struct v2_nonces;

/* 1 <= max <= V2_NONCES_MAX. NULL: no memory. */
MUST_USE struct v2_nonces *v2_nonces_new(size_t max);
void v2_nonces_free(struct v2_nonces *nonces);

enum v2_nonce { V2_NONCE_NEW, V2_NONCE_REPEATED, V2_NONCE_REFUSED };

/* Before the work: is this nonce new, a repeat of the same body, or taken by another body (403)? `body` is the raw
 * body, or the raw query of a GET. */
enum v2_nonce v2_nonces_check(const struct v2_nonces *nonces, struct str nonce, struct str body);

/* After the 200. A nonce that is already there stays as it is. */
void v2_nonces_remember(struct v2_nonces *nonces, struct str nonce, struct str body);

#endif
