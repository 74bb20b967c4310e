#include "domain/keywords.h"

#include "unit/cmocka_all.h"

static void check(const char *text, bool is_opted_out, enum keyword wanted)
{
    if (keyword_of(str_of(text), is_opted_out) != wanted)
        fail_msg("\"%s\" is not what was wanted (%d)", text, (int)wanted);
}

static void every_way_to_write_stop_is_a_stop(void **state)
{
    (void)state;
    static const char *const TEXTS[] = {
        "STOP",
        "stop",
        "Stop",
        " Stop \n",
        "stop!",
        "STOP.",
        "\"STOP\"",
        "S.T.O.P",
        "s t o p",
        "STOP\xF0\x9F\x9B\x91", /* 🛑 */
        "\xE2\x80\x9CStop\xE2\x80\x9D",
        "STOP\xE2\x80\xA6",
        "\xEF\xBB\xBFSTOP",
        "ST\xE2\x80\x8BOP",
        "\xC2\xA0stop\xC2\xA0",
        "\tSTOP\r\n",
        "\xEF\xBC\xB3\xEF\xBC\xB4\xEF\xBC\xAF\xEF\xBC\xB0",
        /* full width */ "\xEF\xBD\x93\xEF\xBD\x94\xEF\xBD\x8F\xEF\xBD\x90\xEF\xBC\x81",
        "stop\xEF\xB8\x8F",
        "*STOP*",
        "(stop)",
        "Stop it!",
        "stopall",
        "STOP ALL",
        "Stop-All",
        "end",
        "QUIT",
        "Cancel",
        "unsubscribe",
        "UNSUB",
        "revoke",
        "REVOKE!",
        "opt out",
        "OPT-OUT",
        "optout",
        "Opt out.",
        "please stop",
        "STOP please",
        "Please, stop!",
        "remove me",
        "alto",
        "\302\241ALTO!",
        "parar",
        "ARRET",
        "Arr\xC3\xAAt",
        "arre\xCC\x82t",
    };
    for (size_t i = 0; i < COUNT(TEXTS); i++) {
        check(TEXTS[i], false, KEYWORD_STOP);
        check(TEXTS[i], true, KEYWORD_STOP);
        assert_true(may_be_opt_out(str_of(TEXTS[i]), (struct str){ 0 }));
    }
}

static void a_word_inside_a_sentence_is_none(void **state)
{
    (void)state;
    static const char *const TEXTS[] = {
        "",
        " ",
        "!?",
        "Can you stop by at noon?",
        "bus stop",
        "don't stop",
        "STOP 2",
        "stopp",
        "sto",
        "weekend",
        "The end is near",
        "Cancel my 5 pm appointment",
        "help me move",
        "starting",
        "help 4 u",
        "\xD0\xA1\xD0\xA2\xD0\x9E\xD0\x9F" /* Cyrillic */,
        "STOP \xD0\xB4\xD0\xB0",
        "STOP \xE4\xBB\x8A",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaSTOP",
        "STOPSTOPSTOPSTOPSTOPSTOPSTOP",
    };
    for (size_t i = 0; i < COUNT(TEXTS); i++) {
        check(TEXTS[i], true, KEYWORD_NONE);
        assert_false(may_be_opt_out(str_of(TEXTS[i]), STR("")));
    }
}

static void everyday_words_opt_in_only_whom_they_can_mean(void **state)
{
    (void)state;
    static const char *const WEAK[] = { "YES", "yes!", "Go", "resume" };
    for (size_t i = 0; i < COUNT(WEAK); i++) {
        check(WEAK[i], false, KEYWORD_NONE);
        check(WEAK[i], true, KEYWORD_START);
    }
    static const char *const STRONG[] = { "START", "start.", "Unstop", "opt in", "SUBSCRIBE" };
    for (size_t i = 0; i < COUNT(STRONG); i++) {
        check(STRONG[i], false, KEYWORD_START);
        check(STRONG[i], true, KEYWORD_START);
    }
}

