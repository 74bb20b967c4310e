/* lmdb_env.h - an LMDB environment that survives its disk: made whole, looked at before it is opened, opened anew after a failure.
 *
 * Promise: E1 lmdb_file.h's F1 to F3 at every opening. E2 a new environment is complete (its tables and first rows) or not there.
 *          E3 after a commit that failed for another cause than missing room, no page is believed that LMDB has in hand: the
 *          environment is opened anew, or, where it cannot be written, for reading only; writing is tried again every RETRY_MS.
 *          E4 reads go on meanwhile, and see what was committed.
 * Memory:  the folder's name is copied; the options' other texts are literals.
 * Threads: open, close, begin and commit of writes: the owner's one thread. Reads: any, each with its own transaction. Opening anew
 *          waits for the reads that are under way (they end within their own bounds); lmdb_env_end() on the thread that began.
 */
#ifndef PARLEY_LMDB_ENV_H
#define PARLEY_LMDB_ENV_H
#include "base/err.h"

#include <limits.h>
#include <lmdb.h>
#include <pthread.h>
#include <stdatomic.h>

enum { LMDB_RETRY_MS = 1000 };

struct lmdb_env;

/* Opens the tables in a transaction of its own; `may_write`: makes what is missing, first rows included. */
typedef bool lmdb_tables(struct lmdb_env *env, void *owner, bool may_write, struct err *err);

struct lmdb_options {
    const char *folder; /* there, and locked by the owner */
    const char *field;  /* the setting that names it */
    const char *what;   /* "store", "spool" */
    size_t map_bytes;   /* 0: as the file says */
    unsigned tables, readers, flags;
    lmdb_tables *open_tables;
    void *owner;
};

struct lmdb_env {
    struct lmdb_options options;
    char folder[PATH_MAX];
    MDB_env *mdb; /* NULL: not even reading is possible now */
    pthread_rwlock_t gate;
    bool is_open;
    bool is_read_only;    /* the owner's alone, as what follows */
    _Atomic bool is_full; /* a write found no room; whoever asks may reset it */
    int64_t retry_at_ms;  /* boot clock */
    struct err why;       /* it is read only */
};

MUST_USE bool lmdb_env_open(struct lmdb_env *env, const struct lmdb_options *options, struct err *err);
/* The same to look: E1's first half, and nothing is written. ERR_MISSING: there is none. */
MUST_USE bool lmdb_env_open_to_look(struct lmdb_env *env, const struct lmdb_options *options, struct err *err);
void lmdb_env_close(struct lmdb_env *env);

/* False: ERR_BUSY. A read holds the gate until lmdb_env_end(). */
MUST_USE bool lmdb_env_begin(struct lmdb_env *env, bool is_write, MDB_txn **out, struct err *err);
/* Of a write; ends it. False: nothing of it may be relied on, *err says why. */
MUST_USE bool lmdb_env_commit(struct lmdb_env *env, MDB_txn *txn, struct err *err);
/* Ends a read, or throws a write away. */
void lmdb_env_end(struct lmdb_env *env, bool is_write, MDB_txn *txn);

/* Writes a compacted copy of what was committed last. Any thread; takes a read of its own. */
MUST_USE bool lmdb_env_copy_to(struct lmdb_env *env, int fd, struct err *err);

/* LMDB's codes and errno become ours: ERR_BUSY for a disk that takes nothing now, ERR_BROKEN for the rest. */
bool lmdb_env_err(struct lmdb_env *env, int code, const char *doing, struct err *err);

/* How much more it can hold, in bytes: what its disk and its map have left, whichever is less. Below `enough` the free pages inside
 * count, too, which costs a look at the list of them. Any thread that holds no read. */
int64_t lmdb_env_free_bytes(struct lmdb_env *env, int64_t enough);

#endif
