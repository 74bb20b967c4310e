/* spool_store.h - what ingress has on disk: events that wait for the worker or the sender, and the requests it refused.
 *
 * Promise: I1 a change is on stable storage when spool_commit() says so, and whole: kill -9 leaves the transaction done or not begun.
 *          I2 a lane is read in the order in which it was appended. I3 an identity stands in a lane at most once at a time.
 *          I4 one process owns a folder (an exclusive lock for its whole life); others may look.
 *          I5 of refused requests only the newest REJECTED_MAX are kept, for REJECTED_DAYS.
 * Units:   bytes are pages' worth, as LMDB uses them; times int64 ms UTC.
 * Memory:  what spool_list() and spool_rejected() return lives in the caller's arena.
 * Threads: begin, append, remove, drop, reject, commit, abort: one thread. spool_list(), spool_rejected(), spool_stat(): any.
 */
#ifndef PARLEY_SPOOL_STORE_H
#define PARLEY_SPOOL_STORE_H
#include "wire/record.h"

/* Texts have two lanes, so that one gathers while the other is with the worker; a person's stay in one (event.h). The numbers stand in rows. */
enum spool_lane { SPOOL_INBOUND, SPOOL_REPORTS, SPOOL_INBOUND_B, SPOOL_LANES };

enum {
    SPOOL_IDENTITY_BYTES = 32,
    SPOOL_VERSION = 2, /* 1 had one lane for texts; its owner takes it over as it is */
    ASIDE_MAX = 10000, /* beyond it nothing is put aside: the lane waits, and nothing is lost */
    REJECTED_MAX = 1000,
    REJECTED_DAYS = 7,
};

/* What is kept beside the lanes. */
enum spool_shelf { SHELF_ASIDE, SHELF_REJECTED, SPOOL_SHELVES };

/* SHA-256 over what makes an event the same when Plivo repeats it. */
struct spool_identity {
    uint8_t b[SPOOL_IDENTITY_BYTES];
};

/* clang-format off */
#define SPOOL_ENTRY(X, S) \
    X(S, INT,  sequence,     _)  /* place in its lane; given by the store */ \
    X(S, BIN,  identity,     _) \
    X(S, TIME, received_at,  _) \
    X(S, BOOL, is_opt_out,   _)  /* not yet acknowledged: Plivo will come again */ \
    X(S, BIN,  event,        _)  /* msgpack: an inbound_event or a raw_report */
/* What its peer refused for good: kept here, out of its lane's way. */
#define SPOOL_ASIDE(X, S) \
    X(S, INT,  sequence,     _) \
    X(S, INT,  lane,         _) \
    X(S, TIME, at,           _) \
    X(S, STR,  reason,       _) \
    X(S, BIN,  identity,     _) \
    X(S, TIME, received_at,  _) \
    X(S, BIN,  event,        _)
#define REJECTED_REQUEST(X, S) \
    X(S, INT,  sequence,     _) \
    X(S, TIME, at,           _) \
    X(S, INT,  status,       _)  /* 400, 403 */ \
    X(S, STR,  reason,       _)  /* "missing", "invalid", "nonce_reused", or the field at fault */ \
    X(S, STR,  url,          _)  /* that the signature was checked against */ \
    X(S, STR,  peer,         _) \
    X(S, STR,  method,       _) \
    X(S, STR,  path,         _) \
    X(S, STR,  query,        _) \
    X(S, STR,  content_type, _) \
    X(S, STR,  v3,           _) \
    X(S, STR,  ma_v3,        _) \
    X(S, STR,  v3_nonce,     _) \
    X(S, STR,  v2,           _) \
    X(S, STR,  ma_v2,        _) \
    X(S, STR,  v2_nonce,     _) \
    X(S, BIN,  body,         _)
/* clang-format on */

RECORD_STRUCT(spool_entry, SPOOL_ENTRY)
RECORD_STRUCT(spool_aside, SPOOL_ASIDE)
RECORD_STRUCT(rejected_request, REJECTED_REQUEST)

struct spool_store;

enum spool_mode { SPOOL_OWN, SPOOL_LOOK };

/* SPOOL_OWN makes the folder, locks it and may write; ERR_CONFLICT when a living process holds it.
 * SPOOL_LOOK reads beside the owner; ERR_MISSING when there is no spool. `max_bytes` bounds the events of all lanes;
 * 0 takes the spool as it is, to read and to remove. */
MUST_USE bool spool_store_open(struct spool_store **out, const char *folder, enum spool_mode mode, int64_t max_bytes,
                               struct err *err);
void spool_store_close(struct spool_store **store);

/* --- one transaction at a time, by the owner's one thread --- */

MUST_USE bool spool_begin(struct spool_store *store, struct err *err);
/* Gives entry->sequence. *is_known: the identity waits in the lane already; nothing is stored then, and the sequence is
 * that of the entry that waits. False: ERR_BUSY (full), ERR_BROKEN. */
MUST_USE bool spool_append(struct spool_store *store, enum spool_lane lane, struct spool_entry *entry, bool *is_known,
                           struct err *err);
/* Removes a lane's entries up to and with that sequence: a lane is done with in its order. *removed: how many there were. */
MUST_USE bool spool_remove_through(struct spool_store *store, enum spool_lane lane, int64_t sequence, int64_t *removed,
                                   struct err *err);
/* Keeps what was refused for good; its lane's entry is removed by its sequence as any other. Gives aside->sequence. ERR_BUSY: ASIDE_MAX. */
MUST_USE bool spool_put_aside(struct spool_store *store, struct spool_aside *aside, struct err *err);
/* Takes one off its shelf: its peer has it after all, or it is to be forgotten. One that is not there is gone already. */
MUST_USE bool spool_drop(struct spool_store *store, enum spool_shelf shelf, int64_t sequence, struct err *err);
/* Keeps a refused request and forgets those that I5 lets go. */
MUST_USE bool spool_reject(struct spool_store *store, struct rejected_request *request, struct err *err);
/* With a real sync. False: nothing of the transaction is stored. */
MUST_USE bool spool_commit(struct spool_store *store, struct err *err);
void spool_abort(struct spool_store *store);

/* --- reading --- */

/* Entries of a lane behind `after`, oldest first, at most max_n and (after the first) max_bytes of rows. */
MUST_USE bool spool_list(struct spool_store *store, enum spool_lane lane, int64_t after, size_t max_n, size_t max_bytes,
                         struct arena *arena, struct spool_entry **out, size_t *n, struct err *err);
/* Refused requests behind `after`, oldest first. */
MUST_USE bool spool_rejected(struct spool_store *store, int64_t after, size_t max_n, struct arena *arena,
                             struct rejected_request **out, size_t *n, struct err *err);

/* What was put aside behind `after`, oldest first. */
MUST_USE bool spool_asides(struct spool_store *store, int64_t after, size_t max_n, struct arena *arena,
                           struct spool_aside **out, size_t *n, struct err *err);

struct spool_stat {
    int64_t entries[SPOOL_LANES];
    int64_t bytes;
    int64_t max_bytes;
};
/* Of what is committed. */
struct spool_stat spool_stat(const struct spool_store *store);

#endif
