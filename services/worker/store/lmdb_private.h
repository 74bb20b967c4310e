/* lmdb_private.h - what lmdb_store.c and lmdb_txn.c share; nobody else includes it.
 *
 * Promise: lmdb_err() is the one border where LMDB's codes become ours (lmdb_env.h).
 * Threads: the environment is shared; what is the writer's alone says so.
 */
#ifndef PARLEY_LMDB_PRIVATE_H
#define PARLEY_LMDB_PRIVATE_H
#include "io/lmdb_env.h"
#include "store/entities.h"
#include "store/meta.h"
#include "store/store.h"

enum { IDS_PER_MS = 4096 }; /* rand_a has 12 bits */

/* Every message counts in its tenant's row, several times. So a write transaction keeps the row of the tenant that it works for, and writes
 * it once: before its commit, or before it turns to another tenant. The writer's alone. */
struct tenant_cache {
    int64_t tenant;
    bool is_loaded;
    bool is_changed; /* the store has an older one */
    struct tenant_row row;
    struct arena arena; /* the row's texts, until the transaction ends */
};

enum {
    TENANT_CACHE_BYTES = 16 * 1024 * 1024,
    ROW_MAX_BYTES = 256 * 1024
}; /* a row: 1,600 characters, media, 16 attempts: far below */

struct store {
    struct lmdb_env env;
    MDB_dbi dbi[TABLE_COUNT];
    bool is_missing[TABLE_COUNT]; /* only of one that was opened to look */
    int lock_fd;
    struct store_meta meta;
    int64_t id_ms;     /* of the newest id; the writer's alone, as id_count */
    uint32_t id_count; /* ids of that millisecond */
    struct tenant_cache tenant; /* the writer's alone, as is: */
    struct buf row_bytes;       /* a row on its way into the store */
    int64_t newest;             /* the sequence that it was recovered to */
    struct layers *layers;      /* NULL: writes go straight to LMDB */
    struct overlay *look;       /* what the journal of a store holds that was opened to look; NULL: nothing */
};

/* Writes the cached tenant if it changed. */
MUST_USE bool tenant_flush(struct txn *txn, struct err *err);
/* At the end of a transaction, whatever became of it. */
void tenant_forget(struct store *store);

/* Fills *err for an LMDB or errno code and returns false. */
bool lmdb_err(struct store *store, int code, const char *doing, struct err *err);

#endif
