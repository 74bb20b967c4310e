#include "relay.h"

#include "ack.h"
#include "io/clock.h"
#include "io/log.h"
#include "metrics.h"

#include <pthread.h>
#include <stdatomic.h>

enum { SPOOL_POLL_MS = 20 }; /* entries on their way to the disk: looked for again, should a signal be lost */

struct relay {
    enum spool_lane lane;
    const char *peer;
    struct bus_client *client;
    struct metric *batches, *batched, *unanswered, *oldest; /* those of texts share theirs */
    struct arena arena;
    struct inbound_answer results[EVENT_BATCH_MAX];
    struct str events[EVENT_BATCH_MAX];
    struct spool_identity parked[EVENT_BATCH_MAX];
    struct err refusal;
    int64_t done_through; /* the last spooled entry that the peer has */
    size_t max_n;         /* events of a replay: halved when a batch is refused as a whole */
    int64_t backoff_ms;
    _Atomic int64_t oldest_s; /* of what it replays; 0: nothing */
    bool is_away; /* for the log: told once */
    pthread_t thread;
    bool is_running;
};

static struct relay relays[SPOOL_LANES] = {
    [SPOOL_INBOUND] = { .lane = SPOOL_INBOUND, .peer = "worker", .batches = &metric_batches_inbound,
                        .batched = &metric_batched_inbound,
                        .unanswered = &metric_unanswered_inbound,
                        .oldest = &metric_oldest_inbound },
    [SPOOL_INBOUND_B] = { .lane = SPOOL_INBOUND_B, .peer = "worker", .batches = &metric_batches_inbound,
                          .batched = &metric_batched_inbound,
                          .unanswered = &metric_unanswered_inbound,
                          .oldest = &metric_oldest_inbound },
    [SPOOL_REPORTS] = { .lane = SPOOL_REPORTS, .peer = "sender", .batches = &metric_batches_reports,
                        .batched = &metric_batched_reports,
                        .unanswered = &metric_unanswered_reports,
                        .oldest = &metric_oldest_reports },
};

/* Told once when it goes and once when it is back. */
static void tell_presence(struct relay *relay, bool is_answered, const struct err *err)
{
    if (is_answered != relay->is_away)
        return;
    relay->is_away = !is_answered;
    struct str peer = str_of(relay->peer);
    if (is_answered)
        log_event(LOG_INFO, "relay.back", F_STR("peer", peer), F_INT("spooled", spool_waiting(relay->lane)));
    else
        log_event(err_is_retryable(err->kind) ? LOG_WARN : LOG_ERROR, "relay.away", F_STR("peer", peer), F_ERR(err));
}

/* ASK_SMALLER: the batch as a whole was refused, and a smaller one may fare better. ASK_IN_VAIN: one event alone was refused for good. */
enum asked { ASK_HEARD, ASK_SMALLER, ASK_IN_VAIN, ASK_SILENCE };

static bool is_for_good(const struct err *err)
{
    return err->kind == ERR_INPUT || err->kind == ERR_TOO_BIG; /* it says so of the event itself */
}

static enum asked ask(struct relay *relay, const struct str *events, size_t n)
{
    struct err *err = &relay->refusal;
    metric_add(relay->batches, 1);
    metric_add(relay->batched, (int64_t)n);
    bool is_answered = event_batch_ask(relay->client, relay->lane, events, n, &relay->arena, relay->results,
                                       RELAY_CALL_MS, err);
    if (is_answered)
        relay->max_n = min_size(2 * relay->max_n, EVENT_BATCH_MAX);
    if (!is_answered && !err_is_retryable(err->kind) && n > 1) {
        relay->max_n = n / 2;
        return ASK_SMALLER;
    }
    if (!is_answered && is_for_good(err))
        return ASK_IN_VAIN;
    tell_presence(relay, is_answered, err);
    return is_answered ? ASK_HEARD : ASK_SILENCE;
}

static void pause_longer(struct relay *relay)
{
    relay->backoff_ms = clamp_i64(2 * relay->backoff_ms, RELAY_BACKOFF_FIRST_MS, RELAY_BACKOFF_MAX_MS);
    metric_add(relay->unanswered, 1);
    lane_pause(relay->lane, relay->backoff_ms);
}

/* I2: only what stands before the first "later". */
static size_t done_before_later(const struct inbound_answer *results, size_t n)
{
    size_t done = 0;
    while (done < n && results[done].result != EVENT_LATER)
        done++;
    return done;
}

