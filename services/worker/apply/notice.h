/* notice.h - what somebody should look at: raised once, counted while it is open, closed by a person or by its cause going away.
 *
 * Promise: of one kind and subject at most one notice is open: raising it again counts it up and renews text, severity and data, and
 *          makes no second one. What was closed stays in the list; raised again, it is a new one.
 *          "notice.created" and "notice.updated" tell of it.
 * Memory:  texts are borrowed for the call.
 * Threads: the writer's.
 */
#ifndef PARLEY_NOTICE_H
#define PARLEY_NOTICE_H
#include "store/entities.h"

enum { NOTICE_SUBJECT_MAX_BYTES = 200 };

struct notice {
    enum notice_kind kind;
    enum notice_severity severity;
    struct str subject; /* notice_about(), or "<what>:<which>" */
    struct str text;    /* a sentence for a person; no full number, no message's text */
    struct str data;    /* a JSON object for programs; unset: {} */
};

/* "conversation:<id>", "contact:<id>", "number:<id>", "message:<id>" …; unset when the arena is full. */
struct str notice_about(struct txn *txn, const char *what, struct id id);

MUST_USE bool notice_raise(struct txn *txn, int64_t tenant, const struct notice *notice, struct err *err);
/* The cause is gone: the open notice, if there is one, is closed by whoever asks (txn->actor). */
MUST_USE bool notice_clear(struct txn *txn, int64_t tenant, enum notice_kind kind, struct str subject, struct err *err);

MUST_USE bool notice_get(struct txn *txn, int64_t tenant, struct id id, struct notice_row *row, bool *found,
                         struct err *err);

#endif
