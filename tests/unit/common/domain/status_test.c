#include "domain/status.h"

#include "unit/cmocka_all.h"

/* Every standing that can be told apart: each status with no, low and high sequences, and the two assumed ones. */
enum { SEQUENCES = 5, STANDINGS = STATUS_COUNT * SEQUENCES };

static struct standing standing_at(int i)
{
    static const int64_t SEQUENCE[SEQUENCES] = { SEQUENCE_BY_POLICY, SEQUENCE_BY_PERSON, SEQUENCE_UNKNOWN, 1, 7 };
    return (struct standing){ (enum message_status)(i / SEQUENCES), SEQUENCE[i % SEQUENCES] };
}

static bool same(struct standing a, struct standing b)
{
    return a.status == b.status && a.sequence == b.sequence;
}

static void two_reports_give_the_same_in_either_order(void **state)
{
    (void)state;
    for (int i = 0; i < STANDINGS; i++)
        for (int j = 0; j < STANDINGS; j++) {
            struct standing a = standing_at(i), b = standing_at(j);
            if (!same(status_merge(a, b), status_merge(b, a)))
                fail_msg("%s/%lld and %s/%lld depend on their order", status_word(a.status), (long long)a.sequence,
                         status_word(b.status), (long long)b.sequence);
        }
}

static void three_reports_give_the_same_in_every_order(void **state)
{
    (void)state;
    for (int i = 0; i < STANDINGS; i++)
        for (int j = 0; j < STANDINGS; j++)
            for (int k = 0; k < STANDINGS; k++) {
                struct standing a = standing_at(i), b = standing_at(j), c = standing_at(k);
                assert_true(same(status_merge(status_merge(a, b), c), status_merge(a, status_merge(b, c))));
            }
}

static void a_report_that_comes_twice_changes_nothing(void **state)
{
    (void)state;
    for (int i = 0; i < STANDINGS; i++)
        for (int j = 0; j < STANDINGS; j++) {
            struct standing once = status_merge(standing_at(i), standing_at(j));
            assert_true(same(status_merge(once, standing_at(j)), once));
            assert_true(same(status_merge(once, once), once));
        }
}

static void a_final_state_yields_only_to_a_final_one_of_higher_sequence(void **state)
{
    (void)state;
    for (int i = 0; i < STANDINGS; i++)
        for (int j = 0; j < STANDINGS; j++) {
            struct standing have = standing_at(i), got = standing_at(j);
            if (!status_is_final(have.status) || have.sequence < 0)
                continue; /* what was assumed here yields to any word of Plivo's: the next test */
            struct standing now = status_merge(have, got);
            if (same(now, have))
                continue;
            assert_true(status_is_final(now.status));
            assert_true(now.sequence > have.sequence ||
                        (now.sequence == have.sequence && now.status < have.status)); /* the fixed order */
        }
}

static void what_was_assumed_yields_to_any_word_of_plivos_and_to_nothing_of_ours(void **state)
{
    (void)state;
    struct standing assumed = { STATUS_FAILED, SEQUENCE_BY_POLICY };
    struct standing marked = { STATUS_SENT, SEQUENCE_BY_PERSON };
    assert_true(same(status_merge(assumed, marked), marked));
    static const enum message_status HEARD[] = { STATUS_ACCEPTED, STATUS_SENT, STATUS_DELIVERED, STATUS_UNDELIVERED };
    for (size_t i = 0; i < COUNT(HEARD); i++) {
        struct standing heard = { HEARD[i], SEQUENCE_UNKNOWN };
        assert_true(same(status_merge(assumed, heard), heard));
        assert_true(same(status_merge(marked, heard), heard));
    }
    static const enum message_status OURS[] = { STATUS_QUEUED, STATUS_HELD, STATUS_SENDING, STATUS_UNCONFIRMED };
    for (size_t i = 0; i < COUNT(OURS); i++)
        assert_true(same(status_merge(assumed, (struct standing){ OURS[i], 0 }), assumed));
}

