/* store.h - opening, transactions and commits of the store: an LMDB environment that belongs to this process alone.
 *
 * Promise: I1 one process has it: an exclusive lock on the folder for life; a second one is refused with a clear message.
 *          I2 store_commit() returns true only after a real sync (no MDB_NOSYNC, no MDB_NOMETASYNC).
 *          I3 an unknown or newer layout is refused with a clear message; a new store is complete or not there.
 * Units:   the map is one large sparse file of STORE_MAP_BYTES.
 * Threads: one write transaction at a time, by one thread; reads from any thread, each with its own.
 */
#ifndef PARLEY_STORE_H
#define PARLEY_STORE_H
#include "store/txn.h"

#define STORE_MAP_BYTES (UINT64_C(256) << 30) /* sparse: address space, not disk */
enum { STORE_READERS_MAX = 126 };

struct secret;

/* Opens or makes the store at a STORE_URL such as "lmdb:./var/store". */
MUST_USE bool store_open(struct store **out, const char *url, struct err *err);
void store_close(struct store **store);

/* What the meta table says. */
struct id store_id(const struct store *store);
int64_t store_generation(const struct store *store);
/* Signs callback URLs. */
const struct secret *store_callback_key(const struct store *store);

MUST_USE bool store_begin_write(struct store *store, struct arena *arena, struct txn *txn, struct err *err);
MUST_USE bool store_begin_read(struct store *store, struct arena *arena, struct txn *txn, struct err *err);
/* Only of write transactions. On false nothing of it is stored. */
MUST_USE bool store_commit(struct txn *txn, struct err *err);
/* Ends a read, or throws a write away. Fine after a failed commit. */
void store_abort(struct txn *txn);

#endif
