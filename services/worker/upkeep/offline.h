/* offline.h - what the operator's command does with a store that no worker has open: the one part of a service that it links.
 *
 * Promise: looking changes nothing, not even a lock file. A store that a worker has open is refused.
 *          A restore or copy is built under another name, synced, and gets its own only when it is whole; what stood there before is kept
 *          under a new name, never removed.
 * Units:   ms UTC.
 * Memory:  nothing stays behind.
 * Threads: main alone.
 */
#ifndef PARLEY_OFFLINE_H
#define PARLEY_OFFLINE_H
#include "base/base.h"
#include "base/err.h"

/* A line for each finding; see check.h. `url` as STORE_URL. */
typedef void offline_report(void *context, const char *line);

/* False: the store could not be opened or read. */
MUST_USE bool offline_check(const char *url, offline_report *report, void *context, int64_t *rows, int64_t *findings,
                            struct err *err);

struct offline_restore {
    const char *from;      /* a backup's folder; of a copy the folder of a store, as lmdb:FOLDER */
    bool is_copy;
    const char *url;       /* what is made, as STORE_URL */
    struct str side_file;  /* SIDE_FILE; empty: beside `url` */
    bool replaces;         /* a store that stands there is moved aside */
};

struct offline_restored {
    int64_t generation;
    int64_t unconfirmed;
    int64_t opt_outs;       /* taken from the side file */
    int64_t erasures;       /* made again, likewise */
    int64_t damaged_lines;  /* of the side file: opt-outs that nobody can read any more */
    bool has_side_file;
    char moved_to[560];     /* where the store that stood there is now; "": there was none */
};

/* `now_ms`: wall clock. False: nothing has changed, *err says why. */
MUST_USE bool offline_restore(const struct offline_restore *asked, int64_t now_ms, struct offline_restored *out,
                              struct err *err);

#endif
