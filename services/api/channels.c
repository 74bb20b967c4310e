#include "channels.h"

#include "ask.h"
#include "config.h"
#include "io/clock.h"
#include "io/log.h"
#include "io/wait.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

enum {
    READ_WAIT_MS = 100,        /* how late the reader sees that it is to stop, or tries a gap again */
    LOG_PAGE = 200,
    LOG_TRY_MS = 1000,
    GAP_RETRY_MS = 50,
    GAP_TRIES = 40,            /* two seconds: then the number that was heard counts as a mistake */
    WORKER_AWAY_MS = 1000,
    PAGE_MEMORY_MAX_BYTES = 16 * 1024 * 1024,
};

static struct {
    pthread_mutex_t lock; /* guards the channels; no call to the worker, no write to a client under it */
    pthread_cond_t changed;
    struct channel *v[FEEDS_MAX];
    size_t n;
    size_t clients;
    int64_t left_at_ms; /* when the last one left */
    bool is_followed;   /* the subscription stands */
    bool is_ending;
    struct bus_subscriber *subscriber;
    pthread_t reader;
    atomic_bool is_stopping;
} channels = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* Neither can fail: a plain mutex, never locked twice by one thread. */
void channels_lock(void)
{
    (void)pthread_mutex_lock(&channels.lock);
}

void channels_unlock(void)
{
    (void)pthread_mutex_unlock(&channels.lock);
}

bool channel_read_log(int64_t tenant, int64_t after, struct arena *arena, struct events_page *page, struct err *err)
{
    struct bus_context context = { .tenant = tenant, .actor = STR("system") };
    struct events_query query = { .after = after, .limit = LOG_PAGE };
    return ask_once(OP_events, &context, &query, arena, page, LOG_TRY_MS, err);
}

/* --- the reader --- */

static struct channel *channel_of(int64_t tenant)
{
    for (size_t i = 0; i < channels.n; i++)
        if (channels.v[i]->feed.tenant == tenant)
            return channels.v[i];
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
    channels_lock();
    struct channel *channel = channel_of(event->tenant);
    if (channel && feed_hear(&channel->feed, event->number, is_head)) {
        append(channel, event);
        (void)pthread_cond_broadcast(&channels.changed);
    }
    channels_unlock();
}

static bool wants_log(const struct channel *channel)
{
    const struct feed *feed = &channel->feed;
    return feed->newest != FEED_UNKNOWN && (feed->heard > feed->newest || feed->is_doubted) &&
           clock_boot_ms() >= channel->retry_at_ms;
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
    channels_lock();
    int64_t tenant = channel->feed.tenant;
    int64_t after = channel->feed.newest;
    bool is_wanted = wants_log(channel);
    channels_unlock();
    if (!is_wanted)
        return;
    metric_add(&metric_event_gaps, 1);
    bool ok = channel_read_log(tenant, after, arena, &page, &err);
    channels_lock();
    if (ok)
        take_page(channel, &page);
    else
        channel->retry_at_ms = clock_boot_ms() + WORKER_AWAY_MS;
    (void)pthread_cond_broadcast(&channels.changed);
    channels_unlock();
}

/* Nobody looks any more: whoever comes next begins at the log's head. */
static void sleep_all(void)
{
    for (size_t i = 0; i < channels.n; i++) {
        feed_release(&channels.v[i]->feed);
        channels.v[i]->feed.newest = channels.v[i]->feed.heard = FEED_UNKNOWN;
        channels.v[i]->feed.is_doubted = false;
        channels.v[i]->gap_tries = 0;
    }
}

/* Follows while there are clients, and a while longer; sleeps while there is nothing to follow. */
static void follow(void)
{
    channels_lock();
    while (channels.clients == 0 && !channels.is_followed && !atomic_load(&channels.is_stopping))
        channels_wait(clock_boot_ms() + CHANNELS_LINGER_MS);
    bool is_wanted = channels.clients > 0 || clock_boot_ms() < channels.left_at_ms + CHANNELS_LINGER_MS;
    if (is_wanted != channels.is_followed && bus_subscriber_follow(channels.subscriber, is_wanted)) {
        channels.is_followed = is_wanted;
        if (!is_wanted)
            sleep_all();
        (void)pthread_cond_broadcast(&channels.changed);
    }
    channels_unlock();
}

