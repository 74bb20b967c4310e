#include "plivo_json.h"

#include "unit/cmocka_all.h"

#include <jansson.h>

static struct granted_send a_send(void)
{
    return (struct granted_send){
        .tenant = 1,
        .attempt = 2,
        .from = STR("+15550100000"),
        .to = STR("+15550100001"),
        .text = STR("Hi \"you\" \xf0\x9f\x98\x80"),
        .expiry_s = 300,
        .callback_path = STR("/plivo/status/1/1/x/2?t=ab"),
    };
}

static json_t *body_of(const struct granted_send *send, const char *public_url)
{
    struct buf out;
    buf_init(&out, 64 * 1024);
    assert_true(plivo_send_body(send, str_of(public_url), STR("true"), &out));
    json_t *root = json_loadb(out.p, out.n, JSON_REJECT_DUPLICATES, NULL);
    buf_release(&out);
    assert_true(json_is_object(root));
    return root;
}

static const char *field(const json_t *root, const char *name)
{
    const char *value = json_string_value(json_object_get(root, name));
    return value ? value : "(none)";
}

static void a_send_says_what_plivo_asks_for(void **state)
{
    (void)state;
    struct granted_send send = a_send();
    json_t *root = body_of(&send, "https://sms.example");
    assert_string_equal(field(root, "src"), "+15550100000");
    assert_string_equal(field(root, "dst"), "+15550100001");
    assert_string_equal(field(root, "text"), "Hi \"you\" \xf0\x9f\x98\x80");
    assert_string_equal(field(root, "type"), "sms");
    assert_string_equal(field(root, "url"), "https://sms.example/plivo/status/1/1/x/2?t=ab");
    assert_string_equal(field(root, "method"), "POST");
    assert_string_equal(field(root, "log"), "true");
    assert_int_equal(json_integer_value(json_object_get(root, "message_expiry")), 300);
    assert_null(json_object_get(root, "media_urls"));
    json_decref(root);
}

static void a_powerpack_stands_in_place_of_src(void **state)
{
    (void)state;
    struct granted_send send = a_send();
    send.from = STR("powerpack:86bbb125-97bb-4d72-89fd-81d5c515b015");
    json_t *root = body_of(&send, "https://sms.example");
    assert_string_equal(field(root, "powerpack_uuid"), "86bbb125-97bb-4d72-89fd-81d5c515b015");
    assert_null(json_object_get(root, "src"));
    json_decref(root);
    send = a_send();
    root = body_of(&send, "https://sms.example");
    assert_null(json_object_get(root, "powerpack_uuid"));
    json_decref(root);
}

static void a_slash_at_the_end_of_the_public_url_is_not_doubled(void **state)
{
    (void)state;
    struct granted_send send = a_send();
    json_t *root = body_of(&send, "https://sms.example/base/");
    assert_string_equal(field(root, "url"), "https://sms.example/base/plivo/status/1/1/x/2?t=ab");
    json_decref(root);
}

static void media_make_it_an_mms_and_a_text_is_then_optional(void **state)
{
    (void)state;
    struct str urls[] = { STR("https://m.example/a.png"), STR("https://m.example/b.png") };
    struct granted_send send = a_send();
    send.media_urls.v = urls;
    send.media_urls.n = 2;
    send.text = (struct str){ 0 };
    json_t *root = body_of(&send, "https://sms.example");
    assert_string_equal(field(root, "type"), "mms");
    assert_null(json_object_get(root, "text"));
    assert_int_equal(json_array_size(json_object_get(root, "media_urls")), 2);
    json_decref(root);
}

static void a_body_that_does_not_fit_is_refused(void **state)
{
    (void)state;
    struct granted_send send = a_send();
    struct buf out;
    buf_init(&out, 64);
    assert_false(plivo_send_body(&send, STR("https://sms.example"), STR("true"), &out));
    buf_release(&out);
}

static struct plivo_answer read_answer(const char *body, struct arena *arena)
{
    struct plivo_answer answer;
    arena_reset(arena);
    plivo_answer_read(str_of(body), arena, &answer);
    return answer;
}

static void an_answer_is_read_without_trust(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 4096);
    struct plivo_answer a = read_answer("{\"message\":\"queued\",\"message_uuid\":[\"u-1\",\"u-2\"]}", &arena);
    assert_true(a.is_json && a.has_uuid_list);
    assert_str_eq(a.uuid, STR("u-1"));
    a = read_answer("{\"message_uuid\":[]}", &arena);
    assert_true(a.has_uuid_list && !str_is_set(a.uuid));
    a = read_answer("{\"message_uuid\":[7]}", &arena); /* nothing that could be refused or held on to */
    assert_false(a.has_uuid_list);
    a = read_answer("{\"message_uuid\":\"u-1\"}", &arena);
    assert_false(a.has_uuid_list);
    a = read_answer("{\"error\":\"dst is bad\"}", &arena);
    assert_str_eq(a.error, STR("dst is bad"));
    a = read_answer("Could not verify your access level", &arena);
    assert_false(a.is_json);
    assert_str_eq(a.error, STR("Could not verify your access level"));
    a = read_answer("", &arena);
    assert_true(!a.is_json && !str_is_set(a.error));
    arena_release(&arena);
}

