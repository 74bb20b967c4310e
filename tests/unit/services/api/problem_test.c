#include "unit/cmocka_all.h"
#include "compat.h"
#include "problem.h"

static void a_problem_names_its_field(void **state)
{
    struct err err;
    struct buf out;
    (void)state;
    buf_init(&out, 4096);
    (void)err_set(&err, ERR_INPUT, "limit", "must be 1 to %d", 200);
    assert_true(problem_body(&err, &out));
    assert_string_equal(buf_text(&out),
                        "{\"type\":\"about:blank\",\"title\":\"The request is not valid\",\"status\":400,"
                        "\"detail\":\"limit: must be 1 to 200\","
                        "\"errors\":[{\"field\":\"limit\",\"message\":\"must be 1 to 200\"}]}");
    buf_release(&out);
}

static void a_thing_that_does_not_exist_names_no_field(void **state)
{
    struct err err;
    struct buf out;
    (void)state;
    buf_init(&out, 4096);
    (void)err_set(&err, ERR_MISSING, "id", "nothing has this id");
    assert_true(problem_body(&err, &out));
    assert_non_null(strstr(buf_text(&out), "\"status\":404,\"detail\":\"nothing has this id\",\"errors\":[]}"));
    buf_release(&out);
}

static void what_a_caller_wrote_cannot_break_the_json(void **state)
{
    struct buf out;
    (void)state;
    buf_init(&out, 4096);
    json_add_text(&out, str_bytes("a\"b\\c\n\x01\xFF\xC3\xA9", 10));
    assert_string_equal(buf_text(&out), "\"a\\\"b\\\\c\\u000a\\u0001\\ufffd\xC3\xA9\"");
    buf_release(&out);
}

static void the_tutorials_get_their_own_form(void **state)
{
    struct err err;
    struct buf out;
    (void)state;
    buf_init(&out, 4096);
    (void)err_set(&err, ERR_INPUT, NULL, "Invalid phone number format");
    assert_true(compat_refusal(&err, &out));
    assert_string_equal(buf_text(&out), "{\"success\":false,\"message\":\"Invalid phone number format\"}");
    buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_problem_names_its_field),
        cmocka_unit_test(a_thing_that_does_not_exist_names_no_field),
        cmocka_unit_test(what_a_caller_wrote_cannot_break_the_json),
        cmocka_unit_test(the_tutorials_get_their_own_form),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
