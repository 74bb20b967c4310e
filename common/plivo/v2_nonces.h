/* v2_nonces.h - the nonces of V2 signatures: each is good for one body.
 *
 * Promise: N1 of any number of requests with one nonce, however they overlap, only those with the first one's body (Plivo's
 *          retries) are let through: asking and taking is one step. A nonce for which nobody got a 200 is free again.
 *          N2 never more than the maximum; the oldest goes first. N3 both functions take constant time.
 * Memory:  heap, allocated once: 60 bytes a nonce, touched as they come (a million: 60 MB).
 * Threads: none of its own; the caller locks.
 * Source:  plivo.md section 3: V2 signs no parameters, so its nonce is all that binds it to a body.
 *
 *   free ──claim──▶ held by one body ──last release, one of them after a 200──▶ bound to it for good
 *     ▲                   └──────last release, no 200──────┐
 *     └────────────────────────────────────────────────────┘
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

/* Before the work: takes the nonce for this body. New, or a repeat of the same body: v2_nonces_release() when the work is done.
 * Taken by another body: refused (403), nothing to release. `body` is the raw body, or the raw query of a GET. */
enum v2_nonce v2_nonces_claim(struct v2_nonces *nonces, struct str nonce, struct str body);

/* After the work. has_200: the nonce stays with this body. */
void v2_nonces_release(struct v2_nonces *nonces, struct str nonce, struct str body, bool has_200);

#endif
