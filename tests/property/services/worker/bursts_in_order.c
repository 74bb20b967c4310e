/* The order per person, on a real store: 10,000 random bursts to one person each, through every lane, with calls that fail, are handed back, are
 * slow or unknown. What Plivo took first was asked for first. PARLEY_SEED repeats a run. */
#include "unit/services/worker/sending_house.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { BURSTS = 1000 }; /* a sanitizer takes ten times as long, and looks for something else */
#else
enum { BURSTS = 10000 };
#endif
enum { BURST_MAX = 5, ROUNDS_MAX = 30, COMMIT_EVERY = 2000 };

static const char *const OURS = "+15550100001";
static uint64_t seed, chance;

static int64_t draw(int64_t below)
{
    chance ^= chance >> 12;
    chance ^= chance << 25;
    chance ^= chance >> 27;
    return (int64_t)((chance * UINT64_C(2685821657736338717)) >> 33) % below;
}

struct burst {
    struct id asked[BURST_MAX];
    size_t n;
    struct id taken[BURST_MAX]; /* by Plivo, in its order */
    size_t taken_n;
    struct attempt_ref open[BURST_MAX * 4]; /* calls that run */
    size_t open_n;
};

static void ask_for(struct sending_house *h, struct burst *burst, const char *to)
{
    static const char *const CLASSES[] = { "human", "auto", "transactional" };
    char text[32];
    (void)snprintf(text, sizeof text, "text %zu", burst->n);
    burst->asked[burst->n++] = house_send(h, 1, OURS, to, text, CLASSES[draw(COUNT(CLASSES))]);
}

/* What an earlier burst has left over goes on meanwhile, as in life. */
static bool is_of(const struct burst *burst, struct id message)
{
    for (size_t i = 0; i < burst->n; i++)
        if (id_eq(burst->asked[i], message))
            return true;
    return false;
}

/* One running call ends, one way or another. */
static void end_call(struct sending_house *h, struct burst *burst)
{
    size_t i = (size_t)draw((int64_t)burst->open_n);
    struct attempt_ref ref = burst->open[i];
    burst->open[i] = burst->open[--burst->open_n];
    switch (draw(6)) {
    case 0: house_outcome(h, ref, CALL_NOT_SENT, 0, draw(900)); break;
    case 1: house_outcome(h, ref, CALL_NOT_SENT, 429, 1 + draw(900)); break;
    case 2: house_outcome(h, ref, CALL_HANDED_BACK, 0, 0); break;
    default:
        house_outcome(h, ref, CALL_ACCEPTED, 202, 0);
        if (is_of(burst, ref.message))
            burst->taken[burst->taken_n++] = ref.message;
        break;
    }
}

static void ask_for_grant(struct sending_house *h, struct burst *burst)
{
    const struct grant_answer *answer = house_grant(h, 1 + draw(8), burst->open, burst->open_n);
    for (size_t i = 0; i < answer->sends.n; i++) {
        const struct granted_send *send = &answer->sends.v[i];
        assert_true(burst->open_n < COUNT(burst->open));
        burst->open[burst->open_n++] = (struct attempt_ref){ send->tenant, send->message, send->attempt };
    }
}

/* Returns how many of its texts Plivo took. */
static size_t run_burst(struct sending_house *h, int number)
{
    struct burst burst = { 0 };
    char to[24];
    size_t wanted = 2 + (size_t)draw(BURST_MAX - 1);
    (void)snprintf(to, sizeof to, "+1212%07d", number);
    for (int round = 0; round < ROUNDS_MAX && burst.taken_n < wanted; round++) {
        switch (draw(4)) {
        case 0:
            if (burst.n < wanted)
                ask_for(h, &burst, to);
            break;
        case 1:
            if (burst.open_n > 0)
                end_call(h, &burst);
            break;
        default: ask_for_grant(h, &burst); break;
        }
        house_pass(h, draw(500));
    }
    for (size_t i = 1; i < burst.taken_n; i++)
        if (id_compare(burst.taken[i - 1], burst.taken[i]) >= 0) /* ids rise in the order of the store */
            fail_msg("PARLEY_SEED=%llu: burst %d: Plivo took a later message before an earlier one",
                     (unsigned long long)seed, number);
    while (burst.open_n > 0) { /* nothing of this burst shall be in the way of the next */
        house_outcome(h, burst.open[--burst.open_n], CALL_REFUSED, 400, 0);
    }
    return burst.taken_n;
}

static void in_ten_thousand_bursts_nobody_gets_anything_out_of_order(void **state)
{
    (void)state;
    static const struct settings SETTINGS = {
        .number_rate = 1000, .confirm_after_ms = INT32_MAX, .unconfirmed_max_ms = INT32_MAX, .event_days = 7
    };
    struct sending_house *h = house_open(&SETTINGS);
    house_number(h, 1, OURS, 0, NULL);
    house_hello(h);
    size_t taken = 0;
    for (int i = 0; i < BURSTS; i++) {
        taken += run_burst(h, i);
        if (i % COMMIT_EVERY == COMMIT_EVERY - 1)
            house_commit(h);
    }
    print_message("%lld texts taken in %d bursts\n", (long long)taken, BURSTS);
    assert_true(taken > BURSTS); /* lively enough to mean something */
    house_close(h);
}

int main(void)
{
    const char *given = getenv("PARLEY_SEED");
    seed = given ? strtoull(given, NULL, 10) : 20260713;
    chance = seed ? seed : 1;
    const struct CMUnitTest tests[] = { cmocka_unit_test(in_ten_thousand_bursts_nobody_gets_anything_out_of_order) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
