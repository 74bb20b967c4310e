#include "core/campaign_decide.h"

#include "unit/cmocka_all.h"

static struct campaign_facts a_campaign(enum campaign_state state)
{
    return (struct campaign_facts){ .state = state,
                                    .has_audience = true,
                                    .is_previewed = true,
                                    .recipients = 10,
                                    .failed = 1,
                                    .revision = 3,
                                    .now_ms = 1000 };
}

static struct campaign_verdict decide(const struct campaign_facts *f, enum campaign_action action)
{
    struct campaign_verdict verdict;
    campaign_decide(f, action, 3, &verdict);
    return verdict;
}

/* Every state and every action: R refused, S stays, or the state that it becomes. */
static void every_action_in_every_state_has_its_ruling(void **state)
{
    (void)state;
    enum { R = -1, S = -2 };
    static const int WANTED[6][5] = {
        /*                 approve            pause            resume             cancel              retry */
        /* draft */     { CAMPAIGN_APPROVED,  R,               R,                 CAMPAIGN_CANCELLED, R },
        /* approved */  { S,                  CAMPAIGN_PAUSED, S,                 CAMPAIGN_CANCELLED, R },
        /* running */   { S,                  CAMPAIGN_PAUSED, S,                 CAMPAIGN_CANCELLED, R },
        /* paused */    { R,                  S,               CAMPAIGN_APPROVED, CAMPAIGN_CANCELLED, R },
        /* done */      { R,                  R,               R,                 R,                  CAMPAIGN_RUNNING },
        /* cancelled */ { R,                  R,               R,                 S,                  R },
    };
    for (int from = 0; from < 6; from++)
        for (int action = 0; action < 5; action++) {
            struct campaign_facts f = a_campaign((enum campaign_state)from);
            struct campaign_verdict v = decide(&f, (enum campaign_action)action);
            int got = v.ruling == CAMPAIGN_REFUSED ? R : v.ruling == CAMPAIGN_STAYS ? S : (int)v.state;
            assert_int_equal(got, WANTED[from][action]);
            assert_int_equal(v.begins_round, from == CAMPAIGN_DONE && action == CAMPAIGN_RETRY);
            if (v.ruling == CAMPAIGN_REFUSED)
                assert_non_null(v.refusal);
        }
}

static void only_what_was_previewed_whole_and_as_it_stands_is_approved(void **state)
{
    (void)state;
    struct campaign_facts f = a_campaign(CAMPAIGN_DRAFT);
    f.has_audience = false;
    assert_int_equal(decide(&f, CAMPAIGN_APPROVE).ruling, CAMPAIGN_REFUSED);
    f = a_campaign(CAMPAIGN_DRAFT);
    f.is_previewed = false;
    assert_int_equal(decide(&f, CAMPAIGN_APPROVE).ruling, CAMPAIGN_REFUSED);
    f = a_campaign(CAMPAIGN_DRAFT);
    f.revision = 4;
    assert_string_equal(decide(&f, CAMPAIGN_APPROVE).field, "revision");
    f = a_campaign(CAMPAIGN_DRAFT);
    f.unusable = 10;
    assert_int_equal(decide(&f, CAMPAIGN_APPROVE).ruling, CAMPAIGN_REFUSED);
    f = a_campaign(CAMPAIGN_DRAFT);
    f.valid_until = 1000;
    assert_string_equal(decide(&f, CAMPAIGN_APPROVE).field, "valid_until");
}

static void nothing_failed_nothing_to_retry(void **state)
{
    (void)state;
    struct campaign_facts f = a_campaign(CAMPAIGN_DONE);
    f.failed = 0;
    assert_int_equal(decide(&f, CAMPAIGN_RETRY).ruling, CAMPAIGN_REFUSED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_action_in_every_state_has_its_ruling),
        cmocka_unit_test(only_what_was_previewed_whole_and_as_it_stands_is_approved),
        cmocka_unit_test(nothing_failed_nothing_to_retry),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
