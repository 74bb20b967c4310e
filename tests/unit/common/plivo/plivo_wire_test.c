#include "plivo/plivo_wire.h"

#include "unit/webhooks.h"

struct fixture {
    struct arena arena;
    struct err err;
    struct pair pairs[64];
    size_t n;
};

static int set_up(void **state)
{
    static struct fixture fixture;
    fixture = (struct fixture){ 0 };
    arena_init(&fixture.arena, 256 * 1024);
    *state = &fixture;
    return 0;
}

static int tear_down(void **state)
{
    arena_release(&((struct fixture *)*state)->arena);
    return 0;
}

static void put(struct fixture *f, const char *name, struct str value)
{
    for (size_t i = 0; i < f->n; i++)
        if (str_is(f->pairs[i].name, name)) {
            f->pairs[i].value = value;
            return;
        }
    f->pairs[f->n++] = (struct pair){ str_of(name), value };
}

static void drop(struct fixture *f, const char *name)
{
    put(f, name, STR(""));
}

static void put_inbound(struct fixture *f)
{
    f->n = 0;
    put(f, "From", STR("15550100123"));
    put(f, "To", STR("15550100001"));
    put(f, "MessageUUID", STR("5f0e7b1e-6a44-4a1a-9d0b-0a58d8d3a001"));
    put(f, "Text", STR("Hello"));
}

static void put_report(struct fixture *f)
{
    f->n = 0;
    put(f, "From", STR("15550100001"));
    put(f, "To", STR("15550100123"));
    put(f, "MessageUUID", STR("0b6f2c1a-3f0a-4a55-8b0e-7d7a2f5f1001"));
    put(f, "Status", STR("sent"));
}

static struct plivo_inbound inbound(struct fixture *f)
{
    struct plivo_inbound in;
    if (!plivo_inbound_read(f->pairs, f->n, &f->arena, &in, &f->err))
        fail_msg("%s %s", f->err.field, f->err.text);
    return in;
}

static struct plivo_report report(struct fixture *f)
{
    struct plivo_report in;
    if (!plivo_report_read(f->pairs, f->n, &f->arena, &in, &f->err))
        fail_msg("%s %s", f->err.field, f->err.text);
    return in;
}

static void a_message_needs_sender_number_and_identity_and_nothing_else(void **state)
{
    struct fixture *f = *state;
    static const char *const REQUIRED[] = { "From", "To", "MessageUUID" };
    for (size_t i = 0; i < COUNT(REQUIRED); i++) {
        struct plivo_inbound in;
        put_inbound(f);
        drop(f, REQUIRED[i]);
        assert_false(plivo_inbound_read(f->pairs, f->n, &f->arena, &in, &f->err));
        assert_int_equal(f->err.kind, ERR_INPUT);
        assert_string_equal(f->err.field, REQUIRED[i]);
    }
    put_inbound(f);
    f->n = 3;
    struct plivo_inbound in = inbound(f);
    assert_true(str_is_set(in.text) && in.text.n == 0);
    assert_str_eq(in.type, STR("sms"));
    assert_int_equal(in.units, 0);
    assert_false(str_is_set(in.intent));
    assert_false(str_is_set(in.total_rate));
}

static void numbers_get_their_plus_and_other_senders_stay_as_they_came(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *raw, *stored;
        enum address_kind kind;
    } CASES[] = {
        { "15550100123", "+15550100123", ADDRESS_PHONE },
        { "+15550100123", "+15550100123", ADDRESS_PHONE },
        { " 15550100123 ", "+15550100123", ADDRESS_PHONE },
        { "24587", "24587", ADDRESS_SHORT_CODE },
        { "123456", "123456", ADDRESS_SHORT_CODE },
        { "4912345", "+4912345", ADDRESS_PHONE },
        { "PARLEY", "PARLEY", ADDRESS_LETTERS },
        { "Dr. M\xC3\xBCller", "Dr. M\xC3\xBCller", ADDRESS_LETTERS },
        { "0123456", "0123456", ADDRESS_LETTERS },
        { "1234567890123456", "1234567890123456", ADDRESS_LETTERS },
    };
    for (size_t i = 0; i < COUNT(CASES); i++) {
        put_inbound(f);
        put(f, "From", str_of(CASES[i].raw));
        struct plivo_inbound in = inbound(f);
        assert_str_eq(in.from, str_of(CASES[i].stored));
        assert_int_equal(address_kind_of(in.from), CASES[i].kind);
        assert_str_eq(in.to, STR("+15550100001"));
    }
    assert_str_eq(plivo_address(STR("+15550100123")), STR("15550100123"));
    assert_str_eq(plivo_address(STR("24587")), STR("24587"));
}

