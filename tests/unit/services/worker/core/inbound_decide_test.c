/* What follows from one inbound message: every rule of core/inbound_decide.h, a case of five lines each. */
#include "core/inbound_decide.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

enum { NOW = 1700000000 };

static const int64_t NOW_MS = (int64_t)NOW * 1000;

struct scene {
    struct inbound_event event;
    struct inbound_facts facts;
    struct effects effects;
};

static struct scene a_text(const char *text)
{
    struct scene s = {
        .event = { .uuid = STR("u-1"),
                   .from = STR("+15550100042"),
                   .to = STR("+15550100000"),
                   .received_at = NOW_MS,
                   .ingress = STR("one") },
        .facts = {.stop_reply = STOP_REPLY_PARLEY, .can_be_answered = true, .now_ms = NOW_MS},
    };
    s.event.text = str_of(text);
    s.facts.keyword = keyword_of(s.event.text, false);
    s.facts.is_plivo_word = keyword_is_plivo_word(s.event.text, (struct str){0});
    return s;
}

static void decide(struct scene *s)
{
    s->facts.event = &s->event;
    inbound_decide(&s->facts, &s->effects);
}

static size_t count(const struct scene *s, enum effect_kind kind)
{
    size_t n = 0;
    for (size_t i = 0; i < s->effects.n; i++)
        n += s->effects.v[i].kind == kind ? 1 : 0;
    return n;
}

static const struct effect *find(const struct scene *s, enum effect_kind kind)
{
    for (size_t i = 0; i < s->effects.n; i++)
        if (s->effects.v[i].kind == kind)
            return &s->effects.v[i];
    return NULL;
}

/* A rule that answers "Hi", with a tag and an assignee. */
static struct rule_action ACTIONS[] = {{.kind = ACTION_REPLY, .text = STR("Hi")},
                                       {.kind = ACTION_TAG, .tag = STR("greeted")},
                                       {.kind = ACTION_ASSIGN, .assignee = STR("desk")}};
static struct rule_match EXACT = {.kind = MATCH_EXACT};
static struct rule_match ANY = {.kind = MATCH_ANY};

static struct rule_row a_rule(struct rule_match *match)
{
    return (struct rule_row){
        .id = { .b = { 1 } }, .match = match, .actions = { ACTIONS, COUNT(ACTIONS) }, .cooldown_s = 60
    };
}

static void a_message_that_is_known_has_no_effect(void **state)
{
    (void)state;
    struct scene s = a_text("STOP");
    s.facts.is_known = true;
    decide(&s);
    assert_int_equal(s.effects.n, 0);
}

static void a_stop_opts_out_blocks_what_waits_and_is_confirmed_once(void **state)
{
    (void)state;
    struct scene s = a_text("Stop!");
    decide(&s);
    assert_int_equal(s.effects.v[0].kind, FX_STORE);
    assert_int_equal(find(&s, FX_CONSENT)->consent, CONSENT_OUT);
    assert_int_equal(count(&s, FX_BLOCK_QUEUED), 1);
    assert_int_equal(count(&s, FX_REPLY), 1);
    assert_int_equal(find(&s, FX_REPLY)->class, CLASS_CONFIRM);
    assert_int_equal(find(&s, FX_REPLY)->valid_ms, CONFIRM_VALID_MS);
    assert_int_equal(find(&s, FX_REPLY)->consent, CONSENT_OUT);
}

static void a_stop_that_comes_again_is_entered_and_not_confirmed_again(void **state)
{
    (void)state;
    struct scene s = a_text("STOP");
    s.facts.consent = CONSENT_OUT;
    decide(&s);
    assert_int_equal(count(&s, FX_CONSENT), 1);
    assert_int_equal(count(&s, FX_REPLY), 0);
}

static void where_plivo_answers_its_words_we_answer_only_ours(void **state)
{
    (void)state;
    struct scene plivos = a_text("STOP");
    struct scene ours = a_text("revoke");
    plivos.facts.stop_reply = ours.facts.stop_reply = STOP_REPLY_PROVIDER;
    decide(&plivos);
    decide(&ours);
    assert_int_equal(count(&plivos, FX_REPLY), 0);
    assert_int_equal(find(&plivos, FX_CONSENT)->consent, CONSENT_OUT);
    assert_int_equal(count(&ours, FX_REPLY), 1);
}

