/* spool.h - `parley spool …`: looks into an ingress's spool, replays one whose ingress is gone, and what was refused.
 *
 * Promise: list and rejected read beside a running ingress and change nothing. replay and again need the folder for themselves; they remove
 *          an entry only after its peer has committed it, replay in order. resend asks ingress again with the very bytes that came: a signature that is still
 *          wrong is refused again.
 * Units:   exit codes as in commands.h.
 * Memory:  freed before each returns.
 * Threads: main alone, and the bus clients' own.
 */
#ifndef PARLEY_TOOL_SPOOL_H
#define PARLEY_TOOL_SPOOL_H
#include "io/spool_store.h"

enum { SPOOL_PAGE = 256, SPOOL_ARENA_BYTES = 32 * 1024 * 1024 };

int command_spool(int argc, char **argv);

/* `parley spool again DIR NUMBER|all`: asks worker or sender once more to take what they refused for good; `store` is owned, `which`: 0 for
 * all. `endpoints`: of each lane's peer. False: one was refused again, or nobody answered; the rest was tried. */
MUST_USE bool asides_send(struct spool_store *store, int64_t which, const struct str endpoints[SPOOL_LANES],
                          struct err *err);

/* `parley spool rejected DIR` and `parley spool resend DIR NUMBER|all`; `store` was opened to look. */
MUST_USE bool rejected_print(struct spool_store *store, struct err *err);
/* `which`: 0 for all. `listen`: host:port of the ingress. False: one could not be sent, or was refused again; the rest was tried. */
MUST_USE bool rejected_resend(struct spool_store *store, int64_t which, struct str listen, struct err *err);

#endif
