/* What Plivo's list says is held against what the claimants' own tenants know. */
#include "unit/services/worker/sending_house.h"

static const struct settings SETTINGS = {
    .number_rate = 100, .confirm_after_ms = 30000, .unconfirmed_max_ms = 300000, .silence_ms = 60000, .event_days = 7
};

static struct attempt_ref granted_to(struct sending_house *h, int64_t tenant, const char *from, const char *to)
{
    (void)house_send(h, tenant, from, to, "the same words", "transactional");
    const struct grant_answer *answer = house_grant(h, 10, NULL, 0);
    assert_int_equal(answer->sends.n, 1);
    const struct granted_send *send = &answer->sends.v[0];
    return (struct attempt_ref){ .tenant = send->tenant, .message = send->message, .attempt = send->attempt };
}

static struct attempt_ref granted(struct sending_house *h, int64_t tenant, const char *from)
{
    return granted_to(h, tenant, from, "+15550100042");
}

/* Plivo lists one, as it was told to an ask for `attempts`. */
static void settle_asked(struct sending_house *h, struct unsettled_attempt *attempts, size_t n, const char *from,
                         const char *to, const char *uuid)
{
    struct plivo_record record;
    struct nothing unused;
    struct err err;
    record_init(&plivo_record_record, &record);
    record.uuid = str_of(uuid);
    record.from = str_of(from);
    record.to = str_of(to);
    record.units = 1;
    record.at = h->now_ms;
    record.state = STR("delivered");
    const struct settle asked = { .sender = STR("s"),
                                  .epoch = h->epoch,
                                  .window_from = h->now_ms - 600000,
                                  .window_to = h->now_ms + 60000,
                                  .is_complete = true,
                                  .attempts = { attempts, n },
                                  .records = { &record, 1 } };
    house_stamp(h);
    if (!settle_apply(&h->txn, 0, &h->settings, &asked, &unused, &err))
        fail_msg("%s %s", err.field, err.text);
}

static void settle(struct sending_house *h, const char *from, const char *uuid)
{
    settle_asked(h, NULL, 0, from, "+15550100042", uuid);
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

/* The sender told only what goes to those asked for: that the list has nothing for another one proves nothing of it. */
static void of_whom_was_not_asked_nothing_is_concluded(void **unused)
{
    (void)unused;
    static const char *const FROM = "+15550100001";
    struct sending_house *h = house_open(&SETTINGS);
    house_number(h, 1, FROM, 0, NULL);
    house_hello(h);
    struct attempt_ref asked = granted_to(h, 1, FROM, "+15550100042");
    house_outcome(h, asked, CALL_UNKNOWN, 0, 0);
    house_pass(h, 1000);
    struct attempt_ref other = granted_to(h, 1, FROM, "+15550100043");
    house_outcome(h, other, CALL_UNKNOWN, 0, 0);
    house_pass(h, 301000);
    struct unsettled_attempt attempt = {
        .tenant = 1, .message = asked.message, .attempt = asked.attempt, .to = STR("+15550100042")
    };
    for (int i = 0; i < 3; i++)
        settle_asked(h, &attempt, 1, FROM, "+15550100042", "a-uuid");
    assert_int_equal(status_of(h, asked), STATUS_DELIVERED);
    assert_int_equal(status_of(h, other), STATUS_UNCONFIRMED);
    for (int i = 0; i < 2; i++)
        settle(h, FROM,
               "a-uuid"); /* told whole, its witness among it, and nothing of it: not accepted, so sent again */
    assert_int_equal(status_of(h, other), STATUS_QUEUED);
    house_close(h);
}

/* What the question named counts. */
static void a_look_without_the_witness_that_was_asked_for_proves_nothing(void **unused)
{
    (void)unused;
    static const char *const FROM = "+15550100001";
    struct sending_house *h = house_open(&SETTINGS);
    house_number(h, 1, FROM, 0, NULL);
    house_hello(h);
    struct attempt_ref lost = granted(h, 1, FROM);
    house_outcome(h, lost, CALL_UNKNOWN, 0, 0);
    house_pass(h, 301000);
    struct unsettled_attempt attempt = { .tenant = 1,
                                         .message = lost.message,
                                         .attempt = lost.attempt,
                                         .to = STR("+15550100042"),
                                         .witness = STR("the-witness") };
    for (int i = 0; i < 3; i++)
        settle_asked(h, &attempt, 1, FROM, "+15550100077", "a-uuid");
    assert_int_equal(status_of(h, lost), STATUS_UNCONFIRMED);
    for (int i = 0; i < 2; i++)
        settle_asked(h, &attempt, 1, FROM, "+15550100077", "the-witness");
    assert_int_equal(status_of(h, lost), STATUS_QUEUED);
    house_close(h);
}

/* A look took the first 1,000 of its window, whoever was asked for. */
static void who_is_asked_for_behind_a_crowd_is_settled(void **unused)
{
    enum { CROWD = 1200 };
    static const char *const FROM = "+15550100001";
    static struct attempt_ref crowd[CROWD];
    (void)unused;
    struct sending_house *h = house_open(&SETTINGS);
    house_number(h, 1, FROM, 1000, NULL);
    house_hello(h);
    for (int i = 0; i < CROWD; i++) {
        char to[24];
        (void)snprintf(to, sizeof to, "+1555010%04d", i);
        crowd[i] = granted_to(h, 1, FROM, to);
        house_outcome(h, crowd[i], CALL_UNKNOWN, 0, 0);
        house_pass(h, 10);
    }
    char last_to[24];
    (void)snprintf(last_to, sizeof last_to, "+1555010%04d", CROWD - 1);
    struct unsettled_attempt last = {
        .tenant = 1, .message = crowd[CROWD - 1].message, .attempt = crowd[CROWD - 1].attempt, .to = str_of(last_to)
    };
    settle_asked(h, &last, 1, FROM, last_to, "a-uuid");
    assert_int_equal(status_of(h, crowd[CROWD - 1]), STATUS_DELIVERED);
    house_close(h);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(what_a_message_has_is_no_other_one_s),
                                        cmocka_unit_test(of_whom_was_not_asked_nothing_is_concluded),
                                        cmocka_unit_test(a_look_without_the_witness_that_was_asked_for_proves_nothing),
                                        cmocka_unit_test(who_is_asked_for_behind_a_crowd_is_settled) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
