/* Who has attempts in hand and is not heard of any more loses them, however many others wait for a person meanwhile. */
#include "apply/apply.h"

#include "../sending_house.h"

enum { CROWD = 4500, TICKS = 4 }; /* one tick looks at 2,000 open attempts */

static const struct settings SETTINGS = {
    .number_rate = 1000, .confirm_after_ms = 30000, .unconfirmed_max_ms = 300000, .event_days = 7, .silence_ms = 60000
};
static const char *const OURS = "+15550100001";

/* Unconfirmed, and only a person can settle it: a row of a message that is looked at by nobody here. */
static void leave_to_a_person(struct sending_house *h)
{
    struct message_row message;
    struct open_row open;
    struct err err;
    record_init(&message_row_record, &message);
    record_init(&open_row_record, &open);
    house_stamp(h);
    message.id = txn_id(&h->txn);
    message.from = str_of(OURS);
    message.to = STR("+12125550199");
    open.granted_at = h->now_ms;
    open.unconfirmed_at = h->now_ms;
    open.is_unconfirmed = true;
    assert_true(open_put(&h->txn, 1, &message, 1, &open, &err));
}

static bool is_unconfirmed(struct sending_house *h, struct id id)
{
    struct open_row row;
    struct err err;
    bool found;
    house_stamp(h);
    assert_true(open_get(&h->txn, 1, id, 1, &row, &found, &err) && found);
    return row.is_unconfirmed;
}

static void what_a_silent_sender_has_is_lost_also_behind_a_crowd_that_waits_for_a_person(void **state)
{
    (void)state;
    struct sending_house *h = house_open(&SETTINGS);
    struct err err;
    house_number(h, 1, OURS, 0, NULL);
    for (int i = 0; i < CROWD; i++)
        leave_to_a_person(h);
    house_pass(h, 1000);
    house_hello(h);
    struct id id = house_send(h, 1, OURS, "+12125550100", "hello", "transactional");
    assert_int_equal(house_grant(h, 10, NULL, 0)->sends.n, 1);
    house_pass(h, SETTINGS.silence_ms + 1000);
    for (int i = 0; i < TICKS; i++) {
        house_stamp(h);
        assert_true(tick_apply(&h->txn, &h->settings, &err));
    }
    assert_true(is_unconfirmed(h, id));
    house_close(h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_silent_sender_has_is_lost_also_behind_a_crowd_that_waits_for_a_person),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
