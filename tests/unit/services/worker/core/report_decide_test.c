#include "core/report_decide.h"

#include "attempt_sample.h"
#include "unit/cmocka_all.h"

static const struct report_person PERSON = { .consent = CONSENT_IN,
                                             .granted_at_ms = NOW_MS - 1000,
                                             .consent_changed_at_ms = NOW_MS - 5000 };

static struct attempt_effects decide(const struct attempt_facts *facts, struct report_heard heard)
{
    struct attempt_effects fx;
    report_decide(facts, &PERSON, &heard, &fx);
    return fx;
}

static struct report_heard heard(enum message_status status, int64_t sequence, int64_t code)
{
    return (struct report_heard){ .has_status = true, .status = status, .sequence = sequence, .error_code = code };
}

static void a_status_only_moves_forward(void **state)
{
    (void)state;
    const struct standing have[] = { { STATUS_SENT, 2 } };
    struct attempt_facts facts = facts_of(have, 1);
    assert_false(decide(&facts, heard(STATUS_ACCEPTED, 1, 0)).has_change);
    struct attempt_effects fx = decide(&facts, heard(STATUS_DELIVERED, 3, 0));
    assert_int_equal(fx.message_status, STATUS_DELIVERED);
    assert_null(fx.reason);
}

static void a_known_report_and_an_unknown_word_change_nothing(void **state)
{
    (void)state;
    const struct standing have[] = { { STATUS_ACCEPTED, 0 } };
    struct attempt_facts facts = facts_of(have, 1);
    struct report_heard again = heard(STATUS_SENT, 2, 0);
    again.is_known = true;
    assert_false(decide(&facts, again).has_change);
    struct report_heard odd = heard(STATUS_SENT, 2, 0);
    odd.has_status = false;
    assert_false(decide(&facts, odd).has_change);
}

static void each_code_does_what_plivos_table_says(void **state)
{
    (void)state;
    static const struct {
        int64_t code;
        int64_t retry_in_ms; /* -1: none */
        enum plivo_action action;
    } ROWS[] = {
        { 10, -1, PLIVO_FAIL },
        { 20, 5 * 60 * 1000, PLIVO_FAIL },
        { 30, -1, PLIVO_FAIL_AND_COUNT },
        { 40, -1, PLIVO_PAUSE_NUMBER },
        { 50, -1, PLIVO_MARK_CONTACT },
        { 60, -1, PLIVO_TRIP_LOOP_BREAKER },
        { 70, -1, PLIVO_MARK_IF_REPEATED },
        { 80, 15 * 60 * 1000, PLIVO_FAIL },
        { 90, 15 * 60 * 1000, PLIVO_FAIL },
        { 200, -1, PLIVO_FAIL }, /* the opt-out is told apart */
        { 300, 5 * 60 * 1000, PLIVO_FAIL },
        { 450, -1, PLIVO_FAIL_AND_ALARM },
        { 900, -1, PLIVO_HOLD_TENANT },
        { 910, -1, PLIVO_HOLD_TENANT },
        { 960, -1, PLIVO_HOLD_NUMBER },
        { 1000, 15 * 60 * 1000, PLIVO_FAIL },
        { 4711, -1, PLIVO_FAIL },
    };
    for (size_t i = 0; i < COUNT(ROWS); i++) {
        const struct standing have[] = { { STATUS_SENT, 2 } };
        struct attempt_facts facts = facts_of(have, 1);
        struct attempt_effects fx = decide(&facts, heard(STATUS_UNDELIVERED, 3, ROWS[i].code));
        bool retries = ROWS[i].retry_in_ms >= 0;
        if ((fx.successor == SUCCESSOR_QUEUE) != retries || fx.action != ROWS[i].action)
            fail_msg("code %lld: successor %d, action %d", (long long)ROWS[i].code, (int)fx.successor, (int)fx.action);
        if (retries)
            assert_int_equal(fx.successor_due_ms, NOW_MS + ROWS[i].retry_in_ms);
        assert_int_equal(fx.message_status, retries ? STATUS_QUEUED : STATUS_UNDELIVERED);
        assert_int_equal(fx.error_code, ROWS[i].code);
        assert_true(fx.text[0] != '\0');
    }
}

static void a_temporary_error_is_retried_as_often_as_the_table_says_and_no_more(void **state)
{
    (void)state;
    for (int64_t retries = 0; retries < 4; retries++) {
        const struct standing have[] = { { STATUS_SENT, 2 } };
        struct attempt_facts facts = facts_of(have, 1);
        facts.retries = retries;
        struct attempt_effects fx = decide(&facts, heard(STATUS_FAILED, 3, 20));
        assert_int_equal(fx.successor == SUCCESSOR_QUEUE, retries < 2);
        assert_int_equal(fx.retries, retries < 2 ? retries + 1 : retries);
    }
}

