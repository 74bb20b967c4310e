/* grant_facts.h - what the choke point looks at, read from the store; and what a grant uses up, written back.
 *
 * Promise: core/grant_decide.c decides on these facts alone; grant_facts_charge() stores what its verdict says, in the same transaction.
 * Memory:  the reading lives in the transaction's arena.
 * Threads: the writer's.
 */
#ifndef PARLEY_GRANT_FACTS_H
#define PARLEY_GRANT_FACTS_H
#include "apply/apply.h"
#include "apply/breakers.h"

enum { PERSON_MAX = 64 }; /* open attempts, and as many waiting messages, that a decision hears of; the oldest count */

struct person {
    struct grant_open open[PERSON_MAX];
    size_t open_n;
    struct grant_earlier earlier[PERSON_MAX];
    struct id earlier_id[PERSON_MAX];
    size_t earlier_n;
};

/* A row of TABLE_LIMIT that the verdict charges: facts.limits[i] is lines[i]'s. */
struct grant_line {
    struct str name;
    struct limit_row row;
};

struct grant_reading {
    struct person person;
    struct grant_line lines[GRANT_LIMITS_MAX];
    struct breakers breakers;
    const struct settings_view *own;
    struct grant_facts facts;
};

MUST_USE bool grant_facts_read(struct txn *txn, int64_t tenant, const struct settings *settings,
                               const struct message_row *message, const struct number_row *number,
                               struct grant_reading *out, struct err *err);

/* After GRANT_NOW. */
MUST_USE bool grant_facts_charge(struct txn *txn, int64_t tenant, const struct message_row *message,
                                 struct grant_reading *reading, const struct grant_verdict *verdict, struct err *err);

/* The line that all numbers of a 10DLC campaign share: this, then its name. */
#define SHARED_LINE "*10dlc:"

#endif
