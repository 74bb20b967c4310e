/* sim_metrics.h - what the simulator counts. */
#ifndef PARLEY_SIM_METRICS_H
#define PARLEY_SIM_METRICS_H
#include "io/metrics.h"

/* clang-format off */
#define SIM_METRICS(X) \
    X(COUNTER,   accepted,  "parley_sim_accepted_total", "",                   "messages that Plivo took, one per number written to") \
    X(COUNTER,   calls_ok,  "parley_sim_calls_total",    "answer=\"ok\"",      "tries of webhooks and reports, by their answer") \
    X(COUNTER,   calls_bad, "parley_sim_calls_total",    "answer=\"refused\"", "") \
    X(COUNTER,   calls_none, "parley_sim_calls_total",   "answer=\"none\"",    "") \
    X(COUNTER,   gave_up,   "parley_sim_gave_up_total",  "",                   "calls whose last try got no 2xx") \
    X(HISTOGRAM, call,      "parley_sim_call_seconds",   "",                   "a try, from its start to its answer")
/* clang-format on */
METRICS_DECLARE(SIM_METRICS)
extern const struct metric_table sim_metrics;

#endif
