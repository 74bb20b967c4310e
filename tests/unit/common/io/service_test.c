/* A service of three parts, run as a process of its own: what it prints, answers, and returns. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "io/clock.h"
#include "io/log.h"
#include "io/service.h"
#include "unit/common/io/process.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>

/* --- the service --- */

/* clang-format off */
#define TEST_CONFIG(X, S) \
    CONFIG_COMMON(X, S, "127.0.0.1:0") \
    X(S, INT,  budget_ms, "TEST_BUDGET_MS", "50", 1,  5000, "ms", "how long to wait") \
    X(S, STR,  fails,     "TEST_FAILS",     "",   0,  0,    "",   "the part that cannot start") \
    X(S, INT,  exit_with, "TEST_EXIT_WITH", "-1", -1, 99,   "",   "stop by itself with this code") \
    X(S, BOOL, is_slow,   "TEST_IS_SLOW",   "0",  0,  0,    "",   "the third part drains until somebody is impatient")
/* clang-format on */

CONFIG_STRUCT(test_config, TEST_CONFIG)
CONFIG_TABLE(test_table, test_config, TEST_CONFIG);
static struct test_config values;

#define TEST_METRICS(X) X(COUNTER, test_things, "parley_test_things_total", "kind=\"good\"", "things seen")
METRICS_DECLARE(TEST_METRICS)
METRICS_DEFINE(test_metrics, TEST_METRICS);

static atomic_bool is_second_ready;

static bool start_named(const char *name, const void *config, struct err *err)
{
    const struct test_config *c = config;
    if (str_is(c->fails, name))
        return err_set(err, ERR_BUSY, "TEST_FAILS", "%s cannot start", name);
    log_event(LOG_INFO, "test.start", F_WORD("name", name));
    return true;
}

/* The tests turn the second part's readiness by SIGWINCH, which nobody blocks. */
static void turn(int unused)
{
    (void)unused;
    atomic_store(&is_second_ready, !atomic_load(&is_second_ready));
}

static void *asks_to_stop(void *unused)
{
    (void)unused;
    service_request_stop((int)values.exit_with);
    return NULL;
}

static pthread_t asker;
static bool has_asker;

static bool first_start(const void *config, struct err *err)
{
    return start_named("first", config, err);
}
static bool second_start(const void *config, struct err *err)
{
    const struct test_config *c = config;
    if (!start_named("second", config, err))
        return false;
    (void)signal(SIGWINCH, turn);
    has_asker = c->exit_with >= 0;
    return !has_asker || pthread_create(&asker, NULL, asks_to_stop, NULL) == 0;
}
static bool third_start(const void *config, struct err *err)
{
    return start_named("third", config, err);
}

static bool second_ready(struct err *why)
{
    return atomic_load(&is_second_ready) || err_set(why, ERR_BUSY, NULL, "the \"other\" end is away");
}

static void log_drain(const char *name, int64_t deadline_boot_ms)
{
    bool is_in_time = deadline_boot_ms > clock_boot_ms() && deadline_boot_ms <= clock_boot_ms() + SERVICE_DRAIN_MS;
    log_event(LOG_INFO, "test.drain", F_WORD("name", name), F_INT("in_time", is_in_time),
              F_INT("is_stopping", service_is_stopping()));
}

static void third_drain(int64_t deadline_boot_ms)
{
    sigset_t pending;
    (void)sigemptyset(&pending);
    log_drain("third", deadline_boot_ms);
    while (values.is_slow && sigismember(&pending, SIGTERM) == 0 && clock_boot_ms() < deadline_boot_ms) {
        (void)poll(NULL, 0, 1); /* between two looks */
        (void)sigpending(&pending);
    }
}

static void second_drain(int64_t deadline_boot_ms)
{
    log_drain("second", deadline_boot_ms);
}

static void first_stop(void)
{
    log_event(LOG_INFO, "test.stop", F_WORD("name", "first"));
}
static void second_stop(void)
{
    if (has_asker)
        (void)pthread_join(asker, NULL);
    log_event(LOG_INFO, "test.stop", F_WORD("name", "second"));
}
static void third_stop(void)
{
    log_event(LOG_INFO, "test.stop", F_WORD("name", "third"));
}

