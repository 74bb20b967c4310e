/* The wall clock goes back by an hour: what waits, waits anew, and what waits for a time of its own, waits for that. */
#include "apply/clock_back.h"

#include "../sending_house.h"

enum { HOUR_MS = 3600000, RETRY_MS = 60000 };

static const struct settings SETTINGS = {
    .number_rate = 1000, .confirm_after_ms = 30000, .unconfirmed_max_ms = 300000, .event_days = 7, .silence_ms = 60000
};
static const char *const OURS = "+15550100001";

static struct sending_house *open_house(void)
{
    struct sending_house *h = house_open(&SETTINGS);
    house_number(h, 1, OURS, 0, NULL);
    house_hello(h);
    return h;
}

/* The wall clock alone. */
static void go_back(struct sending_house *h)
{
    h->now_ms -= HOUR_MS;
    house_stamp(h);
}

static bool look(struct sending_house *h)
{
    struct err err;
    bool is_done;
    house_stamp(h);
    assert_true(clock_back_outbox(&h->txn, &is_done, &err));
    return is_done;
}

static void what_was_queued_leaves_now_and_in_its_order(void **state)
{
    (void)state;
    struct sending_house *h = open_house();
    struct id first = house_send(h, 1, OURS, "+12125550100", "first", "transactional");
    house_pass(h, 10);
    struct id second = house_send(h, 1, OURS, "+12125550101", "second", "transactional");
    go_back(h);
    assert_int_equal(house_grant(h, 10, NULL, 0)->sends.n, 0);
    assert_false(look(h)); /* it moved some: there may be more */
    assert_true(look(h));
    const struct grant_answer *answer = house_grant(h, 10, NULL, 0);
    assert_int_equal(answer->sends.n, 2);
    assert_true(id_eq(answer->sends.v[0].message, first));
    assert_true(id_eq(answer->sends.v[1].message, second));
    house_close(h);
}

static void a_retry_waits_its_delay_anew(void **state)
{
    (void)state;
    struct sending_house *h = open_house();
    struct id id = house_send(h, 1, OURS, "+12125550100", "again", "transactional");
    assert_int_equal(house_grant(h, 10, NULL, 0)->sends.n, 1);
    house_outcome(h, (struct attempt_ref){ .tenant = 1, .message = id, .attempt = 1 }, CALL_NOT_SENT, 0, RETRY_MS);
    go_back(h);
    assert_false(look(h));
    assert_int_equal(house_grant(h, 10, NULL, 0)->sends.n, 0);
    house_pass(h, RETRY_MS);
    assert_int_equal(house_grant(h, 10, NULL, 0)->sends.n, 1);
    house_close(h);
}

static void what_is_meant_for_a_time_waits_for_it(void **state)
{
    (void)state;
    struct sending_house *h = open_house();
    struct send_command send = { .to = STR("+12125550100"),
                                 .text = STR("later"),
                                 .from = str_of(OURS),
                                 .source = STR("api"),
                                 .send_at = h->now_ms + HOUR_MS };
    struct message_view message;
    struct err err;
    house_stamp(h);
    assert_true(send_apply(&h->txn, 1, &h->settings, &send, &message, &err));
    go_back(h);
    assert_true(look(h));
    house_pass(h, 2 * HOUR_MS - SECOND_MS);
    assert_int_equal(house_grant(h, 10, NULL, 0)->sends.n, 0);
    house_pass(h, SECOND_MS);
    assert_int_equal(house_grant(h, 10, NULL, 0)->sends.n, 1);
    house_close(h);
}

static struct open_row open_of(struct sending_house *h, struct id id)
{
    struct open_row row;
    struct err err;
    bool found;
    house_stamp(h);
    assert_true(open_get(&h->txn, 1, id, 1, &row, &found, &err) && found);
    return row;
}

static void an_unknown_outcome_is_asked_for_in_its_time(void **state)
{
    (void)state;
    struct sending_house *h = open_house();
    struct err err;
    struct id id = house_send(h, 1, OURS, "+12125550100", "unknown", "transactional");
    assert_int_equal(house_grant(h, 10, NULL, 0)->sends.n, 1);
    house_outcome(h, (struct attempt_ref){ .tenant = 1, .message = id, .attempt = 1 }, CALL_UNKNOWN, 0, 0);
    int64_t granted_at = open_of(h, id).granted_at;
    go_back(h);
    assert_true(tick_apply(&h->txn, &h->settings, &err));
    struct open_row row = open_of(h, id);
    assert_int_equal(row.unconfirmed_at, h->now_ms);
    assert_int_equal(row.look_at, h->now_ms + SETTINGS.confirm_after_ms);
    assert_int_equal(row.granted_at, granted_at); /* Plivo's list is asked about the time at which it left */
    house_close(h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_queued_leaves_now_and_in_its_order),
        cmocka_unit_test(a_retry_waits_its_delay_anew),
        cmocka_unit_test(what_is_meant_for_a_time_waits_for_it),
        cmocka_unit_test(an_unknown_outcome_is_asked_for_in_its_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
