#include "core/outcome_classify.h"

#include "unit/cmocka_all.h"

static const enum transfer TRANSFERS[] = { TRANSFER_DONE, TRANSFER_RESOLVE, TRANSFER_CONNECT,
                                           TRANSFER_TLS,  TRANSFER_LATE,    TRANSFER_CUT };

static struct call_facts answer(int64_t http_status)
{
    return (struct call_facts){
        .transfer = TRANSFER_DONE, .has_begun = true, .http_status = http_status, .is_json = true, .retry_after_ms = -1
    };
}

static struct call_facts failure(enum transfer transfer, bool has_begun)
{
    return (struct call_facts){ .transfer = transfer, .has_begun = has_begun, .retry_after_ms = -1 };
}

static void only_200_201_and_202_with_a_uuid_are_accepted(void **state)
{
    (void)state;
    for (int64_t status = 100; status < 600; status++) {
        struct call_facts facts = answer(status);
        facts.has_uuid_list = true;
        facts.uuid = STR("b6f9a3f0-0000-11ee-8000-0242ac110005");
        bool wanted = status >= 200 && status <= 202;
        if ((outcome_classify(&facts).outcome == CALL_ACCEPTED) != wanted)
            fail_msg("HTTP %lld: accepted was to be %d", (long long)status, wanted);
    }
}

static void an_empty_uuid_list_is_a_refusal_and_a_missing_one_unknown(void **state)
{
    (void)state;
    struct call_facts facts = answer(202);
    assert_int_equal(outcome_classify(&facts).outcome, CALL_UNKNOWN);
    facts.has_uuid_list = true;
    assert_int_equal(outcome_classify(&facts).outcome, CALL_REFUSED);
    facts.is_json = false;
    assert_int_equal(outcome_classify(&facts).outcome, CALL_UNKNOWN);
}

static void an_accepted_answer_that_was_cut_off_is_unknown(void **state)
{
    (void)state;
    struct call_facts facts = answer(202);
    facts.transfer = TRANSFER_CUT;
    facts.has_uuid_list = true;
    facts.uuid = STR("b6f9a3f0");
    assert_int_equal(outcome_classify(&facts).outcome, CALL_UNKNOWN);
}

static void every_4xx_but_429_is_a_refusal(void **state)
{
    (void)state;
    for (int64_t status = 400; status < 500; status++) {
        struct call_facts facts = answer(status);
        struct call_verdict verdict = outcome_classify(&facts);
        assert_int_equal(verdict.outcome, status == 429 ? CALL_NOT_SENT : CALL_REFUSED);
        assert_int_equal(verdict.is_free, status == 429);
    }
}

static void every_5xx_and_every_redirect_is_unknown(void **state)
{
    (void)state;
    for (int64_t status = 300; status < 400; status++) {
        struct call_facts facts = answer(status);
        assert_int_equal(outcome_classify(&facts).outcome, CALL_UNKNOWN);
    }
    for (int64_t status = 500; status < 600; status++) {
        struct call_facts facts = answer(status);
        assert_int_equal(outcome_classify(&facts).outcome, CALL_UNKNOWN);
    }
}

static void what_may_have_reached_plivo_is_never_called_not_sent(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(TRANSFERS); i++) {
        struct call_facts facts = failure(TRANSFERS[i], true);
        assert_int_equal(outcome_classify(&facts).outcome, CALL_UNKNOWN);
    }
}

static void before_it_began_only_what_the_list_allows_is_not_sent(void **state)
{
    (void)state;
    static const enum call_outcome WANTED[] = {
        [TRANSFER_DONE] = CALL_UNKNOWN,     [TRANSFER_RESOLVE] = CALL_NOT_SENT, [TRANSFER_CONNECT] = CALL_NOT_SENT,
        [TRANSFER_TLS] = CALL_NOT_SENT,     [TRANSFER_LATE] = CALL_HANDED_BACK, [TRANSFER_CUT] = CALL_UNKNOWN,
    };
    for (size_t i = 0; i < COUNT(TRANSFERS); i++) {
        struct call_facts facts = failure(TRANSFERS[i], false);
        assert_int_equal(outcome_classify(&facts).outcome, WANTED[TRANSFERS[i]]);
    }
}

static void only_429_and_a_late_grant_cost_no_try(void **state)
{
    (void)state;
    struct call_facts late = failure(TRANSFER_LATE, false);
    struct call_facts unreachable = failure(TRANSFER_CONNECT, false);
    assert_true(outcome_classify(&late).is_free);
    assert_false(outcome_classify(&unreachable).is_free);
}

static void a_refusal_names_what_it_stops(void **state)
{
    (void)state;
    static const struct {
        int64_t http_status;
        const char *error;
        enum call_reason reason;
    } ROWS[] = {
        { 400, "dst is not a valid number", REASON_REFUSED },
        { 401, NULL, REASON_ACCOUNT },
        { 402, NULL, REASON_CREDIT },
        { 403, NULL, REASON_CREDIT },
        { 404, "not found", REASON_REFUSED },
        { 400, "Insufficient Credit in your account", REASON_CREDIT },
        { 400, "insufficient credits?", REASON_CREDIT },
        { 400, "insufficient", REASON_REFUSED },
    };
    for (size_t i = 0; i < COUNT(ROWS); i++) {
        struct call_facts facts = answer(ROWS[i].http_status);
        facts.error = str_of(ROWS[i].error);
        assert_int_equal(outcome_classify(&facts).reason, ROWS[i].reason);
    }
}

static void a_reason_begins_with_its_word_and_is_cut_at_a_character(void **state)
{
    (void)state;
    char out[CALL_REASON_BYTES];
    char text[400];
    call_reason_format(REASON_CREDIT, STR(" Insufficient credit \n"), 400, out);
    assert_string_equal(out, "credit: Insufficient credit");
    call_reason_format(REASON_ACCOUNT, STR(""), 401, out);
    assert_string_equal(out, "account: Plivo does not accept these credentials");
    memset(text, 'x', sizeof text);
    for (size_t at = 0; at < 4; at++) { /* wherever the cut falls in a character of four bytes */
        memcpy(text + CALL_REASON_BYTES - 1 - strlen("refused: ") - at, "\xf0\x9f\x98\x80", 4);
        call_reason_format(REASON_REFUSED, str_bytes(text, sizeof text), 400, out);
        assert_true(str_is_utf8(str_of(out)));
        assert_true(strlen(out) >= CALL_REASON_BYTES - 5);
        memset(text, 'x', sizeof text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_200_201_and_202_with_a_uuid_are_accepted),
        cmocka_unit_test(an_empty_uuid_list_is_a_refusal_and_a_missing_one_unknown),
        cmocka_unit_test(an_accepted_answer_that_was_cut_off_is_unknown),
        cmocka_unit_test(every_4xx_but_429_is_a_refusal),
        cmocka_unit_test(every_5xx_and_every_redirect_is_unknown),
        cmocka_unit_test(what_may_have_reached_plivo_is_never_called_not_sent),
        cmocka_unit_test(before_it_began_only_what_the_list_allows_is_not_sent),
        cmocka_unit_test(only_429_and_a_late_grant_cost_no_try),
        cmocka_unit_test(a_refusal_names_what_it_stops),
        cmocka_unit_test(a_reason_begins_with_its_word_and_is_cut_at_a_character),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
