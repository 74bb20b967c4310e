/* powerpack.h - Plivo's Powerpacks as senders of ours: "powerpack:<uuid>" stands where else a number of ours does.
 *
 * Promise: such an address is told from every number by its first letters. Plivo chooses the number that a person sees; until its report
 *          tells which, this is the sender's only name.
 * Memory:  borrowed, but for the arena's.
 * Threads: pure; call from any.
 * Source:  plivo.md sections 5 and 8: a send names `src` or `powerpack_uuid`, exactly one of them.
 */
#ifndef PARLEY_POWERPACK_H
#define PARLEY_POWERPACK_H
#include "base/arena.h"

enum { POWERPACK_UUID_CHARS = 36 };

/* The uuid of a powerpack's address; unset: it is none. */
struct str powerpack_uuid(struct str address);

/* Whether it is one as Plivo's console shows it: 36 characters, lower-case hex in groups of 8-4-4-4-12. */
bool powerpack_uuid_is_valid(struct str uuid);

/* The address of a powerpack; unset: the uuid is unset or no such text, or there was no memory. */
struct str powerpack_address(struct arena *arena, struct str uuid);

#endif
