#include "core/grant_decide.h"

#include "attempt_sample.h"
#include "unit/cmocka_all.h"

enum { SECOND_MS = 1000, MINUTE_MS = 60000 };

static struct grant_facts a_candidate(enum message_class class)
{
    return (struct grant_facts){
        .class = class,
        .segments = 1,
        .valid_until_ms = NOW_MS + HOUR_MS,
        .consent = CONSENT_IN,
        .consent_changed_at_ms = NOW_MS - HOUR_MS,
        .now_ms = NOW_MS,
        .now_us = INT64_C(1000000000),
        .confirm_after_ms = 30000,
    };
}

static struct grant_verdict decide(const struct grant_facts *facts)
{
    struct grant_verdict verdict;
    grant_decide(facts, &verdict);
    return verdict;
}

static void what_nothing_stands_against_goes(void **state)
{
    (void)state;
    struct grant_facts f = a_candidate(CLASS_TRANSACTIONAL);
    struct grant_verdict v = decide(&f);
    assert_int_equal(v.kind, GRANT_NOW);
    assert_int_equal(v.expiry_s, HOUR_MS / 1000);
    assert_null(v.reason);
}

static void an_opt_out_blocks_every_class_but_the_confirmation(void **state)
{
    (void)state;
    for (int class = CLASS_CONFIRM; class <= CLASS_BULK; class ++) {
        struct grant_facts f = a_candidate((enum message_class)class);
        f.consent = CONSENT_OUT;
        struct grant_verdict v = decide(&f);
        assert_int_equal(v.kind, class == CLASS_CONFIRM ? GRANT_NOW : GRANT_BLOCK);
        if (class != CLASS_CONFIRM)
            assert_string_equal(v.reason, "opted_out");
    }
}

static void a_help_after_the_stop_is_answered_and_one_before_it_is_not(void **state)
{
    (void)state;
    struct grant_facts f = a_candidate(CLASS_AUTO);
    f.consent = CONSENT_OUT;
    f.help_received_at_ms = f.consent_changed_at_ms + 1;
    assert_int_equal(decide(&f).kind, GRANT_NOW);
    f.help_received_at_ms = f.consent_changed_at_ms;
    assert_int_equal(decide(&f).kind, GRANT_BLOCK);
}

static void a_confirmation_of_what_no_longer_stands_is_cancelled(void **state)
{
    (void)state;
    struct grant_facts f = a_candidate(CLASS_CONFIRM);
    f.confirms = CONSENT_OUT;
    assert_int_equal(decide(&f).kind, GRANT_CANCEL);
    f.consent = CONSENT_OUT;
    assert_int_equal(decide(&f).kind, GRANT_NOW);
    f.confirms = CONSENT_IN; /* "you are subscribed again", and then a STOP */
    assert_int_equal(decide(&f).kind, GRANT_CANCEL);
}

static void who_needs_an_opt_in_and_has_none_is_blocked(void **state)
{
    (void)state;
    struct grant_facts f = a_candidate(CLASS_BULK);
    f.needs_opt_in = true;
    assert_int_equal(decide(&f).kind, GRANT_NOW);
    f.consent = CONSENT_NONE;
    assert_int_equal(decide(&f).kind, GRANT_BLOCK);
    assert_string_equal(decide(&f).reason, "no_consent");
}

static void under_five_seconds_left_nothing_is_granted(void **state)
{
    (void)state;
    struct grant_facts f = a_candidate(CLASS_HUMAN);
    f.valid_until_ms = NOW_MS + GRANT_LEFT_MIN_MS;
    assert_int_equal(decide(&f).kind, GRANT_NOW);
    assert_int_equal(decide(&f).expiry_s, 5);
    f.valid_until_ms--;
    assert_int_equal(decide(&f).kind, GRANT_EXPIRE);
}

static void plivos_expiry_is_the_least_of_validity_window_and_its_own_most(void **state)
{
    (void)state;
    struct grant_facts f = a_candidate(CLASS_BULK);
    f.valid_until_ms = TIME_FOREVER;
    assert_int_equal(decide(&f).expiry_s, 10799);
    f.valid_until_ms = NOW_MS + 90 * SECOND_MS + 999;
    assert_int_equal(decide(&f).expiry_s, 90);
    f.has_window = f.is_window_open = true;
    f.window_closes_in_ms = 60 * SECOND_MS;
    assert_int_equal(decide(&f).expiry_s, 60);
}

