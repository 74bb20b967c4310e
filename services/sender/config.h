/* config.h - the sender's variables and metrics, each a table.
 *
 * Promise: SENDER_CONFIG is filled before the first thread and const ever after; what a row says is all that the sender
 *          reads.
 * Threads: metrics from any.
 */
#ifndef PARLEY_SENDER_CONFIG_H
#define PARLEY_SENDER_CONFIG_H
#include "io/config.h"
#include "io/metrics.h"

enum { CONNECTIONS_MAX = 100 }; /* Plivo answers 429 to more parallel requests of one account (plivo.md section 5) */

/* clang-format off */
#define SENDER_CONFIG(X, S) \
    X(S, STR,    auth_id,         "PLIVO_AUTH_ID",      NULL,                    1, 0,      "",   "Plivo's id of the account that sends") \
    X(S, SECRET, auth_token,      "PLIVO_AUTH_TOKEN",   NULL,                    1, 0,      "",   "its token; of several, separated by commas, the first one sends") \
    X(S, STR,    api_base,        "PLIVO_API_BASE",     "https://api.plivo.com", 0, 0,      "",   "where Plivo's API is; the simulator in demo mode") \
    X(S, STR,    public_url,      "PUBLIC_URL",         "http://127.0.0.1:3001", 0, 0,      "",   "base that Plivo calls with its reports") \
    X(S, STR,    plivo_log,       "PLIVO_LOG",          "true",                  0, 0,      "",   "what Plivo keeps of a message: true, false, number_only or content_only; without numbers an unconfirmed send cannot be found again and waits for a person") \
    X(S, STR,    name,            "SENDER_NAME",        "sender-1",              0, 0,      "",   "a name that stays when this sender is replaced") \
    X(S, INT,    connections,     "SENDER_CONNECTIONS", "32",                    1, CONNECTIONS_MAX, "", "calls to Plivo at once") \
    X(S, INT,    connect_ms,      "SENDER_CONNECT_MS",  "3000",                  10, 30000, "ms", "a connection to Plivo must stand by then") \
    X(S, INT,    call_ms,         "SENDER_CALL_MS",     "15000",                 10, 60000, "ms", "a call must be answered by then; later its outcome is unknown") \
    X(S, STR,    worker_endpoint, "WORKER_ENDPOINT",    "",                      0, 0,      "",   "the worker; empty: ipc:// under RUN_DIR") \
    X(S, STR,    events_endpoint, "EVENTS_ENDPOINT",    "",                      0, 0,      "",   "the worker's events; empty: ipc:// under RUN_DIR") \
    X(S, STR,    sender_endpoint, "SENDER_ENDPOINT",    "",                      0, 0,      "",   "where ingress brings delivery reports; empty: ipc:// under RUN_DIR") \
    CONFIG_COMMON(X, S, "127.0.0.1:9103")

#define SENDER_METRICS(X) \
    X(COUNTER,   accepted,        "parley_sender_outcomes_total",   "outcome=\"accepted\"",    "calls to Plivo by how they ended") \
    X(COUNTER,   not_sent,        "parley_sender_outcomes_total",   "outcome=\"not_sent\"",    "calls to Plivo by how they ended") \
    X(COUNTER,   refused,         "parley_sender_outcomes_total",   "outcome=\"refused\"",     "calls to Plivo by how they ended") \
    X(COUNTER,   unknown,         "parley_sender_outcomes_total",   "outcome=\"unknown\"",     "calls to Plivo by how they ended") \
    X(COUNTER,   handed_back,     "parley_sender_outcomes_total",   "outcome=\"handed_back\"", "calls to Plivo by how they ended") \
    X(COUNTER,   limited,         "parley_sender_limited_total",    "",  "answers 429") \
    X(HISTOGRAM, call,            "parley_sender_call_seconds",     "",  "from the start of a call to its end") \
    X(HISTOGRAM, grant,           "parley_sender_grant_seconds",    "",  "from asking for sends to the worker's answer") \
    X(HISTOGRAM, report,          "parley_sender_report_seconds",   "",  "from a batch of reports taken to the worker's commit") \
    X(GAUGE,     in_flight,       "parley_sender_in_flight",        "",  "calls to Plivo that run") \
    X(GAUGE,     in_hand,         "parley_sender_in_hand",          "",  "granted attempts whose outcome the worker has not acknowledged") \
    X(GAUGE,     oldest_in_hand_s, "parley_sender_oldest_in_hand_seconds", "", "age of the oldest of them") \
    X(GAUGE,     allowed,         "parley_sender_allowed_calls",    "",  "how many calls may run at once: falls at 429, recovers") \
    X(COUNTER,   granted,         "parley_sender_granted_total",    "",  "sends that the worker granted") \
    X(COUNTER,   unread,          "parley_sender_unread_grants_total", "", "answers to grant requests that came too late to be read") \
    X(COUNTER,   outcome_retries, "parley_sender_outcome_retries_total", "", "times that the worker did not take a batch of outcomes") \
    X(COUNTER,   reports,         "parley_sender_reports_total",    "result=\"forwarded\"", "delivery reports by what became of them") \
    X(COUNTER,   reports_malformed, "parley_sender_reports_total",  "result=\"malformed\"", "delivery reports by what became of them") \
    X(COUNTER,   reports_refused, "parley_sender_reports_total",    "result=\"not_taken\"", "delivery reports by what became of them") \
    X(COUNTER,   looks_complete,  "parley_sender_looks_total",      "result=\"complete\"",  "looks at Plivo's list for unconfirmed sends") \
    X(COUNTER,   looks_incomplete, "parley_sender_looks_total",     "result=\"incomplete\"", "looks at Plivo's list for unconfirmed sends")
/* clang-format on */

CONFIG_STRUCT(sender_config, SENDER_CONFIG)
extern const struct config_table SENDER_CONFIG_TABLE;

METRICS_DECLARE(SENDER_METRICS)
extern const struct metric_table SENDER_METRICS_TABLE;

/* What the table cannot say: urls, the log word, the name. False: *err names the variable. */
MUST_USE bool sender_config_check(const void *config, struct err *err);

/* The token that sends: the first of the list. Borrowed. */
struct str sender_token(const struct sender_config *config);

#endif
