#include "core/settle_decide.h"

#include "attempt_sample.h"
#include "unit/cmocka_all.h"

enum { MAX_AGE_MS = 300000, GROUP_MAX = 6 };

/* A look at the window around NOW_MS - 10 min, made when everything in it is old enough. */
static struct settle_look a_look(void)
{
    return (struct settle_look){
        .window_from_ms = NOW_MS - 600000,
        .window_to_ms = NOW_MS,
        .is_complete = true,
        .now_ms = NOW_MS + MAX_AGE_MS,
        .max_age_ms = MAX_AGE_MS,
    };
}

static struct settle_claimant a_claimant(int64_t at_ms)
{
    return (struct settle_claimant){ .from = STR("+15550100000"),
                                     .to = STR("+15550100001"),
                                     .units = 1,
                                     .at_ms = at_ms,
                                     .unconfirmed_ms = at_ms,
                                     .looks = 1 };
}

static struct settle_record a_record(const char *uuid, int64_t at_ms)
{
    return (struct settle_record){
        .uuid = str_of(uuid), .from = STR("+15550100000"), .to = STR("+15550100001"), .units = 1, .at_ms = at_ms
    };
}

static struct settle_verdict decide_one(struct settle_claimant claimant, const struct settle_record *records, size_t n,
                                        struct settle_look look)
{
    struct settle_verdict verdict;
    settle_decide(&claimant, 1, records, n, &look, &verdict);
    return verdict;
}

static void as_many_records_as_attempts_are_paired_in_time_order(void **state)
{
    (void)state;
    const struct settle_claimant claimants[] = { a_claimant(NOW_MS - 100), a_claimant(NOW_MS - 300),
                                                 a_claimant(NOW_MS - 200) };
    const struct settle_record records[] = { a_record("b", NOW_MS - 190), a_record("c", NOW_MS - 90),
                                             a_record("a", NOW_MS - 290) };
    struct settle_verdict verdicts[3];
    struct settle_look look = a_look();
    settle_decide(claimants, 3, records, 3, &look, verdicts);
    static const size_t WANTED[] = { 1, 2, 0 };
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(verdicts[i].kind, SETTLE_MATCHED);
        assert_int_equal(verdicts[i].record, WANTED[i]);
    }
}

static void only_records_of_the_same_from_to_and_units_that_nobody_owns_count(void **state)
{
    (void)state;
    struct settle_record records[] = { a_record("from", NOW_MS), a_record("to", NOW_MS), a_record("units", NOW_MS),
                                       a_record("owned", NOW_MS) };
    records[0].from = STR("+15550100009");
    records[1].to = STR("+15550100009");
    records[2].units = 2;
    records[3].is_owned = true;
    assert_int_equal(decide_one(a_claimant(NOW_MS - 100), records, 4, a_look()).kind, SETTLE_NOT_ACCEPTED);
    records[3].is_owned = false;
    struct settle_verdict verdict = decide_one(a_claimant(NOW_MS - 100), records, 4, a_look());
    assert_int_equal(verdict.kind, SETTLE_MATCHED);
    assert_int_equal(verdict.record, 3);
}

static void a_different_number_is_for_a_person_but_not_at_once(void **state)
{
    (void)state;
    const struct settle_record records[] = { a_record("a", NOW_MS - 90), a_record("b", NOW_MS - 80) };
    struct settle_look look = a_look();
    assert_int_equal(decide_one(a_claimant(NOW_MS - 100), records, 2, look).kind, SETTLE_AMBIGUOUS);
    look.now_ms = NOW_MS - 101 + MAX_AGE_MS; /* the list lags: the missing ones may still come */
    assert_int_equal(decide_one(a_claimant(NOW_MS - 100), records, 2, look).kind, SETTLE_KEEP_WAITING);
}