static void quiet_hours_hold_until_they_end(void **state)
{
    (void)state;
    struct grant_facts f = a_candidate(CLASS_BULK);
    f.has_window = true;
    f.window_opens_in_ms = 10 * MINUTE_MS;
    struct grant_verdict v = decide(&f);
    assert_int_equal(v.kind, GRANT_WAIT);
    assert_true(v.is_held && !v.is_number_wide);
    assert_int_equal(v.wait_ms, 10 * MINUTE_MS);
    assert_string_equal(v.reason, "quiet_hours");
    f.is_window_open = true;
    f.window_closes_in_ms = GRANT_LEFT_MIN_MS - 1; /* closes before Plivo's shortest expiry */
    assert_int_equal(decide(&f).kind, GRANT_WAIT);
    f.class = CLASS_CONFIRM;
    f.consent = CONSENT_OUT;
    assert_int_equal(decide(&f).kind, GRANT_NOW);
}

static void a_hold_that_would_outlast_the_validity_ends_it_at_once_with_both_reasons(void **state)
{
    (void)state;
    struct grant_facts f = a_candidate(CLASS_BULK);
    f.has_window = true;
    f.window_opens_in_ms = HOUR_MS - GRANT_LEFT_MIN_MS;
    assert_int_equal(decide(&f).kind, GRANT_WAIT);
    f.window_opens_in_ms++;
    struct grant_verdict v = decide(&f);
    assert_int_equal(v.kind, GRANT_EXPIRE);
    assert_string_equal(v.reason, "quiet_hours");
    assert_non_null(strstr(v.text, "quiet hours"));
    assert_non_null(strstr(v.text, "too late"));
}

static void a_paused_number_holds_until_somebody_acts_or_the_validity_ends(void **state)
{
    (void)state;
    struct grant_facts f = a_candidate(CLASS_HUMAN);
    f.number_state = NUMBER_PAUSED;
    struct grant_verdict v = decide(&f);
    assert_int_equal(v.kind, GRANT_WAIT);
    assert_true(v.is_held && v.is_number_wide);
    assert_true(v.is_open_ended); /* whatever wait_ms says of its validity */
    f.now_ms += v.wait_ms; /* looked at again then, it is over */
    assert_int_equal(decide(&f).kind, GRANT_EXPIRE);
    f.valid_until_ms = TIME_FOREVER;
    assert_true(decide(&f).wait_ms == TIME_FOREVER);
}

static void while_an_attempt_to_the_person_is_open_the_others_wait(void **state)
{
    (void)state;
    const struct grant_open open[] = { { .age_ms = 29999 } };
    for (int class = CLASS_CONFIRM; class <= CLASS_BULK; class ++) {
        struct grant_facts f = a_candidate((enum message_class)class);
        f.consent = class == CLASS_CONFIRM ? CONSENT_OUT : CONSENT_IN;
        f.open = open;
        f.open_n = 1;
        struct grant_verdict v = decide(&f);
        assert_int_equal(v.kind, class == CLASS_CONFIRM ? GRANT_NOW : GRANT_WAIT);
        if (class == CLASS_HUMAN)
            assert_int_equal(v.wait_ms, 1);
        assert_false(v.is_held);
    }
    const struct grant_open old[] = { { .age_ms = 30000 } };
    struct grant_facts f = a_candidate(CLASS_HUMAN);
    f.open = old;
    f.open_n = 1;
    assert_int_equal(decide(&f).kind, GRANT_NOW);
    f.class = CLASS_AUTO;
    assert_int_equal(decide(&f).kind, GRANT_WAIT);
}

static void earlier_messages_go_first_save_held_ones_and_far_retries(void **state)
{
    (void)state;
    const struct grant_earlier earlier[] = { { .is_held = true }, { .due_in_ms = 5001 }, { .due_in_ms = 0 } };
    struct grant_facts f = a_candidate(CLASS_HUMAN);
    f.earlier = earlier;
    f.earlier_n = 2;
    assert_int_equal(decide(&f).kind, GRANT_NOW);
    f.earlier_n = 3;
    struct grant_verdict v = decide(&f);
    assert_int_equal(v.kind, GRANT_EARLIER_FIRST);
    assert_int_equal(v.earlier, 2);
    const struct grant_earlier soon[] = { { .due_in_ms = 5000 } };
    f.earlier = soon;
    f.earlier_n = 1;
    v = decide(&f);
    assert_int_equal(v.kind, GRANT_WAIT);
    assert_int_equal(v.wait_ms, 5000);
    f.class = CLASS_CONFIRM;
    f.consent = CONSENT_OUT;
    assert_int_equal(decide(&f).kind, GRANT_NOW);
}

