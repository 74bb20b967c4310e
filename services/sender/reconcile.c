#include "reconcile.h"

#include "core/backoff.h"
#include "io/chance.h"
#include "io/clock.h"
#include "io/log.h"
#include "plivo_http.h"
#include "plivo_json.h"
#include "pull.h"

#include <pthread.h>
#include <stdlib.h>

enum {
    ASK_MS = 2000,       /* for the worker's answer */
    SETTLE_MS = 5000,    /* for its commit */
    EVERY_MS = 1000,     /* between two questions to the worker, at least */
    EVERY_MAX_MS = 5000, /* and at most: an attempt may have become unconfirmed meanwhile */
    PAGE_TRIES_MAX = 4,
    LOOK_MAX_BYTES = 16 * 1024 * 1024, /* LOOK_PAGES_MAX pages of records at about 1 KB, and the worker's question */
    URL_MAX_BYTES = 2048,
    INBOUND_STEP_MS = 30 * 60 * 1000, /* of one piece: LOOK_PAGES_MAX pages are 5 texts a second */
};

/* Between two tries of one page. */
static const struct backoff PAGE_BACKOFF = { .first_ms = 500, .most_ms = 10 * 1000 };

struct reconcile {
    const struct sender_config *config;
    struct bus_client *worker;
    struct hand *hand;
    CURL *easy;
    struct http_answer answer;
    pthread_t thread;
    _Atomic bool is_stopping;
};

static bool is_stopping(const struct reconcile *reconcile)
{
    return atomic_load_explicit(&reconcile->is_stopping, memory_order_relaxed);
}

static void rest(struct reconcile *reconcile, int64_t ms)
{
    hand_rest(reconcile->hand, clock_boot_us() + ms * 1000);
}

/* libcurl asks about once a second and whenever something moves. */
static int may_go_on(void *context, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    (void)a;
    (void)b;
    (void)c;
    (void)d;
    return is_stopping(context) ? 1 : 0;
}

/* --- one page --- */

/* What Plivo's list is read for. */
struct window {
    const char *direction;
    int64_t from_ms, to_ms;
};

static bool page_url(const struct reconcile *reconcile, const struct window *window, size_t page, struct buf *out)
{
    char from[PLIVO_TIME_QUERY_BYTES];
    char to[PLIVO_TIME_QUERY_BYTES];
    plivo_time_query(window->from_ms, from);
    plivo_time_query(window->to_ms, to);
    return plivo_message_url(reconcile->config, out) &&
           buf_add_format(out, "?message_direction=%s&message_time__gte=%s&message_time__lte=%s&limit=%d&offset=%zu",
                          window->direction, from, to, PLIVO_LIST_LIMIT, page * PLIVO_LIST_LIMIT);
}

/* True: a 200 was read whole. */
static bool get_once(struct reconcile *reconcile, const char *url, struct err *err)
{
    http_answer_clear(&reconcile->answer);
    if (curl_easy_setopt(reconcile->easy, CURLOPT_URL, url) != CURLE_OK)
        return err_set(err, ERR_BUSY, NULL, "no memory for an address");
    CURLcode code = curl_easy_perform(reconcile->easy);
    if (code != CURLE_OK)
        return err_set(err, ERR_BUSY, NULL, "Plivo's list could not be read: %s", curl_easy_strerror(code));
    long status = 0;
    (void)curl_easy_getinfo(reconcile->easy, CURLINFO_RESPONSE_CODE, &status); /* stays 0 when there is none */
    return status == 200 ||
           err_set(err, status == 429 ? ERR_LIMITED : ERR_BROKEN, NULL, "Plivo's list was answered %ld", status);
}

/* 429 and cut connections pass; reading a list again is harmless. */
static bool get(struct reconcile *reconcile, const char *url, struct err *err)
{
    for (int64_t tries = 0; !get_once(reconcile, url, err); tries++) {
        if (tries + 1 >= PAGE_TRIES_MAX || err->kind == ERR_BROKEN || is_stopping(reconcile))
            return false;
        uint64_t chance;
        chance_bytes(&chance, sizeof chance);
        rest(reconcile, backoff_ms(&PAGE_BACKOFF, tries, reconcile->answer.retry_after_ms, chance));
    }
    return true;
}

/* --- one look --- */

struct records {
    struct plivo_record *v;
    size_t n;
};

