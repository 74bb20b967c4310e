#include "unit/cmocka_all.h"
#include "feed.h"

#include <stdlib.h>

static struct feed *a_feed(int64_t head)
{
    struct feed *feed = calloc(1, sizeof *feed);
    assert_non_null(feed);
    feed->newest = feed->heard = FEED_UNKNOWN;
    feed_restart(feed, head);
    return feed;
}

static void end(struct feed *feed)
{
    feed_release(feed);
    free(feed);
}

static void tell(struct feed *feed, int64_t number)
{
    assert_true(feed_append(feed, number, STR("message.created"), STR("{\"id\":1}")));
}

/* Reads until there is nothing more; how many came, each the next of its time. */
static int64_t read_all(const struct feed *feed, int64_t cursor)
{
    int64_t n = 0;
    struct buf out;
    buf_init(&out, 1024 * 1024);
    while (feed_read(feed, &cursor, &out) == FEED_SOME) {
        struct str text = buf_str(&out);
        struct str line;
        while (str_next(&text, '\n', &line))
            n += str_starts(line, STR("id: "));
        buf_clear(&out);
    }
    buf_release(&out);
    assert_int_equal(cursor, feed->newest);
    return n;
}

static void an_event_is_one_block_of_text(void **state)
{
    struct feed *feed = a_feed(6);
    struct buf out;
    int64_t cursor = 6;
    (void)state;
    buf_init(&out, 1000);
    assert_int_equal(feed_read(feed, &cursor, &out), FEED_NOTHING);
    tell(feed, 7);
    assert_int_equal(feed_read(feed, &cursor, &out), FEED_SOME);
    assert_string_equal(buf_text(&out), "id: 7\nevent: message.created\ndata: {\"id\":1}\n\n");
    assert_int_equal(cursor, 7);
    buf_release(&out);
    end(feed);
}

static void a_line_break_in_data_cannot_end_the_event(void **state)
{
    struct buf out;
    (void)state;
    buf_init(&out, 1000);
    assert_true(sse_add(&out, 1, STR("x"), STR("a\nb")));
    assert_string_equal(buf_text(&out), "id: 1\nevent: x\ndata: a\ndata: b\n\n");
    buf_release(&out);
}

static void a_reader_gets_each_event_after_its_cursor_once(void **state)
{
    struct feed *feed = a_feed(0);
    (void)state;
    for (int64_t n = 1; n <= 3000; n++)
        tell(feed, n * 2); /* numbers may jump */
    assert_int_equal(read_all(feed, 0), 3000);
    assert_int_equal(read_all(feed, 2), 2999);
    assert_int_equal(read_all(feed, 3), 2999);
    assert_int_equal(read_all(feed, 6000), 0);
    end(feed);
}

static void a_lapped_reader_is_told_so_and_gets_nothing(void **state)
{
    struct feed *feed = a_feed(0);
    struct buf out;
    int64_t cursor = 0;
    (void)state;
    buf_init(&out, 1000);
    for (int64_t n = 1; n <= FEED_EVENTS_MAX + 10; n++)
        tell(feed, n);
    assert_int_equal(feed->base, 10);
    assert_int_equal(feed_read(feed, &cursor, &out), FEED_LAPPED);
    assert_int_equal(out.n, 0);
    assert_int_equal(cursor, 0);
    assert_int_equal(read_all(feed, 10), FEED_EVENTS_MAX);
    buf_release(&out);
    end(feed);
}

static void the_ring_is_bounded_in_bytes_too(void **state)
{
    enum { LARGE = 200 * 1024 };
    struct feed *feed = a_feed(0);
    char *data = malloc(LARGE);
    (void)state;
    assert_non_null(data);
    memset(data, 'x', LARGE);
    for (int64_t n = 1; n <= 100; n++)
        assert_true(feed_append(feed, n, STR("x"), str_bytes(data, LARGE)));
    assert_true(feed->bytes <= FEED_BYTES_MAX);
    assert_int_equal(read_all(feed, feed->base), (int64_t)feed->n);
    free(data);
    end(feed);
}

static void a_gap_in_the_broadcast_is_heard_and_not_told(void **state)
{
    struct feed *feed = a_feed(10);
    (void)state;
    assert_true(feed_hear(feed, 11, false));
    tell(feed, 11);
    assert_false(feed_hear(feed, 13, false)); /* 12 is missing */
    assert_int_equal(feed->heard, 13);
    assert_int_equal(feed->newest, 11);
    assert_false(feed_hear(feed, 11, false)); /* known */
    assert_false(feed_hear(feed, 14, true));  /* a head is no event */
    assert_int_equal(feed->heard, 14);
    end(feed);
}

static void a_head_below_ours_raises_a_doubt(void **state)
{
    struct feed *feed = a_feed(10);
    (void)state;
    assert_false(feed_hear(feed, 10, true));
    assert_false(feed->is_doubted);
    assert_false(feed_hear(feed, 3, true));
    assert_true(feed->is_doubted);
    feed_restart(feed, 3); /* the log said so: the store was replaced */
    assert_int_equal(feed->restarts, 1);
    assert_int_equal(feed->heard, 3);
    assert_false(feed->is_doubted);
    end(feed);
}

static void what_is_heard_before_the_head_is_known_counts_as_missing(void **state)
{
    struct feed *feed = calloc(1, sizeof *feed);
    (void)state;
    assert_non_null(feed);
    feed->newest = feed->heard = FEED_UNKNOWN;
    assert_false(feed_hear(feed, 8, false));
    feed_restart(feed, 7); /* the log's head, read before 8 was committed */
    assert_int_equal(feed->heard, 8);
    assert_int_equal(feed->newest, 7);
    assert_int_equal(feed->restarts, 0);
    end(feed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_event_is_one_block_of_text),
        cmocka_unit_test(a_line_break_in_data_cannot_end_the_event),
        cmocka_unit_test(a_reader_gets_each_event_after_its_cursor_once),
        cmocka_unit_test(a_lapped_reader_is_told_so_and_gets_nothing),
        cmocka_unit_test(the_ring_is_bounded_in_bytes_too),
        cmocka_unit_test(a_gap_in_the_broadcast_is_heard_and_not_told),
        cmocka_unit_test(a_head_below_ours_raises_a_doubt),
        cmocka_unit_test(what_is_heard_before_the_head_is_known_counts_as_missing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
