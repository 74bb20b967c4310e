#include "plivo/plivo_words.h"

#include <stdio.h>

#include "unit/cmocka_all.h"

static enum message_status status_of(const char *word, int64_t code)
{
    enum message_status status = STATUS_HELD;
    if (!plivo_status_of(str_of(word), code, &status))
        fail_msg("\"%s\" is not known", word);
    return status;
}

static void each_word_of_plivos_has_its_status(void **state)
{
    (void)state;
    assert_int_equal(status_of("queued", 0), STATUS_ACCEPTED);
    assert_int_equal(status_of("sent", 0), STATUS_SENT);
    assert_int_equal(status_of("delivered", 0), STATUS_DELIVERED);
    assert_int_equal(status_of("undelivered", 30), STATUS_UNDELIVERED);
    assert_int_equal(status_of("failed", 20), STATUS_FAILED);
    assert_int_equal(status_of("rejected", 0), STATUS_REJECTED);
    assert_int_equal(status_of("Delivered", 0), STATUS_DELIVERED);
}

static void an_expiry_and_a_block_are_told_by_their_codes(void **state)
{
    (void)state;
    assert_int_equal(status_of("failed", 420), STATUS_EXPIRED);
    assert_int_equal(status_of("undelivered", 420), STATUS_EXPIRED);
    assert_int_equal(status_of("failed", 200), STATUS_BLOCKED);
    assert_int_equal(status_of("rejected", 200), STATUS_BLOCKED);
    assert_int_equal(status_of("sent", 200), STATUS_SENT); /* a code on a success changes nothing */
    assert_int_equal(status_of("delivered", 420), STATUS_DELIVERED);
}

static void an_unknown_word_changes_nothing(void **state)
{
    (void)state;
    enum message_status status = STATUS_HELD;
    static const char *const WORDS[] = { "", "teleported", "sent ", "received", "read" };
    for (size_t i = 0; i < COUNT(WORDS); i++)
        assert_false(plivo_status_of(str_of(WORDS[i]), 0, &status));
    assert_int_equal(status, STATUS_HELD);
}

/* Plivo's ranks and ours must tell the same story, or merging would go back where Plivo went on. */
static void our_ranks_follow_plivos(void **state)
{
    (void)state;
#define X(word, rank, status) { rank, status },
    static const struct {
        int rank;
        enum message_status status;
    } ROWS[] = { PLIVO_STATUSES(X) };
#undef X
    for (size_t i = 0; i < COUNT(ROWS); i++)
        for (size_t j = 0; j < COUNT(ROWS); j++) {
            struct standing a = { ROWS[i].status, 1 }, b = { ROWS[j].status, 1 };
            if (ROWS[i].rank < ROWS[j].rank)
                assert_int_equal(status_merge(a, b).status, b.status);
        }
}

static void every_error_has_a_sentence_a_reason_and_a_bounded_retry(void **state)
{
    (void)state;
    static const int64_t CODES[] = { 10,  20,  30,  40,  50,  60,  70,  80,  90,  100, 110, 120, 130, 140,
                                     150, 160, 200, 201, 210, 300, 420, 450, 451, 900, 910, 960, 1000 };
    char scratch[PLIVO_SENTENCE_BYTES];
    for (size_t i = 0; i < COUNT(CODES); i++) {
        struct plivo_error error = plivo_error_find(CODES[i], scratch);
        assert_int_equal(error.code, CODES[i]);
        assert_true(error.sentence != scratch && strlen(error.sentence) > 10);
        assert_true(strlen(error.reason) > 0);
        assert_true(error.retries_max <= 2);
        assert_int_equal(error.action == PLIVO_RETRY || error.action == PLIVO_HOLD_COUNTRY, error.retries_max > 0);
    }
    assert_int_equal(plivo_error_find(200, scratch).action, PLIVO_OPT_OUT);
    assert_int_equal(plivo_error_find(20, scratch).retry_after_s, 300);
    assert_int_equal(plivo_error_find(451, scratch).retry_after_s, 3600);
}

static void an_unknown_code_fails_and_shows_its_number(void **state)
{
    (void)state;
    static const int64_t CODES[] = { 2403, 99999, -7, INT64_MIN, INT64_MAX };
    for (size_t i = 0; i < COUNT(CODES); i++) {
        char scratch[PLIVO_SENTENCE_BYTES], number[32];
        struct plivo_error error = plivo_error_find(CODES[i], scratch);
        (void)snprintf(number, sizeof number, " %lld ", (long long)CODES[i]);
        assert_int_equal(error.action, PLIVO_FAIL);
        assert_non_null(strstr(error.sentence, number));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_word_of_plivos_has_its_status),
        cmocka_unit_test(an_expiry_and_a_block_are_told_by_their_codes),
        cmocka_unit_test(an_unknown_word_changes_nothing),
        cmocka_unit_test(our_ranks_follow_plivos),
        cmocka_unit_test(every_error_has_a_sentence_a_reason_and_a_bounded_retry),
        cmocka_unit_test(an_unknown_code_fails_and_shows_its_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
