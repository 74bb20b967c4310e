/* bus_metrics.h - what the bus counts; every service shows it beside its own metrics (admin.c).
 *
 * Promise: each message of another process that cannot be read is counted once, where it is dropped.
 * Threads: call from any.
 */
#ifndef PARLEY_BUS_METRICS_H
#define PARLEY_BUS_METRICS_H
#include "io/metrics.h"

/* clang-format off */
#define BUS_METRICS(X) \
    X(COUNTER, bus_bad_requests, "parley_bus_malformed_total", "frames=\"request\"", "messages of other processes that could not be read, dropped") \
    X(COUNTER, bus_bad_replies,  "parley_bus_malformed_total", "frames=\"reply\"",   "messages of other processes that could not be read, dropped") \
    X(COUNTER, bus_bad_events,   "parley_bus_malformed_total", "frames=\"event\"",   "messages of other processes that could not be read, dropped")
/* clang-format on */

METRICS_DECLARE(BUS_METRICS)
extern const struct metric_table bus_metrics;

#endif
