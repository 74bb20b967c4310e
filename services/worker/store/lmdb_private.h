/* lmdb_private.h - what lmdb_store.c and lmdb_txn.c share; nobody else includes it.
 *
 * Promise: lmdb_err() is the one border where LMDB's codes become ours.
 * Threads: the environment is shared; what is the writer's alone says so.
 */
#ifndef PARLEY_LMDB_PRIVATE_H
#define PARLEY_LMDB_PRIVATE_H
#include "store/meta.h"
#include "store/store.h"

#include <lmdb.h>

enum { IDS_PER_MS = 4096 }; /* rand_a has 12 bits */

struct store {
    MDB_env *env;
    MDB_dbi dbi[TABLE_COUNT];
    bool is_missing[TABLE_COUNT]; /* only of one that was opened to look */
    int lock_fd;
    struct store_meta meta;
    int64_t id_ms;     /* of the newest id; the writer's alone, as id_count */
    uint32_t id_count; /* ids of that millisecond */
};

/* Fills *err for an LMDB or errno code and returns false. */
bool lmdb_err(int code, const char *what, struct err *err);

#endif