static void none_at_all_is_not_accepted_only_when_old_and_asked_twice(void **state)
{
    (void)state;
    struct settle_look look = a_look();
    struct settle_claimant claimant = a_claimant(NOW_MS - 100);
    assert_int_equal(decide_one(claimant, NULL, 0, look).kind, SETTLE_NOT_ACCEPTED);

    claimant.looks = 0;
    struct settle_verdict first = decide_one(claimant, NULL, 0, look);
    assert_int_equal(first.kind, SETTLE_KEEP_WAITING);
    assert_int_equal(first.looks, 1);

    claimant.looks = 5;
    look.now_ms = claimant.unconfirmed_ms + MAX_AGE_MS - 1;
    assert_int_equal(decide_one(claimant, NULL, 0, look).kind, SETTLE_KEEP_WAITING);
    look.now_ms++;
    assert_int_equal(decide_one(claimant, NULL, 0, look).kind, SETTLE_NOT_ACCEPTED);
}

static void a_look_that_missed_a_page_or_the_attempt_concludes_nothing_and_does_not_count(void **state)
{
    (void)state;
    const struct settle_record match[] = { a_record("a", NOW_MS - 90) };
    struct settle_claimant claimant = a_claimant(NOW_MS - 100);
    struct settle_look look = a_look();
    look.is_complete = false;
    for (size_t n = 0; n <= 1; n++) {
        struct settle_verdict verdict = decide_one(claimant, match, n, look);
        assert_int_equal(verdict.kind, SETTLE_KEEP_WAITING);
        assert_int_equal(verdict.looks, claimant.looks);
    }
    look = a_look();
    look.window_from_ms = NOW_MS - 99;
    assert_int_equal(decide_one(claimant, NULL, 0, look).looks, claimant.looks);
    assert_int_equal(decide_one(claimant, NULL, 0, look).kind, SETTLE_KEEP_WAITING);
}

static void what_may_have_left_for_hours_needs_a_look_over_all_of_them(void **state)
{
    (void)state;
    const struct settle_record record = a_record("a", NOW_MS + 5000);
    struct settle_claimant claimant = a_claimant(NOW_MS - 100);
    struct settle_look look = a_look();
    claimant.until_ms = NOW_MS + 10000; /* after a restore: at any time up to then */
    assert_int_equal(decide_one(claimant, &record, 1, look).kind, SETTLE_KEEP_WAITING);
    assert_int_equal(decide_one(claimant, &record, 1, look).looks, claimant.looks);
    look.window_to_ms = NOW_MS + 10000;
    assert_int_equal(decide_one(claimant, &record, 1, look).kind, SETTLE_MATCHED);
}

static void a_list_without_the_witness_does_not_count(void **state)
{
    (void)state;
    struct settle_record others[] = { a_record("somebody-elses", NOW_MS) };
    struct settle_claimant claimant = a_claimant(NOW_MS - 100);
    others[0].to = STR("+15550100077");
    others[0].is_owned = true;
    claimant.looks = 1;
    claimant.witness_uuid = STR("the-nearest");
    struct settle_verdict verdict = decide_one(claimant, others, 1, a_look());
    assert_int_equal(verdict.kind, SETTLE_KEEP_WAITING);
    assert_int_equal(verdict.looks, 1);
    claimant.witness_uuid = STR("somebody-elses");
    verdict = decide_one(claimant, others, 1, a_look());
    assert_int_equal(verdict.kind, SETTLE_NOT_ACCEPTED);
    assert_int_equal(verdict.looks, 2);
}

static void an_attempt_still_in_its_call_counts_but_is_left_to_its_own_outcome(void **state)
{
    (void)state;
    struct settle_claimant claimants[] = { a_claimant(NOW_MS - 300), a_claimant(NOW_MS - 100) };
    const struct settle_record records[] = { a_record("a", NOW_MS - 290), a_record("b", NOW_MS - 90) };
    struct settle_verdict verdicts[2];
    struct settle_look look = a_look();
    claimants[1].is_sending = true;
    settle_decide(claimants, 2, records, 2, &look, verdicts);
    assert_int_equal(verdicts[0].kind, SETTLE_MATCHED);
    assert_int_equal(verdicts[0].record, 0);
    assert_int_equal(verdicts[1].kind, SETTLE_KEEP_WAITING);
    settle_decide(claimants, 2, records, 1, &look, verdicts); /* one record could be either's */
    assert_int_equal(verdicts[0].kind, SETTLE_AMBIGUOUS);
}

