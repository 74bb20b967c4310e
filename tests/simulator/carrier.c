#include "carrier.h"
#include "io/clock.h"
#include "line.h"
#include "replies.h"
#include "signed_call.h"
#include "sim_metrics.h"
#include "wire_log.h"
#include "world.h"
#include <curl/curl.h>
#include <stdatomic.h>

enum {
    POLL_MAX_MS = 1000,
    POLL_FLYING_MS = 100, /* while tries run: lines_go_on() looks at their deadlines */
    REQUEST_MAX_BYTES = 2 * CALL_FORM_MAX_BYTES,
};

/* One try of one call: over a line, or with libcurl. */
struct flight {
    struct call *call; /* NULL: a free place */
    struct signed_call request;
    int64_t started_us;
    CURL *easy; /* NULL: over a line */
    struct curl_slist *headers;
    size_t form_at; /* how much of the form is sent */
    struct buf answer;
};

static CURLM *multi;
static pthread_t thread;
static atomic_bool is_stopping;
static atomic_bool is_asked; /* to look, and it has not looked since */
static struct flight flights[FLYING_MAX];
static size_t flying;       /* places taken */
static int flying_far;      /* of these with libcurl */
static struct buf outgoing; /* the request that is being written */

void carrier_wake(void)
{
    if (!atomic_exchange(&is_asked, true))
        curl_multi_wakeup(multi); /* fails only when the thread is awake already */
}

/* --- landing ---------------------------------------------------------------------------------------------------- */

static void flight_free(struct flight *flight)
{
    if (flight->easy) {
        curl_multi_remove_handle(multi, flight->easy);
        curl_easy_cleanup(flight->easy);
        curl_slist_free_all(flight->headers);
        flight->easy = NULL;
        flight->headers = NULL;
        buf_release(&flight->answer);
    }
    flight->call = NULL;
    flying--;
}

/* The call is back: `status` 0 when no answer came. */
static void land(struct flight *flight, int status, struct str body)
{
    int64_t elapsed_us = clock_boot_us() - flight->started_us;
    struct call *call = flight->call;
    struct world *world = world_lock();
    metric_add(status == 0 ? &metric_calls_none : status / 100 == 2 ? &metric_calls_ok : &metric_calls_bad, 1);
    metric_observe_us(&metric_call, elapsed_us);
    wire_log_add(call, &flight->request, status, body, elapsed_us);
    if (call->kind == CALL_INBOUND && call->message && status >= 200 && status < 300)
        replies_send(world, call->message, body);
    world_call_ended(world, call, status, body, elapsed_us);
    world_unlock(world);
    flight_free(flight);
}

static void land_line(void *flight, int status, struct str body)
{
    land(flight, status, body);
}

static void land_far(void)
{
    CURLMsg *message;
    int left;
    while ((message = curl_multi_info_read(multi, &left)) != NULL) {
        if (message->msg != CURLMSG_DONE)
            continue;
        char *private = NULL;
        long status = 0;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &private);
        if (message->data.result == CURLE_OK)
            curl_easy_getinfo(message->easy_handle, CURLINFO_RESPONSE_CODE, &status);
        struct flight *flight = (struct flight *)(void *)private;
        land(flight, (int)status, buf_str(&flight->answer));
    }
}

/* --- with libcurl ----------------------------------------------------------------------------------------------- */

static size_t on_answer(char *bytes, size_t size, size_t n, void *context)
{
    struct flight *flight = context;
    buf_add_bytes(&flight->answer, bytes, size * n); /* what is over the limit is dropped */
    return size * n;
}

/* The form, once: without a way back libcurl cannot repeat a POST by itself when a kept connection is cut. A try is one try. */
static size_t on_form(char *out, size_t size, size_t n, void *context)
{
    struct flight *flight = context;
    struct str rest = str_slice(str_of(flight->call->form), flight->form_at, size * n);
    memcpy(out, rest.p, rest.n);
    flight->form_at += rest.n;
    return rest.n;
}

static bool make_headers(struct flight *flight)
{
    struct str lines = buf_str(&flight->request.headers), line;
    struct curl_slist *list = curl_slist_append(NULL, "Expect:"); /* libcurl adds one to large bodies, and then waits */
    while (list && str_next(&lines, '\n', &line)) {
        char text[256];
        line = str_trim(line);
        if (line.n == 0 || line.n >= sizeof text)
            continue;
        memcpy(text, line.p, line.n);
        text[line.n] = '\0';
        flight->headers = list;
        list = curl_slist_append(list, text);
    }
    if (list)
        flight->headers = list;
    return list != NULL;
}

static bool start_far(struct flight *flight)
{
    CURL *easy = flight->easy = curl_easy_init();
    buf_init(&flight->answer, CALL_ANSWER_MAX_BYTES);
    flight->form_at = 0;
    if (!easy || !make_headers(flight))
        return false;
    curl_easy_setopt(easy, CURLOPT_URL, buf_text(&flight->request.url));
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, flight->headers);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)CALL_TIMEOUT_MS);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, (long)LINE_IDLE_MS / 1000);
    curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(easy, CURLOPT_USERAGENT, CARRIER_AGENT);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_answer);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, flight);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, flight);
    if (!flight->call->is_get) {
        curl_easy_setopt(easy, CURLOPT_POST, 1L);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)strlen(flight->call->form));
        curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_form);
        curl_easy_setopt(easy, CURLOPT_READDATA, flight);
    }
    flying_far++; /* curl_multi_perform() counts anew */
    return curl_multi_add_handle(multi, easy) == CURLM_OK;
}

