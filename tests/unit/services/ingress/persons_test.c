#include "persons.h"
#include "wire/schema.h"

#include "unit/cmocka_all.h"

static struct arena arena;
static struct buf bytes;
static struct persons persons;

static int fresh(void **unused)
{
    (void)unused;
    arena_init(&arena, 1 << 20);
    buf_init(&bytes, 1 << 20);
    return 0;
}

static int released(void **unused)
{
    (void)unused;
    arena_release(&arena);
    buf_release(&bytes);
    return 0;
}

static void of_aside(enum spool_lane lane, const struct record *record, const void *object)
{
    assert_true(record_encode(record, object, &bytes));
    const struct spool_aside aside = { .lane = lane, .event = buf_str(&bytes) };
    persons_of_aside(&aside, &arena, &persons);
}

static void of_text(const char *text, const char *intent)
{
    const struct inbound_event event = {
        .from = STR("+15550100123"), .to = STR("+15550100000"), .text = str_of(text), .intent = str_of(intent)
    };
    buf_clear(&bytes);
    of_aside(SPOOL_INBOUND, &inbound_event_record, &event);
}

static void a_text_is_its_sender_s(void **unused)
{
    (void)unused;
    of_text("hello", "");
    assert_int_equal(persons.n, 2);
    assert_str_eq(persons.addresses[0], STR("+15550100123"));
}

static void an_opt_out_is_left_alone(void **unused)
{
    (void)unused;
    of_text(" stop ", "");
    assert_int_equal(persons.n, 0);
    of_text("hello", "optout");
    assert_int_equal(persons.n, 0);
}

static void a_report_is_about_both_ends(void **unused)
{
    (void)unused;
    struct raw_report report = { .path = STR("/plivo/status"),
                                 .body = STR("From=15550100000&To=15550100123&Status=sent") };
    of_aside(SPOOL_REPORTS, &raw_report_record, &report);
    assert_int_equal(persons.n, 2);
    assert_str_eq(persons.addresses[1], STR("+15550100123"));
    report = (struct raw_report){ .body = STR("{\"To\":\"+15550100124\"}"), .is_json = true };
    buf_clear(&bytes);
    of_aside(SPOOL_REPORTS, &raw_report_record, &report);
    assert_int_equal(persons.n, 1);
    assert_str_eq(persons.addresses[0], STR("+15550100124"));
}

static void what_is_damaged_is_nobody_s(void **unused)
{
    (void)unused;
    for (enum spool_lane lane = SPOOL_INBOUND; lane < SPOOL_LANES; lane++) {
        const struct spool_aside aside = { .lane = lane, .event = STR("\xc1\xff\x00") };
        persons_of_aside(&aside, &arena, &persons);
        assert_int_equal(persons.n, 0);
    }
}

static void a_refused_request_is_read_as_it_came(void **unused)
{
    (void)unused;
    struct rejected_request request = { .query = STR("From=%2B15550100123&To=15550100000"),
                                        .body = STR("From=15550100124&To=&Text=From"),
                                        .content_type = STR("application/x-www-form-urlencoded; charset=utf-8") };
    persons_of_rejected(&request, &arena, &persons);
    assert_int_equal(persons.n, 3);
    assert_str_eq(persons.addresses[0], STR("+15550100123"));
    assert_str_eq(persons.addresses[2], STR("+15550100124"));
    request = (struct rejected_request){ .body = STR("{\"From\":"), .content_type = STR("application/json") };
    persons_of_rejected(&request, &arena, &persons);
    assert_int_equal(persons.n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_text_is_its_sender_s, fresh, released),
        cmocka_unit_test_setup_teardown(an_opt_out_is_left_alone, fresh, released),
        cmocka_unit_test_setup_teardown(a_report_is_about_both_ends, fresh, released),
        cmocka_unit_test_setup_teardown(what_is_damaged_is_nobody_s, fresh, released),
        cmocka_unit_test_setup_teardown(a_refused_request_is_read_as_it_came, fresh, released),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