/* A record that came into the list while it was read shifts the others: one may then be met on two pages. */
static bool is_known(const struct records *records, struct str uuid)
{
    for (size_t i = 0; i < records->n; i++)
        if (str_eq(records->v[i].uuid, uuid))
            return true;
    return false;
}

static void add_new(struct records *records, const struct plivo_page *page)
{
    for (size_t i = 0; i < page->n; i++)
        if (!is_known(records, page->records[i].uuid))
            records->v[records->n++] = page->records[i];
}

/* Reads all pages. True: every one was answered 200 and had nothing unreadable in it. */
static bool read_window(struct reconcile *reconcile, const struct window *window, struct arena *arena,
                        struct records *records, struct err *err)
{
    records->v = arena_alloc_array(arena, (size_t)LOOK_PAGES_MAX * PLIVO_LIST_LIMIT, sizeof *records->v);
    if (!records->v)
        return arena_err(arena, err);
    for (size_t i = 0; i < LOOK_PAGES_MAX; i++) {
        AUTO(buf_release) struct buf url;
        struct plivo_page page;
        buf_init(&url, URL_MAX_BYTES);
        if (!page_url(reconcile, window, i, &url))
            return err_set(err, ERR_TOO_BIG, "PLIVO_API_BASE", "makes an address of over %d bytes", URL_MAX_BYTES);
        if (!get(reconcile, buf_text(&url), err) ||
            !plivo_page_read(buf_str(&reconcile->answer.body), arena, &page, err))
            return false;
        add_new(records, &page);
        if (page.unread > 0)
            return err_set(err, ERR_BROKEN, NULL, "Plivo's list has %zu records that cannot be read", page.unread);
        if (!page.has_next)
            return true;
        rest(reconcile, PAGE_GAP_MS);
    }
    return err_set(err, ERR_TOO_BIG, NULL, "Plivo's list has more than %d pages", LOOK_PAGES_MAX);
}

static void tell_worker(struct reconcile *reconcile, const struct unsettled *ask, const struct records *records,
                        bool is_complete, struct arena *arena)
{
    struct err err;
    struct settle settle = {
        .sender = reconcile->config->name,
        .epoch = hand_epoch(reconcile->hand),
        .window_from = ask->window_from,
        .window_to = ask->window_to,
        .is_complete = is_complete,
    };
    settle.records.v = records->v;
    settle.records.n = records->n;
    if (!bus_call(reconcile->worker, OP_settle, NULL, &settle, arena, NULL, NULL, SETTLE_MS, &err) &&
        !pull_is_replaced(&err))
        log_event(LOG_WARN, "look.not_taken", F_ERR(&err));
}

static void look(struct reconcile *reconcile, const struct unsettled *ask, struct arena *arena)
{
    const struct window window = { "outbound", ask->window_from - WINDOW_MARGIN_MS, ask->window_to + WINDOW_MARGIN_MS };
    struct records records = { 0 };
    struct err err;
    bool is_complete = read_window(reconcile, &window, arena, &records, &err);
    metric_add(is_complete ? &metric_looks_complete : &metric_looks_incomplete, 1);
    if (is_complete)
        log_event(LOG_INFO, "look.complete", F_INT("unconfirmed", ask->attempts.n), F_INT("records", records.n));
    else
        log_event(LOG_WARN, "look.incomplete", F_INT("unconfirmed", ask->attempts.n), F_INT("records", records.n),
                  F_ERR(&err));
    tell_worker(reconcile, ask, &records, is_complete, arena);
}

/* --- after a restore: who wrote meanwhile --- */

static bool tell_inbound(struct reconcile *reconcile, const struct window *all, const struct records *records,
                         int64_t read_to_ms, struct arena *arena, struct err *err)
{
    struct inbound_look told = {
        .sender = reconcile->config->name,
        .epoch = hand_epoch(reconcile->hand),
        .window_from = all->from_ms,
        .window_to = all->to_ms,
        .is_first = read_to_ms - INBOUND_STEP_MS <= all->from_ms,
        .is_complete = read_to_ms >= all->to_ms,
    };
    told.records.v = records->v;
    told.records.n = records->n;
    return bus_call(reconcile->worker, OP_inbound_look, NULL, &told, arena, NULL, NULL, SETTLE_MS, err);
}