static void both_means_that_we_answer_beside_plivo(void **state)
{
    (void)state;
    struct scene s = a_text("STOP");
    s.facts.stop_reply = STOP_REPLY_BOTH;
    decide(&s);
    assert_int_equal(count(&s, FX_REPLY), 1);
}

static void a_stop_older_than_a_start_that_stands_changes_nothing(void **state)
{
    (void)state;
    struct scene s = a_text("STOP");
    s.facts.has_change = s.facts.has_own_change = true;
    s.facts.change = s.facts.own_change =
        (struct consent_change){ .to = CONSENT_IN, .received_at_ms = NOW_MS + 5000, .ingress = STR("one") };
    s.facts.consent = CONSENT_IN;
    decide(&s);
    assert_true(find(&s, FX_CONSENT)->is_superseded);
    assert_int_equal(count(&s, FX_BLOCK_QUEUED), 0);
    assert_int_equal(count(&s, FX_REPLY), 0);
}

static void a_stop_older_than_anothers_opt_in_counts_all_the_same(void **state)
{
    (void)state;
    struct scene s = a_text("STOP");
    s.facts.has_change = true;
    s.facts.change =
        (struct consent_change){ .to = CONSENT_IN, .received_at_ms = NOW_MS + 5000, .ingress = STR("one") };
    s.facts.consent = CONSENT_IN;
    decide(&s);
    assert_false(find(&s, FX_CONSENT)->is_superseded);
    assert_int_equal(count(&s, FX_BLOCK_QUEUED), 1);
}

static void what_somebody_else_said_meanwhile_does_not_undo_a_stop(void **state)
{
    struct scene s = a_text("STOP");
    (void)state;
    s.facts.consent = CONSENT_IN;
    s.facts.has_change = true; /* an agent's, later than the STOP, which was long on its way */
    s.facts.change = (struct consent_change){ CONSENT_IN, NOW_MS + 60000, STR("api") };
    decide(&s);
    assert_false(find(&s, FX_CONSENT)->is_superseded);
    s = a_text("START");
    s.facts.consent = CONSENT_OUT;
    s.facts.has_change = true;
    s.facts.change = (struct consent_change){ CONSENT_OUT, NOW_MS + 60000, STR("api") };
    decide(&s);
    assert_true(find(&s, FX_CONSENT)->is_superseded);
}

static void a_refusal_pauses_the_pair_and_nothing_automatic_answers_it(void **state)
{
    struct rule_row rule = a_rule(&ANY);
    struct scene s = a_text("lose my number");
    (void)state;
    s.facts.may_refuse = true;
    s.facts.rule = &rule;
    decide(&s);
    assert_int_equal(count(&s, FX_PAUSE), 1);
    assert_int_equal(count(&s, FX_REPLY) + count(&s, FX_CONSENT), 0);
    s.facts.may_refuse = false;
    s.facts.is_paused = true; /* what else comes while it waits is not answered by a rule either */
    decide(&s);
    assert_int_equal(count(&s, FX_PAUSE) + count(&s, FX_REPLY), 0);
    s.facts.may_refuse = true;
    s.facts.consent = CONSENT_OUT; /* who is out has been heard already */
    decide(&s);
    assert_int_equal(count(&s, FX_PAUSE), 0);
    s = a_text("HELP");
    s.facts.is_paused = true;
    decide(&s);
    assert_int_equal(count(&s, FX_REPLY), 1);
}

static void who_answers_a_help_can_differ_from_who_confirms_a_stop(void **state)
{
    static const struct {
        enum stop_reply stop_reply;
        enum help_by help_by;
        bool is_ours;
    } CASES[] = {
        { STOP_REPLY_PROVIDER, HELP_BY_STOP_REPLY, false }, { STOP_REPLY_PROVIDER, HELP_BY_PARLEY, true },
        { STOP_REPLY_PROVIDER, HELP_BY_BOTH, true },        { STOP_REPLY_PARLEY, HELP_BY_PROVIDER, false },
        { STOP_REPLY_PARLEY, HELP_BY_STOP_REPLY, true },    { STOP_REPLY_BOTH, HELP_BY_PROVIDER, false },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        struct scene s = a_text("HELP"); /* a word of Plivo's */
        s.facts.stop_reply = CASES[i].stop_reply;
        s.facts.help_by = CASES[i].help_by;
        decide(&s);
        if ((count(&s, FX_REPLY) == 1) != CASES[i].is_ours)
            fail_msg("case %zu", i + 1);
    }
}

