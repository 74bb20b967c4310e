#include "carrier.h"
#include "io/clock.h"
#include "replies.h"
#include "signed_call.h"
#include "sim_metrics.h"
#include "wire_log.h"
#include "world.h"
#include <curl/curl.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { POLL_MAX_MS = 1000, IDLE_S = 5 }; /* a connection that was idle for longer is not used again */

/* One try of one call. */
struct flight {
    struct call *call;
    CURL *easy;
    struct signed_call request;
    size_t form_at; /* how much of the form is sent */
    struct buf answer;
    int64_t started_us;
};

static CURLM *multi;
static pthread_t thread;
static atomic_bool is_stopping;
static struct flight *flights[FLYING_MAX]; /* NULL: a free place */
static size_t flying;                      /* places taken */

void carrier_wake(void)
{
    curl_multi_wakeup(multi); /* fails only when the thread is awake already */
}

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

static void flight_free(struct flight *flight)
{
    if (!flight)
        return;
    for (size_t i = 0; i < FLYING_MAX; i++)
        if (flights[i] == flight) {
            flights[i] = NULL;
            flying--;
        }
    curl_easy_cleanup(flight->easy);
    signed_call_release(&flight->request);
    buf_release(&flight->answer);
    free(flight);
}

static struct flight *flight_new(struct call *call)
{
    struct flight *flight = calloc(1, sizeof *flight);
    if (!flight)
        return NULL;
    flight->call = call;
    flight->started_us = clock_boot_us();
    buf_init(&flight->answer, CALL_ANSWER_MAX_BYTES);
    flight->easy = curl_easy_init();
    if (flight->easy && signed_call_make(&flight->request, call, world_token()))
        return flight;
    flight_free(flight);
    return NULL;
}

static bool launch(struct flight *flight)
{
    CURL *easy = flight->easy;
    const struct signed_call *request = &flight->request;
    curl_easy_setopt(easy, CURLOPT_URL, request->url);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, request->headers);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)CALL_TIMEOUT_MS);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, (long)IDLE_S);
    curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "Plivo simulator");
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_answer);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, flight);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, flight);
    if (!flight->call->is_get) {
        curl_easy_setopt(easy, CURLOPT_POST, 1L);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)strlen(flight->call->form));
        curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_form);
        curl_easy_setopt(easy, CURLOPT_READDATA, flight);
    }
    size_t place = 0;
    while (flights[place])
        place++; /* there is one: tick_and_start() counts */
    if (curl_multi_add_handle(multi, easy) != CURLM_OK)
        return false;
    flights[place] = flight;
    flying++;
    return true;
}

/* The call is back: `status` 0 when no answer came. */
static void land(struct flight *flight, int status)
{
    int64_t elapsed_us = clock_boot_us() - flight->started_us;
    struct call *call = flight->call;
    struct str body = buf_str(&flight->answer);
    struct world *world = world_lock();
    metric_add(status == 0 ? &metric_calls_none : status / 100 == 2 ? &metric_calls_ok : &metric_calls_bad, 1);
    metric_observe_us(&metric_call, elapsed_us);
    wire_log_add(call, &flight->request, status, body, elapsed_us);
    if (call->kind == CALL_INBOUND && call->message && status >= 200 && status < 300)
        replies_send(world, call->message, body);
    world_call_ended(world, call, status, body, elapsed_us);
    world_unlock(world);
}

static void start_call(struct call *call)
{
    struct flight *flight = flight_new(call);
    if (flight && launch(flight))
        return;
    struct world *world = world_lock(); /* no memory: as a call that got no answer */
    world_call_ended(world, call, 0, STR(""), 0);
    world_unlock(world);
    flight_free(flight);
}

static void collect(void)
{
    int left;
    CURLMsg *message;
    while ((message = curl_multi_info_read(multi, &left)) != NULL) {
        if (message->msg != CURLMSG_DONE)
            continue;
        CURL *easy = message->easy_handle;
        bool has_answer = message->data.result == CURLE_OK;
        char *private = NULL;
        long status = 0;
        curl_easy_getinfo(easy, CURLINFO_PRIVATE, &private);
        if (has_answer)
            curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
        curl_multi_remove_handle(multi, easy);
        land((struct flight *)(void *)private, (int)status);
        flight_free((struct flight *)(void *)private);
    }
}

static int64_t tick_and_start(void)
{
    struct world *world = world_lock();
    int64_t next_us = world_tick(world, clock_boot_us());
    struct call *call = NULL;
    while (flying < FLYING_MAX && (call = calls_take(&world->calls)) != NULL) {
        world_unlock(world);
        start_call(call);
        world = world_lock();
    }
    world_unlock(world);
    return next_us;
}

static void *run(void *unused)
{
    (void)unused;
    while (!atomic_load(&is_stopping)) {
        int64_t next_us = tick_and_start();
        int running;
        curl_multi_perform(multi, &running);
        collect();
        int64_t wait_us = next_us == INT64_MAX ? POLL_MAX_MS * 1000 : next_us - clock_boot_us();
        struct world *world = world_lock();
        bool has_more = flying < FLYING_MAX && world->calls.ready_first;
        world_unlock(world);
        if (!has_more)
            curl_multi_poll(multi, NULL, 0, (int)clamp_i64((wait_us + 999) / 1000, 0, POLL_MAX_MS), NULL);
    }
    return NULL;
}

bool carrier_start(struct err *err)
{
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK || !(multi = curl_multi_init()))
        return err_set(err, ERR_BUSY, NULL, "libcurl cannot be initialised");
    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, (long)FLYING_MAX);
    atomic_store(&is_stopping, false);
    if (pthread_create(&thread, NULL, run, NULL) != 0) {
        curl_multi_cleanup(multi);
        return err_set(err, ERR_BUSY, NULL, "the carrier's thread cannot be started");
    }
    world_on_news(carrier_wake);
    return true;
}

void carrier_stop(void)
{
    world_on_news(NULL);
    atomic_store(&is_stopping, true);
    carrier_wake();
    pthread_join(thread, NULL);
    for (size_t i = 0; i < FLYING_MAX; i++)
        if (flights[i]) {
            curl_multi_remove_handle(multi, flights[i]->easy);
            land(flights[i], 0);
            flight_free(flights[i]);
        }
    curl_multi_cleanup(multi);
    curl_global_cleanup();
}
