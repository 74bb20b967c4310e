#include "pull.h"

#include "io/clock.h"
#include "io/log.h"
#include "io/service.h"

#include <pthread.h>
#include <stdlib.h>

enum {
    ANSWER_MAX_BYTES = 16 * 1024 * 1024, /* CONNECTIONS_MAX sends, decoded, twice over */
    ASK_MS = 1000,                       /* waits for an answer, then asks again */
    IDLE_MS = 1000,                      /* asks at least this often */
    HELLO_AGAIN_MS = 200,
    NEXT_MIN_MS = 2,                     /* a worker that says "now" and grants nothing is not asked in a circle */
    START_WITHIN_MS = 2000,              /* P4: a granted send leaves within this of its asking, or not at all */
    EVENT_WAIT_MS = 200,
    EVENT_MAX_BYTES = BUS_FRAME_MAX_BYTES,
};

struct pull {
    const struct sender_config *config;
    struct bus_client *worker;
    struct bus_subscriber *events;
    struct hand *hand;
    struct calls *calls;
    pthread_t asking, listening;
    _Atomic bool is_stopping;
    struct arena arena; /* of the answer; the asking thread's */
    /* the newest request */
    struct attempt_ref in_hand[HAND_SLOTS];
    struct grant_request request;
    int64_t first_sent_us;
    bool is_repeat;
    /* what the last answer left behind */
    bool has_more;
    int64_t next_us; /* INT64_MAX: nothing waits for a time */
};

static bool is_stopping(struct pull *pull)
{
    return atomic_load_explicit(&pull->is_stopping, memory_order_relaxed);
}

bool pull_is_replaced(const struct err *err)
{
    bool is_ours = str_is(str_of(err->field), "epoch") || str_is(str_of(err->field), "number");
    if (err->kind != ERR_CONFLICT || !is_ours)
        return false;
    log_event(LOG_ERROR, "sender.replaced", F_ERR(err));
    service_request_stop(1);
    return true;
}

/* --- hello --- */

static bool say_hello(struct pull *pull)
{
    struct hello hello = { .sender = pull->config->name };
    struct welcome welcome;
    struct err err;
    arena_reset(&pull->arena);
    if (!bus_call(pull->worker, OP_hello, NULL, &hello, &pull->arena, &welcome, NULL, ASK_MS, &err)) {
        log_event(LOG_DEBUG, "sender.no_welcome", F_ERR(&err));
        return false;
    }
    hand_set_epoch(pull->hand, welcome.epoch);
    log_event(LOG_INFO, "sender.welcome", F_INT("epoch", welcome.epoch), F_INT("generation", welcome.generation));
    return true;
}

/* --- grant --- */

static void make_request(struct pull *pull)
{
    struct grant_request *request = &pull->request;
    request->sender = pull->config->name;
    request->epoch = hand_epoch(pull->hand);
    request->number++;
    request->max = (int64_t)hand_room(pull->hand, clock_boot_us());
    request->in_hand.v = pull->in_hand;
    request->in_hand.n = hand_list(pull->hand, pull->in_hand);
    pull->first_sent_us = clock_boot_us();
}

static void take_answer(struct pull *pull, const struct grant_answer *answer)
{
    int64_t now_us = clock_boot_us();
    metric_observe_us(&metric_grant, now_us - pull->first_sent_us);
    if (answer->number != pull->request.number) {
        metric_add(&metric_unread, 1);
        return;
    }
    size_t taken = 0;
    for (size_t i = 0; i < answer->sends.n; i++)
        if (hand_put(pull->hand, &answer->sends.v[i], now_us, pull->first_sent_us + START_WITHIN_MS * 1000))
            taken++;
    metric_add(&metric_granted, (int64_t)taken);
    if (taken > 0)
        calls_wake(pull->calls);
    pull->has_more = (int64_t)answer->sends.n >= pull->request.max; /* also of an asking for none: nothing is known */
    pull->next_us = INT64_MAX;
    if (answer->next_in_ms != INT_UNSET)
        pull->next_us = now_us + clamp_i64(answer->next_in_ms, NEXT_MIN_MS, IDLE_MS) * 1000;
}

static bool is_useful(const struct pull *pull)
{
    return clock_boot_us() < pull->first_sent_us + START_WITHIN_MS * 1000;
}

