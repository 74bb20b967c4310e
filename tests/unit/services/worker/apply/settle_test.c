/* What Plivo's list says is held against what the claimants' own tenants know. */
#include "unit/services/worker/sending_house.h"

static const struct settings SETTINGS = {
    .number_rate = 100, .confirm_after_ms = 30000, .unconfirmed_max_ms = 300000, .silence_ms = 60000, .event_days = 7
};

static struct attempt_ref granted(struct sending_house *h, int64_t tenant, const char *from)
{
    (void)house_send(h, tenant, from, "+15550100042", "the same words", "transactional");
    const struct grant_answer *answer = house_grant(h, 10, NULL, 0);
    assert_int_equal(answer->sends.n, 1);
    const struct granted_send *send = &answer->sends.v[0];
    return (struct attempt_ref){ .tenant = send->tenant, .message = send->message, .attempt = send->attempt };
}

static void settle(struct sending_house *h, const char *from, const char *uuid)
{
    struct plivo_record record;
    struct nothing unused;
    struct err err;
    record_init(&plivo_record_record, &record);
    record.uuid = str_of(uuid);
    record.from = str_of(from);
    record.to = STR("+15550100042");
    record.units = 1;
    record.at = h->now_ms;
    record.state = STR("delivered");
    const struct settle asked = { .sender = STR("s"),
                                  .epoch = h->epoch,
                                  .window_from = h->now_ms - 60000,
                                  .window_to = h->now_ms + 60000,
                                  .is_complete = true,
                                  .records = { &record, 1 } };
    house_stamp(h);
    if (!settle_apply(&h->txn, 0, &h->settings, &asked, &unused, &err))
        fail_msg("%s %s", err.field, err.text);
}

static enum message_status status_of(struct sending_house *h, struct attempt_ref ref)
{
    struct message_row row;
    struct err err;
    bool found;
    house_stamp(h);
    assert_true(message_get(&h->txn, ref.tenant, ref.message, &row, &found, &err) && found);
    return row.status;
}

/* Two like messages, and Plivo lists one: it is the first one's, of whatever tenant. */
static void what_a_message_has_is_no_other_one_s(void **unused)
{
    (void)unused;
    static const char *const NUMBERS[] = { "+15550100001", "+15550100002" };
    for (int64_t tenant = 1; tenant <= 2; tenant++) {
        const char *from = NUMBERS[tenant - 1];
        struct sending_house *h = house_open(&SETTINGS);
        char uuid[ID_TEXT_CHARS + 16];
        house_number(h, 1, NUMBERS[0], 0, NULL);
        house_number(h, 2, NUMBERS[1], 0, NULL);
        house_hello(h);
        struct attempt_ref first = granted(h, tenant, from);
        house_outcome(h, first, CALL_ACCEPTED, 202, 0);
        (void)snprintf(uuid, sizeof uuid, "%s-%d", id_text(first.message).c, (int)first.attempt);
        house_pass(h, 1000);
        struct attempt_ref second = granted(h, tenant, from);
        house_outcome(h, second, CALL_UNKNOWN, 0, 0);
        assert_int_equal(status_of(h, second), STATUS_UNCONFIRMED);
        settle(h, from, uuid);
        assert_int_equal(status_of(h, second), STATUS_UNCONFIRMED);
        settle(h, from, "another-uuid");
        assert_int_equal(status_of(h, second), STATUS_DELIVERED);
        house_close(h);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(what_a_message_has_is_no_other_one_s) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
