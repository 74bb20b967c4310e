#include "io/metrics.h"

/* Upper bounds in µs, and as Prometheus shows them. */
static const int64_t BOUNDS_US[METRIC_BUCKETS] = { 500,    1000,   2500,   5000,    10000,   25000,   50000,
                                                   100000, 250000, 500000, 1000000, 2500000, 5000000, 10000000 };
static const char *const BOUNDS[METRIC_BUCKETS + 1] = { "0.0005", "0.001", "0.0025", "0.005", "0.01",
                                                        "0.025",  "0.05",  "0.1",    "0.25",  "0.5",
                                                        "1",      "2.5",   "5",      "10",    "+Inf" };
static const char *const TYPES[] = {
    [METRIC_COUNTER] = "counter", [METRIC_GAUGE] = "gauge", [METRIC_HISTOGRAM] = "histogram"
};

void metric_observe_us(struct metric *m, int64_t us)
{
    size_t bucket = 0;
    while (bucket < METRIC_BUCKETS && us > BOUNDS_US[bucket])
        bucket++;
    atomic_fetch_add_explicit(&m->buckets[bucket], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&m->value, us, memory_order_relaxed);
}

static void print_histogram(const struct metric *m, struct buf *out)
{
    const char *comma = m->labels[0] ? "," : "";
    const char *open = m->labels[0] ? "{" : "";
    const char *close = m->labels[0] ? "}" : "";
    int64_t count = 0;
    for (size_t i = 0; i <= METRIC_BUCKETS; i++) {
        count += atomic_load_explicit(&m->buckets[i], memory_order_relaxed);
        (void)buf_add_format(out, "%s_bucket{%s%sle=\"%s\"} %lld\n", m->name, m->labels, comma, BOUNDS[i],
                             (long long)count);
    }
    (void)buf_add_format(out, "%s_sum%s%s%s %.6f\n", m->name, open, m->labels, close, (double)metric_get(m) / 1e6);
    (void)buf_add_format(out, "%s_count%s%s%s %lld\n", m->name, open, m->labels, close, (long long)count);
}

void metrics_print(const struct metric_table *table, struct buf *out)
{
    const char *last = "";
    for (size_t i = 0; i < table->n; i++) {
        const struct metric *m = table->metrics[i];
        if (strcmp(last, m->name) != 0)
            (void)buf_add_format(out, "# HELP %s %s\n# TYPE %s %s\n", m->name, m->help, m->name, TYPES[m->kind]);
        last = m->name;
        if (m->kind == METRIC_HISTOGRAM)
            print_histogram(m, out);
        else if (m->labels[0])
            (void)buf_add_format(out, "%s{%s} %lld\n", m->name, m->labels, (long long)metric_get(m));
        else
            (void)buf_add_format(out, "%s %lld\n", m->name, (long long)metric_get(m));
    }
}
