/* Many wait for one sender: tenants by deficit round robin, a tenant's numbers in turn, and nobody's turn is lost between requests. */
#include "../sending_house.h"

static const struct settings SETTINGS = {
    .number_rate = 1000, .confirm_after_ms = 30000, .unconfirmed_max_ms = 300000, .event_days = 7
};

static int people = 0;

static void queue(struct sending_house *h, int64_t tenant, const char *from, int n, const char *text)
{
    for (int i = 0; i < n; i++) {
        char to[24];
        (void)snprintf(to, sizeof to, "+1212555%04d", people++ % 10000);
        (void)house_send(h, tenant, from, to, text, "transactional");
    }
}

struct tally {
    int64_t of[4];
};

/* Asks `times` times for `max` and accepts all; counts segments by the last digit of the number. */
static struct tally serve(struct sending_house *h, int times, int64_t max)
{
    struct tally tally = { 0 };
    for (int i = 0; i < times; i++) {
        struct attempt_ref refs[100];
        const struct grant_answer *answer = house_grant(h, max, NULL, 0);
        size_t n = answer->sends.n;
        for (size_t k = 0; k < n; k++) {
            const struct granted_send *send = &answer->sends.v[k];
            tally.of[send->from.p[send->from.n - 1] - '0'] += send->segments;
            refs[k] = (struct attempt_ref){ send->tenant, send->message, send->attempt };
        }
        for (size_t k = 0; k < n; k++)
            house_outcome(h, refs[k], CALL_ACCEPTED, 202, 0);
        house_pass(h, 100);
    }
    return tally;
}

static void tenants_share_the_sender_whatever_each_has_waiting(void **state)
{
    (void)state;
    struct sending_house *h = house_open(&SETTINGS);
    house_number(h, 1, "+15550100001", 0, NULL);
    house_number(h, 2, "+15550100002", 0, NULL);
    house_hello(h);
    queue(h, 1, "+15550100001", 400, "one segment");
    queue(h, 2, "+15550100002", 100, "one segment");
    struct tally tally = serve(h, 20, 7); /* fewer than a quantum at a time: the turn must outlive the request */
    assert_true(llabs(tally.of[1] - tally.of[2]) <= 64);
    assert_int_equal(tally.of[1] + tally.of[2], 140);
    tally = serve(h, 40, 7); /* the second has nothing left soon: then the first has all */
    assert_int_equal(tally.of[1] + tally.of[2], 280);
    house_close(h);
}

static void long_messages_buy_nobody_more(void **state)
{
    (void)state;
    char text[460];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0'; /* three segments */
    struct sending_house *h = house_open(&SETTINGS);
    house_number(h, 1, "+15550100001", 0, NULL);
    house_number(h, 2, "+15550100002", 0, NULL);
    house_hello(h);
    queue(h, 1, "+15550100001", 300, text);
    queue(h, 2, "+15550100002", 300, "short");
    struct tally tally = serve(h, 30, 10);
    assert_true(tally.of[1] > 100 && tally.of[2] > 100);
    assert_true(llabs(tally.of[1] - tally.of[2]) <= 96);
    house_close(h);
}

static void the_numbers_of_a_tenant_take_turns(void **state)
{
    (void)state;
    struct sending_house *h = house_open(&SETTINGS);
    for (int i = 1; i <= 3; i++) {
        char address[] = "+1555010000x";
        address[sizeof address - 2] = (char)('0' + i);
        house_number(h, 1, address, 0, NULL);
        queue(h, 1, address, 60, "text");
    }
    house_hello(h);
    struct tally tally = serve(h, 30, 4); /* four: so that a request ends in the middle of a round */
    for (int i = 1; i <= 3; i++)
        assert_int_equal(tally.of[i], 40);
    house_close(h);
}

static void one_tenant_alone_has_all_of_the_sender(void **state)
{
    (void)state;
    struct sending_house *h = house_open(&SETTINGS);
    house_number(h, 1, "+15550100001", 0, NULL);
    house_hello(h);
    queue(h, 1, "+15550100001", 90, "text");
    assert_int_equal(house_grant(h, 90, NULL, 0)->sends.n, 90);
    house_close(h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tenants_share_the_sender_whatever_each_has_waiting),
        cmocka_unit_test(long_messages_buy_nobody_more),
        cmocka_unit_test(the_numbers_of_a_tenant_take_turns),
        cmocka_unit_test(one_tenant_alone_has_all_of_the_sender),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
