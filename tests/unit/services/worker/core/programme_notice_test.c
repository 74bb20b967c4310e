#include "core/programme_notice.h"

#include "unit/cmocka_all.h"

static const struct str ACME = STR("Acme Shoes");

static void what_says_all_three_is_left_as_it_is(void **state)
{
    (void)state;
    assert_true(programme_notice_is_there(STR("acme shoes: sale! Text stop to end, help for help"), ACME));
    assert_false(programme_notice_is_there(STR("Acme Shoes: sale! nonstop, helpful"), ACME));
    assert_false(programme_notice_is_there(STR("Sale! STOP ends, HELP helps"), ACME));
    assert_false(programme_notice_is_there(STR(""), ACME));
}

static void what_is_missing_is_added_and_nothing_else(void **state)
{
    static const struct {
        const char *text, *wanted;
    } CASES[] = {
        { "Sale", "Acme Shoes: Sale Reply STOP to end, HELP for help. Msg & data rates may apply." },
        { "Acme Shoes: sale", "Acme Shoes: sale Reply STOP to end, HELP for help. Msg & data rates may apply." },
        { "Sale. STOP ends.", "Acme Shoes: Sale. STOP ends. Reply HELP for help." },
        { "Acme Shoes. HELP helps.", "Acme Shoes. HELP helps. Reply STOP to end." },
        { "Acme Shoes. HELP, STOP.", "Acme Shoes. HELP, STOP." },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        AUTO(buf_release) struct buf out;
        buf_init(&out, 400);
        assert_true(programme_notice_add(str_of(CASES[i].text), ACME, &out));
        if (!str_is(buf_str(&out), CASES[i].wanted))
            fail_msg("\"%s\" became \"%.*s\"", CASES[i].text, STR_ARGS(buf_str(&out)));
        assert_true(programme_notice_is_there(buf_str(&out), ACME));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_says_all_three_is_left_as_it_is),
        cmocka_unit_test(what_is_missing_is_added_and_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
