#include "calls.h"

#include "core/backoff.h"
#include "io/chance.h"
#include "io/clock.h"
#include "io/log.h"
#include "plivo_http.h"
#include "plivo_json.h"

#include <pthread.h>
#include <stdlib.h>

enum {
    BODY_MAX_BYTES = 64 * 1024,   /* as the send it is made of, and JSON's escapes */
    ANSWER_MAX_BYTES = 16 * 1024, /* what is read out of an answer */
    POLL_MS = 500,                /* the longest sleep: how often the gauges are set */
};

/* First wait after a call that was not sent, and the longest: Plivo may be away for a night, and a message valid so long. */
static const struct backoff NOT_SENT_BACKOFF = { .first_ms = 1000, .most_ms = 5 * 60 * 1000 };

struct call {
    CURL *easy;
    struct hand_slot *slot; /* NULL: free */
    struct buf body;
    size_t body_read;
    struct http_answer answer;
    int64_t started_us;
    int64_t started_wall_ms;
    bool has_begun;         /* the connection stood, in time, and libcurl was let go on */
    bool is_late;
};

struct calls {
    const struct sender_config *config;
    struct hand *hand;
    CURLM *multi;
    struct curl_slist *headers;
    struct call calls[CONNECTIONS_MAX];
    size_t n;
    pthread_t thread;
    _Atomic bool is_draining;
    _Atomic bool is_stopping;
};

/* --- libcurl's questions, on our thread --- */

/* C2: the body is given once. Asked again after its end, the transfer ends instead of sending half a request. */
static size_t give_body(char *to, size_t size, size_t n, void *context)
{
    struct call *call = context;
    size_t left = call->body.n - call->body_read;
    if (left == 0)
        return CURL_READFUNC_ABORT;
    size_t part = min_size(left, size * n);
    memcpy(to, call->body.p + call->body_read, part);
    call->body_read += part;
    return part;
}

/* Asked when the connection stands and before the first byte of the request: the last moment to keep it back. */
static int before_request(void *context, char *ip, char *local_ip, int port, int local_port)
{
    struct call *call = context;
    (void)ip;
    (void)local_ip;
    (void)port;
    (void)local_port;
    if (call->has_begun) /* libcurl begins again on a new connection: the first may have arrived */
        return CURL_PREREQFUNC_ABORT;
    if (clock_boot_us() > call->slot->start_by_us) {
        call->is_late = true;
        return CURL_PREREQFUNC_ABORT;
    }
    call->has_begun = true;
    return CURL_PREREQFUNC_OK;
}

/* --- an outcome --- */

static struct metric *outcome_metric(enum call_outcome outcome)
{
    switch (outcome) {
    case CALL_ACCEPTED: return &metric_accepted;
    case CALL_NOT_SENT: return &metric_not_sent;
    case CALL_REFUSED: return &metric_refused;
    case CALL_UNKNOWN: return &metric_unknown;
    case CALL_HANDED_BACK: return &metric_handed_back;
    case CALL_NONE: break;
    }
    return NULL;
}

static const char *log_name(enum call_outcome outcome)
{
    switch (outcome) {
    case CALL_ACCEPTED: return "send.accepted";
    case CALL_NOT_SENT: return "send.not_sent";
    case CALL_REFUSED: return "send.refused";
    case CALL_UNKNOWN: return "send.unknown";
    case CALL_HANDED_BACK: return "send.handed_back";
    case CALL_NONE: break;
    }
    return "send.none";
}

static void tell(const struct hand_slot *slot, enum call_reason reason, int64_t took_us)
{
    const struct outcome_event *outcome = &slot->outcome;
    bool is_expected = outcome->outcome == CALL_ACCEPTED || outcome->outcome == CALL_HANDED_BACK;
    metric_add(outcome_metric(outcome->outcome), 1);
    log_event(is_expected ? LOG_INFO : LOG_WARN, log_name(outcome->outcome), F_ID("message", outcome->message),
              F_INT("attempt", outcome->attempt), F_PHONE("to", slot->send.to), F_INT("http", outcome->http_status),
              F_WORD("reason", call_reason_word(reason)), F_MS("took", took_us / 1000));
}

