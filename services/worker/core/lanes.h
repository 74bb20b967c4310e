/* lanes.h - in which order a number looks at its five lanes.
 *
 * Promise: L1 a waiting STOP confirmation goes first. L2 the other lanes share what is sent in the ratio of their
 *          weights, in segments. L3 none starves: a lane that waits and can go is served after at most LANES_GAP_MAX
 *          segments of the others. L4 a lane saves nothing up while it is empty.
 * Units:   segments.
 * Memory:  a plain value of 20 bytes, zeroed at birth, stored with the number.
 * Threads: pure; call from any.
 * Source:  design.md section 5 (lanes); smooth weighted round robin with messages of several segments.
 */
#ifndef PARLEY_LANES_H
#define PARLEY_LANES_H
#include "domain/vocabulary.h"

enum { LANE_COUNT = 5 }; /* one per enum message_class, CLASS_CONFIRM … CLASS_BULK */
/* Of one-segment messages at most LANES_WEIGHTS; the bound is that of the longest ones, as what may be sent once is
 * paid for by all lanes together. */
enum { LANES_WEIGHTS = 17, LANES_SEGMENTS_MAX = 32, LANES_GAP_MAX = 2 * LANES_WEIGHTS * LANES_SEGMENTS_MAX };

struct lanes {
    int32_t credit[LANE_COUNT];
};

/* The lanes that have something waiting, the first to look at first. Returns how many. Changes nothing. */
size_t lanes_order(const struct lanes *lanes, const bool waiting[LANE_COUNT], enum message_class order[LANE_COUNT]);

/* `segments` (1 … LANES_SEGMENTS_MAX) of this lane were granted while `waiting` was as told. */
void lanes_served(struct lanes *lanes, const bool waiting[LANE_COUNT], enum message_class lane, int64_t segments);

#endif
