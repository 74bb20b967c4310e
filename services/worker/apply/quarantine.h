/* quarantine.h - what has killed the worker twice, put aside: kept, counted, shown with an alarm, and released by a person.
 *
 * Promise: Q1 what is in quarantine was not applied: its identity is free, and when it comes again it is answered "quarantined" again.
 *          Q2 a released event is applied then and there. Should it kill again, it is counted again.
 *          Q3 a STOP is a barrier even when its message is poison (P4): of what may be an opt-out this much is applied when it is put aside,
 *          and no more. Should even that kill twice, it is left alone.
 * Memory:  texts are borrowed for the call.
 * Threads: the writer's.
 * Source:  design.md section 4.
 */
#ifndef PARLEY_QUARANTINE_H
#define PARLEY_QUARANTINE_H
#include "apply/apply.h"
#include "io/bus.h"
#include "suspect.h"

/* *is_aside: it is in quarantine, or has just been put there, and must not be touched. `object` is what would be applied. */
MUST_USE bool quarantine_judge(struct txn *txn, int64_t tenant, const struct suspect *suspect,
                               const struct record *record, const void *object, bool *is_aside, struct err *err);

/* Applies a request under the same eyes; events, reports and sends are watched one by one inside. *is_aside: it was not applied. */
MUST_USE bool quarantine_apply(struct txn *txn, const struct bus_request *rq, const struct settings *settings,
                               const void *request, void *reply, bool *is_aside, struct err *err);

/* What somebody sent, and reports of what was sent to them, are gone with them. What may be an opt-out stays: it was not applied yet. */
MUST_USE bool quarantine_erase(struct txn *txn, int64_t tenant, struct str address, struct err *err);

/* `value` is a row's: it goes when it was put aside before before_ms. What may be an opt-out stays, with its alarm, while the person's
 * consent has heard neither of it nor of a later change: Q3 left that to a person. */
MUST_USE bool quarantine_drop_old(struct txn *txn, int64_t tenant, struct str value, int64_t before_ms,
                                  struct err *err);

#endif