static bool check(const void *config, struct err *err)
{
    const struct test_config *c = config;
    return c->budget_ms != 666 || err_set(err, ERR_INPUT, "TEST_BUDGET_MS", "666 does not go with the rest");
}

static const struct service SERVICE = {
    .name = "test",
    .summary = "a service for its tests",
    .config = &test_table,
    .config_values = &values,
    .admin_listen_offset = offsetof(struct test_config, admin_listen),
    .log_level_offset = offsetof(struct test_config, log_level),
    .log_format_offset = offsetof(struct test_config, log_format),
    .metrics = &test_metrics,
    .check = check,
    .parts = { { "first", first_start, NULL, NULL, first_stop },
               { "second", second_start, second_ready, second_drain, second_stop },
               { "third", third_start, NULL, third_drain, third_stop } },
};

/* --- the tests --- */

static void help_lists_every_variable_with_default_unit_and_meaning(void **unused)
{
    (void)unused;
    AUTO(release_process) struct process p;
    start(&p, &SERVICE, "--help", NOTHING);
    assert_int_equal(wait_exit(&p), 0);
    assert_non_null(strstr(p.text, "a service for its tests"));
    assert_non_null(strstr(p.text, "ADMIN_LISTEN"));
    assert_non_null(strstr(p.text, "TEST_BUDGET_MS  50 ms"));
    assert_non_null(strstr(p.text, "how long to wait (1 to 5000 ms)"));
}

static void version_names_the_binary(void **unused)
{
    (void)unused;
    AUTO(release_process) struct process p;
    start(&p, &SERVICE, "--version", NOTHING);
    assert_int_equal(wait_exit(&p), 0);
    assert_int_equal(strncmp(p.text, "parley-test ", 12), 0);
    assert_int_equal(count(&p, "\n"), 1);
}

static void an_unknown_argument_is_refused(void **unused)
{
    (void)unused;
    AUTO(release_process) struct process p;
    start(&p, &SERVICE, "--hlep", NOTHING);
    assert_int_equal(wait_exit(&p), 2);
    assert_non_null(strstr(p.text, "see --help"));
}

static void env_prints_what_a_dotenv_file_wants(void **unused)
{
    (void)unused;
    AUTO(release_process) struct process p;
    start(&p, &SERVICE, "--env", NOTHING);
    assert_int_equal(wait_exit(&p), 0);
    assert_non_null(strstr(p.text, "# how long to wait (1 to 5000 ms)\n#TEST_BUDGET_MS=50\n"));
}

static void check_config_says_valid_and_starts_nothing(void **unused)
{
    (void)unused;
    AUTO(release_process) struct process p;
    start(&p, &SERVICE, "--check-config", NOTHING);
    assert_int_equal(wait_exit(&p), 0);
    assert_string_equal(p.text, "configuration is valid\n");
}

static void a_wrong_variable_is_one_line_and_exit_code_2(void **unused)
{
    (void)unused;
    static const struct {
        const char *argument;
        const char *settings[2];
        const char *line;
    } CASES[] = {
        { "--check-config", { "TEST_BUDGET_MS=5s" }, "TEST_BUDGET_MS: \"5s\" is not a number; 1 to 5000 ms\n" },
        { NULL, { "TEST_BUDGET_MS=5s" }, "TEST_BUDGET_MS: \"5s\" is not a number; 1 to 5000 ms\n" },
        { NULL, { "LOG_LEVEL=loud" }, "LOG_LEVEL: \"loud\" is none of error, warn, info, debug\n" },
        { "--check-config", { "LOG_FORMAT=xml" }, "LOG_FORMAT: \"xml\" is neither json nor text\n" },
        { "--check-config", { "TEST_BUDGET_MS=666" }, "TEST_BUDGET_MS: 666 does not go with the rest\n" },
    };
    for (size_t i = 0; i < COUNT(CASES); i++) {
        AUTO(release_process) struct process p;
        start(&p, &SERVICE, CASES[i].argument, CASES[i].settings);
        assert_int_equal(wait_exit(&p), 2);
        assert_string_equal(p.text, CASES[i].line);
    }
}