static void a_start_lifts_a_stop_and_cancels_its_confirmation(void **state)
{
    (void)state;
    struct scene s = a_text("start");
    s.facts.consent = CONSENT_OUT;
    decide(&s);
    assert_int_equal(find(&s, FX_CONSENT)->consent, CONSENT_IN);
    assert_int_equal(count(&s, FX_CANCEL_CONFIRM), 1);
    assert_int_equal(count(&s, FX_REPLY), 1);
}

static void a_start_of_who_is_in_already_is_silent(void **state)
{
    (void)state;
    struct scene s = a_text("START");
    s.facts.consent = CONSENT_IN;
    decide(&s);
    assert_int_equal(s.effects.n, 1);
}

static void help_is_answered_even_to_who_is_opted_out(void **state)
{
    (void)state;
    struct scene s = a_text("HELP");
    s.facts.consent = CONSENT_OUT;
    decide(&s);
    assert_true(find(&s, FX_REPLY)->answers_help);
    assert_int_equal(find(&s, FX_REPLY)->class, CLASS_AUTO);
    assert_int_equal(count(&s, FX_CONSENT), 0);
}

static void what_only_observe_let_in_may_opt_out_but_sends_nothing(void **state)
{
    (void)state;
    struct scene out = a_text("STOP");
    struct scene in = a_text("START");
    out.event.is_observed = in.event.is_observed = true;
    in.facts.consent = CONSENT_OUT;
    decide(&out);
    decide(&in);
    assert_int_equal(find(&out, FX_CONSENT)->consent, CONSENT_OUT);
    assert_int_equal(count(&out, FX_REPLY), 0);
    assert_int_equal(in.effects.n, 1); /* stored, nothing else */
}

static void a_rule_answers_tags_assigns_and_begins_to_cool(void **state)
{
    (void)state;
    struct rule_row rule = a_rule(&EXACT);
    struct scene s = a_text("hello");
    s.facts.rule = &rule;
    decide(&s);
    assert_int_equal(count(&s, FX_REPLY), 1);
    assert_true(find(&s, FX_REPLY)->is_template);
    assert_int_equal(count(&s, FX_TAG), 1);
    assert_int_equal(count(&s, FX_ASSIGN), 1);
    assert_int_equal(count(&s, FX_COOLDOWN), 1);
}

static void a_rule_that_answered_here_lately_is_silent_and_still_tags(void **state)
{
    (void)state;
    struct rule_row rule = a_rule(&EXACT);
    struct scene s = a_text("hello");
    s.facts.rule = &rule;
    s.facts.rule_answered_at = NOW_MS - 59999;
    decide(&s);
    assert_int_equal(count(&s, FX_REPLY), 0);
    assert_int_equal(count(&s, FX_TAG), 1);
    s.facts.rule_answered_at = NOW_MS - 60000;
    decide(&s);
    assert_int_equal(count(&s, FX_REPLY), 1);
}

static void the_default_reply_is_silent_for_a_day_after_a_person_answered(void **state)
{
    (void)state;
    struct rule_row any = a_rule(&ANY);
    struct rule_row exact = a_rule(&EXACT);
    struct scene s = a_text("hello");
    s.facts.person_answered_at = NOW_MS - SILENT_AFTER_PERSON_MS + 1;
    s.facts.rule = &any;
    decide(&s);
    assert_int_equal(count(&s, FX_REPLY), 0);
    s.facts.rule = &exact;
    decide(&s);
    assert_int_equal(count(&s, FX_REPLY), 1);
    s.facts.rule = &any;
    s.facts.person_answered_at--;
    decide(&s);
    assert_int_equal(count(&s, FX_REPLY), 1);
}

