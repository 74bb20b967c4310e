/* grant_send.h - the choke point's shell: one message, its facts, core/grant_decide.c's verdict, what it brings about (P7).
 *
 * Promise: nothing becomes `sending` but here. The limits are charged in the transaction that writes the attempt.
 * Threads: the writer's.
 * Source:  design.md section 5.
 */
#ifndef PARLEY_GRANT_SEND_H
#define PARLEY_GRANT_SEND_H
#include "apply/apply.h"
#include "core/grant_decide.h"

/* Who gets it. */
struct grantee {
    struct str sender; /* "ingress" for inline replies */
    int64_t epoch;
    int64_t number;
    enum reply_via via;
};

struct grant_result {
    bool is_granted;
    struct granted_send send;     /* when granted */
    struct grant_verdict verdict; /* what was decided */
    struct id earlier;            /* GRANT_EARLIER_FIRST: that message */
    struct id campaign;           /* of the message that was decided on */
};

/* What the sender is told of an attempt that was granted. */
MUST_USE bool granted_send_make(struct txn *txn, int64_t tenant, const struct message_row *message, int64_t attempt,
                                int64_t expiry_s, struct granted_send *out, struct err *err);

/* Decides on one message of the outbox and writes what follows. */
MUST_USE bool grant_one(struct txn *txn, int64_t tenant, const struct settings *settings, struct message_row *message,
                        const struct number_row *number, const struct grantee *grantee, struct grant_result *out,
                        struct err *err);

/* The same for a reply that ingress hands out inside its answer. Not granted: it stays in the outbox and goes by REST. */
MUST_USE bool grant_one_inline(struct txn *txn, int64_t tenant, const struct settings *settings,
                               struct message_row *message, struct granted_send *send, bool *is_granted,
                               struct err *err);

#endif
