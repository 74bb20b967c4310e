/* bulk_cap.h - how often a person may get marketing in any 24 hours, where a state's law limits it.
 *
 * Promise: C1 in no 24 hours more than `most` different messages are granted. C2 a message that is granted again, after a try that did
 *          not leave, counts once.
 * Units:   wall time in ms.
 * Memory:  a plain value, zeroed at birth, stored with the person.
 * Threads: pure; call from any.
 * Source:  plivo.md section 12: Florida, Oklahoma and Maryland allow 3 for a subject. Every subject counts here: that is the stricter.
 */
#ifndef PARLEY_BULK_CAP_H
#define PARLEY_BULK_CAP_H
#include "base/id.h"

enum { BULK_CAP_MAX = 16 }; /* the most that a row may allow */

struct bulk_cap {
    struct {
        struct id message;
        int64_t at_ms;
    } sent[BULK_CAP_MAX]; /* the newest last */
    size_t n;
};

/* How long until one more may go; 0: now. most >= 1. */
int64_t bulk_cap_wait(const struct bulk_cap *cap, struct id message, int64_t most, int64_t now_ms);

/* It is granted. */
void bulk_cap_count(struct bulk_cap *cap, struct id message, int64_t now_ms);

#endif
