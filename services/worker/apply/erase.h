/* erase.h - a person's data, taken out of the store: begun by one command, carried through by the tick.
 *
 * Promise: with the command's answer the person is no longer found, nothing that waits for them will leave, and what came in from them
 *          before is not stored again, from whatever spool or backup it comes. Texts, media, raw reports, notes, the private part of
 *          ledger entries and kept answers follow within ticks, in bounded steps. What stays: opt-outs (by HMAC), the ledger's chain, that
 *          messages were there.
 * Threads: the writer's.
 * Source:  design.md section 6.
 */
#ifndef PARLEY_APPLY_ERASE_H
#define PARLEY_APPLY_ERASE_H
#include "settings.h"
#include "store/entities.h"

/* Goes on with the erasures under way. Bounded work a call. */
MUST_USE bool erase_tick(struct txn *txn, struct err *err);

/* Takes the person's conversations out of both directories, so many at a time: while detached_to of the row is set, more are left. Those of a
 * contact that came after it with the same number stay. */
MUST_USE bool erase_detach(struct txn *txn, int64_t tenant, struct id contact, struct erasure_row *erasure,
                           struct err *err);

/* Takes it out of the outbox, if it waits there: then its status says so, and it is yet to be put. */
MUST_USE bool erase_waiting(struct txn *txn, int64_t tenant, struct message_row *message, bool *was_waiting,
                            struct err *err);

/* Whether the event came in before its sender was erased. Then nothing of it is to be stored, but an opt-out counts: *is_erased, and all
 * that has to be done is done. */
MUST_USE bool erase_inbound(struct txn *txn, int64_t tenant, const struct inbound_event *event, bool *is_erased,
                            struct err *err);

/* Erases what was said in messages older than the tenant's retention_days, and raw reports of messages older than its report_days. Bounded
 * work a call; what is not over yet is looked at again later. Source of the defaults: plivo.md section 12, "Records". */
MUST_USE bool retention_tick(struct txn *txn, const struct settings *settings, struct err *err);

/* The raw reports of a message. Bounded; *is_done: none is left. */
MUST_USE bool reports_drop(struct txn *txn, int64_t tenant, struct id message, bool *is_done, struct err *err);

#endif
