/* pair.h - a name and its value, both borrowed: a form's field, a query's parameter, a template's variable.
 *
 * Promise: nothing is copied and nothing is unique: a name may stand twice, in the order in which it came.
 * Memory:  two views; the bytes belong to whoever decoded them.
 * Threads: pure; call from any.
 */
#ifndef PARLEY_PAIR_H
#define PARLEY_PAIR_H
#include "base/base.h"

struct pair {
    struct str name;
    struct str value;
};

/* The value of the first pair of that name (exact bytes). False: *value is the unset str. */
static inline bool pair_find(const struct pair *pairs, size_t n, const char *name, struct str *value)
{
    for (size_t i = 0; i < n; i++)
        if (str_is(pairs[i].name, name)) {
            *value = pairs[i].value;
            return true;
        }
    *value = (struct str){ 0 };
    return false;
}

#endif
