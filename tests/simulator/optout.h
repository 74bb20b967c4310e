/* optout.h - Plivo's own opt-out service (DND): its answers, and who is blocked towards which number.
 *
 * Promise: O1 STOP blocks, START unblocks, each is answered once, when it changes something; HELP is answered always.
 *          O2 what is blocked stays so until a START of that person or a reset.
 * Units:   microseconds of CLOCK_BOOTTIME.
 * Memory:  at most OPTOUTS_MAX pairs, inside the struct; beyond it the oldest is forgotten.
 * Threads: the world's lock.
 * Source:  plivo.md section 11. The exact words of the answers are made up: Plivo's can be configured.
 */
#ifndef PARLEY_SIM_OPTOUT_H
#define PARLEY_SIM_OPTOUT_H
#include "message.h"

enum { OPTOUTS_MAX = 10000 };
#define OPTOUT_GRACE_US INT64_C(300000000)

struct optout {
    struct sim_address number, person;
    int64_t at_us;
    bool is_grace_used;
};

struct optouts {
    struct optout v[OPTOUTS_MAX];
    size_t n;
};

/* MessageIntent of a text: "optout", "optin", "help", or "". */
const char *optout_intent(struct str text);

/* Plivo's reaction to a text of this intent. Returns its answer to the person, or NULL for none. */
const char *optout_react(struct optouts *optouts, const struct sim_address *number, const struct sim_address *person,
                         const char *intent, int64_t now_us);

/* Whether a message of the number to the person fails with code 200. `has_grace`: the first one within OPTOUT_GRACE_US passes. */
bool optout_blocks(struct optouts *optouts, const struct sim_address *number, const struct sim_address *person,
                   bool has_grace, int64_t now_us);

#endif
