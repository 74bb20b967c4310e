/* config.h - the api's variables and metrics, each a table.
 *
 * Promise: API_CONFIG is filled before the first thread and const ever after; what a row says is all that the api reads.
 * Threads: metrics from any.
 */
#ifndef PARLEY_API_CONFIG_H
#define PARLEY_API_CONFIG_H
#include "io/config.h"
#include "io/metrics.h"

/* clang-format off */
#define API_CONFIG(X, S) \
    X(S, LISTEN, listen,          "API_LISTEN",      "127.0.0.1:8080", 0, 0,       "",   "where the dashboard and the API are served") \
    X(S, STR,    dashboard_url,   "DASHBOARD_URL",   NULL,             0, 0,       "",   "base of links, cookies and sign-in; unset: http:// and API_LISTEN") \
    X(S, BOOL,   auth,            "API_AUTH",        "on",             0, 0,       "",   "off, only on loopback: everyone is the owner of the first tenant") \
    X(S, STR,    cors_origins,    "CORS_ORIGINS",    "",               0, 0,       "",   "origins of other front ends, separated by commas: https://desk.example") \
    X(S, STR,    trusted_proxies, "TRUSTED_PROXIES", "",               0, 0,       "",   "addresses or networks whose X-Forwarded-For counts: 10.0.0.0/8,::1") \
    X(S, BOOL,   demo,            "DEMO",            "0",              0, 0,       "",   "1: /sim/ is passed to the simulator") \
    X(S, STR,    sim_url,         "SIM_URL",         "http://127.0.0.1:3003", 0, 0, "",   "the simulator; demo only") \
    X(S, STR,    auth_id,         "PLIVO_AUTH_ID",   "",               0, 0,       "",   "with the token: fetches media that Plivo keeps for this account only") \
    X(S, SECRET, auth_token,      "PLIVO_AUTH_TOKEN", "",              0, 0,       "",   "its token; of several, separated by commas, the first one counts") \
    X(S, STR,    private_hosts,   "MEDIA_PRIVATE_HOSTS", "",           0, 0,       "",   "host:port of media servers that may have private addresses, separated by commas") \
    X(S, STR,    worker_endpoint, "WORKER_ENDPOINT", "",               0, 0,       "",   "the worker; empty: ipc:// under RUN_DIR") \
    X(S, STR,    events_endpoint, "EVENTS_ENDPOINT", "",               0, 0,       "",   "the worker's events; empty: ipc:// under RUN_DIR") \
    X(S, INT,    threads,         "API_THREADS",     "256",            8, 4096,    "",   "connections served at once, streams not counted") \
    X(S, INT,    streams_max,     "API_STREAMS_MAX", "1000",           1, 20000,   "",   "open GET /events, a thread each; beyond it 503") \
    X(S, INT,    rate,            "API_RATE",        "50",             1, 1000000, "/s", "requests of one key or address") \
    X(S, INT,    burst,           "API_BURST",       "500",            1, 1000000, "",   "requests of one key or address at once") \
    CONFIG_COMMON(X, S, "127.0.0.1:9104")

#define API_METRICS(X) \
    X(COUNTER,   answers_2xx,     "parley_api_answers_total",          "class=\"2xx\"", "answers by class of status") \
    X(COUNTER,   answers_3xx,     "parley_api_answers_total",          "class=\"3xx\"", "answers by class of status") \
    X(COUNTER,   answers_4xx,     "parley_api_answers_total",          "class=\"4xx\"", "answers by class of status") \
    X(COUNTER,   answers_5xx,     "parley_api_answers_total",          "class=\"5xx\"", "answers by class of status") \
    X(HISTOGRAM, answer,          "parley_api_answer_seconds",         "",              "from the request's header to the answer, streams not counted") \
    X(COUNTER,   refused_auth,    "parley_api_refused_total",          "why=\"auth\"",   "refusals: no key or session, or one that does not count") \
    X(COUNTER,   refused_origin,  "parley_api_refused_total",          "why=\"origin\"", "refusals: a host or origin that is not served") \
    X(COUNTER,   refused_rate,    "parley_api_refused_total",          "why=\"rate\"",   "refusals: too many requests") \
    X(COUNTER,   worker_silent,   "parley_api_worker_silent_total",    "",              "questions that the worker did not answer in time, tries counted") \
    X(GAUGE,     arena_max_bytes, "parley_api_request_memory_max_bytes", "",            "most memory that one request ever took") \
    X(GAUGE,     streams,         "parley_api_streams",                "",              "open event streams") \
    X(COUNTER,   streams_refused, "parley_api_streams_refused_total",  "",              "streams refused because API_STREAMS_MAX were open") \
    X(COUNTER,   stream_resets,   "parley_api_stream_resets_total",    "",              "streams told to reload everything") \
    X(COUNTER,   event_gaps,      "parley_api_event_gaps_total",       "",              "gaps in the broadcast, filled from the worker's log") \
    X(COUNTER,   events_heard,    "parley_api_events_total",           "",              "events taken into the ring")
/* clang-format on */

CONFIG_STRUCT(api_config, API_CONFIG)
METRICS_DECLARE(API_METRICS)

extern const struct config_table api_config_table;
extern const struct metric_table api_metrics;

/* DASHBOARD_URL without a slash at its end, or "http://" and API_LISTEN. Owned by the process; `config` as loaded. */
struct str api_dashboard_url(const struct api_config *config);

/* What the table cannot say: API_AUTH=off only on loopback, well-formed lists and addresses. False: *err names the variable. */
MUST_USE bool api_config_check(const void *config, struct err *err);

#endif