/* Nothing came in time. The same number is asked again, for the worker knows no gaps. */
static void note_silence(struct pull *pull, const struct err *err)
{
    log_event(LOG_DEBUG, "grant.no_answer", F_INT("number", pull->request.number), F_ERR(err));
    pull->is_repeat = true;
    pull->has_more = false;
    pull->next_us = clock_boot_us() + HELLO_AGAIN_MS * 1000;
}

/* Once its 2 s have passed it asks for nothing: what the first asking was granted, and we never read, the next request's
 * list gives back. */
static void make_repeat(struct pull *pull)
{
    if (is_useful(pull) || pull->request.max == 0)
        return;
    pull->request.max = 0;
    metric_add(&metric_unread, 1);
}

static void ask(struct pull *pull)
{
    struct grant_answer answer;
    struct err err;
    if (pull->is_repeat)
        make_repeat(pull);
    else
        make_request(pull);
    arena_reset(&pull->arena);
    if (bus_call(pull->worker, OP_grant, NULL, &pull->request, &pull->arena, &answer, NULL, ASK_MS, &err)) {
        pull->is_repeat = false;
        take_answer(pull, &answer);
    } else if (pull_is_replaced(&err)) {
        atomic_store(&pull->is_stopping, true);
    } else {
        note_silence(pull, &err);
    }
}

/* Sleeps until there is a reason to ask. Without a free connection there is none but the second that has passed. */
static void wait_for_reason(struct pull *pull)
{
    int64_t idle_us = clock_boot_us() + IDLE_MS * 1000;
    hand_wait(pull->hand, min_i64(idle_us, pull->next_us), pull->has_more);
    if (!is_stopping(pull) && !pull->is_repeat && hand_room(pull->hand, clock_boot_us()) == 0)
        hand_wait_for_room(pull->hand, idle_us);
}

static void *asking_thread(void *arg)
{
    struct pull *pull = arg;
    while (!is_stopping(pull) && !say_hello(pull))
        hand_wait(pull->hand, clock_boot_us() + HELLO_AGAIN_MS * 1000, false);
    while (!is_stopping(pull)) {
        ask(pull);
        wait_for_reason(pull);
    }
    return NULL;
}

static void *listening_thread(void *arg)
{
    struct pull *pull = arg;
    AUTO(arena_release) struct arena arena;
    arena_init(&arena, EVENT_MAX_BYTES);
    while (!is_stopping(pull)) {
        struct event_frame event;
        arena_reset(&arena);
        if (bus_subscriber_next(pull->events, EVENT_WAIT_MS, &arena, &event) && str_is(event.type, "wake"))
            hand_nudge(pull->hand);
    }
    return NULL;
}

/* --- start and stop --- */

bool pull_start(struct pull **out, const struct sender_config *config, struct bus_client *worker, struct hand *hand,
                struct calls *calls, struct err *err)
{
    struct pull *pull = calloc(1, sizeof *pull);
    if (!pull)
        return err_set(err, ERR_BUSY, NULL, "out of memory");
    pull->config = config;
    pull->worker = worker;
    pull->hand = hand;
    pull->calls = calls;
    pull->next_us = INT64_MAX;
    arena_init(&pull->arena, ANSWER_MAX_BYTES);
    struct str endpoint = config_endpoint(config->events_endpoint, config->run_dir, "events.sock");
    if (!bus_subscriber_open(&pull->events, BUS_WAKES, endpoint.p, err))
        goto undo_pull;
    (void)err_set(err, ERR_BUSY, NULL,
                  "no thread to ask the worker for sends"); /* overwritten, or read when one of these fails */
    if (pthread_create(&pull->listening, NULL, listening_thread, pull) != 0)
        goto undo_events;
    if (pthread_create(&pull->asking, NULL, asking_thread, pull) != 0)
        goto undo_listening;
    *out = pull;
    return true;
undo_listening:
    atomic_store(&pull->is_stopping, true);
    (void)pthread_join(pull->listening, NULL); /* it runs, and nobody else joins it */
undo_events:
    bus_subscriber_close(&pull->events);
undo_pull:
    free(pull);
    return false;
}

void pull_stop(struct pull **pull_at)
{
    struct pull *pull = *pull_at;
    if (!pull)
        return;
    atomic_store(&pull->is_stopping, true);
    hand_nudge(pull->hand);
    (void)pthread_join(pull->asking, NULL); /* both run, and nobody else joins them */
    (void)pthread_join(pull->listening, NULL);
    bus_subscriber_close(&pull->events);
    arena_release(&pull->arena);
    free(pull);
    *pull_at = NULL;
}
