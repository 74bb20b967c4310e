/* suspect.h - what the writer is at, noted where the death of the process does not reach it; and what has killed it before.
 *
 * Promise: S1 an operation in whose midst the writer died by a signal of its own making (a fault, a failed assertion) is counted at the
 *          next start. A kill from outside (SIGKILL, a power cut) and a page that the disk cannot read (SIGBUS) count for nobody.
 *          S2 one that did so SUSPECT_DEATHS times is condemned: its applier puts it aside (apply/quarantine.h) without touching it.
 *          S3 at most SUSPECTS_MAX are remembered, the newest; what is in quarantine stands in the store besides.
 * Memory:  one mapped page, FOLDER/suspects.page: it survives the process without a sync, and is worth nothing after a power cut.
 * Threads: the writer's. The handler of signals reads it on the thread that faults.
 * Source:  design.md section 4.
 */
#ifndef PARLEY_WORKER_SUSPECT_H
#define PARLEY_WORKER_SUSPECT_H
#include "base/err.h"

enum { SUSPECT_DEATHS = 2, SUSPECTS_MAX = 32, SUSPECT_KIND_BYTES = 16, SUSPECT_IDENTITY_BYTES = 80 };

/* An operation by what makes it the same when it comes again: a kind ("inbound") and an identity of that kind. */
struct suspect {
    uint32_t deaths;
    uint8_t kind_n, identity_n;
    char kind[SUSPECT_KIND_BYTES];
    char identity[SUSPECT_IDENTITY_BYTES]; /* cut to its room: long ones differ early */
};

struct suspect suspect_of(const char *kind, struct str identity);

/* Reads what the last process left and goes on in it. Without room for the page nothing is noted: a warning, no failure. */
void suspects_open(const char *folder);
void suspects_close(void);
/* The calling thread is the writer: its faults are noted from now on. */
void suspects_watch(void);
/* It ends: the handlers' stack is nobody's any more. */
void suspects_unwatch(void);

/* Begins with an operation, or goes back to the one around it. Returns the one before. */
struct suspect suspect_enter(const struct suspect *suspect);
bool suspect_is_condemned(const struct suspect *suspect);
/* It gets another chance. */
void suspect_acquit(const struct suspect *suspect);

#endif
