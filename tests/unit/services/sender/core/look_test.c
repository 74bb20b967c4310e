/* A list that is too long to be read at once is read in pieces, without a gap; and what an attempt could own is kept of it. */
#include "core/look.h"

#include "unit/cmocka_all.h"

enum { SECOND_MS = 1000, WINDOW_MS = 720 * SECOND_MS, FULL = 2000 };

/* How many of the records that lie evenly, `apart_us` from each other, are in the piece; both ends belong to it. */
static int64_t in_piece(int64_t from_ms, int64_t to_ms, int64_t apart_us)
{
    return to_ms * 1000 / apart_us - (from_ms * 1000 + apart_us - 1) / apart_us + 1;
}

/* Reads all of it as the sender does. Returns how many records were read for it, those read in vain too. */
static int64_t read_through(int64_t apart_us, bool *is_complete)
{
    struct look_pieces pieces = look_pieces_of(0, WINDOW_MS, WINDOW_MS);
    int64_t read = 0;
    int64_t reached_ms = 0;
    int64_t from_ms;
    int64_t to_ms;
    *is_complete = true;
    while (look_piece(&pieces, &from_ms, &to_ms)) {
        int64_t n = in_piece(from_ms, to_ms, apart_us);
        assert_int_equal(from_ms, reached_ms);
        assert_true(to_ms > from_ms);
        if (n <= FULL) {
            look_piece_read(&pieces, n <= FULL / 4);
            reached_ms = to_ms;
        } else if (!look_piece_too_full(&pieces)) {
            *is_complete = false;
            return read;
        }
        read += n < FULL ? n : FULL;
    }
    assert_int_equal(reached_ms, WINDOW_MS);
    return read;
}

/* 14 sends a second over a window were the most that could be read before. */
static void a_busy_window_is_read_whole_at_little_more_than_it_holds(void **unused)
{
    static const int64_t PER_SECOND[] = { 1, 14, 41, 100, 500 };
    (void)unused;
    for (size_t i = 0; i < COUNT(PER_SECOND); i++) {
        bool is_complete;
        int64_t read = read_through(1000000 / PER_SECOND[i], &is_complete);
        assert_true(is_complete);
        assert_true(read <= 2 * PER_SECOND[i] * WINDOW_MS / SECOND_MS + 20 * FULL);
    }
}

static void what_cannot_be_made_narrower_is_not_taken_as_read(void **unused)
{
    bool is_complete;
    struct look_pieces pieces = look_pieces_of(0, 1, WINDOW_MS);
    (void)unused;
    (void)read_through(1, &is_complete); /* 1,000 in a millisecond: two of them are full */
    assert_true(is_complete);
    assert_false(look_piece_too_full(&pieces));
}

/* Were it believed of any piece, a total that is always the account's would leave nothing that is narrow enough. */
static void what_plivo_says_of_the_number_saves_reading_and_no_more(void **unused)
{
    (void)unused;
    assert_true(look_piece_seems_too_full(WINDOW_MS, FULL + 1, FULL));
    assert_false(look_piece_seems_too_full(WINDOW_MS, FULL, FULL));
    assert_false(look_piece_seems_too_full(WINDOW_MS, INT_UNSET, FULL));
    assert_false(look_piece_seems_too_full(LOOK_TRUST_FROM_MS - 1, INT64_MAX, FULL));
}

static void after_a_crowd_the_pieces_become_wide_again(void **unused)
{
    struct look_pieces pieces = look_pieces_of(0, WINDOW_MS, WINDOW_MS);
    (void)unused;
    for (int i = 0; i < 10; i++)
        assert_true(look_piece_too_full(&pieces));
    int reads = 0;
    int64_t from_ms;
    int64_t to_ms;
    for (; look_piece(&pieces, &from_ms, &to_ms); reads++)
        look_piece_read(&pieces, true);
    assert_in_range(reads, 2, 12);
}

static void what_could_be_an_attempt_s_is_kept_and_its_witness(void **unused)
{
    struct unsettled_attempt attempts[] = {
        { .to = STR("+15550100001"), .witness = STR("w-1") },
        { .to = STR("+15550100002") },
    };
    struct unsettled ask = { .attempts = { attempts, COUNT(attempts) } };
    const struct {
        struct plivo_record record;
        bool is_kept;
    } cases[] = {
        { { .uuid = STR("a"), .to = STR("+15550100001") }, true },
        { { .uuid = STR("a"), .to = STR("+15550100002") }, true },
        { { .uuid = STR("a"), .to = STR("+15550100003") }, false },
        { { .uuid = STR("w-1"), .to = STR("+15550100003") }, true },
        { { .uuid = STR("a"), .to = STR("+1555010XXXX") }, true },
        { { .uuid = STR("a"), .to = STR("+1666010XXXX") }, false },
        { { .uuid = STR("a") }, true },
        { { .to = STR("+15550100003") }, false },
    };
    (void)unused;
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_int_equal(look_keeps(&ask, &cases[i].record), cases[i].is_kept);
    attempts[0] = attempts[1] = (struct unsettled_attempt){ 0 };
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_true(look_keeps(&ask, &cases[i].record)); /* a worker that does not say to whom wants all */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_busy_window_is_read_whole_at_little_more_than_it_holds),
        cmocka_unit_test(what_cannot_be_made_narrower_is_not_taken_as_read),
        cmocka_unit_test(what_plivo_says_of_the_number_saves_reading_and_no_more),
        cmocka_unit_test(after_a_crowd_the_pieces_become_wide_again),
        cmocka_unit_test(what_could_be_an_attempt_s_is_kept_and_its_witness),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
