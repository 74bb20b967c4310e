/* queue_message.h - the one way into the outbox: for people, programs and rules alike.
 *
 * Promise: the message is stored, told, and waits in its lane, held at once where its number sends nothing; whether it may leave is decided when its turn comes (P7).
 * Threads: the writer's.
 */
#ifndef PARLEY_QUEUE_MESSAGE_H
#define PARLEY_QUEUE_MESSAGE_H
#include "settings.h"
#include "store/entities.h"

/* `message` has from, to, text, class and what else its asker knows; id, conversation, size and status are set here. due_at: now, or send_at. */
MUST_USE bool queue_message(struct txn *txn, int64_t tenant, struct conversation_row *conversation,
                            struct message_row *message, int64_t due_at, struct err *err);

/* Why a message is blocked before it waits at all; reason NULL: it is not. Static texts. */
struct refusal {
    const char *reason;
    const char *text;
};

/* What queue_or_block() finds out, without queueing: whether it would block the message, which has from, to, class and text; and what the
 * text becomes. On a read transaction, too. */
MUST_USE bool message_prepare(struct txn *txn, int64_t tenant, const struct settings *settings,
                              struct message_row *message, struct refusal *out, struct err *err);

/* One that waits has been changed: it waits anew, for its time or its turn, and keeps its place in the order of its person. */
MUST_USE bool requeue_message(struct txn *txn, int64_t tenant, struct message_row *message, struct err *err);

/* The same for what people and programs ask for: who is known to be out of reach is told so at once, as a message that is blocked; the first
 * bulk message of a programme gets what it lacks, or is blocked (core/programme_notice.h). The choke point asks all of it again. */
MUST_USE bool queue_or_block(struct txn *txn, int64_t tenant, const struct settings *settings,
                             struct conversation_row *conversation, struct message_row *message, int64_t due_at,
                             struct err *err);

#endif
