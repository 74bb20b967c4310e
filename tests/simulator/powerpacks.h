/* powerpacks.h - the account's Powerpacks: several of its numbers behind one uuid.
 *
 * Promise: R1 with a sticky sender, a person hears from the number of the Powerpack that last wrote to them; else, with local connect, from one
 *          of their area code; else the numbers take turns. R2 a number is in one Powerpack at most: the newest that names it.
 * Memory:  inside the struct, bounded.
 * Threads: the world's lock.
 * Source:  plivo.md section 8.
 */
#ifndef PARLEY_SIM_POWERPACKS_H
#define PARLEY_SIM_POWERPACKS_H
#include "book.h"

enum { POWERPACKS_MAX = 16, POWERPACK_NUMBERS_MAX = 16, POWERPACK_UUID_MAX_BYTES = 36 };

struct powerpack {
    char uuid[POWERPACK_UUID_MAX_BYTES + 1];
    struct sim_address numbers[POWERPACK_NUMBERS_MAX]; /* at least one, until another Powerpack takes the last */
    size_t numbers_n;
    bool is_sticky, is_local;
    size_t turn;
};

struct powerpacks {
    struct powerpack v[POWERPACKS_MAX];
    size_t n;
};

struct powerpack *powerpack_find(struct powerpacks *powerpacks, struct str uuid);
/* The one that has the number. NULL: none. */
const struct powerpack *powerpack_of(const struct powerpacks *powerpacks, const struct sim_address *number);
/* In place of the one with its uuid, if there is one. False: there are POWERPACKS_MAX. */
MUST_USE bool powerpack_put(struct powerpacks *powerpacks, const struct powerpack *one);
/* The number that writes to `person` next. NULL: it has none. */
const struct sim_address *powerpack_choose(struct powerpack *powerpack, const struct book *book,
                                           const struct sim_address *person);
/* As GET Powerpack/{uuid}/ shows it, without api_id. A new reference. */
json_t *powerpack_json(const struct powerpack *powerpack, struct str auth_id);

#endif
