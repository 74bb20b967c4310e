/* bulk_cap_facts.h - the shell of core/bulk_cap.h: a person's newest bulk messages, read for a decision and counted with its grant.
 *
 * Promise: a message to a place without a limit reads and writes nothing.
 * Memory:  plain values.
 * Threads: the writer's.
 */
#ifndef PARLEY_BULK_CAP_FACTS_H
#define PARLEY_BULK_CAP_FACTS_H
#include "core/grant_decide.h"
#include "store/entities.h"

/* After quiet_facts_read(): enters f->bulk_held_ms where f->bulk_most is set. */
MUST_USE bool bulk_cap_read(struct txn *txn, int64_t tenant, const struct message_row *message, struct grant_facts *f,
                            struct err *err);

/* The message is granted. */
MUST_USE bool bulk_cap_charge(struct txn *txn, int64_t tenant, const struct message_row *message,
                              const struct grant_facts *f, struct err *err);

#endif
