#include "core/outcome_decide.h"

#include "attempt_sample.h"
#include "unit/cmocka_all.h"

static const struct standing SENDING[] = { { STATUS_SENDING, 0 } };

static struct attempt_effects decide(const struct attempt_facts *facts, struct outcome_heard heard)
{
    struct attempt_effects fx;
    outcome_decide(facts, &heard, &fx);
    return fx;
}

static void an_accepted_call_takes_its_uuid(void **state)
{
    (void)state;
    struct attempt_facts facts = facts_of(SENDING, 1);
    struct attempt_effects fx = decide(&facts, (struct outcome_heard){ .outcome = CALL_ACCEPTED, .has_uuid = true });
    assert_true(fx.has_change && fx.takes_uuid);
    assert_int_equal(fx.standing.status, STATUS_ACCEPTED);
    assert_int_equal(fx.message_status, STATUS_ACCEPTED);
    assert_int_equal(fx.successor, SUCCESSOR_KEEP);
}

static void an_unknown_outcome_is_unconfirmed_and_never_sent_again_from_here(void **state)
{
    (void)state;
    for (int class = CLASS_CONFIRM; class <= CLASS_BULK; class ++) {
        struct attempt_facts facts = facts_of(SENDING, 1);
        facts.class = (enum message_class) class;
        struct attempt_effects fx = decide(&facts,
                                           (struct outcome_heard){ .outcome = CALL_UNKNOWN, .http_status = 503 });
        assert_int_equal(fx.standing.status, STATUS_UNCONFIRMED);
        assert_int_equal(fx.message_status, STATUS_UNCONFIRMED);
        assert_int_equal(fx.successor, SUCCESSOR_KEEP);
        assert_int_equal(fx.tries, 0);
    }
}

static void what_was_not_sent_goes_back_when_its_wait_is_over(void **state)
{
    (void)state;
    struct attempt_facts facts = facts_of(SENDING, 1);
    facts.tries = 4;
    struct attempt_effects fx = decide(&facts, (struct outcome_heard){ .outcome = CALL_NOT_SENT, .retry_in_ms = 7000 });
    assert_true(fx.is_unsent);
    assert_int_equal(fx.successor, SUCCESSOR_QUEUE);
    assert_int_equal(fx.successor_due_ms, NOW_MS + 7000);
    assert_int_equal(fx.tries, 5);
    assert_int_equal(fx.message_status, STATUS_QUEUED);
    assert_string_equal(fx.reason, "unreachable");
}

static void a_429_and_a_grant_handed_back_cost_no_try(void **state)
{
    (void)state;
    struct attempt_facts facts = facts_of(SENDING, 1);
    facts.tries = 4;
    struct outcome_heard limited = {
        .outcome = CALL_NOT_SENT, .http_status = 429, .retry_in_ms = 1000, .is_free = true
    };
    struct attempt_effects fx = decide(&facts, limited);
    assert_int_equal(fx.tries, 4);
    assert_string_equal(fx.reason, "limited");
    fx = decide(&facts, (struct outcome_heard){ .outcome = CALL_HANDED_BACK, .is_free = true });
    assert_int_equal(fx.tries, 4);
    assert_int_equal(fx.successor, SUCCESSOR_QUEUE);
    assert_int_equal(fx.successor_due_ms, NOW_MS);
    assert_null(fx.reason);
}

static void a_retry_that_would_come_too_late_ends_the_message_at_once_with_both_reasons(void **state)
{
    (void)state;
    struct attempt_facts facts = facts_of(SENDING, 1);
    struct outcome_heard heard = { .outcome = CALL_NOT_SENT, .retry_in_ms = HOUR_MS - GRANT_LEFT_MIN_MS };
    assert_int_equal(decide(&facts, heard).successor, SUCCESSOR_QUEUE);
    heard.retry_in_ms++;
    struct attempt_effects fx = decide(&facts, heard);
    assert_int_equal(fx.successor, SUCCESSOR_KEEP);
    assert_false(fx.is_unsent);
    assert_int_equal(fx.standing.status, STATUS_EXPIRED);
    assert_int_equal(fx.message_status, STATUS_EXPIRED);
    assert_string_equal(fx.reason, "unreachable");
    assert_non_null(strstr(fx.text, "could not be reached"));
    assert_non_null(strstr(fx.text, "validity"));
}

static void a_message_valid_for_ever_is_tried_for_ever(void **state)
{
    (void)state;
    struct attempt_facts facts = facts_of(SENDING, 1);
    facts.valid_until_ms = TIME_FOREVER;
    facts.tries = 1000;
    assert_int_equal(decide(&facts, (struct outcome_heard){ .outcome = CALL_NOT_SENT }).successor, SUCCESSOR_QUEUE);
}