static void limits_are_charged_all_or_none(void **state)
{
    (void)state;
    struct grant_facts f = a_candidate(CLASS_BULK);
    f.segments = 3;
    f.limits_n = 2;
    f.limits[0] = (struct grant_limit){ .per_segment_us = 1000, .burst_segments = 10, .reason = "rate" };
    f.limits[1] = (struct grant_limit){ .per_segment_us = 1000000, .burst_segments = 3, .reason = "account_rate" };
    struct grant_verdict v = decide(&f);
    assert_int_equal(v.kind, GRANT_NOW);
    f.limits[0].line = v.lines[0];
    f.limits[1].line = v.lines[1];
    v = decide(&f);
    assert_int_equal(v.kind, GRANT_WAIT);
    assert_string_equal(v.reason, "account_rate");
    assert_int_equal(v.wait_ms, 3000);
    assert_true(v.is_number_wide && !v.is_held);
    f.now_us += v.wait_ms * 1000;
    assert_int_equal(decide(&f).kind, GRANT_NOW);
}

static void a_day_has_no_more_than_its_segments(void **state)
{
    (void)state;
    struct grant_facts f = a_candidate(CLASS_BULK);
    f.segments = 2;
    f.limits_n = 2;
    f.limits[0].burst_segments = f.limits[1].burst_segments = 1;
    f.limits[0].day = (struct grant_day){ true, 98, 100, 10 * MINUTE_MS, "the number's" };
    f.limits[1].day = (struct grant_day){ true, 10, 200, 20 * MINUTE_MS, "the brand's" };
    struct grant_verdict v = decide(&f);
    assert_int_equal(v.kind, GRANT_NOW);
    assert_int_equal(v.days_used[0], 100);
    assert_int_equal(v.days_used[1], 12);
    f.limits[0].day.used = 99;
    v = decide(&f);
    assert_int_equal(v.kind, GRANT_WAIT);
    assert_true(v.is_held);
    assert_int_equal(v.wait_ms, 10 * MINUTE_MS);
    assert_string_equal(v.text, "the number's");
    f.limits[1].day.used = 199; /* both: it waits for the later one */
    assert_int_equal(decide(&f).wait_ms, 20 * MINUTE_MS);
    assert_string_equal(decide(&f).text, "the brand's");
}

static void clocks_that_disagree_grant_and_expire_nothing(void **state)
{
    (void)state;
    struct grant_facts f = a_candidate(CLASS_BULK);
    f.clock_distrust_ms = 60000;
    f.valid_until_ms = NOW_MS - 1;
    struct grant_verdict v = decide(&f);
    assert_int_equal(v.kind, GRANT_WAIT);
    assert_int_equal(v.wait_ms, 60000);
}

static void holds_of_account_country_and_money_say_so(void **state)
{
    (void)state;
    struct grant_facts f = a_candidate(CLASS_BULK);
    f.tenant_held_ms = TIME_FOREVER;
    assert_string_equal(decide(&f).reason, "account");
    f = a_candidate(CLASS_BULK);
    f.country_held_ms = MINUTE_MS;
    assert_string_equal(decide(&f).reason, "country_limit");
    f = a_candidate(CLASS_BULK);
    f.spend_held_ms = MINUTE_MS;
    assert_string_equal(decide(&f).reason, "spend_limit");
    f = a_candidate(CLASS_BULK);
    f.loop = "Why";
    assert_int_equal(decide(&f).kind, GRANT_BLOCK);
    assert_string_equal(decide(&f).reason, "loop");
    assert_string_equal(decide(&f).text, "Why");
    f = a_candidate(CLASS_BULK);
    f.due_in_ms = 1;
    assert_int_equal(decide(&f).kind, GRANT_WAIT);
}

static void what_the_law_wants_answered_heeds_no_spend_limit(void **state)
{
    (void)state;
    struct grant_facts f = a_candidate(CLASS_CONFIRM);
    f.spend_held_ms = MINUTE_MS;
    assert_int_equal(decide(&f).kind, GRANT_NOW);
    f = a_candidate(CLASS_AUTO);
    f.spend_held_ms = MINUTE_MS;
    assert_string_equal(decide(&f).reason, "spend_limit");
    f.help_received_at_ms = NOW_MS - 1;
    assert_int_equal(decide(&f).kind, GRANT_NOW);
}

