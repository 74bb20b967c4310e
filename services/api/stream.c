#include "stream.h"

#include "ask.h"
#include "config.h"
#include "feed.h"
#include "io/clock.h"
#include "io/log.h"
#include "routes.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

enum {
    READ_WAIT_MS = 100,        /* how late the reader sees that it is to stop, or tries a gap again */
    LOG_PAGE = 200,
    LOG_TRY_MS = 1000,
    GAP_RETRY_MS = 50,
    GAP_TRIES = 40,            /* two seconds: then the number that was heard counts as a mistake */
    WORKER_AWAY_MS = 1000,
    PAGE_MEMORY_MAX_BYTES = 16 * 1024 * 1024,
};

/* One tenant's feed, and what its reader still wants. */
struct channel {
    struct feed feed;
    int64_t retry_at_ms; /* CLOCK_BOOTTIME */
    int gap_tries;
};

static struct {
    pthread_mutex_t lock; /* guards the channels; no call to the worker, no write to a client under it */
    pthread_cond_t changed;
    struct channel *channels[FEEDS_MAX];
    size_t channels_n;
    bool is_ending;
    atomic_int clients;
    int64_t clients_max;
    struct bus_subscriber *subscriber;
    pthread_t reader;
    atomic_bool is_stopping;
} stream = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* Neither can fail: a plain mutex, never locked twice by one thread. */
static void lock(void)
{
    (void)pthread_mutex_lock(&stream.lock);
}

static void unlock(void)
{
    (void)pthread_mutex_unlock(&stream.lock);
}

static bool read_log(int64_t tenant, int64_t after, struct arena *arena, struct events_page *page, struct err *err)
{
    struct bus_context context = { .tenant = tenant, .actor = STR("system") };
    struct events_query query = { .after = after, .limit = LOG_PAGE };
    return ask_once(OP_events, &context, &query, arena, page, LOG_TRY_MS, err);
}

/* --- the reader --- */

static struct channel *channel_of(int64_t tenant)
{
    for (size_t i = 0; i < stream.channels_n; i++)
        if (stream.channels[i]->feed.tenant == tenant)
            return stream.channels[i];
    return NULL;
}

static void append(struct channel *channel, const struct event_frame *event)
{
    if (event->number <= channel->feed.newest)
        return;
    if (feed_append(&channel->feed, event->number, event->type, event->data))
        metric_add(&metric_events_heard, 1);
    else
        feed_restart(&channel->feed, event->number); /* no memory: everybody reloads */
}

static void hear(const struct event_frame *event)
{
    bool is_head = str_is(event->type, "head");
    if (str_is(event->type, "wake"))
        return;
    lock();
    struct channel *channel = channel_of(event->tenant);
    if (channel && feed_hear(&channel->feed, event->number, is_head)) {
        append(channel, event);
        (void)pthread_cond_broadcast(&stream.changed);
    }
    unlock();
}

static bool wants_log(const struct channel *channel)
{
    const struct feed *feed = &channel->feed;
    return feed->newest != FEED_UNKNOWN && (feed->heard > feed->newest || feed->is_doubted) && clock_boot_ms() >= channel->retry_at_ms;
}

static void take_page(struct channel *channel, const struct events_page *page)
{
    struct feed *feed = &channel->feed;
    if (page->is_reset) {
        feed_restart(feed, page->head);
    } else {
        for (size_t i = 0; i < page->events.n; i++)
            append(channel, &page->events.v[i]);
        feed->is_doubted = false;
    }
    /* readers' snapshots may be a moment behind the broadcast; a number that stays unknown was none */
    channel->gap_tries = page->events.n > 0 ? 0 : channel->gap_tries + 1;
    channel->retry_at_ms = page->events.n > 0 ? 0 : clock_boot_ms() + GAP_RETRY_MS;
    if (channel->gap_tries > GAP_TRIES)
        feed->heard = feed->newest;
    if (feed->heard <= feed->newest)
        channel->gap_tries = 0;
}

/* Only the reader moves `newest` once it is known, so what was read without the lock still fits. */
static void fill_gap(struct channel *channel, struct arena *arena)
{
    struct events_page page;
    struct err err;
    lock();
    int64_t tenant = channel->feed.tenant;
    int64_t after = channel->feed.newest;
    bool is_wanted = wants_log(channel);
    unlock();
    if (!is_wanted)
        return;
    metric_add(&metric_event_gaps, 1);
    bool ok = read_log(tenant, after, arena, &page, &err);
    lock();
    if (ok)
        take_page(channel, &page);
    else
        channel->retry_at_ms = clock_boot_ms() + WORKER_AWAY_MS;
    (void)pthread_cond_broadcast(&stream.changed);
    unlock();
}

static void *read_events(void *unused)
{
    struct arena arena;
    struct event_frame event;
    (void)unused;
    arena_init(&arena, PAGE_MEMORY_MAX_BYTES);
    while (!atomic_load(&stream.is_stopping)) {
        arena_reset(&arena);
        if (bus_subscriber_next(stream.subscriber, READ_WAIT_MS, &arena, &event))
            hear(&event);
        lock();
        size_t n = stream.channels_n;
        unlock();
        for (size_t i = 0; i < n; i++) /* channels are added, never taken away */
            fill_gap(stream.channels[i], &arena);
    }
    arena_release(&arena);
    return NULL;
}