static void a_confirmation_is_never_retried_but_one_that_was_not_tried_goes(void **state)
{
    (void)state;
    struct attempt_facts facts = facts_of(SENDING, 1);
    facts.class = CLASS_CONFIRM;
    struct attempt_effects fx = decide(&facts, (struct outcome_heard){ .outcome = CALL_NOT_SENT });
    assert_int_equal(fx.successor, SUCCESSOR_KEEP);
    assert_int_equal(fx.message_status, STATUS_FAILED);
    fx = decide(&facts, (struct outcome_heard){ .outcome = CALL_HANDED_BACK, .is_free = true });
    assert_int_equal(fx.successor, SUCCESSOR_QUEUE);
}

static void a_refusal_is_final_and_says_why(void **state)
{
    (void)state;
    struct attempt_facts facts = facts_of(SENDING, 1);
    struct outcome_heard heard = { .outcome = CALL_REFUSED,
                                   .http_status = 400,
                                   .reason = STR("refused: dst: not a number") };
    struct attempt_effects fx = decide(&facts, heard);
    assert_int_equal(fx.message_status, STATUS_FAILED);
    assert_string_equal(fx.reason, "refused");
    assert_non_null(strstr(fx.text, "dst: not a number"));
    assert_int_equal(fx.action, PLIVO_FAIL);
    assert_int_equal(fx.successor, SUCCESSOR_KEEP);
}

static void a_refusal_for_credit_or_account_holds_the_tenant(void **state)
{
    (void)state;
    static const char *const REASONS[] = { "account: wrong token", "credit: Insufficient Credit" };
    static const char *const WORDS[] = { "account", "credit" };
    for (size_t i = 0; i < COUNT(REASONS); i++) {
        struct attempt_facts facts = facts_of(SENDING, 1);
        struct attempt_effects fx = decide(
            &facts, (struct outcome_heard){ .outcome = CALL_REFUSED, .reason = str_of(REASONS[i]) });
        assert_int_equal(fx.action, PLIVO_HOLD_TENANT);
        assert_true(fx.hold_until_ms == TIME_FOREVER);
        assert_string_equal(fx.reason, WORDS[i]);
    }
}

static void a_refusal_without_a_word_of_ours_is_shown_whole(void **state)
{
    (void)state;
    struct attempt_facts facts = facts_of(SENDING, 1);
    struct attempt_effects fx = decide(&facts,
                                       (struct outcome_heard){ .outcome = CALL_REFUSED, .reason = STR("dst: bad") });
    assert_string_equal(fx.reason, "refused");
    assert_non_null(strstr(fx.text, "dst: bad"));
}

static void the_second_telling_of_an_outcome_changes_nothing(void **state)
{
    (void)state;
    for (int outcome = CALL_NONE; outcome <= CALL_HANDED_BACK; outcome++) {
        struct attempt_facts facts = facts_of(SENDING, 1);
        facts.has_outcome = true;
        assert_false(decide(&facts, (struct outcome_heard){ .outcome = (enum call_outcome)outcome }).has_change);
    }
}

static void what_plivo_has_reported_outweighs_every_outcome(void **state)
{
    (void)state;
    static const enum message_status REPORTED[] = { STATUS_ACCEPTED, STATUS_SENT, STATUS_DELIVERED,
                                                    STATUS_UNDELIVERED };
    for (size_t i = 0; i < COUNT(REPORTED); i++)
        for (int outcome = CALL_ACCEPTED; outcome <= CALL_HANDED_BACK; outcome++) {
            const struct standing have[] = { { REPORTED[i], 1 } };
            struct attempt_facts facts = facts_of(have, 1);
            struct attempt_effects fx = decide(&facts, (struct outcome_heard){ .outcome = (enum call_outcome)outcome });
            bool is_refusal_of_what_is_not_final = outcome == CALL_REFUSED && !status_is_final(REPORTED[i]);
            assert_int_equal(fx.successor, SUCCESSOR_KEEP);
            assert_false(fx.is_unsent);
            if (!is_refusal_of_what_is_not_final)
                assert_int_equal(fx.standing.status, REPORTED[i]);
        }
}

static void an_attempt_thought_unsent_that_left_after_all_takes_its_successor_back(void **state)
{
    (void)state;
    static const enum call_outcome LEFT[] = { CALL_ACCEPTED, CALL_UNKNOWN };
    for (size_t i = 0; i < COUNT(LEFT); i++) {
        struct attempt_facts facts = facts_of(SENDING, 1);
        facts.is_unsent = true;
        facts.successor = SUCCESSOR_QUEUED;
        struct attempt_effects fx = decide(&facts, (struct outcome_heard){ .outcome = LEFT[i] });
        assert_int_equal(fx.successor, SUCCESSOR_CANCEL);
        assert_false(fx.is_unsent);
        assert_int_not_equal(fx.message_status, STATUS_QUEUED);
    }
}

