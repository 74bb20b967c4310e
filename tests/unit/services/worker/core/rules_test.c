/* Which rule answers a text, and which rules may be saved. */
#include "core/rules.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct rule_action REPLY = {.kind = ACTION_REPLY, .text = STR("Hi {{contact.name|there}}")};

static struct rule_row rule(uint8_t id, int64_t position, struct rule_match *match)
{
    return (struct rule_row){
        .id = { .b = { id } }, .position = position, .name = STR("a rule"), .match = match, .actions = { &REPLY, 1 }
    };
}

static struct rule_set *a_set(const struct rule_row *rules, size_t n)
{
    struct rule_set *set = rule_set_new();
    struct err err;
    for (size_t i = 0; i < n; i++)
        assert_true(rule_set_add(set, &rules[i], &err));
    rule_set_sort(set);
    return set;
}

/* The first byte of the winner's id; 0: none. */
static int winner(struct rule_set *set, const char *text, const char *number)
{
    struct str word;
    const struct rule_row *row = rule_set_match(set, str_of(text), str_of(number), &word);
    return row ? row->id.b[0] : 0;
}

static struct str HOURS[] = {STR("hours"), STR("Öffnungszeiten")};
static struct str ORDER[] = {STR("order")};
static struct str PATTERN[] = {STR("^\\s*#?(\\d{4,6})\\s*$")};
static struct str EVIL[] = {STR("(a+)+$")};

static void exact_prefix_contains_and_regex_match_as_their_names_say(void **state)
{
    (void)state;
    struct rule_match exact = {.kind = MATCH_EXACT, .words = {HOURS, 2}};
    struct rule_match prefix = {.kind = MATCH_PREFIX, .words = {ORDER, 1}};
    struct rule_match contains = {.kind = MATCH_CONTAINS, .words = {ORDER, 1}};
    struct rule_match regex = {.kind = MATCH_REGEX, .words = {PATTERN, 1}};
    const struct rule_row rules[] = { rule(1, 1, &exact), rule(2, 2, &prefix), rule(3, 3, &contains),
                                      rule(4, 4, &regex) };
    struct rule_set *set = a_set(rules, COUNT(rules));
    assert_int_equal(winner(set, " Hours? ", ""), 1);
    assert_int_equal(winner(set, "ÖFFNUNGSZEITEN!", ""), 1);
    assert_int_equal(winner(set, "what hours", ""), 0);
    assert_int_equal(winner(set, "Order 66", ""), 2);
    assert_int_equal(winner(set, "my ORDER is late", ""), 3);
    assert_int_equal(winner(set, "#12345", ""), 4);
    assert_int_equal(winner(set, "call 12345 now", ""), 0);
    rule_set_free(set);
}

static void a_word_with_an_end_mark_or_blanks_of_its_own_is_still_met(void **state)
{
    (void)state;
    static struct str asked[] = {STR("price?"), STR(" menu ")};
    struct rule_match exact = {.kind = MATCH_EXACT, .words = {asked, 2}};
    const struct rule_row rules[] = {rule(1, 1, &exact)};
    struct rule_set *set = a_set(rules, 1);
    assert_int_equal(winner(set, "Price?", ""), 1);
    assert_int_equal(winner(set, "price", ""), 0);
    assert_int_equal(winner(set, "Menu!", ""), 1);
    rule_set_free(set);
}

static void the_first_by_position_wins_and_then_by_id(void **state)
{
    (void)state;
    struct rule_match any = {.kind = MATCH_ANY};
    const struct rule_row rules[] = {rule(3, 9, &any), rule(2, 5, &any), rule(1, 5, &any)};
    struct rule_set *set = a_set(rules, COUNT(rules));
    assert_int_equal(winner(set, "x", ""), 1);
    rule_set_free(set);
}

static void a_rule_of_one_number_is_silent_on_the_others(void **state)
{
    (void)state;
    struct rule_match only = {.kind = MATCH_ANY, .number = STR("+15550100001")};
    const struct rule_row rules[] = {rule(1, 1, &only)};
    struct rule_set *set = a_set(rules, 1);
    assert_int_equal(winner(set, "x", "+15550100001"), 1);
    assert_int_equal(winner(set, "x", "+15550100002"), 0);
    rule_set_free(set);
}

