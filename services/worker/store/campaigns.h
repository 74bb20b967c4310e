/* campaigns.h - campaigns, their recipients, and where their messages stand.
 *
 * Promise: C1 a person is a recipient of a campaign once: recipient_add() refuses the second.
 *          C2 the counts are those of the recipients' newest messages: campaign_count() is called by whoever writes a message.
 *          C3 a campaign that has work for the tick, or news to tell, is in TABLE_CAMPAIGN_ACTIVE.
 * Memory:  rows live in the transaction's arena.
 * Threads: as the transaction.
 *
 * Every function: false means that the store failed or memory is out, never "not found": that is *found.
 */
#ifndef PARLEY_STORE_CAMPAIGNS_H
#define PARLEY_STORE_CAMPAIGNS_H
#include "store/entities.h"

enum { CAMPAIGN_RECIPIENTS_MAX = 100000 };

MUST_USE bool campaign_get(struct txn *txn, int64_t tenant, struct id id, struct campaign_row *row, bool *found,
                           struct err *err);
/* Writes it, and has the tick look at it. */
MUST_USE bool campaign_put(struct txn *txn, int64_t tenant, struct campaign_row *row, struct err *err);
MUST_USE bool campaign_counts_get(struct txn *txn, int64_t tenant, struct id id, struct campaign_count_row *row,
                                  struct err *err);
MUST_USE bool campaign_counts_put(struct txn *txn, int64_t tenant, struct id id, const struct campaign_count_row *row,
                                  struct err *err);
MUST_USE bool campaign_wake(struct txn *txn, int64_t tenant, struct id id, struct err *err);

/* Counts a message as what it is now, and what it costs; one of no campaign, or replaced, is left alone. Changes row->counted…: before
 * it is written. */
MUST_USE bool campaign_count(struct txn *txn, int64_t tenant, struct message_row *row, struct err *err);
/* The message's recipient gets another one: from now on it counts as nothing. */
MUST_USE bool campaign_uncount(struct txn *txn, int64_t tenant, struct message_row *row, struct err *err);
/* The count of messages with this status. */
int64_t *campaign_counter(struct campaign_count_row *row, enum message_status status);

/* Adds recipient number `campaign->recipients` and counts it up. *is_new false: the person is one already, *line says of which line. */
MUST_USE bool recipient_add(struct txn *txn, int64_t tenant, struct campaign_row *campaign,
                            const struct recipient_row *row, bool *is_new, int64_t *line, struct err *err);
MUST_USE bool recipient_get(struct txn *txn, int64_t tenant, const struct campaign_row *campaign, int64_t number,
                            struct recipient_row *row, bool *found, struct err *err);
MUST_USE bool recipient_put(struct txn *txn, int64_t tenant, const struct campaign_row *campaign, int64_t number,
                            const struct recipient_row *row, struct err *err);
/* Deletes up to `max` recipients of other generations than `keep` (-1: of all). *is_done: none is left. */
MUST_USE bool recipients_drop(struct txn *txn, int64_t tenant, struct id campaign, int64_t keep, int max, bool *is_done,
                              struct err *err);

#endif