static void plivos_path_never_goes_back(void **state)
{
    (void)state;
    static const enum message_status PATH[] = { STATUS_QUEUED,   STATUS_HELD, STATUS_SENDING,  STATUS_UNCONFIRMED,
                                                STATUS_ACCEPTED, STATUS_SENT, STATUS_DELIVERED };
    for (size_t i = 1; i < COUNT(PATH); i++) {
        struct standing earlier = { PATH[i - 1], 9 }, later = { PATH[i], 1 }; /* rank goes before sequence */
        assert_true(same(status_merge(later, earlier), later));
    }
}

static void without_a_sequence_delivered_wins_over_the_other_finals(void **state)
{
    (void)state;
    for (int i = 0; i < STATUS_COUNT; i++) {
        enum message_status status = (enum message_status)i;
        if (status == STATUS_RECEIVED || status == STATUS_DELIVERED)
            continue;
        struct standing now = status_merge((struct standing){ status, 0 }, (struct standing){ STATUS_DELIVERED, 0 });
        assert_int_equal(now.status, STATUS_DELIVERED);
    }
}

static void any_success_beats_all_else_the_newest_attempt_counts(void **state)
{
    (void)state;
    for (int i = 0; i < STATUS_COUNT; i++)
        for (int j = 0; j < STATUS_COUNT; j++) {
            enum message_status older = (enum message_status)i, newer = (enum message_status)j;
            const struct standing attempts[] = { { older, 0 }, { newer, 0 } };
            enum message_status got = status_of_attempts(attempts, 2);
            if (status_is_success(older) && !status_is_success(newer))
                assert_int_equal(got, older);
            else if (older == STATUS_DELIVERED || newer == STATUS_DELIVERED)
                assert_int_equal(got, STATUS_DELIVERED);
            else
                assert_int_equal(got, newer);
        }
    assert_int_equal(status_of_attempts(NULL, 0), STATUS_QUEUED);
}

static void the_words_are_the_contracts(void **state)
{
    (void)state;
    static const char *const WORDS[] = { "received", "queued",    "held",        "sending",    "accepted",
                                         "sent",     "delivered", "undelivered", "failed",     "rejected",
                                         "expired",  "blocked",   "cancelled",   "unconfirmed" };
    assert_int_equal(COUNT(WORDS), STATUS_COUNT);
    for (size_t i = 0; i < COUNT(WORDS); i++) {
        enum message_status status;
        assert_true(status_parse(str_of(WORDS[i]), &status));
        assert_string_equal(status_word(status), WORDS[i]);
        assert_true(strlen(status_sentence(status)) > 0);
    }
    enum message_status untouched = STATUS_HELD;
    assert_false(status_parse(STR("SENT"), &untouched));
    assert_false(status_parse(STR(""), &untouched));
    assert_int_equal(untouched, STATUS_HELD);
}

static void every_outbound_final_shares_the_highest_rank(void **state)
{
    (void)state;
    for (int i = 0; i < STATUS_COUNT; i++)
        for (int j = 0; j < STATUS_COUNT; j++) {
            struct standing final = { (enum message_status)i, 1 }, open = { (enum message_status)j, 100 };
            if (status_is_final(final.status) && !status_is_final(open.status))
                assert_true(same(status_merge(open, final), final));
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_reports_give_the_same_in_either_order),
        cmocka_unit_test(three_reports_give_the_same_in_every_order),
        cmocka_unit_test(a_report_that_comes_twice_changes_nothing),
        cmocka_unit_test(a_final_state_yields_only_to_a_final_one_of_higher_sequence),
        cmocka_unit_test(what_was_assumed_yields_to_any_word_of_plivos_and_to_nothing_of_ours),
        cmocka_unit_test(plivos_path_never_goes_back),
        cmocka_unit_test(without_a_sequence_delivered_wins_over_the_other_finals),
        cmocka_unit_test(any_success_beats_all_else_the_newest_attempt_counts),
        cmocka_unit_test(the_words_are_the_contracts),
        cmocka_unit_test(every_outbound_final_shares_the_highest_rank),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
