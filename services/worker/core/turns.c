#include "core/turns.h"

size_t turns_next(struct turn *turns, size_t n, size_t *at)
{
    /* after one round everybody who waits has had a quantum, after two nobody owes as much as that */
    for (size_t step = 0; step <= 3 * n && n > 0; step++) {
        struct turn *turn = &turns[*at % n];
        if (turn->is_waiting && turn->deficit > 0) {
            *at %= n;
            return *at;
        }
        *at = (*at + 1) % n;
        turn = &turns[*at];
        if (turn->is_waiting)
            turn->deficit = min_i64(turn->deficit + TURNS_QUANTUM, TURNS_QUANTUM);
    }
    return SIZE_MAX;
}

void turns_served(struct turn *turn, int64_t segments)
{
    turn->deficit = max_i64(turn->deficit - clamp_i64(segments, 1, TURNS_LONGEST), -TURNS_LONGEST);
}

void turns_done(struct turn *turn)
{
    *turn = (struct turn){ .deficit = min_i64(turn->deficit, 0) };
}