static void a_lost_sender_leaves_its_open_attempts_unconfirmed_and_the_others_alone(void **state)
{
    (void)state;
    struct attempt_effects fx;
    struct attempt_facts facts = facts_of(SENDING, 1);
    outcome_decide_lost(&facts, &fx);
    assert_true(fx.has_change);
    assert_int_equal(fx.message_status, STATUS_UNCONFIRMED);
    facts.is_unsent = true;
    outcome_decide_lost(&facts, &fx);
    assert_false(fx.has_change);
    const struct standing sent[] = { { STATUS_SENT, 2 } };
    facts = facts_of(sent, 1);
    outcome_decide_lost(&facts, &fx);
    assert_false(fx.has_change);
}

/* Whatever is heard, in whatever state: at most one successor, none of what may have left, and never a status that falls. */
static void no_outcome_in_any_state_breaks_a_promise(void **state)
{
    (void)state;
    for (int status = 0; status < STATUS_COUNT; status++)
        for (int64_t sequence = -2; sequence <= 2; sequence++)
            for (int outcome = CALL_NONE; outcome <= CALL_HANDED_BACK; outcome++)
                for (int successor = SUCCESSOR_NONE; successor <= SUCCESSOR_GRANTED; successor++) {
                    const struct standing have[] = { { (enum message_status)status, sequence } };
                    struct attempt_facts facts = facts_of(have, 1);
                    facts.successor = (enum successor_state)successor;
                    struct attempt_effects fx = decide(&facts,
                                                       (struct outcome_heard){ .outcome = (enum call_outcome)outcome });
                    struct standing again = status_merge(have[0], fx.standing);
                    assert_int_equal(again.status, fx.standing.status); /* P6: the merged one is the greater */
                    if (fx.successor == SUCCESSOR_QUEUE) {
                        assert_int_equal(successor, SUCCESSOR_NONE);
                        assert_true(outcome == CALL_NOT_SENT || outcome == CALL_HANDED_BACK);
                        assert_true(status == STATUS_SENDING || status == STATUS_UNCONFIRMED);
                    }
                }
}

static void the_end_of_a_call_does_not_take_away_what_a_report_has_said(void **state)
{
    (void)state;
    const struct standing reported[] = { { STATUS_FAILED, 3 } };
    struct attempt_facts facts = facts_of(reported, 1);
    struct attempt_effects fx = decide(&facts, (struct outcome_heard){ .outcome = CALL_ACCEPTED, .has_uuid = true });
    assert_true(fx.has_change && fx.keeps_reason);
    assert_int_equal(fx.message_status, STATUS_FAILED);
    facts = facts_of(SENDING, 1);
    assert_false(decide(&facts, (struct outcome_heard){ .outcome = CALL_ACCEPTED }).keeps_reason);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_accepted_call_takes_its_uuid),
        cmocka_unit_test(an_unknown_outcome_is_unconfirmed_and_never_sent_again_from_here),
        cmocka_unit_test(what_was_not_sent_goes_back_when_its_wait_is_over),
        cmocka_unit_test(a_429_and_a_grant_handed_back_cost_no_try),
        cmocka_unit_test(a_retry_that_would_come_too_late_ends_the_message_at_once_with_both_reasons),
        cmocka_unit_test(a_message_valid_for_ever_is_tried_for_ever),
        cmocka_unit_test(a_confirmation_is_never_retried_but_one_that_was_not_tried_goes),
        cmocka_unit_test(a_refusal_is_final_and_says_why),
        cmocka_unit_test(a_refusal_for_credit_or_account_holds_the_tenant),
        cmocka_unit_test(a_refusal_without_a_word_of_ours_is_shown_whole),
        cmocka_unit_test(the_second_telling_of_an_outcome_changes_nothing),
        cmocka_unit_test(what_plivo_has_reported_outweighs_every_outcome),
        cmocka_unit_test(an_attempt_thought_unsent_that_left_after_all_takes_its_successor_back),
        cmocka_unit_test(a_lost_sender_leaves_its_open_attempts_unconfirmed_and_the_others_alone),
        cmocka_unit_test(the_end_of_a_call_does_not_take_away_what_a_report_has_said),
        cmocka_unit_test(no_outcome_in_any_state_breaks_a_promise),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