static void help_is_help(void **state)
{
    (void)state;
    check("HELP", false, KEYWORD_HELP);
    check("help?", true, KEYWORD_HELP);
    check("Info", false, KEYWORD_HELP);
    check("AIDE", false, KEYWORD_HELP);
}

/* plivo.md section 11, both columns: the words it has, and those it says are none of Plivo's. */
static void plivos_own_table_is_exact(void **state)
{
    (void)state;
    static const char *const OUT[] = {
        "STOP", "end", "Quit", "CANCEL", "UNSUBSCRIBE", "unsub", "Stop All", "STOP  \r\n"
    };
    for (size_t i = 0; i < COUNT(OUT); i++)
        assert_int_equal(keyword_of_plivo(str_of(OUT[i])), KEYWORD_STOP);
    static const char *const IN[] = { "START", "yes", "Resume", "UNSTOP", "go \n" };
    for (size_t i = 0; i < COUNT(IN); i++)
        assert_int_equal(keyword_of_plivo(str_of(IN[i])), KEYWORD_START);
    assert_int_equal(keyword_of_plivo(STR("help")), KEYWORD_HELP);
    assert_int_equal(keyword_of_plivo(STR("INFO")), KEYWORD_HELP);
    static const char *const NONE[] = { "",        "Stop it!", "please stop", "REVOKE", "OPT OUT",  "OPTOUT",
                                        "STOPALL", "STOP!",    " START",      "YES!",   "STOP  ALL" };
    for (size_t i = 0; i < COUNT(NONE); i++)
        if (keyword_of_plivo(str_of(NONE[i])) != KEYWORD_NONE)
            fail_msg("\"%s\" is no word of Plivo's", NONE[i]);
}

static void plivos_word_or_its_intent_tells_that_it_acted(void **state)
{
    (void)state;
    assert_true(keyword_is_plivo_word(STR("STOP"), STR("")));
    assert_true(keyword_is_plivo_word(STR(" Stop \n"), STR("optout")));
    assert_false(keyword_is_plivo_word(STR(" Stop \n"), (struct str){ 0 }));
    assert_false(keyword_is_plivo_word(STR("please stop"), STR(" ")));
}

static void the_providers_hint_counts_as_an_opt_out(void **state)
{
    (void)state;
    assert_true(may_be_opt_out(STR("whatever"), STR("optout")));
    assert_true(may_be_opt_out(STR(""), STR("OptOut")));
    assert_false(may_be_opt_out(STR("whatever"), STR("optin")));
    assert_false(may_be_opt_out(STR("START"), STR("")));
}

/* P4 hangs on it: what the worker treats as a STOP, ingress must have held back. */
static void ingress_holds_back_whatever_the_worker_would_opt_out(void **state)
{
    (void)state;
    static const char *const TEXTS[] = { "STOP", "opt-out", "arr\xC3\xAAt", "yes", "hello", "cancel my order", "END." };
    for (size_t i = 0; i < COUNT(TEXTS); i++)
        for (int opted_out = 0; opted_out <= 1; opted_out++)
            if (keyword_of(str_of(TEXTS[i]), opted_out == 1) == KEYWORD_STOP)
                assert_true(may_be_opt_out(str_of(TEXTS[i]), (struct str){ 0 }));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_way_to_write_stop_is_a_stop),
        cmocka_unit_test(a_word_inside_a_sentence_is_none),
        cmocka_unit_test(everyday_words_opt_in_only_whom_they_can_mean),
        cmocka_unit_test(help_is_help),
        cmocka_unit_test(plivos_own_table_is_exact),
        cmocka_unit_test(plivos_word_or_its_intent_tells_that_it_acted),
        cmocka_unit_test(the_providers_hint_counts_as_an_opt_out),
        cmocka_unit_test(ingress_holds_back_whatever_the_worker_would_opt_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
