/* report_apply.h - one delivery report (or record of Plivo's list) entered into the attempt it belongs to.
 *
 * Promise: the raw report is kept; the same one again changes nothing (P2); one that finds nothing is kept as an orphan until an attempt
 *          claims its uuid.
 * Threads: the writer's.
 */
#ifndef PARLEY_REPORT_APPLY_H
#define PARLEY_REPORT_APPLY_H
#include "apply/apply.h"

/* Enters `report` into `attempt` of `message`. *is_known: it was there already. is_unsure: without a right HMAC. */
MUST_USE bool report_enter(struct txn *txn, int64_t tenant, const struct settings *settings,
                           struct message_row *message, struct attempt_row *attempt, const struct report_event *report,
                           bool is_unsure, bool *is_known, struct err *err);

/* Reports that came before anybody knew their uuid. */
MUST_USE bool orphans_claim(struct txn *txn, int64_t tenant, const struct settings *settings,
                            struct message_row *message, struct attempt_row *attempt, struct str uuid, struct err *err);

#endif
