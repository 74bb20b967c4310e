#include "core/lanes.h"

#include "unit/cmocka_all.h"

static const bool ALL[LANE_COUNT] = { true, true, true, true, true };
static const bool NO_CONFIRM[LANE_COUNT] = { false, true, true, true, true };

static enum message_class first(const struct lanes *lanes, const bool waiting[LANE_COUNT])
{
    enum message_class order[LANE_COUNT];
    assert_true(lanes_order(lanes, waiting, order) > 0);
    return order[0];
}

static void a_confirmation_goes_first_and_costs_nobody_anything(void **state)
{
    (void)state;
    struct lanes lanes = { { 0 } };
    for (int i = 0; i < 100; i++) {
        assert_int_equal(first(&lanes, ALL), CLASS_CONFIRM);
        lanes_served(&lanes, ALL, CLASS_CONFIRM, 1);
    }
    for (int lane = 0; lane < LANE_COUNT; lane++)
        assert_int_equal(lanes.credit[lane], 0);
}

static void the_order_holds_every_waiting_lane_once(void **state)
{
    (void)state;
    for (unsigned mask = 0; mask < 1u << LANE_COUNT; mask++) {
        struct lanes lanes = { { 0, -40, 12, 3, 200 } };
        bool waiting[LANE_COUNT];
        bool seen[LANE_COUNT] = { false };
        enum message_class order[LANE_COUNT];
        for (unsigned lane = 0; lane < LANE_COUNT; lane++)
            waiting[lane] = (mask >> lane) & 1;
        size_t n = lanes_order(&lanes, waiting, order);
        for (size_t i = 0; i < n; i++) {
            assert_true(waiting[order[i]] && !seen[order[i]]);
            seen[order[i]] = true;
        }
        assert_int_equal(n, __builtin_popcount(mask));
    }
}

static void lanes_share_in_the_ratio_of_their_weights(void **state)
{
    (void)state;
    static const int WANTED[LANE_COUNT] = { 0, 8, 4, 4, 1 };
    struct lanes lanes = { { 0 } };
    int served[LANE_COUNT] = { 0 };
    for (int i = 0; i < 100 * LANES_WEIGHTS; i++) {
        enum message_class lane = first(&lanes, NO_CONFIRM);
        lanes_served(&lanes, NO_CONFIRM, lane, 1);
        served[lane]++;
    }
    for (int lane = 0; lane < LANE_COUNT; lane++)
        assert_int_equal(served[lane], 100 * WANTED[lane]);
}

/* A small generator of chance, seeded: the failure prints the seed. */
static uint32_t next_chance(uint32_t *chance)
{
    *chance = *chance * 1664525u + 1013904223u;
    return *chance >> 8;
}

static void no_lane_that_can_go_starves_whatever_the_others_send(void **state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= 200; seed++) {
        struct lanes lanes = { { 0 } };
        uint32_t chance = seed;
        int64_t others = 0; /* segments since bulk went */
        for (int i = 0; i < 2000; i++) {
            bool waiting[LANE_COUNT] = { false, next_chance(&chance) % 4 != 0, next_chance(&chance) % 3 == 0,
                                         next_chance(&chance) % 3 != 0, true };
            enum message_class lane = first(&lanes, waiting);
            int64_t segments = 1 + next_chance(&chance) % LANES_SEGMENTS_MAX;
            lanes_served(&lanes, waiting, lane, segments);
            others = lane == CLASS_BULK ? 0 : others + segments;
            if (others > LANES_GAP_MAX)
                fail_msg("seed %u: bulk waited for %lld segments of the others", seed, (long long)others);
        }
    }
}

static void with_one_segment_messages_bulk_goes_once_in_seventeen(void **state)
{
    (void)state;
    struct lanes lanes = { { 0 } };
    int since = 0;
    for (int i = 0; i < 10000; i++) {
        enum message_class lane = first(&lanes, NO_CONFIRM);
        lanes_served(&lanes, NO_CONFIRM, lane, 1);
        since = lane == CLASS_BULK ? 0 : since + 1;
        assert_true(since < LANES_WEIGHTS);
    }
}

static void an_empty_lane_saves_nothing_up(void **state)
{
    (void)state;
    static const bool ONLY_BULK[LANE_COUNT] = { false, false, false, false, true };
    static const bool BULK_AND_HUMAN[LANE_COUNT] = { false, true, false, false, true };
    struct lanes lanes = { { 0 } };
    for (int i = 0; i < 1000; i++)
        lanes_served(&lanes, ONLY_BULK, CLASS_BULK, 1);
    int human = 0;
    for (int i = 0; i < 9; i++) {
        enum message_class lane = first(&lanes, BULK_AND_HUMAN);
        lanes_served(&lanes, BULK_AND_HUMAN, lane, 1);
        human += lane == CLASS_HUMAN ? 1 : 0;
    }
    assert_int_equal(human, 8); /* its share of the nine, not all it missed */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_confirmation_goes_first_and_costs_nobody_anything),
        cmocka_unit_test(the_order_holds_every_waiting_lane_once),
        cmocka_unit_test(lanes_share_in_the_ratio_of_their_weights),
        cmocka_unit_test(no_lane_that_can_go_starves_whatever_the_others_send),
        cmocka_unit_test(with_one_segment_messages_bulk_goes_once_in_seventeen),
        cmocka_unit_test(an_empty_lane_saves_nothing_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
