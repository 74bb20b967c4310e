/* What a change of consent holds for: every scope against every message. */
#include "core/consent_reach.h"

#include "unit/cmocka_all.h"

static const struct consent_reach HERE = { .number = STR("+1"), .topic = STR("news"), .campaign = STR("C1") };

static struct consent_row row(const char *scope, enum consent state, int64_t at)
{
    return (struct consent_row){ .scope = str_of(scope), .state = state, .changed_at = at, .entered_at = at };
}

static struct consent_standing of(const struct consent_row *rows, size_t n)
{
    struct consent_standing standing = { 0 };
    for (size_t i = 0; i < n; i++)
        consent_standing_add(&standing, &HERE, &rows[i]);
    return standing;
}

static void a_scope_holds_for_what_falls_in_it_alone(void **state)
{
    static const struct {
        const char *scope;
        bool applies;
    } CASES[] = {
        { NULL, true },          { "", true },           { "number:+1", true },   { "number:+12", false },
        { "topic:news", true },  { "topic:new", false }, { "campaign:C1", true }, { "campaign:C2", false },
        { "pair:+1", false },    { "intro:news", false }, { "of a later version", true },
    };
    const struct consent_reach nothing = { .number = STR("+1") };
    const struct consent_reach all = { .is_all = true };
    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++)
        if (consent_applies(&HERE, str_of(CASES[i].scope)) != CASES[i].applies)
            fail_msg("%s", CASES[i].scope);
    assert_false(consent_applies(&nothing, STR("topic:"))); /* no topic is not the topic without a name */
    assert_false(consent_applies(&nothing, STR("campaign:")));
    assert_true(consent_applies(&all, STR("number:+99")));
}

static void out_in_any_scope_is_out_and_in_needs_one(void **state)
{
    struct consent_row rows[] = { row(NULL, CONSENT_IN, 5), row("number:+1", CONSENT_OUT, 3),
                                  row("topic:x", CONSENT_OUT, 9) };
    (void)state;
    struct consent_standing both = of(rows, 3);
    assert_int_equal(both.state, CONSENT_OUT);
    assert_int_equal(both.out_changed_at, 3);
    assert_int_equal(both.newest.received_at_ms, 5); /* what does not apply does not count for the order either */
    assert_int_equal(of(rows, 1).state, CONSENT_IN);
    assert_int_equal(of(rows + 2, 1).state, CONSENT_NONE);
    assert_false(of(rows + 2, 1).has_change);
}

static void a_stop_is_the_persons_own_unless_somebody_else_entered_it(void **state)
{
    struct consent_row own = row(NULL, CONSENT_OUT, 1);
    struct consent_row agents = own;
    struct consent_row plivos = own;
    (void)state;
    agents.source = CONSENT_BY_AGENT;
    plivos.source = CONSENT_BY_AGENT;
    plivos.by_provider = true; /* as older rows say it */
    assert_true(of(&own, 1).is_out_by_person && of(&own, 1).has_own);
    assert_true(of(&plivos, 1).is_out_by_person && !of(&plivos, 1).has_own);
    assert_false(of(&agents, 1).is_out_by_person || of(&agents, 1).has_own);
}

static void a_pause_and_an_introduction_are_their_own_pairs(void **state)
{
    struct consent_row rows[] = { { .scope = STR("pair:+1"), .paused_at = 7 },
                                  { .scope = STR("intro:news"), .introduced_at = 8 },
                                  { .scope = STR("pair:+2"), .paused_at = 1 },
                                  { .scope = STR("intro:+1"), .introduced_at = 2 } };
    (void)state;
    struct consent_standing standing = of(rows, COUNT(rows));
    assert_int_equal(standing.paused_at, 7);
    assert_int_equal(standing.introduced_at, 8); /* by topic, where there is one */
    assert_false(standing.has_change);
}

static void a_name_that_could_not_stand_in_a_scope_is_refused(void **state)
{
    struct err err;
    (void)state;
    assert_true(scope_name_check((struct str){ 0 }, "topic", &err) &&
                scope_name_check(STR("offers-2026"), "topic", &err));
    assert_false(scope_name_check(STR(""), "topic", &err));
    assert_false(scope_name_check(STR("two words"), "topic", &err));
    assert_false(scope_name_check(str_bytes("a\0b", 3), "topic", &err));
    assert_string_equal(err.field, "topic");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_scope_holds_for_what_falls_in_it_alone),
        cmocka_unit_test(out_in_any_scope_is_out_and_in_needs_one),
        cmocka_unit_test(a_stop_is_the_persons_own_unless_somebody_else_entered_it),
        cmocka_unit_test(a_pause_and_an_introduction_are_their_own_pairs),
        cmocka_unit_test(a_name_that_could_not_stand_in_a_scope_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