static void what_is_for_a_person_may_still_be_matched_and_is_told_once(void **state)
{
    (void)state;
    const struct settle_record records[] = { a_record("a", NOW_MS - 90), a_record("b", NOW_MS - 80) };
    struct settle_claimant claimant = a_claimant(NOW_MS - 100);
    claimant.needs_person = true;
    assert_int_equal(decide_one(claimant, records, 2, a_look()).kind, SETTLE_KEEP_WAITING);
    assert_int_equal(decide_one(claimant, NULL, 0, a_look()).kind, SETTLE_KEEP_WAITING);
    assert_int_equal(decide_one(claimant, records, 1, a_look()).kind, SETTLE_MATCHED);
}

/* Every number of claimants against every number of records: no record is given twice, and none unless the numbers are equal. */
static void no_record_is_given_twice_whatever_the_numbers(void **state)
{
    (void)state;
    static const char *const UUIDS[] = { "u0", "u1", "u2", "u3", "u4", "u5" };
    struct settle_claimant claimants[GROUP_MAX];
    struct settle_record records[GROUP_MAX];
    struct settle_verdict verdicts[GROUP_MAX];
    struct settle_look look = a_look();
    for (size_t i = 0; i < GROUP_MAX; i++) { /* neither array in the order of time */
        claimants[i] = a_claimant(NOW_MS - 1000 + (int64_t)(i * 5 % GROUP_MAX) * 10);
        records[i] = a_record(UUIDS[i], NOW_MS - 990 + (int64_t)(i * 7 % GROUP_MAX) * 10);
    }
    for (size_t n = 1; n <= GROUP_MAX; n++)
        for (size_t m = 0; m <= GROUP_MAX; m++) {
            size_t given[GROUP_MAX] = { 0 };
            settle_decide(claimants, n, records, m, &look, verdicts);
            for (size_t i = 0; i < n; i++) {
                assert_int_equal(verdicts[i].kind == SETTLE_MATCHED, n == m);
                if (verdicts[i].kind == SETTLE_MATCHED)
                    assert_int_equal(given[verdicts[i].record]++, 0);
                else
                    assert_int_equal(verdicts[i].kind, m == 0 ? SETTLE_NOT_ACCEPTED : SETTLE_AMBIGUOUS);
            }
        }
}

static const struct standing UNCONFIRMED[] = { { STATUS_UNCONFIRMED, 0 } };

static struct attempt_effects effects(const struct attempt_facts *facts, enum settle_kind kind, bool is_for_person)
{
    struct attempt_effects fx;
    settle_effects(facts, kind, is_for_person, &fx);
    return fx;
}

static void not_accepted_is_sent_again_or_held_for_a_person(void **state)
{
    (void)state;
    struct attempt_facts facts = facts_of(UNCONFIRMED, 1);
    struct attempt_effects fx = effects(&facts, SETTLE_NOT_ACCEPTED, false);
    assert_int_equal(fx.successor, SUCCESSOR_QUEUE);
    assert_int_equal(fx.successor_due_ms, NOW_MS);
    assert_int_equal(fx.standing.status, STATUS_FAILED);
    assert_int_equal(fx.standing.sequence, SEQUENCE_BY_POLICY);
    assert_int_equal(fx.message_status, STATUS_QUEUED);

    fx = effects(&facts, SETTLE_NOT_ACCEPTED, true);
    assert_true(fx.needs_person);
    assert_int_equal(fx.successor, SUCCESSOR_KEEP);
    assert_int_equal(fx.message_status, STATUS_UNCONFIRMED);
}

static void what_policy_has_sent_too_often_is_left_to_a_person(void **state)
{
    (void)state;
    struct standing many[ATTEMPTS_BY_POLICY_MAX];
    for (size_t i = 0; i < COUNT(many); i++)
        many[i] = (struct standing){ STATUS_FAILED, SEQUENCE_BY_POLICY };
    many[COUNT(many) - 1] = UNCONFIRMED[0];
    struct attempt_facts facts = facts_of(many, COUNT(many));
    struct attempt_effects fx = effects(&facts, SETTLE_NOT_ACCEPTED, false);
    assert_true(fx.needs_person);
    assert_int_equal(fx.successor, SUCCESSOR_KEEP);
    facts = facts_of(many + 1, COUNT(many) - 1);
    assert_int_equal(effects(&facts, SETTLE_NOT_ACCEPTED, false).successor, SUCCESSOR_QUEUE);
}

