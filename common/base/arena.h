/* arena.h - memory of one request or one batch: taken piece by piece, given back whole.
 *
 * Promise: I1 what arena_alloc() returns is zeroed and aligned for any type; I2 no more than `max_bytes` are ever handed out;
 *          I3 a full arena is a state (NULL, and arena_is_full() stays true until the reset), never a crash.
 * Memory:  caller's struct, heap chunks inside. arena_reset() keeps the first chunk for the next request; arena_release() frees all.
 *          Under AddressSanitizer every allocation is a malloc of its own, so that an overrun is seen.
 * Threads: one owner at a time.
 */
#ifndef PARLEY_ARENA_H
#define PARLEY_ARENA_H
#include "base/base.h"
#include "base/err.h"

struct arena_chunk;

struct arena {
    struct arena_chunk *chunks; /* newest first */
    size_t used_bytes;          /* handed out since the last reset, alignment included */
    size_t max_bytes;
    size_t high_water_bytes; /* most ever used; survives a reset */
    bool is_full;
};

void arena_init(struct arena *arena, size_t max_bytes);
void arena_reset(struct arena *arena);
void arena_release(struct arena *arena);

/* Where the arena stands, to give back what is taken from here on. */
struct arena_mark {
    struct arena_chunk *chunk;
    size_t chunk_used;
    size_t used_bytes;
};

struct arena_mark arena_mark(const struct arena *arena);
/* Everything taken since the mark is gone; what was taken before it stays. A mark dies with a reset, or a rewind to an older one. */
void arena_rewind(struct arena *arena, struct arena_mark mark);

/* NULL when it would pass max_bytes or the machine is out of memory. n == 0 gives a valid pointer to nothing. */
MUST_USE void *arena_alloc(struct arena *arena, size_t n);
/* count × size, checked for overflow. */
MUST_USE void *arena_alloc_array(struct arena *arena, size_t count, size_t size);
/* A copy with a NUL behind it; the unset str when the arena is full or s is unset. */
struct str arena_dup(struct arena *arena, struct str s);
/* printf into the arena; NUL-terminated. The unset str when full. */
struct str arena_format(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);

static inline bool arena_is_full(const struct arena *arena)
{
    return arena->is_full;
}

/* Fills *err with ERR_TOO_BIG and returns false: the one line for a full arena. */
bool arena_err(const struct arena *arena, struct err *err);

#endif
