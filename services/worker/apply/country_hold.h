/* country_hold.h - countries to which Plivo lets nothing more through for a while (code 451).
 *
 * Promise: while no country is held, asking costs one look into the store.
 * Threads: as the transaction.
 * Source:  plivo.md section 6.
 */
#ifndef PARLEY_COUNTRY_HOLD_H
#define PARLEY_COUNTRY_HOLD_H
#include "store/entities.h"

/* For how long the country of this address is held; 0: it is not. */
MUST_USE bool country_hold_read(struct txn *txn, int64_t tenant, struct str address, int64_t *held_ms, struct err *err);

/* *region: which one it is, "DE"; "" when nobody knows. In the arena. */
MUST_USE bool country_hold(struct txn *txn, int64_t tenant, struct str address, int64_t until_ms, struct str *region,
                           struct err *err);

/* Enters held_until of a line of TABLE_LIMIT, unless it is held for longer. */
MUST_USE bool line_hold(struct txn *txn, int64_t tenant, struct str line, int64_t until_ms, struct err *err);

#endif
