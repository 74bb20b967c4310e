#include "io/admin.h"

#include "io/bus_metrics.h"
#include "io/clock.h"
#include "io/http.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    ADMIN_THREADS = 2,
    KEEP_ALIVE_MS = 1000, /* short: an idle scraper holds one of two threads */
    REQUEST_MS = 5000,
    METRICS_MAX_BYTES = 1024 * 1024,
};

#define ADMIN_METRICS(X) \
    X(GAUGE, process_start, "process_start_time_seconds", "", "when the process started, Unix time") \
    X(GAUGE, process_memory, "process_resident_memory_bytes", "", "memory that the process holds") \
    X(GAUGE, process_ready, "parley_ready", "", "1 while every part of the service is ready")
METRICS_DECLARE(ADMIN_METRICS)
METRICS_DEFINE(admin_metrics, ADMIN_METRICS);

/* One per process, filled before its threads start. */
static struct {
    struct http_server *server;
    const struct metric_table *metrics;
    admin_ask *ask;
} admin;

static void answer_health(struct http_request *rq)
{
    (void)http_respond(rq, 200, "application/json", NULL, 0,
                       STR("{\"status\":\"ok\"}\n")); /* false: the peer is gone */
}

/* {"status":"not_ready","parts":{"spool":"ready","ack":"the worker has not answered yet"}}; NULL when memory is out. */
static char *state_json(const struct admin_state *state)
{
    json_t *parts = json_object();
    for (size_t i = 0; i < state->n; i++)
        if (json_object_set_new(parts, state->parts[i].name,
                                json_string(state->parts[i].is_ready ? "ready" : state->parts[i].why.text)) != 0) {
            json_decref(parts);
            return NULL;
        }
    json_t *root = json_pack("{s:s, s:o}", "status", state->status, "parts", parts);
    char *text = root ? json_dumps(root, JSON_COMPACT) : NULL;
    json_decref(root);
    return text;
}

static void answer_readiness(struct http_request *rq)
{
    struct admin_state state;
    admin.ask(&state);
    char *text = state_json(&state);
    int status = text && state.is_ready ? 200 : 503;
    (void)http_respond(rq, status, "application/json", NULL, 0,
                       str_of(text ? text : "{}")); /* false: the peer is gone */
    free(text);
}

/* Resident pages stand second in /proc/self/statm (proc(5)); 0 when it cannot be read. */
static int64_t resident_bytes(void)
{
    char line[128];
    FILE *f = fopen("/proc/self/statm", "re");
    if (!f)
        return 0;
    struct str rest = str_of(fgets(line, sizeof line, f));
    struct str item;
    int64_t pages = 0;
    (void)fclose(f); /* only read from */
    (void)str_next(&rest, ' ', &item); /* the size; a line without it has no second item either */
    if (!str_next(&rest, ' ', &item) || !str_to_int(item, 0, INT64_MAX / 65536, &pages))
        return 0;
    return pages * sysconf(_SC_PAGESIZE);
}

static void answer_metrics(struct http_request *rq)
{
    struct admin_state state;
    struct buf out;
    admin.ask(&state);
    metric_set(&metric_process_ready, state.is_ready ? 1 : 0);
    metric_set(&metric_process_memory, resident_bytes());
    buf_init(&out, METRICS_MAX_BYTES);
    metrics_print(&admin_metrics, &out);
    metrics_print(&bus_metrics, &out);
    if (admin.metrics)
        metrics_print(admin.metrics, &out);
    if (out.has_failed)
        (void)http_respond(rq, 503, "text/plain", NULL, 0, STR("out of memory\n")); /* false: the peer is gone */
    else
        (void)http_respond(rq, 200, "text/plain; version=0.0.4; charset=utf-8", NULL, 0, buf_str(&out)); /* likewise */
    buf_release(&out);
}

static void on_request(struct http_request *rq, void *context)
{
    static const struct {
        const char *path;
        void (*answer)(struct http_request *rq);
    } ROUTES[] = { { "/healthz", answer_health }, { "/readyz", answer_readiness }, { "/metrics", answer_metrics } };
    static const struct http_header ALLOW = { "Allow", { "GET, HEAD", 9 } };
    (void)context;
    size_t i = 0;
    while (i < COUNT(ROUTES) && !str_is(rq->path, ROUTES[i].path))
        i++;
    if (i == COUNT(ROUTES))
        (void)http_respond(rq, 404, "text/plain", NULL, 0,
                           STR("/healthz, /readyz and /metrics are here\n")); /* false: gone */
    else if (!str_is(rq->method, "GET") && !str_is(rq->method, "HEAD"))
        (void)http_respond(rq, 405, "text/plain", &ALLOW, 1, STR("GET or HEAD\n")); /* likewise */
    else
        ROUTES[i].answer(rq);
}

bool admin_start(const char *listen, const struct metric_table *metrics, admin_ask *ask, struct err *err)
{
    const struct http_options options = {
        .listen = listen,
        .threads = ADMIN_THREADS,
        .keep_alive_ms = KEEP_ALIVE_MS,
        .request_ms = REQUEST_MS,
        .variable = "ADMIN_LISTEN",
    };
    admin.metrics = metrics;
    admin.ask = ask;
    metric_set(&metric_process_start, clock_wall_ms() / 1000);
    return http_server_start(&admin.server, &options, on_request, NULL, err);
}

void admin_stop(void)
{
    http_server_stop(&admin.server);
}

int admin_port(void)
{
    return http_server_port(admin.server);
}
