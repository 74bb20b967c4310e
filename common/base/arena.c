#include "base/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#if defined(__SANITIZE_ADDRESS__)
#define ONE_ALLOCATION_A_CHUNK 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ONE_ALLOCATION_A_CHUNK 1
#endif
#endif
#ifndef ONE_ALLOCATION_A_CHUNK
#define ONE_ALLOCATION_A_CHUNK 0
#endif

enum { CHUNK_BYTES = 16 * 1024, CHUNK_MAX_BYTES = 1024 * 1024 }; /* each chunk is twice as large as the one before */
enum { SMALL_TEXT_BYTES = 256 }; /* a formatted text of up to here is formatted once */

struct arena_chunk {
    struct arena_chunk *older;
    size_t size;
    size_t used;
    _Alignas(max_align_t) unsigned char bytes[];
};

void arena_init(struct arena *arena, size_t max_bytes)
{
    *arena = (struct arena){.max_bytes = max_bytes};
}

static void free_down_to(struct arena *arena, struct arena_chunk *keep)
{
    while (arena->chunks && arena->chunks != keep) {
        struct arena_chunk *older = arena->chunks->older;
        free(arena->chunks);
        arena->chunks = older;
    }
}

void arena_reset(struct arena *arena)
{
    struct arena_chunk *first = arena->chunks;
    while (first && first->older)
        first = first->older;
    if (ONE_ALLOCATION_A_CHUNK || (first && first->size > CHUNK_BYTES))
        first = NULL;
    free_down_to(arena, first);
    if (first)
        first->used = 0;
    arena->used_bytes = 0;
    arena->is_full = false;
}

void arena_release(struct arena *arena)
{
    free_down_to(arena, NULL);
    arena_init(arena, arena->max_bytes);
}

struct arena_mark arena_mark(const struct arena *arena)
{
    return (struct arena_mark){
        .chunk = arena->chunks,
        .chunk_used = arena->chunks ? arena->chunks->used : 0,
        .used_bytes = arena->used_bytes,
    };
}

void arena_rewind(struct arena *arena, struct arena_mark mark)
{
    free_down_to(arena, mark.chunk);
    if (arena->chunks)
        arena->chunks->used = mark.chunk_used;
    arena->used_bytes = mark.used_bytes;
}

static struct arena_chunk *add_chunk(struct arena *arena, size_t n)
{
    size_t size = arena->chunks ? min_size(2 * arena->chunks->size, CHUNK_MAX_BYTES) : CHUNK_BYTES;
    if (ONE_ALLOCATION_A_CHUNK || n > size)
        size = n;
    struct arena_chunk *chunk = malloc(sizeof *chunk + size);
    if (!chunk)
        return NULL;
    chunk->older = arena->chunks;
    chunk->size = size;
    chunk->used = 0;
    arena->chunks = chunk;
    return chunk;
}

void *arena_alloc(struct arena *arena, size_t n)
{
    const size_t align = _Alignof(max_align_t);
    if (n > arena->max_bytes) {
        arena->is_full = true;
        return NULL;
    }
    size_t padded = (n + align - 1) & ~(align - 1);
    if (padded > arena->max_bytes - min_size(arena->used_bytes, arena->max_bytes)) {
        arena->is_full = true;
        return NULL;
    }
    struct arena_chunk *chunk = arena->chunks;
    size_t wanted = ONE_ALLOCATION_A_CHUNK ? n : padded;
    if (ONE_ALLOCATION_A_CHUNK || !chunk || chunk->size - chunk->used < padded)
        chunk = add_chunk(arena, wanted);
    if (!chunk) {
        arena->is_full = true;
        return NULL;
    }
    void *p = chunk->bytes + chunk->used;
    chunk->used += wanted;
    arena->used_bytes += padded;
    if (arena->used_bytes > arena->high_water_bytes)
        arena->high_water_bytes = arena->used_bytes;
    memset(p, 0, n);
    return p;
}

void *arena_alloc_array(struct arena *arena, size_t count, size_t size)
{
    size_t n;
    if (__builtin_mul_overflow(count, size, &n)) {
        arena->is_full = true;
        return NULL;
    }
    return arena_alloc(arena, n);
}

struct str arena_dup(struct arena *arena, struct str s)
{
    if (!str_is_set(s))
        return s;
    char *p = arena_alloc(arena, s.n + 1);
    if (!p)
        return (struct str){0};
    if (s.n)
        memcpy(p, s.p, s.n);
    return (struct str){p, s.n};
}

struct str arena_format(struct arena *arena, const char *format, ...)
{
    char small[SMALL_TEXT_BYTES];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(small, sizeof small, format, args); /* as a rule it fits */
    va_end(args);
    if (n >= 0 && (size_t)n < sizeof small)
        return arena_dup(arena, (struct str){small, (size_t)n});
    char *p = n < 0 ? NULL : arena_alloc(arena, (size_t)n + 1);
    if (!p)
        return (struct str){0};
    va_start(args, format);
    (void)vsnprintf(p, (size_t)n + 1, format, args); /* measured just above */
    va_end(args);
    return (struct str){p, (size_t)n};
}

bool arena_err(const struct arena *arena, struct err *err)
{
    return err_set(err, ERR_TOO_BIG, NULL, "needs more than the %zu bytes of memory a request may use",
                   arena->max_bytes);
}