/* Everything of the outcome that needs no call. */
static void outcome_begin(struct hand_slot *slot, enum call_outcome kind, int64_t started_wall_ms)
{
    record_init(&outcome_event_record, &slot->outcome);
    slot->outcome.tenant = slot->send.tenant;
    slot->outcome.message = slot->send.message;
    slot->outcome.attempt = slot->send.attempt;
    slot->outcome.outcome = kind;
    slot->outcome.started_at = started_wall_ms;
}

static void hand_back(struct calls *calls, struct hand_slot *slot)
{
    outcome_begin(slot, CALL_HANDED_BACK, clock_wall_ms());
    slot->outcome.is_free = true;
    tell(slot, REASON_LATE, 0);
    hand_end(calls->hand, slot);
}

static struct call_facts facts_of(const struct call *call, CURLcode code, const struct plivo_answer *answer)
{
    long status = 0;
    (void)curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &status); /* stays 0 when there is none */
    return (struct call_facts){
        .transfer = call->is_late ? TRANSFER_LATE : plivo_transfer_of(code),
        .has_begun = call->has_begun,
        .http_status = status,
        .is_json = answer->is_json,
        .has_uuid_list = answer->has_uuid_list,
        .uuid = answer->uuid,
        .error = answer->error,
        .retry_after_ms = call->answer.retry_after_ms,
    };
}

/* The wait is drawn here, where Retry-After is known; the attempt's number stands for the tries so far. */
static void set_retry(struct calls *calls, struct hand_slot *slot, const struct call_facts *facts,
                      const struct call_verdict *verdict)
{
    uint64_t chance;
    chance_bytes(&chance, sizeof chance);
    bool is_limited = verdict->reason == REASON_LIMITED;
    slot->outcome.is_free = verdict->is_free;
    if (verdict->outcome != CALL_NOT_SENT)
        return;
    slot->outcome.retry_in_ms = backoff_ms(&NOT_SENT_BACKOFF, slot->send.attempt - 1,
                                           is_limited ? facts->retry_after_ms : -1, chance);
    if (!is_limited)
        return;
    metric_add(&metric_limited, 1);
    hand_limited(calls->hand, clock_boot_us(), max_i64(0, facts->retry_after_ms));
}

static void finish(struct calls *calls, struct call *call, CURLcode code)
{
    struct hand_slot *slot = call->slot;
    struct plivo_answer answer;
    AUTO(arena_release) struct arena arena;
    arena_init(&arena, ANSWER_MAX_BYTES);
    plivo_answer_read(buf_str(&call->answer.body), &arena, &answer);
    struct call_facts facts = facts_of(call, code, &answer);
    struct call_verdict verdict = outcome_classify(&facts);

    outcome_begin(slot, verdict.outcome, call->started_wall_ms);
    slot->outcome.http_status = facts.http_status;
    if (verdict.outcome == CALL_ACCEPTED) {
        (void)snprintf(slot->uuid, sizeof slot->uuid, "%.*s", STR_ARGS(facts.uuid)); /* fits: PLIVO_UUID_MAX_BYTES */
        slot->outcome.uuid = str_of(slot->uuid);
    } else if (verdict.outcome == CALL_REFUSED) {
        call_reason_format(verdict.reason, facts.error, facts.http_status, slot->reason);
        slot->outcome.reason = str_of(slot->reason);
    }
    set_retry(calls, slot, &facts, &verdict);
    if (facts.http_status > 0 && facts.http_status != 429)
        hand_answered(calls->hand);

    int64_t took_us = clock_boot_us() - call->started_us;
    metric_observe_us(&metric_call, took_us);
    tell(slot, verdict.reason, took_us);
    call->slot = NULL;
    metric_add(&metric_in_flight, -1);
    hand_end(calls->hand, slot);
}

