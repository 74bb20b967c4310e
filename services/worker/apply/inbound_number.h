/* inbound_number.h - as which sender of ours somebody texted: the number it came to, or the Powerpack that has the number.
 *
 * Promise: the number is known afterwards, `discovered` where nobody has set it up. A text to a number of a Powerpack of ours goes where
 *          core/inbound_decide.h says.
 * Memory:  the row and *beside live in the transaction's arena or the store.
 * Threads: the writer's.
 */
#ifndef PARLEY_INBOUND_NUMBER_H
#define PARLEY_INBOUND_NUMBER_H
#include "store/entities.h"

/* *out: whose conversation it belongs to. *beside: the other one, of number and Powerpack, that could write to this person as the same
 * number; unset: there is none. What the person says of the one holds for the other. */
MUST_USE bool inbound_number(struct txn *txn, int64_t tenant, const struct inbound_event *event, struct number_row *out,
                             struct str *beside, struct err *err);

#endif
