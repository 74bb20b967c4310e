/* G1, over seeded traffic: in any window at most max(burst, the largest message) + window / per_segment segments pass.
 * Clocks that step back, changed limits and messages of every size among it. Set SEED to repeat a run. */
#include "domain/gcra.h"

#include <stdio.h>
#include <stdlib.h>

#include "unit/cmocka_all.h"

enum {
    RUNS = 300,
    TRIES = 400
};

static uint64_t seed, chance;

/* xorshift64*: the same numbers on every machine. */
static int64_t draw(int64_t below)
{
    chance ^= chance >> 12;
    chance ^= chance << 25;
    chance ^= chance >> 27;
    return (int64_t)((chance * UINT64_C(2685821657736338717)) >> 33) % below;
}

struct passed {
    int64_t at_us, segments;
};

static void check_windows(const struct passed *passed, int n, int64_t per_segment_us, int64_t burst, int64_t largest)
{
    for (int i = 0; i < n; i++) {
        int64_t sum = 0;
        for (int j = i; j < n; j++) {
            sum += passed[j].segments;
            int64_t window_us = passed[j].at_us - passed[i].at_us;
            int64_t most = max_i64(burst, largest) + window_us / per_segment_us;
            if (sum > most)
                fail_msg("seed %llu: %lld segments in %lld us, at most %lld", (unsigned long long)seed, (long long)sum,
                         (long long)window_us, (long long)most);
        }
    }
}

static void no_window_holds_more_than_burst_and_rate(void **state)
{
    (void)state;
    for (int run = 0; run < RUNS; run++) {
        struct gcra g = { 0 };
        struct passed passed[TRIES];
        int64_t per_segment_us = 1 + draw(1000000), burst = 1 + draw(20), now_us = draw(1000000000), largest = 1;
        int n = 0;
        for (int i = 0; i < TRIES; i++) {
            int64_t cost = 1 + draw(draw(4) == 0 ? GCRA_COST_MAX_SEGMENTS : 3), retry_at_us = 0;
            if (gcra_try(&g, now_us, per_segment_us, burst, cost, &retry_at_us)) {
                passed[n++] = (struct passed){ now_us, cost };
                largest = max_i64(largest, cost);
            } else {
                assert_true(retry_at_us > now_us);
                struct gcra copy = g; /* what it promised: then, and not a microsecond sooner */
                int64_t unused;
                assert_false(gcra_try(&copy, retry_at_us - 1, per_segment_us, burst, cost, &unused));
                assert_true(gcra_try(&copy, retry_at_us, per_segment_us, burst, cost, &unused));
            }
            now_us += draw(3) == 0 ? draw(20 * per_segment_us) : draw(per_segment_us);
        }
        check_windows(passed, n, per_segment_us, burst, largest);
    }
}

/* After a step back, time measured by the new clock: what passes from then on is bounded alike. */
static void a_step_back_gives_no_second_burst(void **state)
{
    (void)state;
    for (int run = 0; run < RUNS; run++) {
        struct gcra g = { 0 };
        int64_t per_segment_us = 1 + draw(1000000), burst = 1 + draw(20), late_us = INT64_C(1000000000000),
                retry_at_us = 0;
        while (gcra_try(&g, late_us, per_segment_us, burst, 1, &retry_at_us))
            continue; /* ends: the burst is bounded */
        int64_t early_us = late_us - 1 - draw(late_us);
        assert_false(gcra_try(&g, early_us, per_segment_us, burst, 1, &retry_at_us));
        assert_true(retry_at_us - early_us <= max_i64(burst, GCRA_COST_MAX_SEGMENTS) * per_segment_us);
    }
}

int main(void)
{
    const char *given = getenv("SEED");
    seed = given ? strtoull(given, NULL, 10) : 20260302;
    chance = seed ? seed : 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_window_holds_more_than_burst_and_rate),
        cmocka_unit_test(a_step_back_gives_no_second_burst),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