/* --- the thread --- */

static bool prepare(const struct calls *calls, struct call *call)
{
    buf_clear(&call->body);
    call->body_read = 0;
    http_answer_clear(&call->answer);
    call->has_begun = false;
    call->is_late = false;
    call->started_us = clock_boot_us();
    call->started_wall_ms = clock_wall_ms();
    return plivo_send_body(&call->slot->send, calls->config->public_url, calls->config->plivo_log, &call->body) &&
           curl_easy_setopt(call->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->body.n) == CURLE_OK;
}

/* No memory, or a text that fits into no request: nothing has left, and it is not tried again at once. */
static void give_up(struct calls *calls, struct hand_slot *slot)
{
    outcome_begin(slot, CALL_NOT_SENT, clock_wall_ms());
    slot->outcome.retry_in_ms = NOT_SENT_BACKOFF.most_ms;
    tell(slot, REASON_UNREACHABLE, 0);
    hand_end(calls->hand, slot);
}

static void begin(struct calls *calls, struct call *call, struct hand_slot *slot)
{
    call->slot = slot;
    if (!prepare(calls, call)) {
        call->slot = NULL;
        give_up(calls, slot);
        return;
    }
    if (clock_boot_us() > slot->start_by_us || curl_multi_add_handle(calls->multi, call->easy) != CURLM_OK) {
        call->slot = NULL;
        hand_back(calls, slot);
        return;
    }
    metric_add(&metric_in_flight, 1);
}

static struct call *free_call(struct calls *calls)
{
    for (size_t i = 0; i < calls->n; i++)
        if (!calls->calls[i].slot)
            return &calls->calls[i];
    return NULL;
}

static void begin_granted(struct calls *calls)
{
    bool is_draining = atomic_load_explicit(&calls->is_draining, memory_order_relaxed);
    struct call *call;
    struct hand_slot *slot;
    while ((call = free_call(calls)) != NULL && (slot = hand_take(calls->hand)) != NULL) {
        if (is_draining)
            hand_back(calls, slot);
        else
            begin(calls, call, slot);
    }
}

static void finish_done(struct calls *calls)
{
    CURLMsg *message;
    int left;
    while ((message = curl_multi_info_read(calls->multi, &left)) != NULL) {
        if (message->msg != CURLMSG_DONE)
            continue;
        CURLcode code = message->data.result;
        CURL *easy = message->easy_handle;
        char *private_data = NULL;
        (void)curl_easy_getinfo(easy, CURLINFO_PRIVATE, &private_data); /* set for every handle at the start */
        (void)curl_multi_remove_handle(calls->multi, easy);             /* it is in it: libcurl has just told so */
        finish(calls, (struct call *)(void *)private_data, code);
    }
}

static void set_gauges(struct calls *calls)
{
    struct hand_counts counts = hand_count(calls->hand);
    metric_set(&metric_in_hand, (int64_t)(counts.granted + counts.calling + counts.ended));
    metric_set(&metric_oldest_in_hand_s, counts.oldest_us ? (clock_boot_us() - counts.oldest_us) / 1000000 : 0);
}

static void *calls_thread(void *arg)
{
    struct calls *calls = arg;
    while (!atomic_load_explicit(&calls->is_stopping, memory_order_relaxed)) {
        begin_granted(calls);
        int running;
        (void)curl_multi_perform(calls->multi, &running); /* each transfer's own result is what counts */
        finish_done(calls);
        set_gauges(calls);
        (void)curl_multi_poll(calls->multi, NULL, 0, POLL_MS, NULL); /* whatever it says, all is looked at again */
    }
    return NULL;
}

/* --- start and stop --- */

