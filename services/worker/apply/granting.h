/* granting.h - one grant request on its way through its transaction: what it has been given so far, and when to ask again.
 *
 * Promise: nothing waits that could go while the answer has room; what is found first goes by the lanes of a number, the turns of the
 *          numbers of a tenant, and the turns of the tenants.
 * Memory:  lives as long as the request.
 * Threads: the writer's.
 */
#ifndef PARLEY_GRANTING_H
#define PARLEY_GRANTING_H
#include "apply/grant_send.h"

struct granting {
    struct txn *txn;
    const struct settings *settings;
    const struct grant_request *asked;
    struct grantee grantee;
    struct grant_answer *answer;
    size_t max;
    int64_t next_ms; /* soonest time at which something more could be granted; TIME_FOREVER: nothing waits */
};

static inline void granting_note_next(struct granting *g, int64_t at_ms)
{
    g->next_ms = min_i64(g->next_ms, at_ms);
}

/* The answer takes more, and the events of what is decided still have room in the batch. */
static inline bool granting_has_room(const struct granting *g)
{
    return g->answer->sends.n < g->max && g->txn->told_n < TOLD_MAX / 2;
}

/* Fills the answer from everything that waits. `turn`: of which tenant the last request was served last; renewed. */
MUST_USE bool grant_by_turns(struct granting *g, int64_t *turn, struct err *err);

/* --- one number's line (grant_line.c) --- */

struct grant_queue;

/* NULL when memory is out. `number` is copied. */
struct grant_queue *grant_queue_open(struct granting *g, int64_t tenant, const struct number_row *number,
                                     struct err *err);
/* Decides on one message. *segments: what was granted, 0: nothing. *is_over: the number has nothing more that could go now. */
MUST_USE bool grant_queue_step(struct grant_queue *l, int64_t *segments, bool *is_over, struct err *err);
/* Where the answer is full, says that there is more. */
void grant_queue_close(struct grant_queue *l);

#endif
