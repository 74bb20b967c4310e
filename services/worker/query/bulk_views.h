/* bulk_views.h - templates, pools, campaigns and recipients as people see them.
 *
 * Promise: a view shows what its row says, and nothing that another row would.
 * Memory:  texts are borrowed from the row, or live in the transaction's arena.
 * Threads: as the transaction.
 */
#ifndef PARLEY_BULK_VIEWS_H
#define PARLEY_BULK_VIEWS_H
#include "store/campaigns.h"

MUST_USE bool template_view_make(struct txn *txn, const struct template_row *row, struct template_view *out,
                                 struct err *err);
void pool_view_make(const struct pool_row *row, bool is_default, struct pool_view *out);
MUST_USE bool campaign_view_make(struct txn *txn, int64_t tenant, const struct campaign_row *row,
                                 struct campaign_view *out, struct err *err);

/* An amount in the currency; NULL when the arena is full. */
struct cost_view *cost_view_make(struct arena *arena, int64_t amount, bool is_estimated);

#endif