static void *read_events(void *unused)
{
    struct arena arena;
    struct event_frame event;
    (void)unused;
    arena_init(&arena, PAGE_MEMORY_MAX_BYTES);
    while (!atomic_load(&channels.is_stopping)) {
        arena_reset(&arena);
        follow();
        if (bus_subscriber_next(channels.subscriber, READ_WAIT_MS, &arena, &event))
            hear(&event);
        channels_lock();
        size_t n = channels.n;
        channels_unlock();
        for (size_t i = 0; i < n; i++) /* channels are added, never taken away */
            fill_gap(channels.v[i], &arena);
    }
    arena_release(&arena);
    return NULL;
}

bool channels_start(const void *values, struct err *err)
{
    const struct api_config *config = values;
    struct str endpoint = config_endpoint(config->events_endpoint, config->run_dir, "events.sock");
    wait_init(&channels.changed);
    if (!bus_subscriber_open(&channels.subscriber, BUS_NOTHING, endpoint.p, err))
        return false;
    if (pthread_create(&channels.reader, NULL, read_events, NULL) == 0)
        return true;
    bus_subscriber_close(&channels.subscriber);
    return err_set(err, ERR_BUSY, NULL, "no thread for the events");
}

void channels_end_all(void)
{
    channels_lock();
    channels.is_ending = true;
    (void)pthread_cond_broadcast(&channels.changed);
    channels_unlock();
}

void channels_stop(void)
{
    channels_lock();
    atomic_store(&channels.is_stopping, true);
    (void)pthread_cond_broadcast(&channels.changed);
    channels_unlock();
    (void)pthread_join(channels.reader, NULL); /* at most READ_WAIT_MS and one question to the worker */
    bus_subscriber_close(&channels.subscriber);
    for (size_t i = 0; i < channels.n; i++) {
        feed_release(&channels.v[i]->feed);
        free(channels.v[i]);
    }
    channels.n = 0;
}

/* --- for the clients --- */

/* One more client; waits until the subscription stands, so that nothing after a head that is read then can be missed. */
static void join(void)
{
    const int64_t until_ms = clock_boot_ms() + LOG_TRY_MS;
    channels.clients++;
    (void)pthread_cond_broadcast(&channels.changed);
    while (!channels.is_followed && !channels.is_ending && clock_boot_ms() < until_ms)
        channels_wait(until_ms);
}

void channel_leave(void)
{
    channels_lock();
    channels.clients--;
    channels.left_at_ms = clock_boot_ms();
    channels_unlock();
}

static bool open_joined(int64_t tenant, struct arena *arena, struct channel **out, struct err *err)
{
    struct events_page page;
    channels_lock();
    join();
    struct channel *channel = channel_of(tenant);
    if (!channel && channels.n < FEEDS_MAX && (channel = calloc(1, sizeof *channel))) {
        channel->feed.tenant = tenant;
        channel->feed.newest = channel->feed.heard = FEED_UNKNOWN;
        channels.v[channels.n++] = channel;
    }
    bool is_known = channel && channel->feed.newest != FEED_UNKNOWN;
    channels_unlock();
    *out = channel;
    if (!channel)
        return err_set(err, ERR_BUSY, NULL, "events of %d tenants are followed already", FEEDS_MAX);
    if (is_known)
        return true;
    if (!channel_read_log(tenant, INT64_MAX, arena, &page, err)) /* newer than any: the answer tells the head */
        return false;
    channels_lock();
    if (channel->feed.newest == FEED_UNKNOWN)
        feed_restart(&channel->feed, page.head);
    channels_unlock();
    return true;
}

bool channel_open(int64_t tenant, struct arena *arena, struct channel **out, struct err *err)
{
    bool ok = open_joined(tenant, arena, out, err);
    if (!ok)
        channel_leave();
    return ok;
}

void channels_wait(int64_t until_ms)
{
    (void)wait_until(&channels.changed, &channels.lock, until_ms * 1000); /* woken or late: the caller looks again */
}

bool channels_are_ending(void)
{
    return channels.is_ending;
}
