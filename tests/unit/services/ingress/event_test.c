#include "event.h"
#include "payload.h"
#include "tenant.h"
#include "wire/schema.h"

#include <stdio.h>

#include "unit/cmocka_all.h"

static struct arena arena;
static struct buf bytes;

static int fresh(void **unused)
{
    (void)unused;
    arena_init(&arena, 1 << 20);
    buf_init(&bytes, EVENT_MAX_BYTES);
    return 0;
}

static int released(void **unused)
{
    (void)unused;
    arena_release(&arena);
    buf_release(&bytes);
    return 0;
}

static struct event inbound_from(const char *person, const char *uuid, const char *text, const char *intent)
{
    struct plivo_inbound in = { .uuid = str_of(uuid),
                                .from = str_of(person),
                                .to = STR("+15550100000"),
                                .text = str_of(text),
                                .type = STR("sms"),
                                .intent = str_of(intent),
                                .media_n = 1,
                                .media_urls = { STR("https://m/1") } };
    struct arrival arrival = { .received_at = 1234, .ingress = STR("one"), .is_observed = true };
    struct event event;
    struct err err;
    assert_true(event_from_inbound(&in, &arrival, &arena, &bytes, &event, &err));
    return event;
}

static struct event inbound(const char *uuid, const char *text, const char *intent)
{
    return inbound_from("+15550100123", uuid, text, intent);
}

static bool same(struct event a, struct event b)
{
    return memcmp(a.identity.b, b.identity.b, sizeof a.identity.b) == 0;
}

static void an_inbound_is_encoded_whole(void **unused)
{
    (void)unused;
    struct event event = inbound("u1", "Hello", "");
    struct inbound_event got;
    struct err err;
    assert_true(record_decode(&inbound_event_record, event.bytes, &arena, &got, &err));
    assert_str_eq(got.uuid, STR("u1"));
    assert_str_eq(got.from, STR("+15550100123"));
    assert_str_eq(got.text, STR("Hello"));
    assert_str_eq(got.ingress, STR("one"));
    assert_int_equal(got.received_at, 1234);
    assert_true(got.is_observed);
    assert_int_equal(got.media.n, 1);
    assert_str_eq(got.media.v[0].url, STR("https://m/1"));
    assert_true(event.lane == SPOOL_INBOUND || event.lane == SPOOL_INBOUND_B);
}

static void a_repeated_inbound_has_the_same_identity_whatever_else_changed(void **unused)
{
    (void)unused;
    assert_true(same(inbound("u1", "Hello", ""), inbound("u1", "Other", "help")));
    assert_false(same(inbound("u1", "Hello", ""), inbound("u2", "Hello", "")));
}

static void a_person_stays_in_one_lane_and_people_share_both(void **unused)
{
    (void)unused;
    char person[32];
    int in_b = 0;
    for (int i = 0; i < 1000; i++) {
        (void)snprintf(person, sizeof person, "+1555%07d", 2 * i); /* even numbers only */
        arena_reset(&arena);
        enum spool_lane lane = inbound_from(person, "u1", "Hello", "").lane;
        assert_true(lane == SPOOL_INBOUND || lane == SPOOL_INBOUND_B);
        assert_int_equal(inbound_from(person, "u2", "STOP", "optout").lane, lane);
        in_b += lane == SPOOL_INBOUND_B ? 1 : 0;
    }
    assert_in_range(in_b, 400, 600);
}

static void what_may_be_an_opt_out_says_so(void **unused)
{
    (void)unused;
    assert_true(inbound("u", " Stop! ", "").is_opt_out);
    assert_true(inbound("u", "leave me", "optout").is_opt_out);
    assert_false(inbound("u", "stop by at noon", "").is_opt_out);
}

static struct event report(const char *path, const char *uuid, const char *status, int64_t sequence)
{
    struct plivo_report r = {
        .uuid = str_of(uuid), .message_uuid = str_of(uuid), .status_word = str_of(status), .sequence = sequence
    };
    struct arrival arrival = {
        .received_at = 99, .path = str_of(path), .query = STR("t=1"), .body = STR("Status=sent")
    };
    struct event event;
    struct err err;
    assert_true(event_from_report(&r, &arrival, &bytes, &event, &err));
    return event;
}

static void a_report_is_told_apart_by_attempt_uuid_status_and_sequence(void **unused)
{
    (void)unused;
    struct event first = report("/plivo/status/a/1", "u", "sent", 2);
    assert_true(same(first, report("/plivo/status/a/1", "u", "sent", 2)));
    assert_false(same(first, report("/plivo/status/a/2", "u", "sent", 2)));
    assert_false(same(first, report("/plivo/status/a/1", "v", "sent", 2)));
    assert_false(same(first, report("/plivo/status/a/1", "u", "delivered", 2)));
    assert_false(same(first, report("/plivo/status/a/1", "u", "sent", 3)));
    assert_int_equal(first.lane, SPOOL_REPORTS);
}

