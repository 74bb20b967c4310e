#include "feed.h"

#include <stdlib.h>

struct feed_block {
    int64_t number;
    size_t n;
    char bytes[];
};

enum { BLOCK_MAX_BYTES = 1024 * 1024 };

static struct feed_block *at(const struct feed *feed, size_t i)
{
    return feed->ring[(feed->first + i) % FEED_EVENTS_MAX];
}

static void drop_oldest(struct feed *feed)
{
    struct feed_block *oldest = at(feed, 0);
    feed->base = oldest->number;
    feed->bytes -= oldest->n;
    feed->first = (feed->first + 1) % FEED_EVENTS_MAX;
    feed->n--;
    free(oldest);
}

void feed_release(struct feed *feed)
{
    while (feed->n > 0)
        drop_oldest(feed);
}

void feed_restart(struct feed *feed, int64_t head)
{
    feed_release(feed);
    feed->restarts += feed->newest != FEED_UNKNOWN;
    feed->newest = feed->base = head;
    feed->heard = feed->is_doubted ? head : max_i64(feed->heard, head);
    feed->is_doubted = false;
}

bool feed_hear(struct feed *feed, int64_t number, bool is_head)
{
    if (feed->newest != FEED_UNKNOWN && is_head && number < feed->newest)
        feed->is_doubted = true; /* mostly an answer of the log that overtook the broadcast; the log will say */
    if (number <= feed->heard && number <= feed->newest)
        return false;
    feed->heard = max_i64(feed->heard, number);
    return !is_head && feed->newest != FEED_UNKNOWN && number == feed->newest + 1;
}

bool sse_add(struct buf *out, int64_t number, struct str type, struct str data)
{
    struct str line;
    (void)buf_add_format(out, "id: %lld\n", (long long)number); /* failures are asked for at the end */
    if (str_is_set(type))
        (void)buf_add_format(out, "event: %.*s\n", STR_ARGS(type));
    while (str_next(&data, '\n', &line)) { /* JSON as we write it has one line */
        (void)buf_add_text(out, "data: "); /* as above, all three */
        (void)buf_add(out, line);
        (void)buf_add_char(out, '\n');
    }
    return buf_add_char(out, '\n') && !out->has_failed;
}

bool feed_append(struct feed *feed, int64_t number, struct str type, struct str data)
{
    struct buf text;
    assert(number > feed->newest);
    buf_init(&text, BLOCK_MAX_BYTES);
    bool ok = sse_add(&text, number, type, str_is_set(data) ? data : STR("{}"));
    struct feed_block *block = ok ? malloc(sizeof *block + text.n) : NULL;
    if (block) {
        block->number = number;
        block->n = text.n;
        memcpy(block->bytes, text.p, text.n);
    }
    buf_release(&text);
    if (!block)
        return false;
    while (feed->n > 0 && (feed->n == FEED_EVENTS_MAX || feed->bytes + block->n > FEED_BYTES_MAX))
        drop_oldest(feed);
    feed->ring[(feed->first + feed->n) % FEED_EVENTS_MAX] = block;
    feed->n++;
    feed->bytes += block->n;
    feed->newest = number;
    feed->heard = max_i64(feed->heard, number);
    return true;
}

/* Index of the first block after the cursor: numbers rise, so half of the rest can be left aside each time. */
static size_t first_after(const struct feed *feed, int64_t cursor)
{
    size_t low = 0;
    size_t high = feed->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (at(feed, middle)->number > cursor)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

enum feed_read feed_read(const struct feed *feed, int64_t *cursor, struct buf *out)
{
    if (*cursor < feed->base)
        return FEED_LAPPED;
    size_t i = first_after(feed, *cursor);
    if (i == feed->n)
        return FEED_NOTHING;
    for (size_t taken = 0; i < feed->n; i++) {
        const struct feed_block *block = at(feed, i);
        taken += block->n;
        if (taken > FEED_READ_MAX_BYTES && taken > block->n) /* one block goes, however large */
            break;
        if (!buf_add_bytes(out, block->bytes, block->n))
            break;
        *cursor = block->number;
    }
    return FEED_SOME;
}
