/* The limits, on a real store: never more than burst + rate x window in any window, for the number, its brand and the account alike, through
 * crashes of worker and sender at any moment; and under backlog nearly all of what is allowed is used. PARLEY_SEED repeats a run. */
#include "unit/services/worker/sending_house.h"

enum {
    SEEDS = 4,
    STEPS = 220,
    BACKLOG = 700,
    PASSED_MAX = 4000,
    RATE_A = 5,
    RATE_B = 4,
    BRAND_RATE = 7,
    ACCOUNT_RATE = 11,
    RATE_C = 8
};

static const char *const A = "+15550100001", *const B = "+15550100002", *const C = "+15550100003";

static uint64_t seed, chance;

static int64_t draw(int64_t below)
{
    chance ^= chance >> 12;
    chance ^= chance << 25;
    chance ^= chance >> 27;
    return (int64_t)((chance * UINT64_C(2685821657736338717)) >> 33) % below;
}

struct passed {
    int64_t at_ms, segments;
    char number; /* its last digit */
};

struct run {
    struct sending_house *h;
    struct passed passed[PASSED_MAX];
    size_t n;           /* in all */
    size_t committed_n; /* of them that a crash does not undo */
};

static void backlog(struct sending_house *h, const char *from, int n)
{
    static int people = 0;
    char text[460];
    for (int i = 0; i < n; i++) {
        char to[24];
        size_t length = (size_t)(1 + draw(450)); /* one to three segments */
        memset(text, 'x', length);
        text[length] = '\0';
        (void)snprintf(to, sizeof to, "+1212%07d", people++ % 10000000);
        (void)house_send(h, 1, from, to, text, "transactional");
    }
}

static void furnish(struct run *run)
{
    static const struct settings SETTINGS = { .number_rate = 1,
                                              .account_rate = ACCOUNT_RATE,
                                              .confirm_after_ms = 30000,
                                              .unconfirmed_max_ms = 300000,
                                              .event_days = 7 };
    const struct shared_limit_row shared = { .rate = BRAND_RATE, .daily_limit = INT_UNSET };
    struct err err;
    run->n = run->committed_n = 0;
    run->h = house_open(&SETTINGS);
    house_number(run->h, 1, A, RATE_A, "brand");
    house_number(run->h, 1, B, RATE_B, "brand");
    house_number(run->h, 1, C, RATE_C, NULL);
    assert_true(
        ROW_PUT(&run->h->txn, TABLE_SHARED_LIMIT, key_of_text(1, STR("brand")), shared_limit_row, &shared, &err));
    backlog(run->h, A, BACKLOG);
    backlog(run->h, B, BACKLOG);
    backlog(run->h, C, BACKLOG);
    house_hello(run->h);
    house_commit(run->h);
}

/* Asks once, and tells how it ended. Returns in how many ms it is worth asking again. */
static int64_t ask(struct run *run)
{
    struct attempt_ref refs[100];
    const struct grant_answer *answer = house_grant(run->h, 1 + draw(60), NULL, 0);
    size_t n = answer->sends.n;
    int64_t next_ms = answer->next_in_ms == INT_UNSET ? SECOND_MS : answer->next_in_ms;
    for (size_t i = 0; i < n; i++) {
        const struct granted_send *send = &answer->sends.v[i];
        assert_true(run->n < PASSED_MAX);
        run->passed[run->n++] = (struct passed){ run->h->now_ms, send->segments, send->from.p[send->from.n - 1] };
        refs[i] = (struct attempt_ref){ send->tenant, send->message, send->attempt };
    }
    for (size_t i = 0; i < n; i++)
        house_outcome(run->h, refs[i], draw(20) ? CALL_ACCEPTED : CALL_UNKNOWN, 202, 0);
    return next_ms;
}

static void commit(struct run *run)
{
    house_commit(run->h);
    run->committed_n = run->n;
}

static int64_t segments_of(const struct run *run, const char *numbers)
{
    int64_t sum = 0;
    for (size_t i = 0; i < run->n; i++)
        sum += strchr(numbers, run->passed[i].number) ? run->passed[i].segments : 0;
    return sum;
}

static void check_line(const struct run *run, const char *name, const char *numbers, int64_t rate)
{
    int64_t burst = rate > 3 ? rate : 3; /* one message of three segments may pass a smaller one */
    for (size_t i = 0; i < run->n; i++) {
        int64_t sum = 0;
        for (size_t k = i; k < run->n; k++) {
            if (!strchr(numbers, run->passed[k].number))
                continue;
            sum += run->passed[k].segments;
            int64_t window_ms = run->passed[k].at_ms - run->passed[i].at_ms;
            if (sum > burst + rate * window_ms / 1000)
                fail_msg("PARLEY_SEED=%llu: %s: %lld segments in %lld ms, at most %lld", (unsigned long long)seed, name,
                         (long long)sum, (long long)window_ms, (long long)(burst + rate * window_ms / 1000));
        }
    }
}

static void check_all(const struct run *run)
{
    check_line(run, "number A", "1", RATE_A);
    check_line(run, "number B", "2", RATE_B);
    check_line(run, "number C", "3", RATE_C);
    check_line(run, "the brand", "12", BRAND_RATE);
    check_line(run, "the account", "123", ACCOUNT_RATE);
}

static void no_crash_lets_more_through(void **state)
{
    (void)state;
    static struct run run;
    for (int i = 0; i < SEEDS; i++) {
        furnish(&run);
        for (int step = 0; step < STEPS; step++) {
            int64_t next_ms = ask(&run);
            switch (draw(8)) {
            case 0: /* the worker dies before its commit: the sender asks for the same again */
                house_crash(run.h);
                run.n = run.committed_n;
                run.h->grant--;
                break;
            case 1: /* the sender dies after it: what it held is unconfirmed, and was charged */
                commit(&run);
                house_hello(run.h);
                commit(&run);
                break;
            default: commit(&run); break;
            }
            house_pass(run.h, draw(3) ? next_ms : draw(2000));
        }
        check_all(&run);
        assert_true(segments_of(&run, "123") > 200); /* lively enough to mean something */
        house_close(run.h);
    }
}

static void under_backlog_nearly_all_that_is_allowed_is_used(void **state)
{
    (void)state;
    static struct run run;
    enum { LAST_MS = 90 * SECOND_MS };
    furnish(&run);
    int64_t began_ms = run.h->now_ms;
    while (run.h->now_ms - began_ms < LAST_MS) {
        house_pass(run.h, ask(&run) + draw(20)); /* the sender comes a little late */
        if (draw(10) == 0)
            commit(&run);
    }
    check_all(&run);
    int64_t allowed = ACCOUNT_RATE * (run.h->now_ms - began_ms) / 1000;
    int64_t used = segments_of(&run, "123");
    print_message("used %lld of %lld segments: %lld.%lld %%\n", (long long)used, (long long)allowed,
                  (long long)(100 * used / allowed), (long long)(1000 * used / allowed % 10));
    assert_true(100 * used >= 98 * allowed);
    house_close(run.h);
}

int main(void)
{
    const char *given = getenv("PARLEY_SEED");
    seed = given ? strtoull(given, NULL, 10) : 20260612;
    chance = seed ? seed : 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_crash_lets_more_through),
        cmocka_unit_test(under_backlog_nearly_all_that_is_allowed_is_used),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