/* --- over a line ------------------------------------------------------------------------------------------------ */

static bool start_near(struct flight *flight, const struct line_target *target)
{
    const struct call *call = flight->call;
    struct str form = call->is_get ? STR("") : str_of(call->form);
    buf_clear(&outgoing);
    buf_add_text(&outgoing, call->is_get ? "GET " : "POST ");
    buf_add_text(&outgoing, str_starts(target->path, STR("/")) ? "" : "/");
    buf_add(&outgoing, target->path);
    buf_add_text(&outgoing, " HTTP/1.1\r\nHost: ");
    buf_add(&outgoing, target->host);
    buf_add_text(&outgoing, "\r\nUser-Agent: " CARRIER_AGENT "\r\nAccept: */*\r\n");
    buf_add(&outgoing, buf_str(&flight->request.headers));
    if (!call->is_get) {
        buf_add_text(&outgoing, "Content-Length: ");
        buf_add_int(&outgoing, (int64_t)form.n);
        buf_add_text(&outgoing, "\r\n");
    }
    buf_add_text(&outgoing, "\r\n");
    buf_add(&outgoing, form);
    return !outgoing.has_failed &&
           lines_start(target, buf_str(&outgoing), flight, flight->started_us + CALL_TIMEOUT_MS * 1000);
}

/* --- the thread ------------------------------------------------------------------------------------------------- */

static void start_call(struct call *call)
{
    struct flight *flight = flights;
    struct line_target target;
    while (flight->call)
        flight++; /* there is one: tick_and_start() counts */
    flight->call = call;
    flight->started_us = clock_boot_us();
    flying++;
    bool is_made = signed_call_make(&flight->request, call);
    if (!is_made ||
        !(line_target_of(buf_str(&flight->request.url), &target) ? start_near(flight, &target) : start_far(flight)))
        land(flight, 0, STR("")); /* as a call that got no answer */
}

static int64_t tick_and_start(void)
{
    struct call *ready[FLYING_MAX];
    size_t n = 0, places = FLYING_MAX - flying;
    struct world *world = world_lock();
    int64_t next_us = world_tick(world, clock_boot_us());
    while (n < places && (ready[n] = calls_take(&world->calls)) != NULL)
        n++;
    world_unlock(world);
    for (size_t i = 0; i < n; i++)
        start_call(ready[i]);
    return next_us;
}

static void await(int64_t next_us)
{
    struct curl_waitfd lines = { .fd = (curl_socket_t)lines_fd(), .events = CURL_WAIT_POLLIN };
    int64_t most_ms = flying > 0 ? POLL_FLYING_MS : POLL_MAX_MS;
    int64_t wait_us = next_us == INT64_MAX ? most_ms * 1000 : next_us - clock_boot_us();
    struct world *world = world_lock();
    bool has_more = flying < FLYING_MAX && world->calls.ready_first;
    world_unlock(world);
    if (!has_more)
        curl_multi_poll(multi, &lines, 1, (int)clamp_i64((wait_us + 999) / 1000, 0, most_ms), NULL);
}

static void *run(void *unused)
{
    (void)unused;
    while (!atomic_load(&is_stopping)) {
        atomic_store(&is_asked, false); /* before the look: who comes during it asks again */
        lines_go_on(clock_boot_us(), land_line); /* first: a line that its peer has ended takes no new call */
        if (flying_far > 0) {
            curl_multi_perform(multi, &flying_far);
            land_far();
        }
        await(tick_and_start());
    }
    return NULL;
}

static void release_all(void)
{
    for (size_t i = 0; i < FLYING_MAX; i++)
        signed_call_release(&flights[i].request);
    buf_release(&outgoing);
    lines_close();
    signed_call_stop();
    curl_multi_cleanup(multi);
    curl_global_cleanup();
}

bool carrier_start(struct err *err)
{
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK || !(multi = curl_multi_init()))
        return err_set(err, ERR_BUSY, NULL, "libcurl cannot be initialised");
    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, (long)FLYING_MAX);
    buf_init(&outgoing, REQUEST_MAX_BYTES);
    for (size_t i = 0; i < FLYING_MAX; i++)
        signed_call_init(&flights[i].request);
    atomic_store(&is_stopping, false);
    bool is_open = lines_open(err) && signed_call_start(world_token(), err);
    if (is_open && pthread_create(&thread, NULL, run, NULL) != 0)
        is_open = err_set(err, ERR_BUSY, NULL, "the carrier's thread cannot be started");
    if (!is_open) {
        release_all();
        return false;
    }
    world_on_news(carrier_wake);
    return true;
}

void carrier_stop(void)
{
    world_on_news(NULL);
    atomic_store(&is_stopping, true);
    curl_multi_wakeup(multi);
    pthread_join(thread, NULL);
    for (size_t i = 0; i < FLYING_MAX; i++)
        if (flights[i].call)
            land(&flights[i], 0, STR(""));
    release_all();
}
