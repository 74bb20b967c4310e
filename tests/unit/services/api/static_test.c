#include "unit/cmocka_all.h"
#include "static.h"

static void a_coding_is_sent_only_to_who_takes_it(void **state)
{
    (void)state;
    assert_true(accepts_encoding(STR("gzip, deflate, br"), STR("br")));
    assert_true(accepts_encoding(STR("gzip;q=0.5,br;q=1.0"), STR("gzip")));
    assert_false(accepts_encoding(STR("gzip, br;q=0"), STR("br")));
    assert_false(accepts_encoding(STR("gzip, br; q=0.000"), STR("br")));
    assert_false(accepts_encoding(STR("brotli"), STR("br")));
    assert_false(accepts_encoding((struct str){ 0 }, STR("br")));
}

static void a_tag_matches_in_every_form_that_a_cache_may_send(void **state)
{
    (void)state;
    assert_true(etag_matches(STR("\"abc\""), STR("\"abc\"")));
    assert_true(etag_matches(STR("W/\"abc\""), STR("\"abc\"")));
    assert_true(etag_matches(STR("\"x\", \"abc\""), STR("\"abc\"")));
    assert_true(etag_matches(STR("*"), STR("\"abc\"")));
    assert_false(etag_matches(STR("\"abc-br\""), STR("\"abc\"")));
    assert_false(etag_matches((struct str){ 0 }, STR("\"abc\"")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_coding_is_sent_only_to_who_takes_it),
        cmocka_unit_test(a_tag_matches_in_every_form_that_a_cache_may_send),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
