/* choose_number.h - which number of ours a message leaves from.
 *
 * Promise: an address means itself, "pool:<id>" one of the pool (core/pool_choose.h), nothing the one that this person last talked to,
 *          else the tenant's default pool, else the tenant's default number.
 * Memory:  rows live in the transaction's arena.
 * Threads: the writer's.
 */
#ifndef PARLEY_CHOOSE_NUMBER_H
#define PARLEY_CHOOSE_NUMBER_H
#include "store/entities.h"

enum { POOL_NUMBERS_MAX = 200 };

/* False: ERR_INPUT or ERR_CONFLICT on "from". */
MUST_USE bool choose_number(struct txn *txn, int64_t tenant, struct str asked, struct str person,
                            struct number_row *out, struct err *err);
/* Whether `asked` names a number or a pool of ours. */
MUST_USE bool from_check(struct txn *txn, int64_t tenant, struct str asked, struct err *err);

MUST_USE bool pool_get(struct txn *txn, int64_t tenant, struct id id, struct pool_row *row, bool *found,
                       struct err *err);

#endif
