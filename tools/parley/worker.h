/* worker.h - the worker, as an operator's command asks it: one command, a few questions, then the end of the process.
 *
 * Promise: WORKER_WAIT_MS after the start the command has its answer or says in one line why not; a long one at least knows then that the
 *          worker is there.
 * Units:   ms.
 * Memory:  texts of an answer live in the tool's arena, until worker_close().
 * Threads: main alone, and the bus client's own.
 */
#ifndef PARLEY_TOOL_WORKER_H
#define PARLEY_TOOL_WORKER_H
#include "io/bus.h"
#include "io/config.h"

enum { WORKER_WAIT_MS = 5000, WORKER_TRY_MS = 1000, WORKER_LONG_MS = 2 * 3600 * 1000, TENANT_FIRST = 1 };

/* clang-format off */
#define TOOL_CONFIG(X, S) \
    X(S, STR,    run_dir,         "RUN_DIR",         "./var/run",      0, 0, "", "folder of the ipc:// sockets") \
    X(S, STR,    worker_endpoint, "WORKER_ENDPOINT", "",               0, 0, "", "the worker; empty: ipc:// under RUN_DIR") \
    X(S, LISTEN, api_listen,      "API_LISTEN",      "127.0.0.1:8080", 0, 0, "", "where the dashboard is served") \
    X(S, STR,    dashboard_url,   "DASHBOARD_URL",   NULL,             0, 0, "", "base of the sign-in link; unset: http:// and API_LISTEN")
/* clang-format on */
CONFIG_STRUCT(tool_config, TOOL_CONFIG)
extern const struct config_table tool_config_table;

struct worker {
    struct tool_config config;
    struct bus_client *client;
    struct arena arena;
};

/* Reads the variables and connects. False: *err names the variable. */
MUST_USE bool worker_open(struct worker *worker, struct err *err);
void worker_close(struct worker *worker);

/* Asks for the first tenant, again while the worker is silent; a write has one operation id for all tries. */
MUST_USE bool worker_ask(struct worker *worker, enum operation operation, const void *request, void *reply,
                         struct err *err);

/* A query that looks at the whole store, or copies it: it may take WORKER_LONG_MS, once the worker has shown that it is there. */
MUST_USE bool worker_ask_long(struct worker *worker, enum operation operation, const void *request, void *reply,
                              struct err *err);

#endif
