#include "core/pool_choose.h"

enum { COUNTRY_BYTES = 3, AREA_BYTES = 5 }; /* "+44"; "+1555" */

/* How near two numbers are: 2 the same area, 1 the same country, 0 neither. Country codes have one to three digits; two are compared,
 * so that neighbours may pass for one: only a preference. */
static int nearness(struct str a, struct str b)
{
    if (str_starts(a, STR("+1")) && str_starts(b, STR("+1")))
        return str_eq(str_slice(a, 0, AREA_BYTES), str_slice(b, 0, AREA_BYTES)) ? 2 : 1;
    return a.n > COUNTRY_BYTES && str_starts(a, STR("+")) &&
           str_eq(str_slice(a, 0, COUNTRY_BYTES), str_slice(b, 0, COUNTRY_BYTES));
}

/* FNV-1a: spreads people over numbers, always in the same way. */
static uint64_t hash_of(struct str text)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < text.n; i++)
        hash = (hash ^ (uint8_t)text.p[i]) * UINT64_C(1099511628211);
    return hash ^ (hash >> 32);
}

size_t pool_choose(const struct pool_candidate *candidates, size_t n, struct str person, bool is_sticky, bool is_local)
{
    bool any_can = false;
    int best = 0;
    size_t last = n;
    size_t equals = 0;
    assert(n >= 1);
    for (size_t i = 0; i < n; i++)
        any_can = any_can || candidates[i].can_send;
    for (size_t i = 0; i < n; i++) {
        const struct pool_candidate *c = &candidates[i];
        if (c->can_send != any_can)
            continue;
        if (is_sticky && c->talked_at > 0 && (last == n || c->talked_at > candidates[last].talked_at))
            last = i;
        int near = is_local ? nearness(c->address, person) : 0;
        equals = near > best ? 1 : near == best ? equals + 1 : equals;
        best = near > best ? near : best;
    }
    if (last < n)
        return last;
    assert(equals > 0);
    size_t wanted = (size_t)(hash_of(person) % equals); /* at least one has the best nearness */
    for (size_t i = 0;; i++) {
        const struct pool_candidate *c = &candidates[i];
        bool is_equal = c->can_send == any_can && (is_local ? nearness(c->address, person) : 0) == best;
        if (is_equal && wanted-- == 0)
            return i;
    }
}
