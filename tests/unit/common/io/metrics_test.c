#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "io/metrics.h"

#include <pthread.h>

/* clang-format off */
#define TEST_METRICS(X) \
    X(COUNTER,   hooks_ok,  "hooks_total",   "answer=\"ok\"",   "webhooks by answer") \
    X(COUNTER,   hooks_bad, "hooks_total",   "answer=\"bad\"",  "webhooks by answer") \
    X(GAUGE,     waiting,   "waiting",       "",                "how many wait") \
    X(HISTOGRAM, took,      "took_seconds",  "",                "how long it took") \
    X(HISTOGRAM, lane,      "lane_seconds",  "lane=\"human\"",  "how long it waited")
/* clang-format on */
METRICS_DECLARE(TEST_METRICS)
METRICS_DEFINE(test_metrics, TEST_METRICS);

static struct buf out;

static int set_up(void **unused)
{
    (void)unused;
    buf_init(&out, 64 * 1024);
    for (size_t i = 0; i < test_metrics.n; i++) {
        metric_set(test_metrics.metrics[i], 0);
        for (size_t b = 0; b <= METRIC_BUCKETS; b++)
            atomic_store(&test_metrics.metrics[i]->buckets[b], 0);
    }
    return 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    buf_release(&out);
    return 0;
}

static const char *printed(void)
{
    buf_clear(&out);
    metrics_print(&test_metrics, &out);
    assert_false(out.has_failed);
    return buf_text(&out);
}

static void a_name_is_described_once_and_its_rows_follow(void **unused)
{
    (void)unused;
    metric_add(&metric_hooks_ok, 2);
    metric_add(&metric_hooks_bad, 1);
    metric_set(&metric_waiting, -4);
    assert_int_equal(metric_get(&metric_hooks_ok), 2);
    static const char WANTED[] = "# HELP hooks_total webhooks by answer\n# TYPE hooks_total counter\n"
                                 "hooks_total{answer=\"ok\"} 2\nhooks_total{answer=\"bad\"} 1\n"
                                 "# HELP waiting how many wait\n# TYPE waiting gauge\nwaiting -4\n"
                                 "# HELP took_seconds how long it took\n# TYPE took_seconds histogram\n";
    assert_memory_equal(printed(), WANTED, sizeof WANTED - 1);
}

static void a_histogram_is_cumulative_and_in_seconds(void **unused)
{
    (void)unused;
    static const int64_t TOOK_US[] = { 0, 500, 501, 1000, 99999, 10000000, 10000001 };
    for (size_t i = 0; i < COUNT(TOOK_US); i++)
        metric_observe_us(&metric_took, TOOK_US[i]);
    assert_non_null(strstr(printed(), "\ntook_seconds_bucket{le=\"0.0005\"} 2\n"
                                      "took_seconds_bucket{le=\"0.001\"} 4\n"
                                      "took_seconds_bucket{le=\"0.0025\"} 4\n"
                                      "took_seconds_bucket{le=\"0.005\"} 4\n"
                                      "took_seconds_bucket{le=\"0.01\"} 4\n"
                                      "took_seconds_bucket{le=\"0.025\"} 4\n"
                                      "took_seconds_bucket{le=\"0.05\"} 4\n"
                                      "took_seconds_bucket{le=\"0.1\"} 5\n"
                                      "took_seconds_bucket{le=\"0.25\"} 5\n"
                                      "took_seconds_bucket{le=\"0.5\"} 5\n"
                                      "took_seconds_bucket{le=\"1\"} 5\n"
                                      "took_seconds_bucket{le=\"2.5\"} 5\n"
                                      "took_seconds_bucket{le=\"5\"} 5\n"
                                      "took_seconds_bucket{le=\"10\"} 6\n"
                                      "took_seconds_bucket{le=\"+Inf\"} 7\n"
                                      "took_seconds_sum 20.102001\n"
                                      "took_seconds_count 7\n"));
}

static void labels_stand_before_the_bucket(void **unused)
{
    (void)unused;
    metric_observe_us(&metric_lane, 700);
    assert_non_null(strstr(printed(), "\nlane_seconds_bucket{lane=\"human\",le=\"0.001\"} 1\n"));
    assert_non_null(
        strstr(printed(), "\nlane_seconds_sum{lane=\"human\"} 0.000700\nlane_seconds_count{lane=\"human\"} 1\n"));
}

enum {
    THREADS = 4,
    EACH = 10000
};

static void *counts(void *unused)
{
    (void)unused;
    for (int i = 0; i < EACH; i++) {
        metric_add(&metric_hooks_ok, 1);
        metric_observe_us(&metric_took, 1000);
    }
    return NULL;
}

static void nothing_is_lost_among_threads(void **unused)
{
    (void)unused;
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, counts, NULL), 0);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_int_equal(metric_get(&metric_hooks_ok), THREADS * EACH);
    assert_non_null(strstr(printed(), "took_seconds_sum 40.000000\ntook_seconds_count 40000\n"));
}

static void a_full_buffer_is_told(void **unused)
{
    (void)unused;
    struct buf tight;
    buf_init(&tight, 100);
    metrics_print(&test_metrics, &tight);
    assert_true(tight.has_failed);
    buf_release(&tight);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_name_is_described_once_and_its_rows_follow),
        TEST(a_histogram_is_cumulative_and_in_seconds),
        TEST(labels_stand_before_the_bucket),
        TEST(nothing_is_lost_among_threads),
        TEST(a_full_buffer_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
