/* Holds that end by themselves, on a real store and by the test's own clock: quiet hours over a change of the clocks, and Plivo's "too fast". */
#include "../sending_house.h"

static const struct settings SETTINGS = {
    .number_rate = 1000, .confirm_after_ms = 30000, .unconfirmed_max_ms = 300000, .event_days = 7
};
static const char *const OURS = "+15550100001";

static int64_t utc(const char *text)
{
    int64_t ms = 0;
    struct err err;
    assert_true(time_parse(str_of(text), "time", &ms, &err));
    return ms;
}

static void set_to(struct sending_house *h, const char *now)
{
    house_pass(h, utc(now) - h->now_ms);
}

static void quiet(struct sending_house *h, const char *hours)
{
    struct settings_view changes = { .quiet_transactional = str_of(hours) };
    struct settings_patch patch = { .present = (int64_t)record_bit(&settings_view_record, "quiet_transactional"),
                                    .changes = &changes };
    struct settings_view after;
    struct err err;
    house_stamp(h);
    record_init(&settings_view_record, &after);
    assert_true(settings_patch_apply(&h->txn, 1, &h->settings, &patch, &after, &err));
}

static struct message_row message_of(struct sending_house *h, struct id id)
{
    struct message_row row;
    struct err err;
    bool found;
    house_stamp(h);
    assert_true(message_get(&h->txn, 1, id, &row, &found, &err) && found);
    return row;
}

/* New York goes back to winter time in the night of 2026-11-01. */
static void what_is_held_over_the_change_of_the_clocks_leaves_when_it_is_eight_there(void **state)
{
    (void)state;
    struct sending_house *h = house_open(&SETTINGS);
    house_number(h, 1, OURS, 0, NULL);
    quiet(h, "08:00-21:00");
    house_hello(h);
    set_to(h, "2026-11-01T02:00:00Z"); /* 22:00 in New York */
    struct id id = house_send(h, 1, OURS, "+12125550100", "a bill", "transactional");
    const struct grant_answer *answer = house_grant(h, 10, NULL, 0);
    assert_int_equal(answer->sends.n, 0);
    struct message_row held = message_of(h, id);
    assert_int_equal(held.status, STATUS_HELD);
    assert_int_equal(held.held_until, utc("2026-11-01T13:00:00Z")); /* 8:00 in winter time */
    assert_int_equal(held.holds.n, 1);
    set_to(h, "2026-11-01T12:59:59Z");
    answer = house_grant(h, 10, NULL, 0);
    assert_int_equal(answer->sends.n, 0);
    assert_true(answer->next_in_ms <= SECOND_MS); /* the sender is told when to ask again */
    set_to(h, "2026-11-01T13:00:00Z");
    answer = house_grant(h, 10, NULL, 0);
    assert_int_equal(answer->sends.n, 1);
    assert_int_equal(answer->sends.v[0].expiry_s, 10799);
    house_close(h);
}

static void plivos_expiry_ends_with_the_window_and_five_seconds_before_it_nothing_leaves(void **state)
{
    (void)state;
    struct sending_house *h = house_open(&SETTINGS);
    house_number(h, 1, OURS, 0, NULL);
    quiet(h, "08:00-21:00");
    house_hello(h);
    set_to(h, "2026-12-01T01:59:30Z"); /* 20:59:30 in New York */
    (void)house_send(h, 1, OURS, "+12125550101", "in time", "transactional");
    const struct grant_answer *answer = house_grant(h, 10, NULL, 0);
    assert_int_equal(answer->sends.n, 1);
    assert_int_equal(answer->sends.v[0].expiry_s, 30);
    set_to(h, "2026-12-01T01:59:56Z");
    struct id late = house_send(h, 1, OURS, "+12125550102", "too late", "transactional");
    assert_int_equal(house_grant(h, 10, NULL, 0)->sends.n, 0);
    assert_int_equal(message_of(h, late).held_until, utc("2026-12-01T13:00:00Z"));
    house_close(h);
}