static void parts_start_from_the_top_and_stop_from_the_bottom(void **unused)
{
    (void)unused;
    static const char *const ORDER[] = { "service.starting",
                                         "\"test.start\",\"name\":\"first\"",
                                         "\"test.start\",\"name\":\"second\"",
                                         "\"test.start\",\"name\":\"third\"",
                                         "service.started",
                                         "service.stopping",
                                         "\"test.drain\",\"name\":\"third\",\"in_time\":1,\"is_stopping\":1",
                                         "\"test.stop\",\"name\":\"third\"",
                                         "\"test.stop\",\"name\":\"second\"",
                                         "\"test.stop\",\"name\":\"first\"",
                                         "service.stopped" };
    static const int SIGNALS[] = { SIGTERM, SIGINT, SIGHUP };
    for (size_t s = 0; s < COUNT(SIGNALS); s++) {
        AUTO(release_process) struct process p;
        start(&p, &SERVICE, NULL, NOTHING);
        read_until(&p, "service.started");
        assert_int_equal(kill(p.pid, SIGNALS[s]), 0);
        assert_int_equal(wait_exit(&p), 0);
        const char *at = p.text;
        for (size_t i = 0; i < COUNT(ORDER); i++) {
            at = strstr(at, ORDER[i]);
            if (!at)
                fail_msg("%s is missing or out of order in: %s", ORDER[i], p.text);
        }
    }
}

static void a_part_that_cannot_start_stops_those_above_it(void **unused)
{
    (void)unused;
    static const char *const FAILS[] = { "TEST_FAILS=third", NULL };
    AUTO(release_process) struct process p;
    start(&p, &SERVICE, NULL, FAILS);
    assert_int_equal(wait_exit(&p), 1);
    assert_non_null(strstr(
        p.text, "\"service.start_failed\",\"part\":\"third\",\"error\":\"busy\",\"error_field\":\"TEST_FAILS\""));
    const char *second = strstr(p.text, "\"test.stop\",\"name\":\"second\"");
    assert_non_null(second);
    assert_non_null(strstr(second, "\"test.stop\",\"name\":\"first\""));
    assert_null(strstr(p.text, "\"test.stop\",\"name\":\"third\""));
}

static void readiness_follows_the_parts_and_health_does_not(void **unused)
{
    (void)unused;
    AUTO(release_process) struct process p;
    char answer[PEER_ANSWER_BYTES];
    start(&p, &SERVICE, NULL, NOTHING);
    int port = admin_port_of(&p);
    peer_get(port, "/healthz", answer);
    assert_non_null(strstr(answer, "HTTP/1.1 200 "));
    assert_non_null(strstr(answer, "{\"status\":\"ok\"}"));
    peer_get(port, "/readyz", answer);
    assert_non_null(strstr(answer, "HTTP/1.1 503 "));
    assert_non_null(strstr(
        answer, "{\"status\":\"not_ready\",\"parts\":{\"first\":\"ready\",\"second\":\"the \\\"other\\\" end is away\","
                "\"third\":\"ready\"}}"));
    read_until(&p, "\"service.not_ready\",\"part\":\"second\"");

    assert_int_equal(kill(p.pid, SIGWINCH), 0);
    read_until(&p, "\"service.ready\"");
    peer_get(port, "/readyz", answer);
    assert_non_null(strstr(answer, "HTTP/1.1 200 "));
    assert_non_null(strstr(
        answer, "{\"status\":\"ready\",\"parts\":{\"first\":\"ready\",\"second\":\"ready\",\"third\":\"ready\"}}"));
}

