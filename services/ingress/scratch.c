#include "scratch.h"

#include "event.h"
#include "metrics.h"

#include <pthread.h>
#include <stdlib.h>

static struct {
    pthread_mutex_t lock;
    struct scratch *free; /* the one used last comes first: its memory is warm */
} pool = { .lock = PTHREAD_MUTEX_INITIALIZER };

struct scratch *scratch_take(void)
{
    pthread_mutex_lock(&pool.lock);
    struct scratch *scratch = pool.free;
    if (scratch)
        pool.free = scratch->next;
    pthread_mutex_unlock(&pool.lock);
    if (scratch)
        return scratch;
    scratch = calloc(1, sizeof *scratch);
    if (!scratch)
        return NULL;
    arena_init(&scratch->arena, ARENA_REQUEST_BYTES);
    buf_init(&scratch->bytes, EVENT_MAX_BYTES);
    return scratch;
}

void scratch_give(struct scratch *scratch)
{
    int64_t high = (int64_t)(scratch->arena.high_water_bytes + scratch->bytes.capacity);
    if (high > metric_get(&metric_request_bytes_max))
        metric_set(&metric_request_bytes_max, high);   /* two at once may lose one: it is a gauge */
    arena_reset(&scratch->arena);
    buf_clear(&scratch->bytes);
    pthread_mutex_lock(&pool.lock);
    scratch->next = pool.free;
    pool.free = scratch;
    pthread_mutex_unlock(&pool.lock);
}

struct plivo_signer *scratch_signer(struct scratch *scratch, const struct tenant *tenant)
{
    struct plivo_signer **signer = &scratch->signers[tenant->place];
    if (!*signer)
        *signer = plivo_signer_new(tenant->tokens, tenant->tokens_n);
    return *signer;
}

void scratch_release(void)
{
    while (pool.free) {
        struct scratch *scratch = pool.free;
        pool.free = scratch->next;
        for (size_t i = 0; i < TENANTS_MAX; i++)
            plivo_signer_free(scratch->signers[i]);
        arena_release(&scratch->arena);
        buf_release(&scratch->bytes);
        free(scratch);
    }
}
