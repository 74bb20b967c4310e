/* clock_back.h - what the wall clock's going back would leave waiting until the clock has caught up.
 *
 * Promise: a message that was queued by the clock before, and is not held until a time of its own, waits as long from now on as it then
 *          had to: at once, or a retry's delay. An unconfirmed attempt waits anew. Nothing is granted or ended here, and looking twice
 *          changes nothing more.
 * Units:   wall time in ms. At most CLOCK_BACK_STEPS messages a call.
 * Threads: the writer's.
 * Source:  design.md section 4, Time: wall time serves windows, send_at and validity only.
 */
#ifndef PARLEY_CLOCK_BACK_H
#define PARLEY_CLOCK_BACK_H
#include "settings.h"
#include "store/entities.h"

enum {
    CLOCK_SLACK_MS = 5000, /* by so much a clock may be set back without a word: loop.c */
    CLOCK_BACK_STEPS = 5000,
};

/* Whether a wait from since_ms on is over. One that begins well after now is: the clock went back since. */
bool clock_wait_is_over(const struct txn *txn, int64_t since_ms, int64_t wait_ms);

MUST_USE bool clock_back_attempt(struct txn *txn, const struct settings *settings, struct open_attempt *open,
                                 struct err *err);

/* Through the outbox of all tenants. *is_done: nothing of the kind is left; otherwise it wants to be called again. */
MUST_USE bool clock_back_outbox(struct txn *txn, bool *is_done, struct err *err);

#endif
