/* service.h - the skeleton under every main: arguments, configuration, log, signals, admin port, start and stop of the parts.
 *
 * Promise: parts start from the top and stop from the bottom; if one cannot start, those above it are stopped, one line says why,
 *          and the exit code is 1 (2 for bad configuration). SIGTERM and SIGINT: readiness turns false, every part drains
 *          (5 s for all), then all stop, exit 0. /healthz tells that the process works; /readyz asks every part's ready();
 *          /metrics shows the table. --help, --version, --check-config (exit 0 or 2) and --env (a .env file) start nothing.
 *          A second signal while draining: the parts that have not drained yet are given no more time.
 * Threads: one admin thread pool (civetweb, 2 threads) and the main thread, which waits for signals. All signals are blocked in every
 *          other thread; SIGPIPE is ignored; czmq's own handler is off.
 */
#ifndef PARLEY_SERVICE_H
#define PARLEY_SERVICE_H
#include "base/err.h"
#include "io/config.h"
#include "io/metrics.h"

enum {
    SERVICE_PARTS_MAX = 12,
    SERVICE_DRAIN_MS =
        2500, /* of the 5 s from SIGTERM to the end; closing takes up to 2 s of them: civetweb looks so often */
};

struct service_part {
    const char *name;
    bool (*start)(const void *config, struct err *err); /* returns after its threads are ready */
    bool (*ready)(struct err *why);                     /* NULL: always ready once started */
    void (*drain)(int64_t deadline_boot_ms);            /* take nothing new, finish what is in flight; NULL: nothing to do */
    void (*stop)(void);                                 /* joins its threads, bounded */
};

struct service {
    const char *name; /* "ingress": names the log lines and the binary parley-ingress */
    const char *summary;
    const struct config_table *config;
    void *config_values;           /* the table's struct, static in the service */
    size_t admin_listen_offset;    /* offsetof(struct …_config, admin_listen); log_level and log_format likewise */
    size_t log_level_offset;
    size_t log_format_offset;
    const struct metric_table *metrics;
    /* Checks what a table cannot (two variables against each other). NULL: nothing. *err names the variable. */
    bool (*check)(const void *config, struct err *err);
    struct service_part parts[SERVICE_PARTS_MAX];
};

int service_main(const struct service *service, int argc, char **argv);

/* True from the first signal on: loops that wait long look at it. */
bool service_is_stopping(void);
/* Asks for an orderly stop from inside (a sender whose epoch was taken over); `exit_code` is what the process then returns. */
void service_request_stop(int exit_code);

#endif
