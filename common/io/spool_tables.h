/* spool_tables.h - the inside of spool_store.h: its tables and their keys. spool_store.c and spool_read.c alone use it.
 *
 * Promise: keys are a lane's sequence, big-endian, so that LMDB's order is the lane's; an identity's row holds the same eight bytes.
 * Memory:  a store is made and freed by spool_store.c.
 * Threads: `txn`, `pending` and `row` are the writer's; the rest is const after opening, or atomic.
 */
#ifndef PARLEY_SPOOL_TABLES_H
#define PARLEY_SPOOL_TABLES_H
#include "io/lmdb_env.h"
#include "io/spool_store.h"

#include <endian.h>
#include <stdatomic.h>

/* What a transaction changes beside the tables; becomes the store's at its commit. */
struct spool_tally {
    int64_t entries[SPOOL_LANES];
    int64_t next[SPOOL_LANES];
    int64_t bytes;
    int64_t rejected_next;
};

struct spool_store {
    struct lmdb_env env;
    int lock;
    enum spool_mode mode;
    int64_t max_bytes;
    MDB_dbi lanes[SPOOL_LANES], identities[SPOOL_LANES], rejected, aside, meta;
    MDB_txn *txn;
    uint64_t begun; /* transactions of this process */
    struct spool_tally pending, committed;
    struct buf row;
    _Atomic int64_t entries_seen[SPOOL_LANES], bytes_seen;   /* of `committed`, for spool_stat() */
};

struct spool_key {
    uint64_t big_endian;
};

static inline struct spool_key spool_key(int64_t sequence)
{
    return (struct spool_key){ htobe64((uint64_t)sequence) };
}

static inline MDB_val spool_key_val(struct spool_key *key)
{
    return (MDB_val){ sizeof key->big_endian, &key->big_endian };
}

static inline int64_t spool_sequence(const MDB_val *key)
{
    uint64_t big_endian = 0;
    if (key->mv_size == sizeof big_endian)
        memcpy(&big_endian, key->mv_data, sizeof big_endian);
    return (int64_t)be64toh(big_endian);
}

/* LMDB's codes become ours. Always false. */
static inline bool spool_err(struct spool_store *store, int rc, const char *doing, struct err *err)
{
    return lmdb_env_err(&store->env, rc, doing, err);
}

#endif
