/* metrics.h - counters, gauges and histograms of one process, declared as a table, shown in Prometheus' text form.
 *
 * Promise: names and label values come from closed sets known at compile time; adding costs one relaxed atomic operation.
 * Units:   in the name (…_seconds, …_bytes); histograms take microseconds and show seconds, buckets 0.5 ms … 10 s.
 * Memory:  static; nothing allocated.
 * Threads: call from any.
 *
 * A service declares its metrics once:
 *   #define INGRESS_METRICS(X) \
 *       X(COUNTER,   webhooks_ok,      "parley_ingress_webhooks_total", "answer=\"ok\"", "webhooks by answer") \
 *       X(HISTOGRAM, ack,              "parley_ingress_ack_seconds",    "",              "from the last byte read to the answer")
 *   METRICS_DECLARE(INGRESS_METRICS) in its header, METRICS_DEFINE(ingress_metrics, INGRESS_METRICS) in one .c;
 *   then metric_add(&metric_webhooks_ok, 1); metric_observe_us(&metric_ack, took_us);
 * Rows of one name must stand together (Prometheus' rule).
 */
#ifndef PARLEY_METRICS_H
#define PARLEY_METRICS_H
#include "base/buf.h"
#include <stdatomic.h>

enum metric_kind { METRIC_COUNTER, METRIC_GAUGE, METRIC_HISTOGRAM };
enum { METRIC_BUCKETS = 14 };

struct metric {
    enum metric_kind kind;
    const char *name, *labels, *help;
    _Atomic int64_t value;                     /* counter, gauge; of a histogram the sum in µs */
    _Atomic int64_t buckets[METRIC_BUCKETS + 1]; /* not cumulative here; the last one is +Inf */
};

struct metric_table {
    struct metric *const *metrics;
    size_t n;
};

#define METRIC_EXTERN(kind, field, name, labels, help) extern struct metric metric_##field;
#define METRIC_INSTANCE(kind, field, name, labels, help) struct metric metric_##field = {METRIC_##kind, name, labels, help, 0, {0}};
#define METRIC_POINTER(kind, field, name, labels, help) &metric_##field,
#define METRICS_DECLARE(TABLE) TABLE(METRIC_EXTERN)
#define METRICS_DEFINE(table_name, TABLE)                                                                                        \
    TABLE(METRIC_INSTANCE)                                                                                                       \
    static struct metric *const table_name##_all[] = {TABLE(METRIC_POINTER)};                                                    \
    const struct metric_table table_name = {table_name##_all, COUNT(table_name##_all)}

static inline void metric_add(struct metric *m, int64_t n)
{
    atomic_fetch_add_explicit(&m->value, n, memory_order_relaxed);
}

static inline void metric_set(struct metric *m, int64_t v)
{
    atomic_store_explicit(&m->value, v, memory_order_relaxed);
}

static inline int64_t metric_get(const struct metric *m)
{
    return atomic_load_explicit(&m->value, memory_order_relaxed);
}

void metric_observe_us(struct metric *m, int64_t us);
/* Prometheus text exposition format 0.0.4. */
void metrics_print(const struct metric_table *table, struct buf *out);

#endif
