/* breakers.h - what stops by itself: the loop breaker of a person, the day's spending of a tenant.
 *
 * Promise: B1 both are read before a decision and charged in the transaction of the grant. B2 a notice says when one has tripped, and
 *          when spending comes near its limit. B3 what was charged for a send that never left is given back.
 * Units:   money.h; days of UTC.
 * Memory:  plain values; texts are static or live in the transaction's arena.
 * Threads: the writer's.
 */
#ifndef PARLEY_BREAKERS_H
#define PARLEY_BREAKERS_H
#include "core/grant_decide.h"
#include "core/loop_guard.h"
#include "settings.h"
#include "store/entities.h"

struct breakers {
    struct loop_guard guard;
    struct loop_limits limits;
    int64_t text_hash;
    struct spend_row spend;
    int64_t spend_limit; /* INT_UNSET: none */
    int64_t spend_warn;
    int64_t cost; /* of this message, as estimated */
};

/* Reads both and enters f->loop and f->spend_held_ms. */
MUST_USE bool breakers_read(struct txn *txn, int64_t tenant, const struct settings_view *own,
                            const struct message_row *message, struct breakers *out, struct grant_facts *f,
                            struct err *err);

/* The message is granted. */
MUST_USE bool breakers_charge(struct txn *txn, int64_t tenant, const struct message_row *message,
                              struct breakers *breakers, struct err *err);

/* The loop breaker of this person trips, now or because Plivo has seen a loop: automatic answers stop for a while. */
MUST_USE bool loop_trip(struct txn *txn, int64_t tenant, const struct settings_view *own,
                        const struct message_row *message, struct err *err);

/* The spending limit has stopped a message: told once a day. */
MUST_USE bool spend_stopped(struct txn *txn, int64_t tenant, struct err *err);

/* Plivo's amount in place of the estimate, or nothing in place of it. */
MUST_USE bool spend_adjust(struct txn *txn, int64_t tenant, int64_t by, struct err *err);

/* What the message counts as, as far as is known. */
int64_t spend_of(const struct message_row *message);

#endif
