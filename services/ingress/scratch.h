/* scratch.h - what one request works with: memory, a buffer, and a signer of each tenant. Pooled.
 *
 * Promise: as many exist as requests were ever at work at the same time, at most one a connection; each is bounded by ARENA_REQUEST_BYTES
 *          and EVENT_MAX_BYTES.
 * Memory:  the pool's; scratch_give() empties it for the next one.
 * Threads: scratch_take() and scratch_give() from any; a scratch belongs to one thread at a time in between.
 */
#ifndef PARLEY_INGRESS_SCRATCH_H
#define PARLEY_INGRESS_SCRATCH_H
#include "base/arena.h"
#include "base/buf.h"
#include "tenant.h"

enum {
    ARENA_REQUEST_BYTES = 1024 * 1024
}; /* body, decoded, and what is signed (twice encoded: four times as long), each 64 KiB or less */

struct scratch {
    struct scratch *next;
    struct arena arena;
    struct buf bytes;
    struct plivo_signer *signers[TENANTS_MAX];
};

/* NULL: no memory. */
MUST_USE struct scratch *scratch_take(void);
void scratch_give(struct scratch *scratch);
/* Its signer for the tenant; made at first use. NULL: no memory. */
MUST_USE struct plivo_signer *scratch_signer(struct scratch *scratch, const struct tenant *tenant);
/* Frees all that were given back. */
void scratch_release(void);

#endif
