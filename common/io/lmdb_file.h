/* lmdb_file.h - an LMDB data file seen from outside: whether it is whole, and what of it is on the disk for certain.
 *
 * Promise: F1 a file that is torn, cut short or not LMDB's is refused before LMDB maps it, with one line that names the file and what to
 *          do. F2 a file that was made and is gone, or empty, is refused, too: nobody begins anew by accident.
 *          F3 after lmdb_file_settle() the disk holds what the system's cache shows, also after writes or syncs that failed.
 * Units:   LMDB's pages, as the file itself says (4 KiB as a rule).
 * Memory:  nothing is kept.
 * Threads: any, while nobody else writes the file.
 * Source:  LMDB 0.9's mdb.c: MDB_meta, MDB_page, MDB_node. It has no checksums: what a page's owner wrote into it is not judged here.
 */
#ifndef PARLEY_LMDB_FILE_H
#define PARLEY_LMDB_FILE_H
#include "base/err.h"

#define LMDB_DATA_NAME "data.mdb"
#define LMDB_NEW_NAME "new.mdb" /* while it is being made */

enum { LMDB_CHECK_PAGES = 16384 }; /* at open: 64 MiB, the upper levels of the trees first */

struct lmdb_file_check {
    bool is_there;
    size_t pages;     /* looked at */
    bool is_complete; /* every page that is in use was, and the counts agree */
};

/* Looks at FOLDER/data.mdb: its size, both metas, and up to max_pages of its trees (SIZE_MAX: all), each page's place, shape and order.
 * False: ERR_BROKEN, it is damaged; or ERR_BUSY, it could not be read. `field` names the setting. */
MUST_USE bool lmdb_file_check(const char *folder, const char *field, size_t max_pages, struct lmdb_file_check *out,
                              struct err *err);

/* Writes the metas back as they read, and syncs: before anything else is written. */
MUST_USE bool lmdb_file_settle(const char *folder, const char *field, struct err *err);
/* F2 holds from now on. */
MUST_USE bool lmdb_file_mark_made(const char *folder, const char *field, struct err *err);

/* FOLDER/new.mdb, whole and synced, becomes FOLDER/data.mdb: the names are synced, too. */
MUST_USE bool lmdb_file_adopt(const char *folder, const char *field, struct err *err);
/* What an earlier making left behind. */
void lmdb_file_forget_new(const char *folder);

#endif