static void a_malformed_address_or_identity_is_refused_by_name(void **state)
{
    struct fixture *f = *state;
    static char long_text[ADDRESS_BYTES_MAX + 1];
    memset(long_text, 'x', sizeof long_text);
    const struct {
        const char *field;
        struct str value;
    } cases[] = {
        { "From", STR("+") },
        { "From", STR("+15a") },
        { "From", STR("a\nb") },
        { "From", STR("a\0b") },
        { "From", { long_text, sizeof long_text } },
        { "To", STR("PARLEY") },
        { "To", STR("12") },
        { "To", STR("+0123456789") },
        { "MessageUUID", STR("a b") },
        { "MessageUUID", STR("\xC3\xA9") },
        { "MessageUUID", { long_text, sizeof long_text } },
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct plivo_inbound in;
        put_inbound(f);
        put(f, cases[i].field, cases[i].value);
        if (plivo_inbound_read(f->pairs, f->n, &f->arena, &in, &f->err))
            fail_msg("case %zu was taken", i);
        assert_string_equal(f->err.field, cases[i].field);
    }
}

static void body_goes_before_text_and_blanks_are_kept_as_they_came(void **state)
{
    struct fixture *f = *state;
    put_inbound(f);
    put(f, "Body", STR("look"));
    assert_str_eq(inbound(f).text, STR("look"));
    put(f, "Body", STR(""));
    assert_str_eq(inbound(f).text, STR("Hello"));
    put(f, "Text", STR("  \n"));
    assert_str_eq(inbound(f).text, STR("  \n"));
    put(f, "Text", STR(" Stop \n"));
    assert_str_eq(inbound(f).text, STR(" Stop \n"));
    put(f, "Text", STR("a\0b"));
    assert_str_eq(inbound(f).text, STR("a\0b"));
}

static void bytes_that_are_no_utf8_become_replacement_characters(void **state)
{
    struct fixture *f = *state;
    put_inbound(f);
    put(f, "Text", STR("a\xFF\xC3\xA9\xC3"));
    assert_str_eq(inbound(f).text, STR("a\xEF\xBF\xBD\xC3\xA9\xEF\xBF\xBD"));
    put(f, "Text", STR("\xED\xA0\x80")); /* a surrogate in CESU form */
    assert_true(str_is_utf8(inbound(f).text));
}

static void media_are_read_in_numeric_order_from_0_or_1_to_20(void **state)
{
    struct fixture *f = *state;
    put_inbound(f);
    static const char *const NAMES[] = { "Media10", "Media2", "Media0", "Media20", "MediaCount",
                                         "Media21", "Media1", "Media",  "Media-0", "Media02" };
    for (size_t i = 0; i < COUNT(NAMES); i++)
        put(f, NAMES[i], str_of(NAMES[i]));
    put(f, "Media3", STR(" "));
    struct plivo_inbound in = inbound(f);
    static const char *const WANTED[] = { "Media0", "Media1", "Media2", "Media10", "Media20" };
    assert_int_equal(in.media_n, COUNT(WANTED));
    for (size_t i = 0; i < COUNT(WANTED); i++)
        assert_str_eq(in.media_urls[i], str_of(WANTED[i]));
}

static void odd_values_of_optional_fields_are_unset_not_refused(void **state)
{
    struct fixture *f = *state;
    put_inbound(f);
    put(f, "Units", STR("many"));
    put(f, "ErrorCode", STR("000"));
    put(f, "TotalRate", STR("0.00550"));
    put(f, "TotalAmount", STR("1e5"));
    struct plivo_inbound in = inbound(f);
    assert_int_equal(in.units, 0);
    assert_int_equal(in.error_code, 0);
    assert_str_eq(in.total_rate, STR("0.00550"));
    assert_false(str_is_set(in.total_amount));
}

