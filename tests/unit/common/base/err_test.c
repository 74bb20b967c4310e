#include "base/err.h"

#include <errno.h>

#include "unit/cmocka_all.h"

static void a_refusal_is_one_line_and_says_kind_field_and_text(void **state)
{
    (void)state;
    struct err err = { 0 };
    assert_false(err_set(&err, ERR_INPUT, "to", "must have %d digits", 5));
    assert_int_equal(err.kind, ERR_INPUT);
    assert_string_equal(err.field, "to");
    assert_string_equal(err.text, "must have 5 digits");
    assert_false(err_set(&err, ERR_BUSY, NULL, "full"));
    assert_string_equal(err.field, "");
}

static void a_text_that_is_too_long_is_cut_between_characters(void **state)
{
    (void)state;
    char text[sizeof((struct err *)0)->text + 40];
    for (size_t pad = 0; pad < 4; pad++) {
        memset(text, 'a', sizeof text);
        for (size_t i = pad; i + 4 < sizeof text; i += 4)
            memcpy(text + i, "\xF0\x9F\x98\x80", 4);
        text[sizeof text - 1] = '\0';
        struct err err;
        (void)err_set(&err, ERR_INPUT, "a_field_whose_name_is_longer_than_there_is_room_for", "%s", text);
        assert_true(strlen(err.text) > sizeof err.text - 5);
        assert_true(str_is_utf8(str_of(err.text)));
        assert_int_equal(strlen(err.field), sizeof err.field - 1);
    }
}

static void errno_is_told_in_words(void **state)
{
    (void)state;
    struct err err;
    errno = ENOSPC;
    assert_false(err_set_errno(&err, ERR_BROKEN, NULL, "cannot write the spool"));
    assert_string_equal(err.text, "cannot write the spool: No space left on device");
}

static void every_kind_has_its_word_status_and_retry_rule(void **state)
{
    (void)state;
    for (int i = 0; i < ERR_KIND_COUNT; i++) {
        enum err_kind kind = (enum err_kind)i;
        assert_int_equal(err_kind_of(str_of(err_word(kind))), kind);
        assert_true(strlen(err_title(kind)) > 0);
        int http = err_http_status(kind);
        assert_true(http == 200 || (http >= 400 && http < 600));
        if (err_is_retryable(kind))
            assert_true(http == 429 || http >= 500);
    }
    assert_int_equal(err_http_status(ERR_KEY_REUSED), 422);
    assert_true(err_is_retryable(ERR_BUSY));
    assert_false(err_is_retryable(ERR_INPUT));
    assert_int_equal(err_kind_of(STR("a word of a later version")), ERR_BROKEN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_refusal_is_one_line_and_says_kind_field_and_text),
        cmocka_unit_test(a_text_that_is_too_long_is_cut_between_characters),
        cmocka_unit_test(errno_is_told_in_words),
        cmocka_unit_test(every_kind_has_its_word_status_and_retry_rule),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