/* The head waits, for room as a rule, and opt-outs behind it need not. */
static void overtake(struct relay *relay)
{
    size_t n = lane_parked(relay->lane, &relay->arena, relay->events, relay->parked);
    if (n == 0 || ask(relay, relay->events, n) != ASK_HEARD)
        return;
    for (size_t i = 0; i < n; i++)
        lane_overtook(relay->lane, &relay->parked[i], &relay->results[i]);
}

static void replay_batch(struct relay *relay, const struct spool_entry *entries, size_t n)
{
    for (size_t i = 0; i < n; i++)
        relay->events[i] = entries[i].event;
    enum asked asked = ask(relay, relay->events, n);
    if (asked == ASK_IN_VAIN && spool_set_aside(relay->lane, &entries[0], relay->refusal.text))
        relay->results[0].result = EVENT_QUARANTINED; /* kept: the lane goes on without it */
    size_t done = done_before_later(relay->results, n);
    for (size_t i = 0; i < done; i++) {
        if (relay->results[i].result == EVENT_QUARANTINED)
            metric_add(&metric_quarantined, 1);
        lane_replayed(relay->lane, &entries[i], &relay->results[i]);
    }
    metric_add(&metric_spool_replayed, (int64_t)done);
    if (done > 0) {
        relay->done_through = entries[done - 1].sequence;
        spool_done_through(relay->lane, relay->done_through);
    }
    if (asked == ASK_HEARD && done < n)
        overtake(relay);
    if (done == n)
        relay->backoff_ms = 0;
    else if (asked != ASK_SMALLER)
        pause_longer(relay);
}

static void tell_oldest(struct relay *relay, int64_t age_s)
{
    atomic_store(&relay->oldest_s, age_s);
    for (int i = 0; i < SPOOL_LANES; i++)
        if (relays[i].oldest == relay->oldest)
            age_s = max_i64(age_s, atomic_load(&relays[i].oldest_s));
    metric_set(relay->oldest, age_s);
}

/* What is committed goes from the disk in the spool's own time; should this process die before, it is asked again (P2). */
static void replay(struct relay *relay)
{
    struct spool_entry *entries;
    size_t n;
    struct err err;
    if (!spool_next(relay->lane, relay->done_through, relay->max_n, EVENT_BATCH_BYTES, &relay->arena, &entries, &n,
                    &err)) {
        log_event(LOG_ERROR, "relay.spool_unreadable", F_ERR(&err));
        pause_longer(relay);
    } else if (n == 0) {
        tell_oldest(relay, 0);
        lane_await_spool(relay->lane, SPOOL_POLL_MS);
    } else {
        tell_oldest(relay, max_i64(0, (clock_wall_ms() - entries[0].received_at) / 1000));
        replay_batch(relay, entries, n);
    }
}

static void *relay_run(void *arg)
{
    struct relay *relay = arg;
    for (;;) {
        size_t n;
        arena_reset(&relay->arena);
        switch (lane_next(relay->lane, &relay->arena, relay->events, &n)) {
        case LANE_STOP:
            return NULL;
        case LANE_REPLAY:
            replay(relay);
            break;
        case LANE_ASK:
            if (n > 0) /* none: no memory to copy one. What is refused goes to the spool, and on in smaller batches */
                (void)ask(relay, relay->events, n);
            if (lane_answered(relay->lane, relay->results, n))
                relay->backoff_ms = 0;
            else
                pause_longer(relay);
            break;
        }
    }
}

bool relay_start(struct bus_client *worker, struct bus_client *sender, struct err *err)
{
    for (int i = 0; i < SPOOL_LANES; i++) {
        struct relay *relay = &relays[i];
        relay->client = relay->lane == SPOOL_REPORTS ? sender : worker;
        relay->backoff_ms = 0;
        relay->done_through = 0;
        relay->max_n = EVENT_BATCH_MAX;
        relay->is_away = false;
        arena_init(&relay->arena, EVENT_BATCH_ARENA_BYTES);
        if (pthread_create(&relay->thread, NULL, relay_run, relay) != 0) {
            arena_release(&relay->arena);
            relay_stop();
            return err_set(err, ERR_BUSY, NULL, "no thread for the relay");
        }
        relay->is_running = true;
    }
    return true;
}

void relay_stop(void)
{
    acks_stop();
    for (int i = 0; i < SPOOL_LANES; i++) {
        struct relay *relay = &relays[i];
        if (!relay->is_running)
            continue;
        (void)pthread_join(relay->thread, NULL);   /* it is ours and joinable; it waits for one call at most */
        arena_release(&relay->arena);
        relay->is_running = false;
    }
}