static void money_is_decimal_text(void **state)
{
    (void)state;
    static const char *const GOOD[] = { "0", "0.00550", "123456789.123456789" };
    static const char *const BAD[] = { "",    ".5",  "5.",  "-1",         "+1",           "1,5", "1.2.3",
                                       "1e3", "nan", "0x1", "1234567890", "0.1234567890", " 1" };
    for (size_t i = 0; i < COUNT(GOOD); i++)
        assert_true(plivo_is_amount(str_of(GOOD[i])));
    for (size_t i = 0; i < COUNT(BAD); i++)
        assert_false(plivo_is_amount(str_of(BAD[i])));
}

static void no_error_is_blank_or_zeros(void **state)
{
    (void)state;
    assert_int_equal(plivo_error_code(STR("")), 0);
    assert_int_equal(plivo_error_code(STR("000")), 0);
    assert_int_equal(plivo_error_code(STR("030")), 30);
    assert_int_equal(plivo_error_code(STR("1000")), 1000);
    assert_int_equal(plivo_error_code(STR("abc")), 0);
    assert_int_equal(plivo_error_code(STR("-1")), 0);
    assert_int_equal(plivo_error_code(STR("99999999999999999999")), 0);
}

static void a_report_needs_identity_status_and_both_numbers(void **state)
{
    struct fixture *f = *state;
    static const char *const REQUIRED[] = { "MessageUUID", "Status", "From", "To" };
    for (size_t i = 0; i < COUNT(REQUIRED); i++) {
        struct plivo_report in;
        put_report(f);
        drop(f, REQUIRED[i]);
        assert_false(plivo_report_read(f->pairs, f->n, &f->arena, &in, &f->err));
        assert_string_equal(f->err.field, REQUIRED[i]);
    }
    put_report(f);
    struct plivo_report in = report(f);
    assert_true(in.has_status);
    assert_int_equal(in.status, STATUS_SENT);
    assert_int_equal(in.sequence, 0);
    assert_str_eq(in.message_uuid, in.uuid);
    assert_str_eq(in.from, STR("+15550100001"));
}

static void the_parent_is_the_message_where_it_differs(void **state)
{
    struct fixture *f = *state;
    put_report(f);
    put(f, "ParentMessageUUID", STR("0b6f2c1a-3f0a-4a55-8b0e-7d7a2f5f1009"));
    assert_str_eq(report(f).message_uuid, STR("0b6f2c1a-3f0a-4a55-8b0e-7d7a2f5f1009"));
    assert_str_eq(report(f).uuid, STR("0b6f2c1a-3f0a-4a55-8b0e-7d7a2f5f1001"));
    put(f, "ParentMessageUUID", STR(" "));
    assert_str_eq(report(f).message_uuid, report(f).uuid);
}

static void an_unknown_status_is_kept_as_its_word(void **state)
{
    struct fixture *f = *state;
    put_report(f);
    put(f, "Status", STR("teleported"));
    struct plivo_report in = report(f);
    assert_false(in.has_status);
    assert_str_eq(in.status_word, STR("teleported"));
}

static void a_status_that_no_key_could_hold_is_refused(void **state)
{
    struct fixture *f = *state;
    static char word[PLIVO_STATUS_MAX_BYTES + 1];
    struct plivo_report in;
    memset(word, 'x', sizeof word);
    put_report(f);
    put(f, "Status", (struct str){ word, PLIVO_STATUS_MAX_BYTES });
    assert_int_equal(report(f).status_word.n, PLIVO_STATUS_MAX_BYTES);
    const struct str refused[] = { { word, sizeof word }, STR("se\0nt"), STR("se\nnt") };
    for (size_t i = 0; i < COUNT(refused); i++) {
        put(f, "Status", refused[i]);
        assert_false(plivo_report_read(f->pairs, f->n, &f->arena, &in, &f->err));
        assert_string_equal(f->err.field, "Status");
    }
}

