#include "reconcile.h"

#include "core/backoff.h"
#include "core/look.h"
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
    LOOK_MAX_BYTES = 16 * 1024 * 1024, /* RECORDS_MAX records at about 1 KB, and the worker's question */
    PAGE_MAX_BYTES = 1024 * 1024,      /* what is read of one page */
    THIN_PAGES_MAX = PIECE_PAGES_MAX / 4, /* of a piece after which a wider one may follow */
    URL_MAX_BYTES = 2048,
    GOES_ON_MAX_BYTES = 64,
    INBOUND_STEP_MS = 30 * 60 * 1000, /* of one piece */
};

/* Between two tries of one page. */
static const struct backoff PAGE_BACKOFF = { .first_ms = 500, .most_ms = 10 * 1000 };

struct reconcile {
    const struct sender_config *config;
    struct bus_client *worker;
    struct hand *hand;
    CURL *easy;
    struct http_answer answer;
    struct str goes_on; /* in the place behind it: where the worker's search for attempts was cut */
    char goes_on_at[GOES_ON_MAX_BYTES];
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

/* --- one piece --- */

struct records {
    struct plivo_record v[RECORDS_MAX];
    size_t n;
    size_t pages; /* read for them so far */
    const struct unsettled *ask; /* only what this needs is kept; NULL: all */
    struct arena *arena;
};

static struct records *records_new(struct arena *arena, const struct unsettled *ask, struct err *err)
{
    struct records *records = arena_alloc(arena, sizeof *records);
    if (!records) {
        arena_err(arena, err);
        return NULL;
    }
    records->n = records->pages = 0;
    records->ask = ask;
    records->arena = arena;
    return records;
}

/* A record that came into the list while it was read shifts the others: one may then be met on two pages. So may one between two pieces. */
static bool is_known(const struct records *records, struct str uuid)
{
    for (size_t i = 0; i < records->n; i++)
        if (str_eq(records->v[i].uuid, uuid))
            return true;
    return false;
}

static bool keep(struct records *records, const struct plivo_record *from, struct err *err)
{
    if (records->n == RECORDS_MAX)
        return err_set(err, ERR_BUSY, NULL, "Plivo's list has more than %d records that could be ours", RECORDS_MAX);
    struct plivo_record *record = &records->v[records->n];
    struct str *const texts[] = { &record->uuid, &record->from, &record->to, &record->state, &record->powerpack };
    *record = *from;
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct str copy = arena_dup(records->arena, *texts[i]);
        if (texts[i]->n > 0 && !str_is_set(copy))
            return arena_err(records->arena, err);
        *texts[i] = copy;
    }
    records->n++;
    return true;
}

static bool keep_new(struct records *records, const struct plivo_page *page, struct err *err)
{
    for (size_t i = 0; i < page->n; i++)
        if ((!records->ask || look_keeps(records->ask, &page->records[i])) &&
            !is_known(records, page->records[i].uuid) && !keep(records, &page->records[i], err))
            return false;
    return true;
}

/* Reads all pages. True: every one was answered 200 and had nothing unreadable in it. ERR_TOO_BIG: there are more than PIECE_PAGES_MAX. */
static bool read_piece(struct reconcile *reconcile, const struct window *window, struct records *records,
                       struct err *err)
{
    AUTO(arena_release) struct arena arena;
    arena_init(&arena, PAGE_MAX_BYTES);
    for (size_t i = 0; i < PIECE_PAGES_MAX; i++) {
        AUTO(buf_release) struct buf url;
        struct plivo_page page;
        buf_init(&url, URL_MAX_BYTES);
        arena_reset(&arena);
        if (!page_url(reconcile, window, i, &url))
            return err_set(err, ERR_INPUT, "PLIVO_API_BASE", "makes an address of over %d bytes", URL_MAX_BYTES);
        if (++records->pages > LOOK_PAGES_MAX)
            return err_set(err, ERR_BUSY, NULL, "Plivo's list has more than %d pages", LOOK_PAGES_MAX);
        if (!get(reconcile, buf_text(&url), err) ||
            !plivo_page_read(buf_str(&reconcile->answer.body), &arena, &page, err) || !keep_new(records, &page, err))
            return false;
        if (page.unread > 0)
            return err_set(err, ERR_BROKEN, NULL, "Plivo's list has %zu records that cannot be read", page.unread);
        if (!page.has_next)
            return true;
        if (look_piece_seems_too_full(window->to_ms - window->from_ms, page.total, PIECE_PAGES_MAX * PLIVO_LIST_LIMIT))
            break;
        rest(reconcile, PAGE_GAP_MS);
    }
    return err_set(err, ERR_TOO_BIG, NULL, "Plivo's list has more than %d pages of one moment", PIECE_PAGES_MAX);
}

/* As much of the window as can be read at once; *pieces goes on behind it. True: *read is that, or empty when nothing is left. */
static bool read_next(struct reconcile *reconcile, const char *direction, struct look_pieces *pieces,
                      struct records *records, struct window *read, bool *is_over, struct err *err)
{
    *read = (struct window){ .direction = direction };
    for (;;) {
        size_t pages = records->pages;
        *is_over = !look_piece(pieces, &read->from_ms, &read->to_ms);
        if (*is_over)
            return true;
        if (read_piece(reconcile, read, records, err)) {
            look_piece_read(pieces, records->pages - pages <= THIN_PAGES_MAX);
            return true;
        }
        if (err->kind != ERR_TOO_BIG || is_stopping(reconcile) || !look_piece_too_full(pieces))
            return false;
    }
}