static bool call_new(struct calls *calls, struct call *call, struct str url)
{
    buf_init(&call->body, BODY_MAX_BYTES);
    http_answer_init(&call->answer);
    call->easy = plivo_http_new(calls->config, &call->answer);
    if (!call->easy)
        return false;
    bool ok = curl_easy_setopt(call->easy, CURLOPT_URL, url.p) == CURLE_OK;
    ok = curl_easy_setopt(call->easy, CURLOPT_POST, 1L) == CURLE_OK && ok;
    ok = curl_easy_setopt(call->easy, CURLOPT_HTTPHEADER, calls->headers) == CURLE_OK && ok;
    ok = curl_easy_setopt(call->easy, CURLOPT_READFUNCTION, give_body) == CURLE_OK && ok; /* and no SEEKFUNCTION: C2 */
    ok = curl_easy_setopt(call->easy, CURLOPT_READDATA, call) == CURLE_OK && ok;
    ok = curl_easy_setopt(call->easy, CURLOPT_PREREQFUNCTION, before_request) == CURLE_OK && ok;
    ok = curl_easy_setopt(call->easy, CURLOPT_PREREQDATA, call) == CURLE_OK && ok;
    return curl_easy_setopt(call->easy, CURLOPT_PRIVATE, call) == CURLE_OK && ok;
}

static bool add_header(struct calls *calls, const char *header)
{
    struct curl_slist *longer = curl_slist_append(calls->headers, header);
    if (longer)
        calls->headers = longer;
    return longer != NULL;
}

static bool build(struct calls *calls)
{
    AUTO(buf_release) struct buf url;
    buf_init(&url, 1024);
    calls->multi = curl_multi_init();
    bool ok = calls->multi && plivo_message_url(calls->config, &url) &&
              add_header(calls, "Content-Type: application/json") && add_header(calls, "Accept: application/json") &&
              add_header(calls, "Expect:");
    for (size_t i = 0; ok && i < calls->n; i++)
        ok = call_new(calls, &calls->calls[i], str_of(buf_text(&url)));
    return ok && curl_multi_setopt(calls->multi, CURLMOPT_MAXCONNECTS, (long)calls->n) == CURLM_OK;
}

static void take_apart(struct calls *calls)
{
    for (size_t i = 0; i < calls->n; i++) {
        struct call *call = &calls->calls[i];
        if (call->easy && call->slot)
            (void)curl_multi_remove_handle(calls->multi, call->easy); /* it is in it */
        curl_easy_cleanup(call->easy);                                /* NULL is fine, here and below */
        buf_release(&call->body);
        http_answer_release(&call->answer);
    }
    (void)curl_multi_cleanup(calls->multi); /* nothing is left in it */
    curl_slist_free_all(calls->headers);
    free(calls);
}

bool calls_start(struct calls **out, const struct sender_config *config, struct hand *hand, struct err *err)
{
    struct calls *calls = calloc(1, sizeof *calls);
    if (!calls)
        return err_set(err, ERR_BUSY, NULL, "out of memory");
    calls->config = config;
    calls->hand = hand;
    calls->n = (size_t)config->connections;
    if (!build(calls) || pthread_create(&calls->thread, NULL, calls_thread, calls) != 0) {
        take_apart(calls);
        return err_set(err, ERR_BUSY, NULL, "no memory or no thread for the calls to Plivo");
    }
    *out = calls;
    return true;
}

void calls_wake(struct calls *calls)
{
    (void)curl_multi_wakeup(calls->multi); /* fails only with its pipe full, and then it wakes anyway */
}

void calls_drain(struct calls *calls, int64_t deadline_boot_ms)
{
    atomic_store(&calls->is_draining, true);
    calls_wake(calls);
    hand_wait_idle(calls->hand, deadline_boot_ms * 1000);
}

void calls_stop(struct calls **calls_at)
{
    struct calls *calls = *calls_at;
    if (!calls)
        return;
    atomic_store(&calls->is_stopping, true);
    calls_wake(calls);
    (void)pthread_join(calls->thread, NULL); /* it was started, and nobody else joins it */
    take_apart(calls);
    *calls_at = NULL;
}
