/* quiet_facts.h - the shell of quiet hours: where the person may be, which hours count there, and whether they are open.
 *
 * Promise: what quiet_facts_read() enters is true of every place where the person may be (domain/quiet_hours.h).
 * Memory:  plain values; a state's row lives in the transaction's arena.
 * Threads: as the transaction.
 * Source:  plivo.md section 12; the tz database.
 */
#ifndef PARLEY_QUIET_FACTS_H
#define PARLEY_QUIET_FACTS_H
#include "core/grant_decide.h"
#include "core/state_windows.h"
#include "domain/phone_plan.h"
#include "settings.h"
#include "store/entities.h"

/* Fills has_window and what belongs to it; leaves them alone for a message that may leave at any hour. */
MUST_USE bool quiet_facts_read(struct txn *txn, int64_t tenant, const struct settings_view *own,
                               const struct message_row *message, const struct phone_plan *plan, struct grant_facts *f,
                               struct err *err);

/* A state's row as it counts: the tenant's own, else the table's; *out NULL: the state has none. */
MUST_USE bool state_window_get(struct txn *txn, int64_t tenant, const char *state, const struct state_window **out,
                               struct err *err);

#endif
