/* readers.h - the threads that answer queries, each on a short read transaction of its own.
 *
 * Promise: a query sees one commit, whole, and never waits for the writer.
 * Threads: "reader 1…n", as many as WORKER_READERS says.
 */
#ifndef PARLEY_WORKER_READERS_H
#define PARLEY_WORKER_READERS_H
#include "base/err.h"

MUST_USE bool readers_start(const void *config, struct err *err);
void readers_stop(void);

#endif
