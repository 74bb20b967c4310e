/* room_decide.h - who is refused first when the store's room runs out. Pure.
 *
 * Promise: first new sends and whatever else people add, then new inbound messages; outcomes, reports, opt-outs, erasures and what ends
 *          or narrows something have the reserve to themselves.
 * Units:   bytes.
 * Threads: pure.
 * Source:  design.md section 4.
 */
#ifndef PARLEY_ROOM_DECIDE_H
#define PARLEY_ROOM_DECIDE_H
#include "base/base.h"

enum room { ROOM_FOR_ALL, ROOM_NOT_FOR_SENDS, ROOM_FOR_THE_RESERVE };

/* What an operation is, for the table of operations: each says so, and a test sees to it. */
enum room_need { NEED_UNSAID, NEED_ADDS, NEED_INBOUND, NEED_RESERVED };

struct room_facts {
    int64_t free_bytes;    /* that the store can still grow by, pages inside it included */
    int64_t reserve_bytes; /* below it there is no room for sends, below half of it none for inbound */
    int failures;          /* commits that found no room, within the last moments */
};

enum room room_decide(const struct room_facts *facts);
bool room_allows(enum room room, enum room_need need);

#endif