static void nothing_automatic_goes_to_who_cannot_or_must_not_get_it(void **state)
{
    (void)state;
    struct rule_row rule = a_rule(&EXACT);
    struct scene late = a_text("hello");
    late.event.received_at = NOW_MS - ANSWER_WITHIN_MS - 1;
    struct scene letters = a_text("hello");
    letters.facts.can_be_answered = false;
    struct scene own = a_text("hello");
    own.facts.is_from_us = true;
    struct scene out = a_text("hello");
    out.facts.consent = CONSENT_OUT;
    struct scene *const all[] = {&late, &letters, &own, &out};
    for (size_t i = 0; i < COUNT(all); i++) {
        all[i]->facts.rule = &rule;
        decide(all[i]);
        assert_int_equal(count(all[i], FX_REPLY), 0);
        assert_int_equal(count(all[i], FX_STORE), 1);
    }
}

static void a_stop_that_came_too_late_opts_out_and_is_not_confirmed(void **state)
{
    (void)state;
    struct scene s = a_text("STOP");
    s.event.received_at = NOW_MS - ANSWER_WITHIN_MS - 1;
    decide(&s);
    assert_int_equal(find(&s, FX_CONSENT)->consent, CONSENT_OUT);
    assert_int_equal(count(&s, FX_REPLY), 0);
}

static void the_built_in_texts_fit_one_segment(void **state)
{
    (void)state;
    assert_in_range(STOP_CONFIRMATION.n, 1, 160);
    assert_in_range(START_CONFIRMATION.n, 1, 160);
    assert_in_range(HELP_REPLY.n, 1, 160);
}

static void a_text_to_a_powerpacks_number_goes_to_whoever_talked_last(void **state)
{
    (void)state;
    struct powerpack_facts facts = { .is_number_ours = true };
    assert_false(inbound_is_to_powerpack(&facts)); /* nobody has talked: a number of ours speaks for itself */
    facts.powerpack_talked_at = 2;
    assert_true(inbound_is_to_powerpack(&facts));
    facts.number_talked_at = 3;
    assert_false(inbound_is_to_powerpack(&facts));
    facts.is_number_ours = false; /* it cannot answer: the Powerpack can */
    assert_true(inbound_is_to_powerpack(&facts));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_that_is_known_has_no_effect),
        cmocka_unit_test(a_stop_opts_out_blocks_what_waits_and_is_confirmed_once),
        cmocka_unit_test(a_stop_that_comes_again_is_entered_and_not_confirmed_again),
        cmocka_unit_test(where_plivo_answers_its_words_we_answer_only_ours),
        cmocka_unit_test(both_means_that_we_answer_beside_plivo),
        cmocka_unit_test(a_stop_older_than_a_start_that_stands_changes_nothing),
        cmocka_unit_test(a_stop_older_than_anothers_opt_in_counts_all_the_same),
        cmocka_unit_test(what_somebody_else_said_meanwhile_does_not_undo_a_stop),
        cmocka_unit_test(a_refusal_pauses_the_pair_and_nothing_automatic_answers_it),
        cmocka_unit_test(who_answers_a_help_can_differ_from_who_confirms_a_stop),
        cmocka_unit_test(a_start_lifts_a_stop_and_cancels_its_confirmation),
        cmocka_unit_test(a_start_of_who_is_in_already_is_silent),
        cmocka_unit_test(help_is_answered_even_to_who_is_opted_out),
        cmocka_unit_test(what_only_observe_let_in_may_opt_out_but_sends_nothing),
        cmocka_unit_test(a_rule_answers_tags_assigns_and_begins_to_cool),
        cmocka_unit_test(a_rule_that_answered_here_lately_is_silent_and_still_tags),
        cmocka_unit_test(the_default_reply_is_silent_for_a_day_after_a_person_answered),
        cmocka_unit_test(nothing_automatic_goes_to_who_cannot_or_must_not_get_it),
        cmocka_unit_test(a_stop_that_came_too_late_opts_out_and_is_not_confirmed),
        cmocka_unit_test(a_text_to_a_powerpacks_number_goes_to_whoever_talked_last),
        cmocka_unit_test(the_built_in_texts_fit_one_segment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
