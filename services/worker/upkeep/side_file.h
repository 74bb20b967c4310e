/* side_file.h - opt-outs and erasures once more, outside the store: what a restore must not bring back.
 *
 * Promise: D1 a line that side_file_append() took is on stable storage; lines are only ever appended.
 *          D2 a line stands for itself: its sum tells whether it is whole, so that a torn one (power failed) or a damaged one spoils no other.
 *          D3 no telephone number of a person stands in it: a person is HMAC(the tenant's key, number), as in the store, so that an
 *             erasure is whole. That suffices for a backup of the same store, whether it knows the contact or not.
 * Units:   a line is the JSON of a side_line, a blank and the first 8 hex digits of the JSON's SHA-256.
 * Memory:  a line that is read lives in an arena of its own, for the call.
 * Threads: the writer's; reading: any.
 * Source:  design.md section 6, Restore.
 */
#ifndef PARLEY_SIDE_FILE_H
#define PARLEY_SIDE_FILE_H
#include "store/entities.h"

/* clang-format off */
#define SIDE_LINE(X, S) \
    X(S, STR,  kind,         _)  /* opt_out, erasure; restored: the store has a new generation */ \
    X(S, TIME, at,           _) \
    X(S, ID,   store,        _) \
    X(S, INT,  generation,   _) \
    X(S, INT,  tenant,       _) \
    X(S, STR,  person,       _)  /* hex */ \
    X(S, STR,  scope,        _)  /* of the opt-out; null: all of the tenant */ \
    X(S, ID,   contact,      _) \
    X(S, STR,  number,       _)  /* ours */ \
    X(S, ENUM, source,       consent_source) \
    X(S, STR,  actor,        _) \
    X(S, TIME, received_at,  _) \
    X(S, STR,  ingress,      _) \
    X(S, INT,  entry,        _)  /* of the ledger, in this generation */
/* clang-format on */
RECORD_STRUCT(side_line, SIDE_LINE)

#define SIDE_OPT_OUT "opt_out"
#define SIDE_ERASURE "erasure"
#define SIDE_RESTORED "restored"

struct side_file;

/* Where it is: `setting` (SIDE_FILE), or when that is empty beside the store's folder: "<folder>.optouts". Unset: *arena is full. */
struct str side_file_path(struct arena *arena, struct str setting, const char *store_url);

/* Opens or makes it, and its folder. */
MUST_USE bool side_file_open(struct side_file **out, const char *path, struct err *err);
void side_file_close(struct side_file **side);
/* Whole lines, synced before it returns. False: none of them is there. */
MUST_USE bool side_file_append(struct side_file *side, struct str lines, struct err *err);

/* One line into a buffer. */
MUST_USE bool side_line_format(const struct side_line *line, struct buf *out, struct err *err);

/* Reads all lines in order; a file that is not there has none. *damaged counts what is no whole line. False: reading failed, or visit did. */
typedef bool side_visit(void *context, const struct side_line *line, struct err *err);
MUST_USE bool side_file_read(const char *path, side_visit *visit, void *context, int64_t *damaged, struct err *err);

/* --- in a transaction: into txn->side, which the loop appends before the commit; without one nothing happens --- */

/* A change of consent to `out`, as it was put into the row `state` of `entry`'s person. */
MUST_USE bool side_note_opt_out(struct txn *txn, int64_t tenant, struct str address, const struct consent_row *state,
                                const struct ledger_row *entry, struct err *err);
/* Everything about a person was removed. */
MUST_USE bool side_note_erasure(struct txn *txn, int64_t tenant, struct str address, struct id contact,
                                struct err *err);
/* --- at the start --- */

/* Appends what the store knows and the file at `path` does not say, of all tenants: who is opted out, in a line of this generation; who was
 * erased, in a line of any. So it does not matter why a line is missing: a full disk, a torn or damaged line, a lost file. What a crash leaves
 * undone the next start does. `txn` reads. *damaged as side_file_read(). */
MUST_USE bool side_file_catch_up(struct side_file *side, const char *path, struct txn *txn, int64_t *damaged,
                                 struct err *err);

/* A line of either kind, appended to `out`. `person`: their part of the key of their rows. */
MUST_USE bool side_add_opt_out(struct txn *txn, int64_t tenant, struct str person, const struct consent_row *state,
                               const struct ledger_row *entry, struct buf *out, struct err *err);
MUST_USE bool side_add_erasure(struct txn *txn, int64_t tenant, struct str person, const struct erased_row *tombstone,
                               struct buf *out, struct err *err);
/* Hex digits. Unset: the arena is full. */
struct str side_hex(struct arena *arena, struct str bytes);

enum { SIDE_PERSON_BYTES = 32 };

#endif