static const char *const PAGE =
    "{\"api_id\":\"x\",\"meta\":{\"limit\":20,\"offset\":0,\"next\":\"/v1/…?offset=20\",\"total_count\":21},\"objects\":["
    "{\"message_uuid\":\"u-1\",\"from_number\":\"15550100000\",\"to_number\":\"15550100001\",\"units\":2,"
    "\"message_state\":\"delivered\",\"error_code\":\"000\",\"message_time\":\"2026-07-13 13:04:06.799021+05:30\"},"
    "{\"message_uuid\":\"u-2\",\"from_number\":\"15550100000\",\"to_number\":\"155501000XX\",\"units\":\"1\","
    "\"message_state\":\"failed\",\"error_code\":\"30\",\"message_time\":\"2026-07-13 13:04:06\"},"
    "{\"message_state\":\"sent\"}]}";

static void a_page_gives_records_in_our_forms_and_counts_what_it_cannot_read(void **state)
{
    (void)state;
    struct arena arena;
    struct plivo_page page;
    struct err err;
    int64_t wanted_ms;
    arena_init(&arena, 16 * 1024);
    assert_true(plivo_page_read(str_of(PAGE), &arena, &page, &err));
    assert_int_equal(page.n, 2);
    assert_int_equal(page.unread, 1);
    assert_true(page.has_next);
    assert_str_eq(page.records[0].from, STR("+15550100000"));
    assert_str_eq(page.records[0].to, STR("+15550100001"));
    assert_int_equal(page.records[0].units, 2);
    assert_true(page.records[0].error_code == INT_UNSET);
    assert_true(time_parse(STR("2026-07-13T07:34:06.799Z"), "t", &wanted_ms, &err));
    assert_int_equal(page.records[0].at, wanted_ms);
    assert_int_equal(page.records[1].error_code, 30);
    assert_int_equal(page.records[1].units, 1);
    assert_true(time_parse(STR("2026-07-13T13:04:06Z"), "t", &wanted_ms, &err));
    assert_int_equal(page.records[1].at, wanted_ms);
    arena_release(&arena);
}

static void the_last_page_has_no_next_and_what_is_no_page_is_refused(void **state)
{
    (void)state;
    struct arena arena;
    struct plivo_page page;
    struct err err;
    arena_init(&arena, 16 * 1024);
    assert_true(plivo_page_read(STR("{\"meta\":{\"next\":null},\"objects\":[]}"), &arena, &page, &err));
    assert_false(page.has_next);
    assert_true(page.total == INT_UNSET);
    assert_true(plivo_page_read(STR("{\"meta\":{\"total_count\":41},\"objects\":[]}"), &arena, &page, &err));
    assert_int_equal(page.total, 41);
    assert_false(plivo_page_read(STR("{\"error\":\"no\"}"), &arena, &page, &err));
    assert_false(plivo_page_read(STR("<html>"), &arena, &page, &err));
    assert_false(plivo_page_read(STR(""), &arena, &page, &err));
    arena_release(&arena);
}

static void a_time_goes_out_as_the_filter_wants_it_and_comes_back_the_same(void **state)
{
    (void)state;
    char out[PLIVO_TIME_QUERY_BYTES];
    int64_t back_ms;
    plivo_time_query(INT64_C(1784898246799), out);
    assert_string_equal(out, "2026-07-24%2013%3A04%3A06.799");
    assert_true(plivo_time_read(STR("2026-07-24 13:04:06.799"), &back_ms));
    assert_int_equal(back_ms, INT64_C(1784898246799));
    assert_false(plivo_time_read(STR("yesterday"), &back_ms));
    assert_false(plivo_time_read(STR("2026-99-24 13:04:06.799"), &back_ms));
    assert_false(plivo_time_read((struct str){ 0 }, &back_ms));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_send_says_what_plivo_asks_for),
        cmocka_unit_test(a_powerpack_stands_in_place_of_src),
        cmocka_unit_test(a_slash_at_the_end_of_the_public_url_is_not_doubled),
        cmocka_unit_test(media_make_it_an_mms_and_a_text_is_then_optional),
        cmocka_unit_test(a_body_that_does_not_fit_is_refused),
        cmocka_unit_test(an_answer_is_read_without_trust),
        cmocka_unit_test(a_page_gives_records_in_our_forms_and_counts_what_it_cannot_read),
        cmocka_unit_test(the_last_page_has_no_next_and_what_is_no_page_is_refused),
        cmocka_unit_test(a_time_goes_out_as_the_filter_wants_it_and_comes_back_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
