/* turns.h - whose turn it is among tenants that wait for the same sender: deficit round robin.
 *
 * Promise: T1 of two tenants that wait all the time, neither is ever served more than TURNS_APART segments beyond the other, however long
 *             their messages are. T2 who begins to wait is served after at most TURNS_QUANTUM + TURNS_LONGEST segments of each other one.
 *          T3 who waits for nothing saves nothing up, and owes no longer than it waits.
 * Units:   segments.
 * Memory:  plain values of the caller; a deficit is stored between requests.
 * Threads: pure; call from any.
 * Source:  design.md section 5; M. Shreedhar, G. Varghese, "Efficient fair queueing using deficit round robin", 1996. A message's length is
 *          known only once it is granted, so a turn ends when the deficit is used up, and what went beyond it is owed.
 */
#ifndef PARLEY_TURNS_H
#define PARLEY_TURNS_H
#include "base/base.h"

enum { TURNS_QUANTUM = 32, TURNS_LONGEST = 32, TURNS_APART = TURNS_QUANTUM + 2 * TURNS_LONGEST };

struct turn {
    int64_t deficit; /* -TURNS_LONGEST … TURNS_QUANTUM */
    bool is_waiting;
};

/* The one to serve, from *at on; SIZE_MAX: nobody waits. Whoever's turn begins gets its quantum; *at becomes the one that was found. */
size_t turns_next(struct turn *turns, size_t n, size_t *at);

/* It was granted a message of so many segments. */
void turns_served(struct turn *turn, int64_t segments);

/* It waits for nothing more. */
void turns_done(struct turn *turn);

#endif
