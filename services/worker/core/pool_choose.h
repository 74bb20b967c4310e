/* pool_choose.h - which number of a pool writes to a person.
 *
 * Promise: V1 a number that cannot send now is chosen only when none of the pool can.
 *          V2 sticky: the one that last talked with the person, before all others. V3 local: one of the person's area code, else of their
 *          country, before another. V4 among equals the person's number decides, so that asking again chooses the same.
 * Memory:  candidates are borrowed for the call.
 * Threads: pure; call from any.
 * Source:  plivo.md section 8: sticky sender, local connect; the NANP's area code is the three digits behind +1.
 */
#ifndef PARLEY_POOL_CHOOSE_H
#define PARLEY_POOL_CHOOSE_H
#include "base/base.h"

struct pool_candidate {
    struct str address;
    bool can_send;
    int64_t talked_at; /* newest activity with the person; 0: never */
};

/* n >= 1; the index of the chosen one. */
size_t pool_choose(const struct pool_candidate *candidates, size_t n, struct str person, bool is_sticky, bool is_local);

#endif
