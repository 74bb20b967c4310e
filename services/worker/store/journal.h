/* journal.h - files of blocks in the order in which they were written: what a crash leaves of them is read back, block by block.
 *
 * Promise: J1 journal_append() returns true only after a real sync of the block. A write or sync that fails is final for the file: nothing
 *             more goes into it until journal_renew(), since the system may call pages written that are not; but its own block is
 *             blotted out, if that can be written.
 *          J2 what is read back is whole (SHA-256) and without a gap: the first block that is torn, or does not follow, ends a file. One
 *             that comes behind a hole, or after a gap, is damage and an error, never passed over.
 *          J3 of two blocks with one sequence the one in the file that begins later counts: the other's append had failed.
 * Units:   bytes; blocks begin every JOURNAL_ALIGN bytes, so that writing one never touches the sectors of another.
 * Memory:  reading holds one file in memory at a time.
 * Threads: one.
 * Source:  the file's room is written with zeros ahead of time: a sync is then of the data alone.
 */
#ifndef PARLEY_JOURNAL_H
#define PARLEY_JOURNAL_H
#include "base/buf.h"
#include "base/err.h"
#include "base/id.h"

#include <limits.h>
#include <openssl/evp.h>

enum { JOURNAL_FILES = 2, JOURNAL_ALIGN = 4096 };

/* Whose blocks they are: those of another store, or of a later generation, are refused; of an earlier one, passed over. */
struct journal_owner {
    struct id store;
    int64_t generation;
};

struct journal {
    const char *folder; /* borrowed for its life */
    char path[PATH_MAX];
    int fd;            /* -1: not open */
    int64_t end;       /* where the next block goes */
    int64_t room;      /* bytes that were written ahead */
    bool has_failed;
    bool is_full;      /* for want of room */
};

/* FOLDER/journal.0 or .1, made anew: the blocks of the one that is there are in the store. */
MUST_USE bool journal_open(struct journal *journal, const char *folder, int which, struct err *err);
void journal_close(struct journal *journal);
/* A new file in its place: of what was in the old one nothing is left. */
MUST_USE bool journal_renew(struct journal *journal, struct err *err);
/* The same without a new one: its blocks are in the store. */
void journal_remove(struct journal *journal);
/* The next block goes to the start: its blocks are in the store. */
void journal_rewind(struct journal *journal);

/* A block in the making. Its sum grows with it. */
struct journal_block {
    struct buf bytes;
    EVP_MD_CTX *sum;
    size_t summed; /* bytes */
};

/* False: out of memory; release it all the same. */
MUST_USE bool journal_block_init(struct journal_block *block, size_t max_bytes);
void journal_block_release(struct journal_block *block);
/* Begins it anew. False: out of memory. */
MUST_USE bool journal_begin(struct journal_block *block);
/* After each part of the payload that was appended to block->bytes. False: it is over the maximum, or out of memory. */
MUST_USE bool journal_added(struct journal_block *block);
bool journal_is_empty(const struct journal_block *block);
MUST_USE bool journal_append(struct journal *journal, const struct journal_owner *owner, int64_t sequence,
                             struct journal_block *block, struct err *err);

typedef bool journal_each(void *context, int64_t sequence, struct str payload, struct err *err);
/* The blocks of both files whose sequence is above `applied`, in order. *last: the newest, or `applied`. */
MUST_USE bool journal_read(const char *folder, const struct journal_owner *owner, int64_t applied, journal_each *each,
                           void *context, int64_t *last, struct err *err);

#endif
