#include "stream.h"

#include "channels.h"
#include "config.h"
#include "io/clock.h"
#include "routes.h"

#include <stdatomic.h>

enum { PAGE_MEMORY_MAX_BYTES = 16 * 1024 * 1024, WORKER_AWAY_MS = 1000 };

static atomic_int clients;
static int64_t clients_max;

void stream_init(int64_t streams_max)
{
    clients_max = streams_max;
}

struct client {
    struct call *call;
    struct channel *channel;
    struct credential credential;
    struct arena page_memory;
    struct buf out;
    int64_t cursor;
    uint64_t restarts;     /* of the feed, as this client knows them */
    bool is_resuming;      /* what lies before the ring comes from the log */
    int64_t comment_at_ms; /* CLOCK_BOOTTIME */
};

static bool read_cursor(struct call *call, bool *is_given, int64_t *cursor, struct err *err)
{
    struct str text = http_header(call->rq, "Last-Event-ID"); /* of a reconnecting browser: newer than its address */
    if (!str_is_set(text) || text.n == 0)
        text = call_query(call, "last_event_id");
    *is_given = str_is_set(text);
    if (*is_given && !str_to_int(text, 0, INT64_MAX - 1, cursor))
        return err_set(err, ERR_INPUT, "last_event_id", "must be an event's number");
    return true;
}

static void add_reset(struct client *c, int64_t head)
{
    metric_add(&metric_stream_resets, 1);
    c->cursor = head;
    c->is_resuming = false;
    (void)sse_add(&c->out, head, STR("reset"), STR("{}")); /* asked for by send_out() */
}

/* One page of the log, for a client that came back. False: the worker is away; the next turn tries again. */
static bool resume_from_log(struct client *c)
{
    struct events_page page;
    struct err err;
    arena_reset(&c->page_memory);
    if (!channel_read_log(c->call->caller.tenant, c->cursor, &c->page_memory, &page, &err))
        return false;
    if (page.is_reset) {
        add_reset(c, page.head);
        return true;
    }
    for (size_t i = 0; i < page.events.n; i++) {
        const struct event_frame *e = &page.events.v[i];
        (void)sse_add(&c->out, e->number, e->type, str_is_set(e->data) ? e->data : STR("{}")); /* as above */
        c->cursor = e->number;
    }
    if (page.events.n == 0)
        c->is_resuming = false; /* at the log's head: from here on the ring has it */
    return true;
}

enum turn { TURN_WRITE, TURN_LOG, TURN_COMMENT, TURN_END };

/* Sleeps until there is something to do for this client. */
static enum turn next_turn(struct client *c)
{
    enum turn turn;
    channels_lock();
    for (;;) {
        const struct feed *feed = &c->channel->feed;
        if (channels_are_ending()) {
            turn = TURN_END;
            break;
        }
        if (c->restarts != feed->restarts) {
            c->restarts = feed->restarts;
            add_reset(c, feed->newest);
            turn = TURN_WRITE;
            break;
        }
        bool is_ahead = c->cursor > feed->newest; /* of our ring: a list's Event-Id can be newer than what we heard */
        enum feed_read got = c->is_resuming && is_ahead ? FEED_LAPPED : feed_read(feed, &c->cursor, &c->out);
        if (got == FEED_LAPPED && c->is_resuming) {
            turn = TURN_LOG;
            break;
        }
        if (got == FEED_LAPPED)
            add_reset(c, feed->newest);
        if (got != FEED_NOTHING) {
            c->is_resuming = false;
            turn = TURN_WRITE;
            break;
        }
        c->is_resuming = false;
        if (clock_boot_ms() >= c->comment_at_ms) {
            turn = TURN_COMMENT;
            break;
        }
        channels_wait(c->comment_at_ms);
    }
    channels_unlock();
    return turn;
}

static bool send_out(struct client *c)
{
    bool ok = !c->out.has_failed && http_stream_write(c->call->rq, buf_str(&c->out));
    buf_release(&c->out); /* thousands of clients that wait need no memory */
    buf_init(&c->out, CALL_ANSWER_MAX_BYTES);
    c->comment_at_ms = clock_boot_ms() + STREAM_COMMENT_MS;
    return ok;
}

/* Whether the key or session still counts; while the worker is silent it does. */
static bool still_may(struct client *c)
{
    struct caller now;
    struct err err;
    arena_reset(&c->page_memory);
    return auth_caller(&c->credential, &c->page_memory, &now, &err) || err.kind != ERR_UNSIGNED;
}

/* The worker is away: nothing to tell until it is back, but the line stays alive. */
static void pause(struct client *c)
{
    channels_lock();
    if (!channels_are_ending())
        channels_wait(clock_boot_ms() + WORKER_AWAY_MS);
    channels_unlock();
    if (clock_boot_ms() >= c->comment_at_ms)
        (void)buf_add_text(&c->out, ":\n\n"); /* as above */
}

static void serve_client(struct client *c)
{
    (void)buf_add_format(&c->out, "id: %lld\n\nretry: %d\n\n", (long long)c->cursor,
                         STREAM_RETRY_MS); /* asked for by send_out() */
    while (send_out(c)) {
        switch (next_turn(c)) {
        case TURN_WRITE:
            break;
        case TURN_LOG:
            if (!resume_from_log(c))
                pause(c);
            break;
        case TURN_COMMENT:
            if (!still_may(c))
                return;
            (void)buf_add_text(&c->out, ":\n\n"); /* as above */
            break;
        case TURN_END:
            return;
        }
    }
}

static bool begin(struct client *c, struct err *err)
{
    bool is_given;
    if (!read_cursor(c->call, &is_given, &c->cursor, err) ||
        !channel_open(c->call->caller.tenant, &c->page_memory, &c->channel, err))
        return false;
    channels_lock();
    c->is_resuming = is_given;
    c->restarts = c->channel->feed.restarts;
    if (!is_given)
        c->cursor = c->channel->feed.newest;
    channels_unlock();
    call_header(c->call, "Cache-Control", STR("no-cache, no-transform"));
    call_header(c->call, "X-Accel-Buffering", STR("no"));
    c->call->status = 200;
    if (http_stream_begin(c->call->rq, "text/event-stream", c->call->headers, c->call->headers_n))
        serve_client(c);
    channel_leave();
    return true;
}

bool events_stream(struct call *call, struct err *err)
{
    struct client c = { .call = call, .credential = auth_credential(call->rq) };
    bool ok;
    if (atomic_fetch_add(&clients, 1) >= clients_max) {
        metric_add(&metric_streams_refused, 1);
        ok = err_set(err, ERR_BUSY, NULL, "%lld event streams are open, more are not served", (long long)clients_max);
    } else {
        arena_init(&c.page_memory, PAGE_MEMORY_MAX_BYTES);
        buf_init(&c.out, CALL_ANSWER_MAX_BYTES);
        metric_add(&metric_streams, 1);
        ok = begin(&c, err);
        metric_add(&metric_streams, -1);
        buf_release(&c.out);
        arena_release(&c.page_memory);
    }
    atomic_fetch_sub(&clients, 1);
    return ok;
}
