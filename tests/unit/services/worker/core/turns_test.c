/* Turns among tenants, over seeded traffic. PARLEY_SEED repeats a run. */
#include "core/turns.h"

#include <stdio.h>
#include <stdlib.h>

#include "unit/cmocka_all.h"

enum { RUNS = 200, STEPS = 3000, TENANTS_MAX = 12 };

static uint64_t seed, chance;

static int64_t draw(int64_t below)
{
    chance ^= chance >> 12;
    chance ^= chance << 25;
    chance ^= chance >> 27;
    return (int64_t)((chance * UINT64_C(2685821657736338717)) >> 33) % below;
}

#define HOLDS(fact, ...)                                                                                               \
    do {                                                                                                               \
        if (!(fact)) {                                                                                                 \
            print_error("PARLEY_SEED=%llu: ", (unsigned long long)seed);                                               \
            fail_msg(__VA_ARGS__);                                                                                     \
        }                                                                                                              \
    } while (0)

/* T1 at every moment, with messages of every length: short ones here, long ones there. */
static void who_waits_all_the_time_is_served_alike(void **state)
{
    (void)state;
    for (int run = 0; run < RUNS; run++) {
        struct turn turns[TENANTS_MAX] = { 0 };
        int64_t served[TENANTS_MAX] = { 0 };
        int64_t longest[TENANTS_MAX];
        size_t n = 2 + (size_t)draw(TENANTS_MAX - 1);
        size_t at = (size_t)draw((int64_t)n);
        for (size_t i = 0; i < n; i++) {
            turns[i].is_waiting = true;
            longest[i] = 1 + draw(TURNS_LONGEST);
        }
        for (int step = 0; step < STEPS; step++) {
            size_t who = turns_next(turns, n, &at);
            HOLDS(who < n, "nobody is served while all wait");
            int64_t segments = 1 + draw(longest[who]);
            served[who] += segments;
            turns_served(&turns[who], segments);
            for (size_t i = 0; i < n; i++)
                for (size_t k = 0; k < n; k++)
                    HOLDS(served[i] - served[k] <= TURNS_APART, "%lld and %lld segments", (long long)served[i],
                          (long long)served[k]);
        }
    }
}

/* T2 and T3: tenants come and go; who has just come is served soon, and saved nothing up while it was away. */
static void who_comes_is_served_soon_whatever_the_others_have_waiting(void **state)
{
    (void)state;
    for (int run = 0; run < RUNS; run++) {
        struct turn turns[TENANTS_MAX] = { 0 };
        int64_t waited[TENANTS_MAX] = { 0 };
        size_t n = 2 + (size_t)draw(TENANTS_MAX - 1);
        size_t at = 0;
        for (int step = 0; step < STEPS; step++) {
            size_t some = (size_t)draw((int64_t)n);
            if (draw(20) == 0 && turns[some].is_waiting) {
                turns_done(&turns[some]);
            } else if (!turns[some].is_waiting) {
                turns[some].is_waiting = true;
                waited[some] = 0;
            }
            size_t who = turns_next(turns, n, &at);
            bool does_any_wait = false;
            for (size_t i = 0; i < n; i++)
                does_any_wait = does_any_wait || turns[i].is_waiting;
            HOLDS((who < n) == does_any_wait, "who waits is served, and nobody else");
            if (who == SIZE_MAX)
                continue;
            HOLDS(turns[who].is_waiting, "served without waiting");
            int64_t segments = 1 + draw(TURNS_LONGEST);
            turns_served(&turns[who], segments);
            waited[who] = 0;
            for (size_t i = 0; i < n; i++) {
                waited[i] += i != who && turns[i].is_waiting ? segments : 0;
                /* a round of the others, and a second one where it still owed for its last message */
                HOLDS(waited[i] <= 2 * (int64_t)n * (TURNS_QUANTUM + TURNS_LONGEST),
                      "%lld segments of others came first", (long long)waited[i]);
                HOLDS(turns[i].deficit <= TURNS_QUANTUM && turns[i].deficit >= -TURNS_LONGEST, "deficit %lld",
                      (long long)turns[i].deficit);
                HOLDS(turns[i].is_waiting || turns[i].deficit <= 0, "saved up while nothing waited");
            }
        }
    }
}

static void of_one_alone_it_is_always_the_turn(void **state)
{
    (void)state;
    struct turn one = { .is_waiting = true };
    size_t at = 0;
    for (int i = 0; i < 100; i++) {
        assert_int_equal(turns_next(&one, 1, &at), 0);
        turns_served(&one, TURNS_LONGEST);
    }
    turns_done(&one);
    assert_true(turns_next(&one, 1, &at) == SIZE_MAX);
    assert_true(turns_next(NULL, 0, &at) == SIZE_MAX);
}

int main(void)
{
    const char *given = getenv("PARLEY_SEED");
    seed = given ? strtoull(given, NULL, 10) : 20260511;
    chance = seed ? seed : 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_waits_all_the_time_is_served_alike),
        cmocka_unit_test(who_comes_is_served_soon_whatever_the_others_have_waiting),
        cmocka_unit_test(of_one_alone_it_is_always_the_turn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
