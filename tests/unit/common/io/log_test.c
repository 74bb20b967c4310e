/* What stands on stderr, read back through a pipe. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "io/log.h"

#include <fcntl.h>
#include <jansson.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int ends[2];
static int real_stderr;
static char text[256 * 1024];
static struct err err;

/* stderr becomes a pipe that holds what the tests write; nothing blocks, as nobody writes more than it holds. */
static int set_up(void **unused)
{
    (void)unused;
    real_stderr = dup(STDERR_FILENO);
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0 || dup2(ends[1], STDERR_FILENO) < 0)
        return -1;
    (void)fcntl(ends[1], F_SETPIPE_SZ, 1024 * 1024); /* more than the default of 64 KiB; less is enough too */
    log_show_private(false);
    return log_init("test", STR("info"), STR("json"), &err) ? 0 : -1;
}

static int tear_down(void **unused)
{
    (void)unused;
    (void)dup2(real_stderr, STDERR_FILENO);
    return close(real_stderr) + close(ends[0]) + close(ends[1]);
}

/* What was logged since the last look. */
static const char *logged(void)
{
    ssize_t n = read(ends[0], text, sizeof text - 1);
    text[n > 0 ? n : 0] = '\0';
    return text;
}

/* The one line as JSON; the caller gives it back with json_decref(). */
static json_t *logged_json(void)
{
    const char *line = logged();
    size_t n = strlen(line);
    assert_true(n > 0 && line[n - 1] == '\n' && strchr(line, '\n') == line + n - 1);
    json_t *json = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
    if (!json)
        fail_msg("no JSON: %s", line);
    return json;
}

static const char *string_in(const json_t *json, const char *name)
{
    return json_string_value(json_object_get(json, name));
}

static void a_line_is_json_with_time_level_service_event_and_typed_fields(void **unused)
{
    (void)unused;
    const struct id id = { { 0x01, 0x8f } };
    log_event(LOG_WARN, "send.accepted", F_ID("message", id), F_INT("attempt", -3), F_MS("took", 12),
              F_WORD("word", "w"), F_STR("none", (struct str){ 0 }), F_ID("no_id", (struct id){ { 0 } }));
    json_t *json = logged_json();
    assert_int_equal(strlen(string_in(json, "at")), 24);
    assert_string_equal(string_in(json, "level"), "warn");
    assert_string_equal(string_in(json, "service"), "test");
    assert_string_equal(string_in(json, "event"), "send.accepted");
    assert_string_equal(string_in(json, "message"), "018f0000-0000-0000-0000-000000000000");
    assert_int_equal(json_integer_value(json_object_get(json, "attempt")), -3);
    assert_int_equal(json_integer_value(json_object_get(json, "took_ms")), 12);
    assert_string_equal(string_in(json, "word"), "w");
    assert_true(json_is_null(json_object_get(json, "none")));
    assert_true(json_is_null(json_object_get(json, "no_id")));
    assert_int_equal(json_object_size(json), 10);
    json_decref(json);
}

static void an_event_may_have_no_fields(void **unused)
{
    (void)unused;
    log_event(LOG_INFO, "service.ready");
    json_t *json = logged_json();
    assert_int_equal(json_object_size(json), 4);
    json_decref(json);
}

static void numbers_and_texts_are_redacted_until_told_otherwise(void **unused)
{
    (void)unused;
    static const struct {
        const char *phone;
        const char *shown;
    } CASES[] = { { "+15550100001", "+1555…01" },
                  { "+491701234567", "+4917…67" },
                  { "12345", "12…" },
                  { "ACME", "AC…" },
                  { "7", "…" },
                  { "", "…" } };
    for (size_t i = 0; i < COUNT(CASES); i++) {
        log_event(LOG_INFO, "x", F_PHONE("to", str_of(CASES[i].phone)));
        json_t *json = logged_json();
        assert_string_equal(string_in(json, "to"), CASES[i].shown);
        json_decref(json);
    }
    log_event(LOG_INFO, "x",
              F_TEXT("text", STR("gr\xC3\xBC\xC3\x9F"
                                 "e")),
              F_TEXT("one", STR("x")), F_TEXT("unset", (struct str){ 0 }));
    json_t *json = logged_json();
    assert_string_equal(string_in(json, "text"), "5 characters");
    assert_string_equal(string_in(json, "one"), "1 character");
    assert_true(json_is_null(json_object_get(json, "unset")));
    json_decref(json);
    log_show_private(true);
    log_event(LOG_INFO, "x", F_PHONE("to", STR("+15550100001")), F_TEXT("text", STR("hush")));
    json = logged_json();
    assert_string_equal(string_in(json, "to"), "+15550100001");
    assert_string_equal(string_in(json, "text"), "hush");
    json_decref(json);
}

static void what_could_break_a_line_is_escaped(void **unused)
{
    (void)unused;
    log_event(LOG_INFO, "x", F_STR("s", ((struct str){ "a\"\\\n\r\t\x1b\x7f\0\xFF\xC3z", 12 })));
    assert_null(strchr(logged(), '\x1b'));
    json_t *json = json_loads(text, JSON_ALLOW_NUL, NULL);
    assert_non_null(json);
    json_t *s = json_object_get(json, "s");
    assert_int_equal(json_string_length(s), 16);
    assert_memory_equal(json_string_value(s), "a\"\\\n\r\t\x1b\x7f\0\xEF\xBF\xBD\xEF\xBF\xBDz", 16);
    json_decref(json);
}

