/* config.h - what ingress reads from the environment.
 *
 * Promise: one table; the rest of the service takes only the fields it needs.
 * Units:   as each row says.
 * Threads: filled before the first one, const ever after.
 * Source:  contract.md, section Configuration.
 */
#ifndef PARLEY_INGRESS_CONFIG_H
#define PARLEY_INGRESS_CONFIG_H
#include "io/config.h"

/* clang-format off */
/*          type    field                variable              default                  min  max      unit    help */
#define INGRESS_CONFIG(X, S) \
    X(S, LISTEN, listen,             "INGRESS_LISTEN",     "127.0.0.1:3001",        0,   0,       "",     "where Plivo's webhooks arrive") \
    X(S, INT,    port,               "PORT",               "0",                     0,   65535,   "",     "when not 0: the port in place of the one in INGRESS_LISTEN") \
    X(S, STR,    public_url,         "PUBLIC_URL",         "http://127.0.0.1:3001", 0,   0,       "",     "base that Plivo calls; signatures are checked against it") \
    X(S, STR,    auth_id,            "PLIVO_AUTH_ID",      NULL,                    0,   0,       "",     "account of the first tenant; shows in the log") \
    X(S, SECRET, auth_token,         "PLIVO_AUTH_TOKEN",   NULL,                    1,   0,       "",     "signs webhooks; several with commas between them (rotation, main account)") \
    X(S, STR,    signature_mode,     "SIGNATURE_MODE",     "enforce",               0,   0,       "",     "enforce, or observe: accept, count and mark what would be refused") \
    X(S, BOOL,   is_v2_allowed,      "SIGNATURE_V2",       "1",                     0,   0,       "",     "accept requests that carry only the V2 signature") \
    X(S, STR,    trusted_proxies,    "TRUSTED_PROXIES",    "",                      0,   0,       "",     "addresses or networks (10.0.0.0/8) whose X-Forwarded-Proto and -Host count; commas between") \
    X(S, STR,    worker_endpoint,    "WORKER_ENDPOINT",    "",                      0,   0,       "",     "the worker's socket; empty: ipc:// in RUN_DIR") \
    X(S, STR,    sender_endpoint,    "SENDER_ENDPOINT",    "",                      0,   0,       "",     "the sender's socket; empty: ipc:// in RUN_DIR") \
    X(S, STR,    spool_dir,          "SPOOL_DIR",          "./var/spool",           0,   0,       "",     "folder of events that wait for the worker") \
    X(S, INT,    spool_mb,           "SPOOL_MB",           "1024",                  1,   1048576, "MiB",  "so much may wait in the spool; beyond it webhooks get 503") \
    X(S, INT,    aside_days,         "ASIDE_DAYS",         "30",                    1,   3650,    "days", "what was put aside, and reports that found no message, are kept this long") \
    X(S, INT,    ack_budget_ms,      "ACK_BUDGET_MS",      "50",                    1,   5000,    "ms",   "wait this long for the worker, then spool") \
    X(S, INT,    http_threads,       "INGRESS_THREADS",    "1280",                  4,   16000,   "",     "connections served at a time; idle ones count") \
    X(S, INT,    keep_alive_ms,      "KEEP_ALIVE_MS",      "15000",                 100, 600000,  "ms",   "an idle connection is closed after this") \
    X(S, STR,    name,               "INGRESS_NAME",       "",                      0,   0,       "",     "stands on every event as the ingress that saw it first; empty: the host's name") \
    CONFIG_COMMON(X, S, "127.0.0.1:9101")
/* clang-format on */

CONFIG_STRUCT(ingress_config, INGRESS_CONFIG)

extern const struct config_table ingress_config_table;

/* What the table cannot say: tokens, SIGNATURE_MODE, PUBLIC_URL, TRUSTED_PROXIES. `config`: a struct ingress_config. */
MUST_USE bool ingress_config_check(const void *config, struct err *err);

#endif
