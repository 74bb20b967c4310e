/* outcomes.h - tells the worker what became of the inline replies that it handed out.
 *
 * Promise: every outcome is told until the worker says that it has it. At most OUTCOMES_MAX wait; beyond it, and at the end of the process,
 *          they are dropped and counted: to the worker such an attempt stays open, and it settles it as unknown (P5).
 * Memory:  values, copied.
 * Threads: one of its own; outcomes_add() from any.
 * Source:  design.md section 5, "Inline XML replies".
 */
#ifndef PARLEY_INGRESS_OUTCOMES_H
#define PARLEY_INGRESS_OUTCOMES_H
#include "io/bus.h"

enum { OUTCOMES_MAX = 4096 };

MUST_USE bool outcomes_start(struct bus_client *worker, struct err *err);
void outcomes_drain(int64_t deadline_boot_ms);
void outcomes_stop(void);

/* `answer` holds the reply that the worker granted. CALL_ACCEPTED: written; CALL_NOT_SENT: answered without it; CALL_UNKNOWN: the write broke. */
void outcomes_add(const struct inbound_answer *answer, enum call_outcome outcome, int64_t at_ms);

#endif
