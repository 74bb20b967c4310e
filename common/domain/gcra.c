#include "domain/gcra.h"

bool gcra_try(struct gcra *g, int64_t now_us, int64_t per_segment_us, int64_t burst_segments, int64_t cost_segments,
              int64_t *retry_at_us)
{
    /* so bounded that nothing below can overflow */
    assert(per_segment_us >= 0 && per_segment_us <= GCRA_PER_SEGMENT_MAX_US);
    assert(burst_segments >= 1 && burst_segments <= GCRA_BURST_MAX_SEGMENTS);
    assert(cost_segments >= 1 && cost_segments <= GCRA_COST_MAX_SEGMENTS);
    if (per_segment_us == 0)
        return true;

    /* G3: no call ever leaves more debt than this; more of it means that the clock went back. Then nothing is known
     * of what passed, so the line counts as fully used. */
    int64_t most_owed_us = max_i64(burst_segments, GCRA_COST_MAX_SEGMENTS) * per_segment_us;
    if (g->tat_us > now_us + most_owed_us)
        g->tat_us = now_us + most_owed_us;

    /* G2: a message larger than the burst may owe as much as itself, so it goes once nothing else is owed. */
    int64_t may_owe_us = max_i64(burst_segments, cost_segments) * per_segment_us;
    int64_t tat_us = max_i64(g->tat_us, now_us) + cost_segments * per_segment_us;
    if (tat_us - now_us > may_owe_us) {
        *retry_at_us = tat_us - may_owe_us;
        return false;
    }
    g->tat_us = tat_us;
    return true;
}
