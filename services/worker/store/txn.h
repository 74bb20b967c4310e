/* txn.h - one transaction of the store: rows in and out by key, and scans. The only face of LMDB beside lmdb_store.c.
 *
 * Promise: T1 a row that was read is a copy in the transaction's arena: it stays right while the transaction writes.
 *          T2 after a failed write the transaction is broken: every further call fails, and it can only be aborted. An I/O failure is
 *             never reported as "not found".
 *          T3 is_dirty tells whether anything was written since txn_mark(): the loop uses it to let one request fail alone.
 * Memory:  rows and texts live in `arena` until it is reset.
 * Threads: a transaction belongs to the thread that began it.
 */
#ifndef PARLEY_TXN_H
#define PARLEY_TXN_H
#include "base/buf.h"
#include "store/keys.h"
#include "core/rows.h"

struct store;
struct overlay;
struct price_book;
struct MDB_txn;

/* What happened in a transaction and is told after its commit. */
struct told {
    int64_t tenant;
    int64_t number;
    const char *type; /* static */
    struct id object;
};

enum { TOLD_MAX = 8192 }; /* events of one batch; the loop ends a batch before it is full */

enum { PERSON_ADDRESS_BYTES = 32, PERSON_MAC_BYTES = 32 };

/* Who person_key() was last asked for: a text asks several times for its sender. */
struct person_memo {
    int64_t tenant;
    size_t n; /* 0: nobody yet */
    char address[PERSON_ADDRESS_BYTES];
    unsigned char mac[PERSON_MAC_BYTES];
};

struct txn {
    struct store *store;
    struct MDB_txn *mdb;
    struct arena *arena;
    struct overlay *above[2]; /* rows that hide LMDB's, the upper first; NULL: none */
    bool is_write;
    bool is_dirty;
    bool is_broken;
    bool wakes_sender;    /* the outbox got something that may be due */
    int64_t now_ms;       /* wall clock, stamped once a request */
    int64_t boot_us;      /* CLOCK_BOOTTIME, likewise */
    struct str actor;     /* who asks; for ledger and rows */
    const uint8_t *chance; /* 16 random bytes of the stamp: apply draws ids from them, see txn_id() */
    uint32_t chance_used;
    const struct price_book *prices; /* read once a request: prices.h */
    struct told *told; /* TOLD_MAX of them, owned by the loop; NULL in read transactions */
    size_t told_n;
    struct buf *side; /* lines for the side file (upkeep/side_file.h), owned by the loop; NULL: nobody keeps them */
    struct person_memo person;
};

/* --- rows --- */

/* True: *found tells, and *row is filled when it is there. */
MUST_USE bool row_get(struct txn *txn, enum table table, struct key key, const struct record *record, void *row,
                      bool *found, struct err *err);
MUST_USE bool row_put(struct txn *txn, enum table table, struct key key, const struct record *record, const void *row,
                      struct err *err);
/* Deleting what is not there is fine. */
MUST_USE bool row_delete(struct txn *txn, enum table table, struct key key, struct err *err);

/* The same with bytes: directories whose value is an id, an address or nothing. */
MUST_USE bool value_get(struct txn *txn, enum table table, struct key key, struct str *value, bool *found,
                        struct err *err);
MUST_USE bool value_put(struct txn *txn, enum table table, struct key key, struct str value, struct err *err);

#define ROW_GET(txn, table, key, type, row, found, err) row_get(txn, table, key, &type##_record, row, found, err)
#define ROW_PUT(txn, table, key, type, row, err) row_put(txn, table, key, &type##_record, row, err)

/* --- scans --- */

enum scan_direction { SCAN_FORWARD, SCAN_BACKWARD };

/* Walks the keys that begin with `prefix`. The table may be written between two steps: the scan finds its place again by key. */
struct scan {
    struct txn *txn;
    enum table table;
    enum scan_direction direction;
    struct key prefix;
    struct key at;      /* where to go on */
    bool is_inclusive;  /* `at` itself counts */
    bool is_over;
    void *cursor; /* LMDB's; NULL until the first step */
    bool is_placed; /* it stands on the last row that was met, and nobody writes */
};

/* From the first (or last) key of the prefix. */
void scan_begin(struct scan *scan, struct txn *txn, enum table table, struct key prefix, enum scan_direction direction);
/* From `from` on, itself included; it must begin with the prefix. */
void scan_from(struct scan *scan, struct key from);
/* Behind `from`, itself left out. */
void scan_after(struct scan *scan, struct key from);
/* True: *found tells whether there is another; *rest is the key without the prefix, *value its bytes: both borrowed until the next write
 * or the end of the transaction. */
MUST_USE bool scan_next(struct scan *scan, struct str *rest, struct str *value, bool *found, struct err *err);
void scan_end(struct scan *scan);

/* Decodes what a scan met; copies the bytes to the arena first (T1). */
MUST_USE bool row_decode(struct txn *txn, const struct record *record, struct str value, void *row, struct err *err);

/* How many keys the table holds. */
MUST_USE bool table_count(struct txn *txn, enum table table, int64_t *out, struct err *err);

/* --- what a write transaction stamps --- */

/* A new UUIDv7 of the stamp's time; ids of one transaction differ and rise. */
struct id txn_id(struct txn *txn);
/* n bytes that nobody can guess, derived from the stamp: the same for the same stamp, so that applying again makes the same rows. */
void txn_secret_bytes(struct txn *txn, void *out, size_t n);

/* Forgets what was written so far for T3. */
static inline void txn_mark(struct txn *txn)
{
    txn->is_dirty = false;
}

#endif