static void a_disabled_rule_does_not_exist(void **state)
{
    (void)state;
    struct rule_match any = {.kind = MATCH_ANY};
    struct rule_row off = rule(1, 1, &any);
    off.disabled = true;
    struct rule_set *set = a_set(&off, 1);
    assert_int_equal(winner(set, "x", ""), 0);
    rule_set_free(set);
}

static void a_pattern_that_explodes_does_not_match_and_does_not_hang(void **state)
{
    (void)state;
    struct rule_match evil = {.kind = MATCH_REGEX, .words = {EVIL, 1}};
    struct rule_match any = {.kind = MATCH_ANY};
    const struct rule_row rules[] = {rule(1, 1, &evil), rule(2, 2, &any)};
    struct rule_set *set = a_set(rules, COUNT(rules));
    assert_int_equal(winner(set, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", ""), 2);
    rule_set_free(set);
}

static void a_text_that_is_no_utf8_is_matched_all_the_same(void **state)
{
    (void)state;
    struct rule_match contains = {.kind = MATCH_CONTAINS, .words = {ORDER, 1}};
    const struct rule_row rules[] = {rule(1, 1, &contains)};
    struct rule_set *set = a_set(rules, 1);
    assert_int_equal(winner(set, "\xFF\xFE order \xC3", ""), 1);
    rule_set_free(set);
}

/* Whether the rule may be saved, and which field is at fault. */
static const char *fault(const struct rule_row *row)
{
    static struct err err;
    err = (struct err){0};
    return rule_check(row, &err) ? "none" : err.field;
}

static void what_cannot_work_cannot_be_saved(void **state)
{
    (void)state;
    struct str open[] = {STR("(unclosed")};
    struct str blank[] = {STR("  ")};
    struct rule_match any = {.kind = MATCH_ANY};
    struct rule_match bad = {.kind = MATCH_REGEX, .words = {open, 1}};
    struct rule_match empty = {.kind = MATCH_EXACT, .words = {blank, 1}};
    struct rule_match none = {.kind = MATCH_EXACT};
    struct rule_action unknown = {.kind = ACTION_REPLY, .text = STR("Hi {{contact.shoe_size}}")};
    struct rule_action opts_in = {.kind = ACTION_OPT_IN};
    struct rule_row row = rule(1, 1, &any);
    assert_string_equal(fault(&row), "none");
    row.match = &bad;
    assert_string_equal(fault(&row), "match");
    row.match = &empty;
    assert_string_equal(fault(&row), "match");
    row.match = &none;
    assert_string_equal(fault(&row), "match");
    row = rule(1, 1, &any);
    row.actions.v = &unknown;
    assert_string_equal(fault(&row), "actions");
    row.actions.v = &opts_in;
    assert_string_equal(fault(&row), "actions");
    row = rule(1, 1, &any);
    row.actions.n = 0;
    assert_string_equal(fault(&row), "actions");
    row = rule(1, -1, &any);
    assert_string_equal(fault(&row), "position");
    row = rule(1, 1, &any);
    row.name = STR(" ");
    assert_string_equal(fault(&row), "name");
    row = rule(1, 1, &any);
    row.cooldown_s = RULE_COOLDOWN_MAX_S + 1;
    assert_string_equal(fault(&row), "cooldown_s");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exact_prefix_contains_and_regex_match_as_their_names_say),
        cmocka_unit_test(a_word_with_an_end_mark_or_blanks_of_its_own_is_still_met),
        cmocka_unit_test(the_first_by_position_wins_and_then_by_id),
        cmocka_unit_test(a_rule_of_one_number_is_silent_on_the_others),
        cmocka_unit_test(a_disabled_rule_does_not_exist),
        cmocka_unit_test(a_pattern_that_explodes_does_not_match_and_does_not_hang),
        cmocka_unit_test(a_text_that_is_no_utf8_is_matched_all_the_same),
        cmocka_unit_test(what_cannot_work_cannot_be_saved),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