static void metrics_show_the_services_table_and_the_process(void **unused)
{
    (void)unused;
    AUTO(release_process) struct process p;
    char answer[PEER_ANSWER_BYTES];
    start(&p, &SERVICE, NULL, NOTHING);
    int port = admin_port_of(&p);
    peer_get(port, "/metrics", answer);
    assert_non_null(strstr(answer, "Content-Type: text/plain; version=0.0.4"));
    assert_non_null(strstr(answer, "\nparley_test_things_total{kind=\"good\"} 0\n"));
    assert_non_null(strstr(answer, "\nprocess_start_time_seconds 1"));
    assert_non_null(strstr(answer, "\nparley_ready 0\n"));
    assert_null(strstr(answer, "process_resident_memory_bytes 0\n"));
    peer_get(port, "/", answer);
    assert_non_null(strstr(answer, "HTTP/1.1 404 "));
    peer_talk(port, "POST /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", answer);
    assert_non_null(strstr(answer, "HTTP/1.1 405 "));
    assert_non_null(strstr(answer, "\r\nAllow: GET, HEAD\r\n"));
}

static void an_admin_address_that_is_taken_is_named(void **unused)
{
    (void)unused;
    AUTO(release_process) struct process holder;
    AUTO(release_process) struct process p;
    char setting[64];
    start(&holder, &SERVICE, NULL, NOTHING);
    (void)snprintf(setting, sizeof setting, "ADMIN_LISTEN=127.0.0.1:%d", admin_port_of(&holder));
    const char *const settings[] = { setting, NULL };
    start(&p, &SERVICE, NULL, settings);
    assert_int_equal(wait_exit(&p), 1);
    assert_non_null(strstr(p.text, "\"error_field\":\"ADMIN_LISTEN\""));
    assert_non_null(strstr(p.text, "cannot be listened on: Address already in use"));
}

static void a_part_can_ask_for_the_end_and_choose_the_exit_code(void **unused)
{
    (void)unused;
    static const char *const SETTINGS[] = { "TEST_EXIT_WITH=7", NULL };
    AUTO(release_process) struct process p;
    start(&p, &SERVICE, NULL, SETTINGS);
    assert_int_equal(wait_exit(&p), 7);
    assert_non_null(strstr(p.text, "\"test.stop\",\"name\":\"first\""));
    assert_null(strstr(p.text, "service.hurried")); /* it asks once, however it is woken */
}

static void a_second_signal_ends_the_patience(void **unused)
{
    (void)unused;
    static const char *const SETTINGS[] = { "TEST_IS_SLOW=1", NULL };
    AUTO(release_process) struct process p;
    start(&p, &SERVICE, NULL, SETTINGS);
    read_until(&p, "service.started");
    assert_int_equal(kill(p.pid, SIGTERM), 0);
    read_until(&p, "\"test.drain\",\"name\":\"third\",\"in_time\":1");
    assert_int_equal(kill(p.pid, SIGTERM), 0);
    assert_int_equal(wait_exit(&p), 0);
    assert_non_null(strstr(p.text, "\"service.hurried\",\"part\":\"second\""));
    assert_non_null(strstr(p.text, "\"test.drain\",\"name\":\"second\",\"in_time\":0"));
    assert_non_null(strstr(p.text, "\"test.stop\",\"name\":\"first\""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(help_lists_every_variable_with_default_unit_and_meaning),
        cmocka_unit_test(version_names_the_binary),
        cmocka_unit_test(an_unknown_argument_is_refused),
        cmocka_unit_test(env_prints_what_a_dotenv_file_wants),
        cmocka_unit_test(check_config_says_valid_and_starts_nothing),
        cmocka_unit_test(a_wrong_variable_is_one_line_and_exit_code_2),
        cmocka_unit_test(parts_start_from_the_top_and_stop_from_the_bottom),
        cmocka_unit_test(a_part_that_cannot_start_stops_those_above_it),
        cmocka_unit_test(readiness_follows_the_parts_and_health_does_not),
        cmocka_unit_test(metrics_show_the_services_table_and_the_process),
        cmocka_unit_test(an_admin_address_that_is_taken_is_named),
        cmocka_unit_test(a_second_signal_ends_the_patience),
        cmocka_unit_test(a_part_can_ask_for_the_end_and_choose_the_exit_code),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