/* What a report of a file must say: the file, the status (NULL: unknown), its sequence and its code. */
static void the_recorded_reports_say_what_their_readme_says(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *file, *status;
        int64_t sequence, code;
    } CASES[] = {
        { "report_queued.http", "accepted", 1, 0 },          { "report_sent.http", "sent", 2, 0 },
        { "report_delivered.http", "delivered", 3, 0 },      { "report_delivered_000.http", "delivered", 3, 0 },
        { "report_undelivered.http", "undelivered", 3, 30 }, { "report_failed_optout.http", "blocked", 2, 200 },
        { "report_failed_expired.http", "expired", 2, 420 }, { "report_rejected.http", "rejected", 2, 0 },
        { "report_minimal.http", "delivered", 0, 0 },        { "report_attempt_url.http", "sent", 2, 0 },
        { "report_unknown_status.http", NULL, 4, 0 },        { "report_part.http", "delivered", 3, 0 },
    };
    for (size_t i = 0; i < COUNT(CASES); i++) {
        struct webhook hook = webhook_load(CASES[i].file);
        struct plivo_report in;
        if (!plivo_report_read(hook.fields.pairs, hook.fields.n, &f->arena, &in, &f->err))
            fail_msg("%s: %s %s", CASES[i].file, f->err.field, f->err.text);
        if (in.has_status != (CASES[i].status != NULL) ||
            (in.has_status && strcmp(status_word(in.status), CASES[i].status) != 0) ||
            in.sequence != CASES[i].sequence || (CASES[i].code != 0 && in.error_code != CASES[i].code))
            fail_msg("%s: %s, sequence %lld, code %lld", CASES[i].file,
                     in.has_status ? status_word(in.status) : "unknown", (long long)in.sequence,
                     (long long)in.error_code);
        assert_str_eq(in.from, STR("+15550100001"));
        assert_str_eq(in.to, STR("+15550100123"));
        webhook_release(&hook);
    }
}

static void the_recorded_messages_say_what_their_readme_says(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *file, *text, *type;
        size_t media_n;
    } CASES[] = {
        { "inbound_sms.http", "Hello", "sms", 0 },
        { "inbound_sms_get.http", "Hello", "sms", 0 },
        { "inbound_sms_json.http", "Hello", "sms", 0 },
        { "inbound_sms_minimal.http", "Hello", NULL, 0 },
        { "inbound_sms_stop.http", " Stop \n", "sms", 0 },
        { "inbound_sms_empty_text.http", "", "sms", 0 },
        { "inbound_sms_unicode.http",
          "\xC3\x87"
          "a va? 1+1=2 & 5 \xE2\x82\xAC \xF0\x9F\x91\x8D\xF0\x9F\x8F\xBD\nok",
          "sms", 0 },
        { "inbound_mms_media0.http", "look", "mms", 2 },
        { "inbound_mms_media1_body.http", "look", "mms", 1 },
        { "inbound_mms_no_text.http", "", "mms", 1 },
    };
    for (size_t i = 0; i < COUNT(CASES); i++) {
        struct webhook hook = webhook_load(CASES[i].file);
        struct plivo_inbound in;
        if (!plivo_inbound_read(hook.fields.pairs, hook.fields.n, &f->arena, &in, &f->err))
            fail_msg("%s: %s %s", CASES[i].file, f->err.field, f->err.text);
        assert_str_eq(in.text, str_of(CASES[i].text));
        if (CASES[i].type)
            assert_str_eq(in.type, str_of(CASES[i].type));
        assert_int_equal(in.media_n, CASES[i].media_n);
        assert_str_eq(in.from, STR("+15550100123"));
        assert_str_eq(in.to, STR("+15550100001"));
        webhook_release(&hook);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_message_needs_sender_number_and_identity_and_nothing_else),
        TEST(numbers_get_their_plus_and_other_senders_stay_as_they_came),
        TEST(a_malformed_address_or_identity_is_refused_by_name),
        TEST(body_goes_before_text_and_blanks_are_kept_as_they_came),
        TEST(bytes_that_are_no_utf8_become_replacement_characters),
        TEST(media_are_read_in_numeric_order_from_0_or_1_to_20),
        TEST(odd_values_of_optional_fields_are_unset_not_refused),
        TEST(money_is_decimal_text),
        TEST(no_error_is_blank_or_zeros),
        TEST(a_report_needs_identity_status_and_both_numbers),
        TEST(the_parent_is_the_message_where_it_differs),
        TEST(an_unknown_status_is_kept_as_its_word),
        TEST(a_status_that_no_key_could_hold_is_refused),
        TEST(the_recorded_reports_say_what_their_readme_says),
        TEST(the_recorded_messages_say_what_their_readme_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