static void a_window_that_never_opens_holds_until_something_changes(void **state)
{
    (void)state;
    struct grant_facts f = a_candidate(CLASS_BULK);
    f.has_window = true;
    f.window_opens_in_ms = TIME_FOREVER;
    memcpy(f.window_text, "Nobody knows", sizeof "Nobody knows");
    struct grant_verdict v = decide(&f);
    assert_int_equal(v.kind, GRANT_WAIT);
    assert_true(v.is_held && v.is_look && !v.is_open_ended);
    assert_string_equal(v.text, f.window_text);
    assert_int_equal(v.wait_ms, HOUR_MS - GRANT_LEFT_MIN_MS + 1); /* its validity ends before the next look */
    f.valid_until_ms = TIME_FOREVER;
    assert_int_equal(decide(&f).wait_ms, GRANT_REVIEW_LOOK_MS);
}

static void a_campaign_that_is_paused_holds_its_own_and_one_that_is_cancelled_ends_them(void **state)
{
    (void)state;
    struct grant_facts f = a_candidate(CLASS_BULK);
    f.campaign = GRANT_CAMPAIGN_GOES;
    assert_int_equal(decide(&f).kind, GRANT_NOW);
    f.campaign = GRANT_CAMPAIGN_PAUSED;
    struct grant_verdict v = decide(&f);
    assert_int_equal(v.kind, GRANT_WAIT);
    assert_true(v.is_held && v.is_campaign_wide && v.is_open_ended && !v.is_number_wide);
    f.campaign = GRANT_CAMPAIGN_CANCELLED;
    assert_int_equal(decide(&f).kind, GRANT_CANCEL);
    f.consent = CONSENT_OUT;
    assert_int_equal(decide(&f).kind, GRANT_BLOCK);
}

static void a_campaigns_own_rate_keeps_its_number_free(void **state)
{
    (void)state;
    struct grant_facts f = a_candidate(CLASS_BULK);
    f.campaign = GRANT_CAMPAIGN_GOES;
    f.limits_n = 2;
    f.limits[0] = (struct grant_limit){ .per_segment_us = 1000000, .burst_segments = 1, .reason = "rate" };
    f.limits[1] = (struct grant_limit){ .line = { .tat_us = f.now_us + 60000000 },
                                        .per_segment_us = 1000000,
                                        .burst_segments = 1,
                                        .reason = "campaign_rate",
                                        .is_campaign = true };
    struct grant_verdict v = decide(&f);
    assert_int_equal(v.kind, GRANT_WAIT);
    assert_string_equal(v.reason, "campaign_rate");
    assert_true(v.is_campaign_wide && !v.is_number_wide);
    f.limits[0].line.tat_us = f.now_us + 5000000; /* the number's own is the shorter wait, and everybody's */
    v = decide(&f);
    assert_string_equal(v.reason, "rate");
    assert_true(v.is_number_wide && !v.is_campaign_wide);
    assert_int_equal(v.wait_ms, 5000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_nothing_stands_against_goes),
        cmocka_unit_test(an_opt_out_blocks_every_class_but_the_confirmation),
        cmocka_unit_test(a_help_after_the_stop_is_answered_and_one_before_it_is_not),
        cmocka_unit_test(a_confirmation_of_what_no_longer_stands_is_cancelled),
        cmocka_unit_test(who_needs_an_opt_in_and_has_none_is_blocked),
        cmocka_unit_test(under_five_seconds_left_nothing_is_granted),
        cmocka_unit_test(plivos_expiry_is_the_least_of_validity_window_and_its_own_most),
        cmocka_unit_test(quiet_hours_hold_until_they_end),
        cmocka_unit_test(a_hold_that_would_outlast_the_validity_ends_it_at_once_with_both_reasons),
        cmocka_unit_test(a_paused_number_holds_until_somebody_acts_or_the_validity_ends),
        cmocka_unit_test(while_an_attempt_to_the_person_is_open_the_others_wait),
        cmocka_unit_test(earlier_messages_go_first_save_held_ones_and_far_retries),
        cmocka_unit_test(limits_are_charged_all_or_none),
        cmocka_unit_test(a_day_has_no_more_than_its_segments),
        cmocka_unit_test(clocks_that_disagree_grant_and_expire_nothing),
        cmocka_unit_test(holds_of_account_country_and_money_say_so),
        cmocka_unit_test(what_the_law_wants_answered_heeds_no_spend_limit),
        cmocka_unit_test(a_window_that_never_opens_holds_until_something_changes),
        cmocka_unit_test(a_campaign_that_is_paused_holds_its_own_and_one_that_is_cancelled_ends_them),
        cmocka_unit_test(a_campaigns_own_rate_keeps_its_number_free),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