static void an_error_shows_its_kind_field_and_text(void **unused)
{
    (void)unused;
    struct err failure;
    (void)err_set(&failure, ERR_INPUT, "to", "must begin with '+'");
    log_event(LOG_ERROR, "x", F_ERR(&failure));
    json_t *json = logged_json();
    assert_string_equal(string_in(json, "error"), "input");
    assert_string_equal(string_in(json, "error_field"), "to");
    assert_string_equal(string_in(json, "error_text"), "must begin with '+'");
    json_decref(json);
}

static void a_line_that_is_too_long_is_cut_and_still_json(void **unused)
{
    (void)unused;
    char longest[3000];
    memset(longest, '"', sizeof longest);
    struct str s = { longest, sizeof longest };
    log_event(LOG_INFO, "x", F_STR("a", s), F_STR("b", s), F_STR("c", s), F_STR("d", s), F_STR("e", s),
              F_INT("last", 1));
    json_t *json = logged_json();
    assert_true(strlen(text) <= 4096);
    assert_true(json_is_true(json_object_get(json, "cut")));
    assert_int_equal(json_string_length(json_object_get(json, "a")), 512 + 3); /* and the ellipsis */
    assert_null(json_object_get(json, "e"));
    assert_int_equal(json_integer_value(json_object_get(json, "last")), 1); /* what still fits is there */
    json_decref(json);
}

static void text_is_for_eyes(void **unused)
{
    (void)unused;
    assert_true(log_init("test", STR("debug"), STR("text"), &err));
    log_event(LOG_DEBUG, "webhook.taken", F_WORD("word", "plain"), F_WORD("more", "two words"), F_MS("took", 3),
              F_PHONE("to", STR("+15550100001")), F_STR("none", (struct str){ 0 }), F_WORD("empty", ""));
    const char *line = logged();
    assert_int_equal(line[2], ':');
    assert_non_null(strstr(
        line, " debug test     webhook.taken              word=plain more=\"two words\" took_ms=3 to=\"+1555…01\" "
              "none=- empty=\"\"\n"));
}

static void a_level_hides_what_is_below_it(void **unused)
{
    (void)unused;
    static const struct {
        const char *level;
        const char *seen;
    } CASES[] = { { "error", "e" }, { "warn", "ew" }, { "info", "ewi" }, { "debug", "ewid" } };
    for (size_t i = 0; i < COUNT(CASES); i++) {
        char seen[8] = "";
        static const char *const EVENTS[] = {
            [LOG_ERROR] = "e", [LOG_WARN] = "w", [LOG_INFO] = "i", [LOG_DEBUG] = "d"
        };
        assert_true(log_init("test", str_of(CASES[i].level), STR("json"), &err));
        for (int level = LOG_ERROR; level <= LOG_DEBUG; level++) {
            log_event((enum log_level)level, EVENTS[level]);
            if (*logged())
                (void)strncat(seen, EVENTS[level], sizeof seen - strlen(seen) - 1);
        }
        assert_string_equal(seen, CASES[i].seen);
    }
}

static void unknown_levels_and_formats_name_their_variable(void **unused)
{
    (void)unused;
    assert_false(log_init("test", STR("loud"), STR("json"), &err));
    assert_string_equal(err.field, "LOG_LEVEL");
    assert_string_equal(err.text, "\"loud\" is none of error, warn, info, debug");
    assert_false(log_init("test", STR("info"), STR("xml"), &err));
    assert_string_equal(err.field, "LOG_FORMAT");
    assert_true(log_init("test", STR("info"), STR(""), &err)); /* not a terminal: json */
    log_event(LOG_INFO, "x");
    json_decref(logged_json());
}

enum {
    WRITERS = 8,
    LINES = 100
};

static void *writer(void *arg)
{
    const int *number = arg;
    for (int i = 0; i < LINES; i++)
        log_event(LOG_INFO, "thread.line", F_INT("writer", *number), F_INT("line", i),
                  F_WORD("filler", "0123456789abcdef"));
    return NULL;
}

static void lines_of_many_threads_do_not_mix(void **unused)
{
    (void)unused;
    pthread_t threads[WRITERS];
    int numbers[WRITERS];
    int next[WRITERS] = { 0 };
    for (int i = 0; i < WRITERS; i++) {
        numbers[i] = i;
        assert_int_equal(pthread_create(&threads[i], NULL, writer, &numbers[i]), 0);
    }
    for (int i = 0; i < WRITERS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    struct str rest = str_of(logged());
    struct str line;
    int count = 0;
    while (str_next(&rest, '\n', &line) && line.n > 0) {
        json_t *json = json_loadb(line.p, line.n, 0, NULL);
        assert_non_null(json);
        int64_t who = json_integer_value(json_object_get(json, "writer"));
        assert_int_equal(json_integer_value(json_object_get(json, "line")), next[who]++);
        json_decref(json);
        count++;
    }
    assert_int_equal(count, WRITERS * LINES);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_line_is_json_with_time_level_service_event_and_typed_fields),
        TEST(an_event_may_have_no_fields),
        TEST(numbers_and_texts_are_redacted_until_told_otherwise),
        TEST(what_could_break_a_line_is_escaped),
        TEST(an_error_shows_its_kind_field_and_text),
        TEST(a_line_that_is_too_long_is_cut_and_still_json),
        TEST(text_is_for_eyes),
        TEST(a_level_hides_what_is_below_it),
        TEST(unknown_levels_and_formats_name_their_variable),
        TEST(lines_of_many_threads_do_not_mix),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
