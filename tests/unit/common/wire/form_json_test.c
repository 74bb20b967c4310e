#include "wire/form_json.h"

#include "base/buf.h"
#include "unit/cmocka_all.h"

static struct arena arena;
static struct form form;
static struct err err;

static bool read_json(struct str json)
{
    arena_release(&arena);
    arena_init(&arena, 1 << 20);
    return form_from_json(json, &arena, &form, &err);
}

static void an_object_reads_like_a_form(void **unused)
{
    (void)unused;
    struct str value;
    assert_true(read_json(STR(
        "{\"From\":\"15550100123\",\"Text\":\"h\\u00e9 \\ud83d\\ude00\\u0000x\",\"Units\":2,\"MessageIntent\":null}")));
    assert_int_equal(form.n, 4);
    assert_true(pair_find(form.pairs, form.n, "Text", &value));
    assert_str_eq(value, STR("hé 😀\0x"));
    assert_true(pair_find(form.pairs, form.n, "Units", &value));
    assert_str_eq(value, STR("2"));
    assert_true(pair_find(form.pairs, form.n, "MessageIntent", &value));
    assert_str_eq(value, STR(""));
}

static void what_no_form_could_say_is_refused_by_name(void **unused)
{
    (void)unused;
    const char *wrong[] = { "{\"a\":[1]}", "{\"a\":{}}", "{\"a\":1.5}", "{\"a\":true}" };
    for (size_t i = 0; i < COUNT(wrong); i++) {
        if (read_json(str_of(wrong[i])))
            fail_msg("%s was taken", wrong[i]);
        assert_int_equal(err.kind, ERR_INPUT);
        assert_string_equal(err.field, "a");
    }
}

static void what_is_no_object_is_refused(void **unused)
{
    (void)unused;
    const char *wrong[] = { "", "[]", "1", "{", "{\"a\":\"1\"} x", "{\"a\":\"1\",\"a\":\"2\"}", "{\"a\":\"\xff\"}" };
    for (size_t i = 0; i < COUNT(wrong); i++) {
        if (read_json(str_of(wrong[i])))
            fail_msg("%s was taken", wrong[i]);
        assert_int_equal(err.kind, ERR_INPUT);
    }
    assert_false(read_json((struct str){ 0 }));
}

static void too_many_members_and_bytes_are_refused(void **unused)
{
    (void)unused;
    struct buf json;
    buf_init(&json, 1 << 20);
    (void)buf_add_char(&json, '{');
    for (int i = 0; i <= FORM_PAIRS_MAX; i++)
        (void)buf_add_format(&json, "%s\"k%d\":\"\"", i ? "," : "", i);
    (void)buf_add_char(&json, '}');
    assert_false(read_json(buf_str(&json)));
    assert_int_equal(err.kind, ERR_TOO_BIG);
    buf_clear(&json);
    (void)buf_add_text(&json, "{\"a\":\"");
    while (json.n < FORM_BYTES_MAX)
        (void)buf_add_char(&json, 'x');
    (void)buf_add_text(&json, "\"}");
    assert_false(read_json(buf_str(&json)));
    assert_int_equal(err.kind, ERR_TOO_BIG);
    buf_release(&json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_object_reads_like_a_form),
        cmocka_unit_test(what_no_form_could_say_is_refused_by_name),
        cmocka_unit_test(what_is_no_object_is_refused),
        cmocka_unit_test(too_many_members_and_bytes_are_refused),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_release(&arena);
    return failed;
}