static void nobody_retries_a_confirmation_a_late_one_an_old_one_or_what_succeeded(void **state)
{
    (void)state;
    const struct standing have[] = { { STATUS_SENT, 2 } };
    struct attempt_facts facts = facts_of(have, 1);
    facts.class = CLASS_CONFIRM;
    assert_int_equal(decide(&facts, heard(STATUS_FAILED, 3, 20)).successor, SUCCESSOR_KEEP);

    facts = facts_of(have, 1);
    facts.valid_until_ms = NOW_MS + 5 * 60 * 1000; /* the retry would be due exactly then */
    struct attempt_effects fx = decide(&facts, heard(STATUS_FAILED, 3, 20));
    assert_int_equal(fx.successor, SUCCESSOR_KEEP);
    assert_int_equal(fx.message_status, STATUS_FAILED);

    const struct standing two[] = { { STATUS_ACCEPTED, 1 }, { STATUS_SENDING, 0 } };
    facts = facts_of(two, 2);
    facts.at = 0;
    facts.successor = SUCCESSOR_GRANTED;
    fx = decide(&facts, heard(STATUS_FAILED, 3, 20));
    assert_int_equal(fx.successor, SUCCESSOR_KEEP);
    assert_int_equal(fx.message_status, STATUS_SENDING);
    assert_true(fx.keeps_reason);

    const struct standing won[] = { { STATUS_DELIVERED, 3 }, { STATUS_SENT, 2 } };
    facts = facts_of(won, 2);
    fx = decide(&facts, heard(STATUS_FAILED, 3, 20));
    assert_int_equal(fx.successor, SUCCESSOR_KEEP);
    assert_int_equal(fx.message_status, STATUS_DELIVERED);
}

static void a_late_success_takes_back_a_successor_that_is_not_granted(void **state)
{
    (void)state;
    static const enum message_status LATE[] = { STATUS_ACCEPTED, STATUS_SENT, STATUS_DELIVERED };
    const struct standing have[] = { { STATUS_FAILED, SEQUENCE_BY_POLICY } };
    for (size_t i = 0; i < COUNT(LATE); i++) {
        struct attempt_facts facts = facts_of(have, 1);
        facts.successor = SUCCESSOR_QUEUED;
        struct attempt_effects fx = decide(&facts, heard(LATE[i], 1, 0));
        assert_int_equal(fx.successor, SUCCESSOR_CANCEL);
        assert_int_equal(fx.message_status, LATE[i]);
        facts.successor = SUCCESSOR_GRANTED;
        assert_int_equal(decide(&facts, heard(LATE[i], 1, 0)).successor, SUCCESSOR_KEEP);
    }
}

static void a_successor_is_pointless_once_plivo_has_refused_the_text_for_good(void **state)
{
    (void)state;
    const struct standing have[] = { { STATUS_FAILED, SEQUENCE_BY_POLICY } };
    struct attempt_facts facts = facts_of(have, 1);
    facts.successor = SUCCESSOR_QUEUED;
    struct attempt_effects fx = decide(&facts, heard(STATUS_FAILED, 1, 30));
    assert_int_equal(fx.successor, SUCCESSOR_CANCEL);
    assert_int_equal(fx.message_status, STATUS_FAILED);
    assert_int_equal(decide(&facts, heard(STATUS_FAILED, 1, 20)).successor, SUCCESSOR_KEEP);
}

static void a_report_on_an_attempt_thought_unsent_revives_it(void **state)
{
    (void)state;
    const struct standing have[] = { { STATUS_SENDING, 0 } };
    struct attempt_facts facts = facts_of(have, 1);
    facts.is_unsent = true;
    facts.successor = SUCCESSOR_QUEUED;
    struct attempt_effects fx = decide(&facts, heard(STATUS_ACCEPTED, 1, 0));
    assert_false(fx.is_unsent);
    assert_int_equal(fx.successor, SUCCESSOR_CANCEL);
    assert_int_equal(fx.message_status, STATUS_ACCEPTED);
}