static void a_confirmation_that_was_not_accepted_ends_and_a_late_one_expires(void **state)
{
    (void)state;
    struct attempt_facts facts = facts_of(UNCONFIRMED, 1);
    facts.class = CLASS_CONFIRM;
    struct attempt_effects fx = effects(&facts, SETTLE_NOT_ACCEPTED, false);
    assert_int_equal(fx.message_status, STATUS_FAILED);
    assert_int_equal(fx.successor, SUCCESSOR_KEEP);

    facts = facts_of(UNCONFIRMED, 1);
    facts.valid_until_ms = NOW_MS;
    fx = effects(&facts, SETTLE_NOT_ACCEPTED, false);
    assert_int_equal(fx.message_status, STATUS_EXPIRED);
    assert_int_equal(fx.successor, SUCCESSOR_KEEP);
}

static void an_ambiguous_one_is_left_to_a_person_and_what_is_settled_is_left_alone(void **state)
{
    (void)state;
    struct attempt_facts facts = facts_of(UNCONFIRMED, 1);
    struct attempt_effects fx = effects(&facts, SETTLE_AMBIGUOUS, false);
    assert_true(fx.has_change && fx.needs_person);
    assert_int_equal(fx.message_status, STATUS_UNCONFIRMED);
    assert_false(effects(&facts, SETTLE_KEEP_WAITING, false).has_change);
    const struct standing sent[] = { { STATUS_SENT, 2 } };
    facts = facts_of(sent, 1);
    assert_false(effects(&facts, SETTLE_NOT_ACCEPTED, false).has_change);
}

static void a_persons_mark_stands_until_plivo_speaks(void **state)
{
    (void)state;
    struct attempt_effects fx;
    struct attempt_facts facts = facts_of(UNCONFIRMED, 1);
    settle_mark(&facts, true, &fx);
    assert_int_equal(fx.message_status, STATUS_SENT);
    settle_mark(&facts, false, &fx);
    assert_int_equal(fx.message_status, STATUS_FAILED);
    assert_int_equal(status_merge(fx.standing, (struct standing){ STATUS_ACCEPTED, 1 }).status, STATUS_ACCEPTED);
    const struct standing delivered[] = { { STATUS_DELIVERED, 3 } };
    facts = facts_of(delivered, 1);
    settle_mark(&facts, false, &fx);
    assert_false(fx.has_change);
    const struct standing sending[] = { { STATUS_SENDING, 0 } };
    facts = facts_of(sending, 1);
    settle_mark(&facts, false, &fx);
    assert_false(fx.has_change);
}

#define POWERPACK "86bbb125-97bb-4d72-89fd-81d5c515b015"

static void a_powerpacks_attempt_claims_by_its_powerpack_whatever_the_number(void **state)
{
    (void)state;
    struct settle_claimant claimant = a_claimant(NOW_MS - 100);
    claimant.from = STR("powerpack:" POWERPACK);
    struct settle_record record = a_record("a", NOW_MS - 90);
    assert_int_equal(decide_one(claimant, &record, 1, a_look()).kind,
                     SETTLE_AMBIGUOUS); /* which does not say by what it went */
    record.powerpack = STR("00000000-97bb-4d72-89fd-81d5c515b015");
    assert_int_equal(decide_one(claimant, &record, 1, a_look()).kind, SETTLE_NOT_ACCEPTED); /* another one's */
    record.powerpack = STR(POWERPACK);
    assert_int_equal(decide_one(claimant, &record, 1, a_look()).kind, SETTLE_MATCHED);
    record.from = STR("+15550109999");
    assert_int_equal(decide_one(claimant, &record, 1, a_look()).kind, SETTLE_MATCHED);
}

