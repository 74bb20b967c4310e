#include "kept.h"

#include "event.h"
#include "io/log.h"

#include <stdlib.h>

enum { REJECTED_ARENA_BYTES = 16 * 1024 };

struct kept *kept_new(const struct record *record, const void *object)
{
    struct buf bytes;
    buf_init(&bytes, EVENT_MAX_BYTES);
    struct kept *kept = record_encode(record, object, &bytes) ? malloc(sizeof *kept + bytes.n) : NULL;
    if (kept) {
        kept->next = NULL;
        kept->n = bytes.n;
        memcpy(kept->bytes, bytes.p, bytes.n);
    }
    buf_release(&bytes);
    return kept;
}

void kept_reject(const struct kept *kept, struct spool_store *store)
{
    struct rejected_request request;
    struct arena arena;
    struct err err;
    arena_init(&arena, REJECTED_ARENA_BYTES);
    record_init(&rejected_request_record, &request);
    if (!record_decode(&rejected_request_record, str_bytes(kept->bytes, kept->n), &arena, &request, &err) ||
        !spool_reject(store, &request, &err))
        log_event(LOG_WARN, "spool.rejected_not_kept", F_ERR(&err));
    arena_release(&arena);
}

bool kept_put_aside(const struct kept *kept, struct spool_store *store, struct err *err)
{
    struct spool_aside aside;
    struct arena arena;
    arena_init(&arena, EVENT_MAX_BYTES);
    record_init(&spool_aside_record, &aside);
    bool is_fine = record_decode(&spool_aside_record, str_bytes(kept->bytes, kept->n), &arena, &aside, err) &&
                   spool_put_aside(store, &aside, err);
    arena_release(&arena);
    return is_fine;
}