static void code_200_opts_out_only_an_attempt_granted_after_the_last_change(void **state)
{
    (void)state;
    static const struct {
        enum consent consent;
        int64_t granted_at_ms, changed_at_ms;
        bool opts_out;
    } ROWS[] = {
        { CONSENT_IN, 2000, 1000, true },    { CONSENT_IN, 1000, 2000, false }, { CONSENT_IN, 1000, 1000, false },
        { CONSENT_NONE, 1000, 0, true },     { CONSENT_OUT, 2000, 1000, false },
    };
    for (size_t i = 0; i < COUNT(ROWS); i++) {
        const struct standing have[] = { { STATUS_ACCEPTED, 0 } };
        struct attempt_facts facts = facts_of(have, 1);
        struct report_person person = { ROWS[i].consent, ROWS[i].granted_at_ms, ROWS[i].changed_at_ms };
        struct report_heard report = heard(STATUS_BLOCKED, 2, PLIVO_CODE_OPTED_OUT);
        struct attempt_effects fx;
        report_decide(&facts, &person, &report, &fx);
        assert_int_equal(fx.opts_out, ROWS[i].opts_out);
        assert_int_equal(fx.message_status, STATUS_BLOCKED);
        assert_int_equal(fx.successor, SUCCESSOR_KEEP);
    }
}

static void what_only_observe_let_in_opts_out_and_brings_no_send(void **state)
{
    (void)state;
    const struct standing have[] = { { STATUS_ACCEPTED, 0 } };
    struct attempt_facts facts = facts_of(have, 1);
    struct report_heard report = heard(STATUS_FAILED, 2, 20);
    report.is_observed = true;
    assert_int_equal(decide(&facts, report).successor, SUCCESSOR_KEEP);
    report = heard(STATUS_BLOCKED, 2, PLIVO_CODE_OPTED_OUT);
    report.is_observed = true;
    assert_true(decide(&facts, report).opts_out);
}

static void a_uuid_is_taken_even_when_the_status_is_old_news(void **state)
{
    (void)state;
    const struct standing have[] = { { STATUS_DELIVERED, 3 } };
    struct attempt_facts facts = facts_of(have, 1);
    struct report_heard report = heard(STATUS_SENT, 2, 0);
    report.has_uuid = true;
    struct attempt_effects fx = decide(&facts, report);
    assert_true(fx.has_change && fx.takes_uuid && fx.keeps_reason);
    assert_int_equal(fx.message_status, STATUS_DELIVERED);
}

/* Every order of three reports, with an outcome anywhere among them, ends in the same standing, message status and successor count. */
static void reports_may_come_in_any_order(void **state)
{
    (void)state;
    static const struct report_heard SCRIPT[] = {
        { .has_status = true, .status = STATUS_ACCEPTED, .sequence = 1 },
        { .has_status = true, .status = STATUS_SENT, .sequence = 2 },
        { .has_status = true, .status = STATUS_UNDELIVERED, .sequence = 3, .error_code = 80 },
    };
    static const size_t ORDERS[6][3] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 }, { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };
    for (size_t i = 0; i < COUNT(ORDERS); i++) {
        struct standing standing = { STATUS_SENDING, 0 };
        enum successor_state successor = SUCCESSOR_NONE;
        int64_t retries = 0;
        enum message_status message = STATUS_SENDING;
        for (size_t k = 0; k < 3; k++) {
            struct attempt_facts facts = facts_of(&standing, 1);
            facts.successor = successor;
            facts.retries = retries;
            struct attempt_effects fx = decide(&facts, SCRIPT[ORDERS[i][k]]);
            if (!fx.has_change)
                continue;
            successor = fx.successor == SUCCESSOR_QUEUE    ? SUCCESSOR_QUEUED
                        : fx.successor == SUCCESSOR_CANCEL ? SUCCESSOR_NONE
                                                           : successor;
            standing = fx.standing;
            retries = fx.retries;
            message = fx.message_status;
        }
        assert_int_equal(standing.status, STATUS_UNDELIVERED);
        assert_int_equal(successor, SUCCESSOR_QUEUED);
        assert_int_equal(retries, 1);
        assert_int_equal(message, STATUS_QUEUED);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_status_only_moves_forward),
        cmocka_unit_test(a_known_report_and_an_unknown_word_change_nothing),
        cmocka_unit_test(each_code_does_what_plivos_table_says),
        cmocka_unit_test(a_temporary_error_is_retried_as_often_as_the_table_says_and_no_more),
        cmocka_unit_test(nobody_retries_a_confirmation_a_late_one_an_old_one_or_what_succeeded),
        cmocka_unit_test(a_late_success_takes_back_a_successor_that_is_not_granted),
        cmocka_unit_test(a_successor_is_pointless_once_plivo_has_refused_the_text_for_good),
        cmocka_unit_test(a_report_on_an_attempt_thought_unsent_revives_it),
        cmocka_unit_test(code_200_opts_out_only_an_attempt_granted_after_the_last_change),
        cmocka_unit_test(what_only_observe_let_in_opts_out_and_brings_no_send),
        cmocka_unit_test(a_uuid_is_taken_even_when_the_status_is_old_news),
        cmocka_unit_test(reports_may_come_in_any_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
