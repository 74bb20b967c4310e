/* chance.h - random bytes of the kernel: for ids, keys, nonces and jitter.
 *
 * Promise: the bytes are fit for secrets (getrandom(2)); a kernel that cannot give any ends the process.
 * Threads: call from any.
 */
#ifndef PARLEY_CHANCE_H
#define PARLEY_CHANCE_H
#include "base/id.h"

void chance_bytes(void *out, size_t n);
/* Evenly in 0…below-1; below > 0. */
uint64_t chance_below(uint64_t below);
/* A fresh UUIDv7 of now. */
struct id chance_id(void);

#endif
