/* offline.h - what the operator's command does with a store that no worker has open: the one part of a service that it links.
 *
 * Promise: looking changes nothing, not even a lock file; a store that a worker has open is refused.
 * Memory:  nothing stays behind.
 * Threads: main alone.
 */
#ifndef PARLEY_OFFLINE_H
#define PARLEY_OFFLINE_H
#include "base/err.h"

/* A line for each finding; see check.h. `url` as STORE_URL. */
typedef void offline_report(void *context, const char *line);

/* False: the store could not be opened or read. */
MUST_USE bool offline_check(const char *url, offline_report *report, void *context, int64_t *rows, int64_t *findings,
                            struct err *err);

#endif