/* --- one look --- */

static void tell_worker(struct reconcile *reconcile, const struct unsettled *ask, struct records *records,
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
    settle.attempts.v = ask->attempts.v;
    settle.attempts.n = ask->attempts.n;
    settle.records.v = records->v;
    settle.records.n = records->n;
    if (!bus_call(reconcile->worker, OP_settle, NULL, &settle, arena, NULL, NULL, SETTLE_MS, &err) &&
        !pull_is_replaced(&err))
        log_event(LOG_WARN, "look.not_taken", F_ERR(&err));
}

static bool read_all(struct reconcile *reconcile, const struct unsettled *ask, struct records *records, struct err *err)
{
    int64_t from_ms = ask->window_from - WINDOW_MARGIN_MS;
    int64_t to_ms = ask->window_to + WINDOW_MARGIN_MS;
    struct look_pieces pieces = look_pieces_of(from_ms, to_ms, max_i64(1, to_ms - from_ms));
    struct window read;
    for (bool is_over = false; !is_over;)
        if (!read_next(reconcile, "outbound", &pieces, records, &read, &is_over, err))
            return false;
    return true;
}

static void look(struct reconcile *reconcile, const struct unsettled *ask, struct arena *arena)
{
    struct err err;
    struct records *records = records_new(arena, ask, &err);
    bool is_complete = records && read_all(reconcile, ask, records, &err);
    metric_add(is_complete ? &metric_looks_complete : &metric_looks_incomplete, 1);
    if (is_complete)
        log_event(LOG_INFO, "look.complete", F_INT("unconfirmed", ask->attempts.n), F_INT("pages", records->pages),
                  F_INT("records", records->n));
    else
        log_event(LOG_WARN, "look.incomplete", F_INT("unconfirmed", ask->attempts.n), F_ERR(&err));
    if (records)
        tell_worker(reconcile, ask, records, is_complete, arena);
}

/* --- after a restore: who wrote meanwhile --- */

static bool tell_inbound(struct reconcile *reconcile, const struct window *all, const struct window *read,
                         struct records *records, struct arena *arena, struct err *err)
{
    struct inbound_look told = {
        .sender = reconcile->config->name,
        .epoch = hand_epoch(reconcile->hand),
        .window_from = all->from_ms,
        .window_to = all->to_ms,
        .is_first = read->from_ms <= all->from_ms,
        .is_complete = read->to_ms >= all->to_ms,
    };
    told.records.v = records->v;
    told.records.n = records->n;
    return bus_call(reconcile->worker, OP_inbound_look, NULL, &told, arena, NULL, NULL, SETTLE_MS, err);
}

/* Piece by piece, so that a long absence needs no more memory than a short one. What breaks off begins again at the next step. */
static void look_inbound(struct reconcile *reconcile, int64_t from_ms, int64_t to_ms)
{
    const struct window all = { "inbound", from_ms, to_ms };
    struct look_pieces pieces = look_pieces_of(from_ms, to_ms, INBOUND_STEP_MS);
    AUTO(arena_release) struct arena arena;
    struct err err;
    arena_init(&arena, LOOK_MAX_BYTES);
    while (!is_stopping(reconcile)) {
        arena_reset(&arena);
        struct records *records = records_new(&arena, NULL, &err);
        struct window read;
        bool is_over = false;
        if (!records || !read_next(reconcile, all.direction, &pieces, records, &read, &is_over, &err) ||
            (!is_over && !tell_inbound(reconcile, &all, &read, records, &arena, &err))) {
            log_event(LOG_WARN, "look.inbound_failed", F_ERR(&err));
            return;
        }
        if (is_over)
            break;
    }
    log_event(LOG_INFO, "look.inbound_told", F_MS("window", to_ms - from_ms));
}

/* Of many open attempts the worker looks through some at a time. */
static void go_on_from(struct reconcile *reconcile, struct str goes_on)
{
    size_t n = goes_on.n <= sizeof reconcile->goes_on_at ? goes_on.n : 0;
    if (n > 0)
        memcpy(reconcile->goes_on_at, goes_on.p, n);
    reconcile->goes_on = n > 0 ? str_bytes(reconcile->goes_on_at, n) : (struct str){ 0 };
}

/* Returns how long to wait before the next question. */
static int64_t step(struct reconcile *reconcile, struct arena *arena)
{
    struct unsettled_ask who = { .sender = reconcile->config->name, .after = reconcile->goes_on };
    struct unsettled ask;
    struct err err;
    arena_reset(arena);
    if (hand_epoch(reconcile->hand) == 0) /* not welcome yet: the worker would refuse what we found */
        return EVERY_MS;
    if (!bus_call(reconcile->worker, OP_unsettled, NULL, &who, arena, &ask, NULL, ASK_MS, &err)) {
        log_event(err_is_retryable(err.kind) ? LOG_DEBUG : LOG_WARN, "look.no_answer", F_ERR(&err));
        return EVERY_MS;
    }
    go_on_from(reconcile, ask.goes_on);
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
