#include "reports.h"

#include "unit/cmocka_all.h"

static struct arena arena;

static int arena_up(void **state)
{
    (void)state;
    arena_init(&arena, 256 * 1024);
    return 0;
}

static int arena_down(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static struct raw_report a_form(const char *body)
{
    return (struct raw_report){
        .path = STR("/plivo/status"), .body = str_of(body), .received_at = 1234, .is_observed = true
    };
}

#define FORM "From=15550100000&To=15550100001&MessageUUID=u-1&Status=delivered"

static void a_form_is_understood_and_kept_as_it_came(void **state)
{
    (void)state;
    struct report_event event;
    struct err err;
    struct raw_report raw = a_form(
        FORM
        "&ParentMessageUUID=u-0&Sequence=3&ErrorCode=000&Units=2&TotalRate=0.00550&TotalAmount=0.01100&MCC=310&MNC=4");
    assert_true(report_read(&raw, &arena, &event, &err));
    assert_str_eq(event.uuid, STR("u-0")); /* the parent is the message */
    assert_str_eq(event.part_uuid, STR("u-1"));
    assert_str_eq(event.status_word, STR("delivered"));
    assert_int_equal(event.sequence, 3);
    assert_true(event.error_code == INT_UNSET);
    assert_str_eq(event.from, STR("+15550100000"));
    assert_int_equal(event.units, 2);
    assert_str_eq(event.total_amount, STR("0.01100"));
    assert_str_eq(event.mcc, STR("310"));
    assert_int_equal(event.received_at, 1234);
    assert_true(event.is_observed);
    assert_str_eq(event.raw, raw.body);
    assert_int_equal(event.ref_attempt, 0);
}

static void json_says_the_same_and_is_kept_as_a_form(void **state)
{
    (void)state;
    struct report_event event;
    struct err err;
    struct raw_report raw = a_form(
        "{\"From\":\"15550100000\",\"To\":\"15550100001\",\"MessageUUID\":\"u-1\",\"Status\":\"failed\","
        "\"Note\":\"a b&c\",\"ErrorCode\":30,\"Sequence\":null}");
    raw.is_json = true;
    assert_true(report_read(&raw, &arena, &event, &err));
    assert_int_equal(event.error_code, 30);
    assert_true(event.sequence == INT_UNSET);
    assert_str_eq(
        event.raw,
        STR("From=15550100000&To=15550100001&MessageUUID=u-1&Status=failed&Note=a%20b%26c&ErrorCode=30&Sequence="));
}

static void the_reference_comes_from_the_address_and_its_hmac_is_passed_on(void **state)
{
    (void)state;
    struct report_event event;
    struct err err;
    struct raw_report raw = a_form(FORM);
    raw.path = STR("/plivo/status/7/2/01890a5d-ac96-774b-bcce-b302099a8057/3");
    raw.query = STR("t=0123456789abcdef0123456789abcdef");
    assert_true(report_read(&raw, &arena, &event, &err));
    assert_int_equal(event.ref_tenant, 7);
    assert_int_equal(event.ref_generation, 2);
    assert_int_equal(event.ref_attempt, 3);
    assert_true(id_is_set(event.ref_message));
    assert_str_eq(event.ref_hmac, STR("0123456789abcdef0123456789abcdef"));
}

static void an_address_that_cannot_be_read_leaves_the_uuid_to_decide(void **state)
{
    (void)state;
    static const char *const PATHS[] = { "/plivo/status/x/2/01890a5d-ac96-774b-bcce-b302099a8057/3", "/plivo/status/",
                                         "/api/dlr", "/plivo/status/1/1/nonsense/1" };
    for (size_t i = 0; i < COUNT(PATHS); i++) {
        struct report_event event;
        struct err err;
        struct raw_report raw = a_form(FORM);
        raw.path = str_of(PATHS[i]);
        raw.query = STR("t=0123456789abcdef0123456789abcdef");
        assert_true(report_read(&raw, &arena, &event, &err));
        assert_int_equal(event.ref_tenant, 0);
        assert_false(id_is_set(event.ref_message));
        assert_str_eq(event.uuid, STR("u-1"));
    }
}

static void what_is_no_report_is_refused_by_the_name_of_its_field(void **state)
{
    (void)state;
    struct report_event event;
    struct err err = { 0 };
    struct raw_report raw = a_form("From=15550100000&To=15550100001&MessageUUID=u-1");
    assert_false(report_read(&raw, &arena, &event, &err));
    assert_string_equal(err.field, "Status");
    raw = a_form("[1,2]");
    raw.is_json = true;
    assert_false(report_read(&raw, &arena, &event, &err));
    raw = a_form("{\"Status\":{\"a\":1}}");
    raw.is_json = true;
    assert_false(report_read(&raw, &arena, &event, &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_form_is_understood_and_kept_as_it_came, arena_up, arena_down),
        cmocka_unit_test_setup_teardown(json_says_the_same_and_is_kept_as_a_form, arena_up, arena_down),
        cmocka_unit_test_setup_teardown(the_reference_comes_from_the_address_and_its_hmac_is_passed_on, arena_up,
                                        arena_down),
        cmocka_unit_test_setup_teardown(an_address_that_cannot_be_read_leaves_the_uuid_to_decide, arena_up, arena_down),
        cmocka_unit_test_setup_teardown(what_is_no_report_is_refused_by_the_name_of_its_field, arena_up, arena_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