static void a_record_without_the_persons_number_matches_nobody_and_is_not_nothing(void **state)
{
    (void)state;
    static const struct {
        const char *to;
        enum settle_kind kind;
    } CASES[] = {
        { "1555010XXXX", SETTLE_AMBIGUOUS },     { "+1555010XXXX", SETTLE_AMBIGUOUS },   { "", SETTLE_AMBIGUOUS },
        { "XXXXXXXXXXX", SETTLE_AMBIGUOUS },     { "1556010XXXX", SETTLE_NOT_ACCEPTED }, { "15550100002", SETTLE_NOT_ACCEPTED },
        { "+15550100002", SETTLE_NOT_ACCEPTED }, { "1555010000", SETTLE_NOT_ACCEPTED },  { "+15550100001", SETTLE_MATCHED },
    };
    for (size_t i = 0; i < COUNT(CASES); i++) {
        struct settle_record record = a_record("a", NOW_MS - 90);
        record.to = str_of(CASES[i].to);
        if (decide_one(a_claimant(NOW_MS - 100), &record, 1, a_look()).kind != CASES[i].kind)
            fail_msg("%s", CASES[i].to);
    }
    struct settle_record record = a_record("a", NOW_MS - 90);
    record.to = STR("1555010XXXX");
    record.is_owned = true; /* another send's, which has told its uuid */
    assert_int_equal(decide_one(a_claimant(NOW_MS - 100), &record, 1, a_look()).kind, SETTLE_NOT_ACCEPTED);
    record.is_owned = false;
    record.units = 2;
    assert_int_equal(decide_one(a_claimant(NOW_MS - 100), &record, 1, a_look()).kind, SETTLE_NOT_ACCEPTED);
}

static void what_a_number_and_a_powerpack_could_both_claim_is_for_a_person(void **state)
{
    (void)state;
    struct settle_claimant claimants[] = { a_claimant(NOW_MS - 100), a_claimant(NOW_MS - 100) };
    claimants[1].from = STR("powerpack:" POWERPACK);
    struct settle_record record = a_record("a", NOW_MS - 90);
    struct settle_look look = a_look();
    struct settle_verdict verdicts[2];
    record.powerpack = STR(POWERPACK);
    settle_decide(claimants, 2, &record, 1, &look, verdicts);
    assert_int_equal(verdicts[0].kind, SETTLE_AMBIGUOUS);
    assert_int_equal(verdicts[1].kind, SETTLE_AMBIGUOUS);
    record.from = STR("+15550109999"); /* not that number's */
    settle_decide(claimants, 2, &record, 1, &look, verdicts);
    assert_int_equal(verdicts[0].kind, SETTLE_NOT_ACCEPTED);
    assert_int_equal(verdicts[1].kind, SETTLE_MATCHED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_many_records_as_attempts_are_paired_in_time_order),
        cmocka_unit_test(only_records_of_the_same_from_to_and_units_that_nobody_owns_count),
        cmocka_unit_test(a_different_number_is_for_a_person_but_not_at_once),
        cmocka_unit_test(none_at_all_is_not_accepted_only_when_old_and_asked_twice),
        cmocka_unit_test(a_look_that_missed_a_page_or_the_attempt_concludes_nothing_and_does_not_count),
        cmocka_unit_test(what_may_have_left_for_hours_needs_a_look_over_all_of_them),
        cmocka_unit_test(a_list_without_the_witness_does_not_count),
        cmocka_unit_test(an_attempt_still_in_its_call_counts_but_is_left_to_its_own_outcome),
        cmocka_unit_test(what_is_for_a_person_may_still_be_matched_and_is_told_once),
        cmocka_unit_test(no_record_is_given_twice_whatever_the_numbers),
        cmocka_unit_test(a_powerpacks_attempt_claims_by_its_powerpack_whatever_the_number),
        cmocka_unit_test(a_record_without_the_persons_number_matches_nobody_and_is_not_nothing),
        cmocka_unit_test(what_a_number_and_a_powerpack_could_both_claim_is_for_a_person),
        cmocka_unit_test(not_accepted_is_sent_again_or_held_for_a_person),
        cmocka_unit_test(what_policy_has_sent_too_often_is_left_to_a_person),
        cmocka_unit_test(a_confirmation_that_was_not_accepted_ends_and_a_late_one_expires),
        cmocka_unit_test(an_ambiguous_one_is_left_to_a_person_and_what_is_settled_is_left_alone),
        cmocka_unit_test(a_persons_mark_stands_until_plivo_speaks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