/* Between 8 and 9 it is never everywhere from Samoa to Newfoundland. */
static void what_can_never_go_is_in_nobodys_way(void **state)
{
    (void)state;
    struct sending_house *h = house_open(&SETTINGS);
    house_number(h, 1, OURS, 0, NULL);
    quiet(h, "08:00-09:00");
    house_hello(h);
    struct id stuck = house_send(h, 1, OURS, "+15550100101", "a bill", "transactional");
    (void)house_send(h, 1, OURS, "+15550100101", "a person's words", "human");
    const struct grant_answer *answer = house_grant(h, 10, NULL, 0);
    assert_int_equal(answer->sends.n, 1);
    assert_int_equal(answer->sends.v[0].class, CLASS_HUMAN);
    house_outcome(h, (struct attempt_ref){ 1, answer->sends.v[0].message, 1 }, CALL_ACCEPTED, 202, 0);
    struct message_row held = message_of(h, stuck);
    assert_int_equal(held.status, STATUS_HELD);
    assert_int_equal(held.held_until, 0);
    house_pass(h, 2 * 3600 * SECOND_MS); /* looked at again, and told no second time */
    assert_int_equal(house_grant(h, 10, NULL, 0)->sends.n, 0);
    assert_int_equal(message_of(h, stuck).holds.n, 1);
    quiet(h, "00:00-24:00");
    assert_int_equal(house_grant(h, 10, NULL, 0)->sends.n, 1);
    house_close(h);
}

/* Segments that leave within so many seconds of full backlog; every call ends with `http`. */
static int64_t leave_within(struct sending_house *h, int seconds)
{
    static int people = 0;
    int64_t n = 0;
    for (int i = 0; i < 10 * seconds; i++) {
        for (int k = 0; k < 2; k++) {
            char to[24];
            (void)snprintf(to, sizeof to, "+1312%07d", people++);
            (void)house_send(h, 1, OURS, to, "text", "transactional");
        }
        const struct grant_answer *answer = house_grant(h, 10, NULL, 0);
        struct attempt_ref refs[10];
        size_t sends = answer->sends.n;
        for (size_t k = 0; k < sends; k++)
            refs[k] = (struct attempt_ref){ 1, answer->sends.v[k].message, answer->sends.v[k].attempt };
        for (size_t k = 0; k < sends; k++)
            house_outcome(h, refs[k], CALL_ACCEPTED, 202, 0);
        n += (int64_t)sends;
        house_pass(h, 100);
    }
    return n;
}

static void a_429_halves_what_leaves_and_all_of_it_comes_back(void **state)
{
    (void)state;
    struct sending_house *h = house_open(&SETTINGS);
    house_number(h, 1, OURS, 10, NULL);
    house_hello(h);
    (void)leave_within(h, 2); /* the burst is used up */
    int64_t before = leave_within(h, 4);
    assert_in_range(before, 39, 41);
    (void)house_send(h, 1, OURS, "+13125550199", "too fast", "transactional");
    house_pass(h, SECOND_MS);
    const struct grant_answer *answer = house_grant(h, 1, NULL, 0);
    assert_int_equal(answer->sends.n, 1);
    struct attempt_ref ref = { 1, answer->sends.v[0].message, answer->sends.v[0].attempt };
    house_outcome(h, ref, CALL_NOT_SENT, 429, 100);
    (void)leave_within(h, 1);
    assert_in_range(leave_within(h, 4), 16, 25); /* half of it, and what has come back since */
    house_pass(h, 60 * SECOND_MS);
    (void)leave_within(h, 2);
    assert_in_range(leave_within(h, 4), 39, 41);
    house_close(h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_held_over_the_change_of_the_clocks_leaves_when_it_is_eight_there),
        cmocka_unit_test(plivos_expiry_ends_with_the_window_and_five_seconds_before_it_nothing_leaves),
        cmocka_unit_test(what_can_never_go_is_in_nobodys_way),
        cmocka_unit_test(a_429_halves_what_leaves_and_all_of_it_comes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