/* Piece by piece, so that a long absence needs no more memory than a short one. What breaks off begins again at the next step. */
static void look_inbound(struct reconcile *reconcile, int64_t from_ms, int64_t to_ms)
{
    const struct window all = { "inbound", from_ms, to_ms };
    AUTO(arena_release) struct arena arena;
    struct err err;
    arena_init(&arena, LOOK_MAX_BYTES);
    for (int64_t at = from_ms; at < to_ms && !is_stopping(reconcile); at += INBOUND_STEP_MS) {
        const struct window piece = { "inbound", at, min_i64(at + INBOUND_STEP_MS, to_ms) };
        struct records records = { 0 };
        arena_reset(&arena);
        if (!read_window(reconcile, &piece, &arena, &records, &err) ||
            !tell_inbound(reconcile, &all, &records, at + INBOUND_STEP_MS, &arena, &err)) {
            log_event(LOG_WARN, "look.inbound_failed", F_ERR(&err));
            return;
        }
    }
    log_event(LOG_INFO, "look.inbound_told", F_MS("window", to_ms - from_ms));
}

/* Returns how long to wait before the next question. */
static int64_t step(struct reconcile *reconcile, struct arena *arena)
{
    struct hello who = { .sender = reconcile->config->name };
    struct unsettled ask;
    struct err err;
    arena_reset(arena);
    if (hand_epoch(reconcile->hand) == 0) /* not welcome yet: the worker would refuse what we found */
        return EVERY_MS;
    if (!bus_call(reconcile->worker, OP_unsettled, NULL, &who, arena, &ask, NULL, ASK_MS, &err)) {
        log_event(err_is_retryable(err.kind) ? LOG_DEBUG : LOG_WARN, "look.no_answer", F_ERR(&err));
        return EVERY_MS;
    }
    if (ask.attempts.n > 0)
        look(reconcile, &ask, arena);
    if (ask.inbound_from) {
        look_inbound(reconcile, ask.inbound_from, ask.inbound_to);
        return EVERY_MS;
    }
    return ask.next_in_ms == INT_UNSET ? EVERY_MAX_MS : clamp_i64(ask.next_in_ms, EVERY_MS, EVERY_MAX_MS);
}

static void *reconcile_thread(void *arg)
{
    struct reconcile *reconcile = arg;
    AUTO(arena_release) struct arena arena;
    arena_init(&arena, LOOK_MAX_BYTES);
    while (!is_stopping(reconcile))
        rest(reconcile, step(reconcile, &arena));
    return NULL;
}

/* --- start and stop --- */

static bool prepare(struct reconcile *reconcile)
{
    reconcile->easy = plivo_http_new(reconcile->config, &reconcile->answer);
    if (!reconcile->easy)
        return false;
    bool ok = curl_easy_setopt(reconcile->easy, CURLOPT_NOPROGRESS, 0L) == CURLE_OK;
    ok = curl_easy_setopt(reconcile->easy, CURLOPT_XFERINFOFUNCTION, may_go_on) == CURLE_OK && ok;
    return curl_easy_setopt(reconcile->easy, CURLOPT_XFERINFODATA, reconcile) == CURLE_OK && ok;
}

static void take_apart(struct reconcile *reconcile)
{
    curl_easy_cleanup(reconcile->easy); /* NULL is fine */
    http_answer_release(&reconcile->answer);
    free(reconcile);
}

bool reconcile_start(struct reconcile **out, const struct sender_config *config, struct bus_client *worker,
                     struct hand *hand, struct err *err)
{
    struct reconcile *reconcile = calloc(1, sizeof *reconcile);
    if (!reconcile)
        return err_set(err, ERR_BUSY, NULL, "out of memory");
    reconcile->config = config;
    reconcile->worker = worker;
    reconcile->hand = hand;
    http_answer_init(&reconcile->answer);
    if (!prepare(reconcile) || pthread_create(&reconcile->thread, NULL, reconcile_thread, reconcile) != 0) {
        take_apart(reconcile);
        return err_set(err, ERR_BUSY, NULL, "no memory or no thread to ask Plivo with");
    }
    *out = reconcile;
    return true;
}

void reconcile_stop(struct reconcile **reconcile_at)
{
    struct reconcile *reconcile = *reconcile_at;
    if (!reconcile)
        return;
    atomic_store(&reconcile->is_stopping, true);
    (void)pthread_join(reconcile->thread, NULL); /* it runs, and nobody else joins it */
    take_apart(reconcile);
    *reconcile_at = NULL;
}
