/* agenda.h - what is to happen later: a heap of (time, what), the earliest first, equal times in the order of asking.
 *
 * Units:   microseconds of CLOCK_BOOTTIME.
 * Memory:  the array is owned; what the entries point to is not. At most AGENDA_MAX entries.
 * Threads: the world's lock.
 */
#ifndef PARLEY_SIM_AGENDA_H
#define PARLEY_SIM_AGENDA_H
#include "base/base.h"

enum { AGENDA_MAX = 1000000 }; /* several per message of the book */

enum agenda_kind {
    AGENDA_FINAL, /* of a struct message: the carrier's last word is due */
    AGENDA_PUMP,  /* of a struct message: its next report is due */
    AGENDA_CALL,  /* of a struct call: it is tried again */
};

struct agenda_entry {
    int64_t at_us;
    uint64_t order;
    enum agenda_kind kind;
    void *what;
};

struct agenda {
    struct agenda_entry *v;
    size_t n, capacity;
    uint64_t next_order;
};

/* False: full, or no memory. */
MUST_USE bool agenda_add(struct agenda *agenda, int64_t at_us, enum agenda_kind kind, void *what);
/* The earliest entry if it is due by now_us. */
bool agenda_take(struct agenda *agenda, int64_t now_us, struct agenda_entry *out);
/* When the earliest is due; INT64_MAX when there is none. */
int64_t agenda_next_us(const struct agenda *agenda);
void agenda_release(struct agenda *agenda);

#endif
