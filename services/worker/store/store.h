/* store.h - opening, transactions and commits of the store: an LMDB environment that belongs to this process alone.
 *
 * Promise: I1 one process has it: an exclusive lock on the folder for life; a second one is refused with a clear message.
 *          I2 store_commit() returns true only after a real sync: of LMDB (no MDB_NOSYNC, no MDB_NOMETASYNC), or, once the journal runs, of
 *             the journal (layers.h), which is in LMDB before a read that begins later sees it.
 *          I3 a newer layout is refused with a clear message, an older one is migrated (migrate.h); in one transaction, so that a store is
 *             complete, or as it was. What is refused was not written to.
 *          I4 whoever only looks writes nothing, not even a lock.
 * Units:   the map is one large sparse file of STORE_MAP_BYTES.
 * Threads: one write transaction at a time, by one thread; reads from any thread, each with its own, and not beside a write of its own.
 */
#ifndef PARLEY_STORE_H
#define PARLEY_STORE_H
#include "store/txn.h"

#define STORE_MAP_BYTES (UINT64_C(256) << 30) /* sparse: address space, not disk */
enum { STORE_READERS_MAX = 126 };

struct secret;

/* Opens or makes the store at a STORE_URL such as "lmdb:./var/store". */
MUST_USE bool store_open(struct store **out, const char *url, struct err *err);
/* The same with a map of max_bytes, the limit of the file; 0: STORE_MAP_BYTES. */
MUST_USE bool store_open_limited(struct store **out, const char *url, int64_t max_bytes, struct err *err);
/* From now on a commit is one sync of the journal, and a thread brings it into LMDB. Before the first transaction of the writer's thread. */
MUST_USE bool store_start_journal(struct store *store, struct err *err);
/* The same to look at it: a store that no worker has open (what only its journal holds is seen, too), or a backup's folder. Of this very
 * layout only. */
MUST_USE bool store_open_to_look(struct store **out, const char *url, struct err *err);
void store_close(struct store **store);
/* The folder of a STORE_URL, or NULL: it names none. */
const char *store_folder(const char *url);

/* What the meta table says. */
struct id store_id(const struct store *store);
int64_t store_generation(const struct store *store);
/* The first one signs callback URLs; what the others have signed still counts. */
const struct secret *store_callback_keys(const struct store *store, size_t *n);

/* Writes a compacted copy of what was committed last to a file, while the store is used. From any thread that holds no read; takes its own. */
MUST_USE bool store_copy_to(struct store *store, int fd, struct err *err);

MUST_USE bool store_begin_write(struct store *store, struct arena *arena, struct txn *txn, struct err *err);
MUST_USE bool store_begin_read(struct store *store, struct arena *arena, struct txn *txn, struct err *err);
/* How much more it can hold: see lmdb_env.h. The writer's, between transactions. */
int64_t store_free_bytes(struct store *store, int64_t enough);
/* The number of the last commit that the journal took, in this and all earlier lives; those without a journal count nothing. The writer's,
 * after a commit or before all. */
int64_t store_newest(struct store *store);
/* Whether a write found no room since this was asked last. The writer's. */
bool store_was_full(struct store *store);
/* Only of write transactions. On false nothing of it is stored. */
MUST_USE bool store_commit(struct txn *txn, struct err *err);
/* Ends a read, or throws a write away. Fine after a failed commit. */
void store_abort(struct txn *txn);

#endif
