#include "core/lanes.h"

static const int32_t WEIGHTS[LANE_COUNT] = {
    [CLASS_CONFIRM] = 0, /* outside the shares: always first */
    [CLASS_HUMAN] = 8,   [CLASS_AUTO] = 4, [CLASS_TRANSACTIONAL] = 4, [CLASS_BULK] = 1,
};

/* A lane that waits and cannot go gathers no more than this: what its gap may at most be worth. */
enum { CREDIT_MAX = LANES_WEIGHTS * LANES_SEGMENTS_MAX };

static int32_t clamp(int64_t credit)
{
    return (int32_t)clamp_i64(credit, -CREDIT_MAX, CREDIT_MAX);
}

static bool goes_before(const struct lanes *lanes, enum message_class a, enum message_class b)
{
    if (a == CLASS_CONFIRM || b == CLASS_CONFIRM)
        return a == CLASS_CONFIRM;
    int32_t of_a = lanes->credit[a] + WEIGHTS[a];
    int32_t of_b = lanes->credit[b] + WEIGHTS[b];
    return of_a != of_b ? of_a > of_b : a < b;
}

size_t lanes_order(const struct lanes *lanes, const bool waiting[LANE_COUNT], enum message_class order[LANE_COUNT])
{
    size_t n = 0;
    for (int lane = 0; lane < LANE_COUNT; lane++) {
        if (!waiting[lane])
            continue;
        size_t at = n++;
        for (; at > 0 && goes_before(lanes, (enum message_class)lane, order[at - 1]); at--)
            order[at] = order[at - 1];
        order[at] = (enum message_class)lane;
    }
    return n;
}

void lanes_served(struct lanes *lanes, const bool waiting[LANE_COUNT], enum message_class lane, int64_t segments)
{
    int32_t weights = 0;
    if (lane == CLASS_CONFIRM)
        return;
    for (int i = 0; i < LANE_COUNT; i++) {
        if (waiting[i] || i == (int)lane) {
            weights += WEIGHTS[i];
            lanes->credit[i] = clamp(lanes->credit[i] + WEIGHTS[i] * segments);
        } else if (lanes->credit[i] > 0) {
            lanes->credit[i] = 0; /* L4 */
        }
    }
    lanes->credit[lane] = clamp(lanes->credit[lane] - weights * segments);
}
