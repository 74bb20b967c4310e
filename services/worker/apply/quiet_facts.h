/* quiet_facts.h - the shell of quiet hours: where the person may be, which hours count there, and whether they are open.
 *
 * Promise: what quiet_facts_read() enters is true of every place where the person may be (domain/quiet_hours.h).
 * Memory:  plain values.
 * Threads: as the transaction.
 * Source:  plivo.md section 12; the tz database.
 */
#ifndef PARLEY_QUIET_FACTS_H
#define PARLEY_QUIET_FACTS_H
#include "core/grant_decide.h"
#include "settings.h"
#include "store/entities.h"

/* Fills has_window and what belongs to it, and bulk_most; leaves them alone for a message that may leave at any hour. */
MUST_USE bool quiet_facts_read(struct txn *txn, int64_t tenant, const struct settings_view *own,
                               const struct message_row *message, struct grant_facts *f, struct err *err);

#endif