bool stream_start(const void *values, struct err *err)
{
    const struct api_config *config = values;
    struct str endpoint = config_endpoint(config->events_endpoint, config->run_dir, "events.sock");
    pthread_condattr_t clock;
    stream.clients_max = config->streams_max;
    (void)pthread_condattr_init(&clock); /* these three cannot fail on Linux with these arguments */
    (void)pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&stream.changed, &clock);
    (void)pthread_condattr_destroy(&clock);
    if (!bus_subscriber_open(&stream.subscriber, endpoint.p, err))
        return false;
    if (pthread_create(&stream.reader, NULL, read_events, NULL) == 0)
        return true;
    bus_subscriber_close(&stream.subscriber);
    return err_set(err, ERR_BUSY, NULL, "no thread for the events");
}

void stream_end_all(void)
{
    lock();
    stream.is_ending = true;
    (void)pthread_cond_broadcast(&stream.changed);
    unlock();
}

void stream_stop(void)
{
    atomic_store(&stream.is_stopping, true);
    (void)pthread_join(stream.reader, NULL); /* at most READ_WAIT_MS and one question to the worker */
    bus_subscriber_close(&stream.subscriber);
    for (size_t i = 0; i < stream.channels_n; i++) {
        feed_release(&stream.channels[i]->feed);
        free(stream.channels[i]);
    }
    stream.channels_n = 0;
}

/* --- one client --- */

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

/* The first client of a tenant opens its channel: the subscription stands already, so nothing after `head` can be missed. */
static bool open_channel(int64_t tenant, struct arena *arena, struct channel **out, struct err *err)
{
    struct events_page page;
    lock();
    struct channel *channel = channel_of(tenant);
    if (!channel && stream.channels_n < FEEDS_MAX && (channel = calloc(1, sizeof *channel))) {
        channel->feed.tenant = tenant;
        channel->feed.newest = channel->feed.heard = FEED_UNKNOWN;
        stream.channels[stream.channels_n++] = channel;
    }
    bool is_known = channel && channel->feed.newest != FEED_UNKNOWN;
    unlock();
    *out = channel;
    if (!channel)
        return err_set(err, ERR_BUSY, NULL, "events of %d tenants are followed already", FEEDS_MAX);
    if (is_known)
        return true;
    if (!read_log(tenant, INT64_MAX, arena, &page, err)) /* newer than any: the answer tells the head */
        return false;
    lock();
    if (channel->feed.newest == FEED_UNKNOWN)
        feed_restart(&channel->feed, page.head);
    unlock();
    return true;
}

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
    if (!read_log(c->call->caller.tenant, c->cursor, &c->page_memory, &page, &err))
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

static void wait_until(int64_t boot_ms)
{
    struct timespec at;
    int64_t wait_ms = max_i64(1, boot_ms - clock_boot_ms());
    (void)clock_gettime(CLOCK_MONOTONIC, &at); /* the only clock that a condition knows; cannot fail */
    at.tv_sec += (time_t)(wait_ms / 1000);
    at.tv_nsec += (long)(wait_ms % 1000) * 1000000;
    if (at.tv_nsec >= 1000000000) {
        at.tv_sec++;
        at.tv_nsec -= 1000000000;
    }
    (void)pthread_cond_timedwait(&stream.changed, &stream.lock, &at); /* woken, late or for nothing: the caller looks again */
}

enum turn { TURN_WRITE, TURN_LOG, TURN_COMMENT, TURN_END };

/* Sleeps until there is something to do for this client. */
static enum turn next_turn(struct client *c)
{
    enum turn turn;
    lock();
    for (;;) {
        const struct feed *feed = &c->channel->feed;
        if (stream.is_ending) {
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
        wait_until(c->comment_at_ms);
    }
    unlock();
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
    lock();
    if (!stream.is_ending)
        wait_until(clock_boot_ms() + WORKER_AWAY_MS);
    unlock();
    if (clock_boot_ms() >= c->comment_at_ms)
        (void)buf_add_text(&c->out, ":\n\n"); /* as above */
}

static void serve_client(struct client *c)
{
    (void)buf_add_format(&c->out, "id: %lld\n\nretry: %d\n\n", (long long)c->cursor, STREAM_RETRY_MS); /* asked for by send_out() */
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
        !open_channel(c->call->caller.tenant, &c->page_memory, &c->channel, err))
        return false;
    lock();
    c->is_resuming = is_given;
    c->restarts = c->channel->feed.restarts;
    if (!is_given)
        c->cursor = c->channel->feed.newest;
    unlock();
    call_header(c->call, "Cache-Control", STR("no-cache, no-transform"));
    call_header(c->call, "X-Accel-Buffering", STR("no"));
    c->call->status = 200;
    if (http_stream_begin(c->call->rq, "text/event-stream", c->call->headers, c->call->headers_n))
        serve_client(c);
    return true;
}

bool events_stream(struct call *call, struct err *err)
{
    struct client c = { .call = call, .credential = auth_credential(call->rq) };
    bool ok;
    if (atomic_fetch_add(&stream.clients, 1) >= stream.clients_max) {
        metric_add(&metric_streams_refused, 1);
        ok = err_set(err, ERR_BUSY, NULL, "%lld event streams are open, more are not served", (long long)stream.clients_max);
    } else {
        arena_init(&c.page_memory, PAGE_MEMORY_MAX_BYTES);
        buf_init(&c.out, CALL_ANSWER_MAX_BYTES);
        metric_add(&metric_streams, 1);
        ok = begin(&c, err);
        metric_add(&metric_streams, -1);
        buf_release(&c.out);
        arena_release(&c.page_memory);
    }
    atomic_fetch_sub(&stream.clients, 1);
    return ok;
}
