/* stale_tick.h - what waits for somebody goes with age: what was put in quarantine, reports that never found their message, and counts of
 * deliverability that nobody can ask for any more.
 *
 * Promise: within STALE_EVERY_MS of being `aside_days` old it goes, in bounded steps a tick; what may be an opt-out goes only when the
 *          person's consent knows of it, or of a later change (Q3 of quarantine.h). A day's counts go after HEALTH_DAYS_MAX (health.h). With nothing in these tables nothing is written.
 * Units:   a step is a row, STALE_STEPS_MAX of them a tick.
 * Threads: the writer's.
 * Source:  GDPR Art. 5(1)(e): kept no longer than it is of use. A report can come as long as its callback key is valid (30 days).
 */
#ifndef PARLEY_STALE_TICK_H
#define PARLEY_STALE_TICK_H
#include "settings.h"
#include "store/entities.h"

enum { STALE_STEPS_MAX = 200, STALE_EVERY_MS = 3600 * 1000 };

MUST_USE bool stale_tick(struct txn *txn, const struct settings *settings, struct err *err);

#endif
