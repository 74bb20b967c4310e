/* campaign_line.h - what waits in the outbox for a campaign hears of its pause and its resumption.
 *
 * Promise: whether a message of it may leave is decided at the choke point, from the campaign's row alone; here its messages are only
 *          told, so that people see why they wait. Of more than CAMPAIGN_LINE_MAX the rest is told when its turn comes.
 * Threads: the writer's.
 */
#ifndef PARLEY_CAMPAIGN_LINE_H
#define PARLEY_CAMPAIGN_LINE_H
#include "store/campaigns.h"

enum { CAMPAIGN_LINE_MAX = 500 };

/* After a change of state, before the row is written. */
MUST_USE bool campaign_line_changed(struct txn *txn, int64_t tenant, const struct campaign_row *campaign,
                                    struct err *err);
/* Ends up to `max` messages that wait as cancelled. *is_done: none waits any more. */
MUST_USE bool campaign_line_cancel(struct txn *txn, int64_t tenant, struct id campaign, int max, bool *is_done,
                                   struct err *err);

#endif
