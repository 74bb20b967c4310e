/* number_line.h - what waits in a number's line hears of a change of the number.
 *
 * Promise: on a number that sends nothing, what waits says so; after a change, what was held for the number's sake waits its turn again,
 *          whatever it had been told about when it may go. What is held for another reason stays as it is.
 * Units:   at most NUMBER_LINE_MAX messages a change: the choke point tells the rest when their turn comes.
 * Threads: the writer's.
 */
#ifndef PARLEY_NUMBER_LINE_H
#define PARLEY_NUMBER_LINE_H
#include "store/entities.h"

enum { NUMBER_LINE_MAX = 1000 }; /* each is an event told: far fewer than TOLD_MAX */

/* After the number's row was changed. */
MUST_USE bool number_line_changed(struct txn *txn, int64_t tenant, const struct number_row *number, struct err *err);

#endif