static void a_report_goes_on_as_it_came(void **unused)
{
    (void)unused;
    struct event event = report("/plivo/status/a/1", "u", "sent", 2);
    struct raw_report got;
    struct err err;
    assert_true(record_decode(&raw_report_record, event.bytes, &arena, &got, &err));
    assert_str_eq(got.path, STR("/plivo/status/a/1"));
    assert_str_eq(got.query, STR("t=1"));
    assert_str_eq(got.body, STR("Status=sent"));
    assert_int_equal(got.received_at, 99);
}

static void a_media_type_is_known_in_any_case_and_with_parameters(void **unused)
{
    (void)unused;
    assert_int_equal(payload_kind_of(STR("application/x-www-form-urlencoded")), PAYLOAD_FORM);
    assert_int_equal(payload_kind_of(STR("Application/JSON; charset=utf-8")), PAYLOAD_JSON);
    assert_int_equal(payload_kind_of(STR("text/plain")), PAYLOAD_OTHER);
    assert_int_equal(payload_kind_of(STR("application/jsonx")), PAYLOAD_OTHER);
    assert_int_equal(payload_kind_of((struct str){ 0 }), PAYLOAD_OTHER);
}

static void a_json_body_that_is_no_object_is_malformed_not_too_big(void **unused)
{
    (void)unused;
    struct payload payload;
    struct err err;
    assert_true(payload_decode(STR("a=1"), STR("[1]"), PAYLOAD_JSON, &arena, &payload, &err));
    assert_true(payload.is_malformed);
    assert_int_equal(payload.query.n, 1);
    assert_int_equal(payload.body.n, 0);
}

static void too_many_parameters_are_refused(void **unused)
{
    (void)unused;
    char many[3 * (FORM_PAIRS_MAX + 1) + 1];
    struct payload payload;
    struct err err;
    for (int i = 0; i <= FORM_PAIRS_MAX; i++)
        memcpy(many + 3 * i, "a=&", 3);
    assert_false(
        payload_decode((struct str){ 0 }, str_bytes(many, sizeof many - 1), PAYLOAD_FORM, &arena, &payload, &err));
    assert_int_equal(err.kind, ERR_TOO_BIG);
}

static void tokens_are_listed_with_commas_and_blanks(void **unused)
{
    (void)unused;
    struct secret list;
    struct tenant tenant;
    struct err err;
    assert_true(secret_set(&list, STR(" one, two,,three ")));
    assert_true(tokens_read(&list, "PLIVO_AUTH_TOKEN", &tenant, &err));
    assert_int_equal(tenant.tokens_n, 3);
    assert_true(secret_eq(&tenant.tokens[0], STR("one")));
    assert_true(secret_eq(&tenant.tokens[2], STR("three")));
    assert_true(secret_set(&list, STR(" , ")));
    assert_false(tokens_read(&list, "PLIVO_AUTH_TOKEN", &tenant, &err));
    assert_string_equal(err.field, "PLIVO_AUTH_TOKEN");
    assert_true(secret_set(&list, STR("1,2,3,4,5,6,7,8,9")));
    assert_false(tokens_read(&list, "PLIVO_AUTH_TOKEN", &tenant, &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_inbound_is_encoded_whole, fresh, released),
        cmocka_unit_test_setup_teardown(a_repeated_inbound_has_the_same_identity_whatever_else_changed, fresh,
                                        released),
        cmocka_unit_test_setup_teardown(a_person_stays_in_one_lane_and_people_share_both, fresh, released),
        cmocka_unit_test_setup_teardown(what_may_be_an_opt_out_says_so, fresh, released),
        cmocka_unit_test_setup_teardown(a_report_is_told_apart_by_attempt_uuid_status_and_sequence, fresh, released),
        cmocka_unit_test_setup_teardown(a_report_goes_on_as_it_came, fresh, released),
        cmocka_unit_test_setup_teardown(a_media_type_is_known_in_any_case_and_with_parameters, fresh, released),
        cmocka_unit_test_setup_teardown(a_json_body_that_is_no_object_is_malformed_not_too_big, fresh, released),
        cmocka_unit_test_setup_teardown(too_many_parameters_are_refused, fresh, released),
        cmocka_unit_test_setup_teardown(tokens_are_listed_with_commas_and_blanks, fresh, released),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
