#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "io/config.h"

#include <stdlib.h>
#include <unistd.h>

/* clang-format off */
#define TEST_CONFIG(X, S) \
    CONFIG_COMMON(X, S, "127.0.0.1:9101") \
    X(S, STR,    name,    "NAME",       "fallback", 0,   8,    "",         "a text of at most 8 bytes") \
    X(S, STR,    needed,  "NEEDED",     NULL,       1,   0,    "",         "a text that must be there") \
    X(S, STR,    unset,   "UNSET",      NULL,       0,   0,    "",         "a text without default") \
    X(S, LISTEN, listen,  "LISTEN",     NULL,       0,   0,    "",         "an address") \
    X(S, INT,    budget,  "BUDGET_MS",  "50",       1,   5000, "ms",       "how long to wait") \
    X(S, INT,    any,     "ANY",        "-7",       0,   0,    "",         "any number") \
    X(S, REAL,   rate,    "RATE",       "0.25",     0.1, 100,  "segments", "how many a second") \
    X(S, BOOL,   flag,    "FLAG",       "0",        0,   0,    "",         "yes or no") \
    X(S, SECRET, token,   "TOKEN",      NULL,       0,   0,    "",         "signs things") \
    X(S, SECRET, key,     "KEY",        "made-up",  1,   0,    "",         "opens things")
/* clang-format on */

CONFIG_STRUCT(test_config, TEST_CONFIG)
CONFIG_TABLE(table, test_config, TEST_CONFIG);

/* --- an environment of our own --- */

static const char *settings[8][2];

static const char *lookup(const char *variable)
{
    for (size_t i = 0; i < COUNT(settings) && settings[i][0]; i++)
        if (strcmp(settings[i][0], variable) == 0)
            return settings[i][1];
    return NULL;
}

static void set(const char *variable, const char *value)
{
    size_t i = 0;
    while (settings[i][0] && strcmp(settings[i][0], variable) != 0)
        i++;
    assert_true(i < COUNT(settings) - 1);
    settings[i][0] = variable;
    settings[i][1] = value;
}

static int clear(void **unused)
{
    (void)unused;
    memset(settings, 0, sizeof settings);
    set("NEEDED", "here");
    return 0;
}

static struct test_config config;
static struct err err;

static void load(void)
{
    memset(&config, 0xA5, sizeof config);
    if (!config_load_from(&table, lookup, &config, &err))
        fail_msg("%s: %s", err.field, err.text);
}

static void expect_refusal(const char *variable, const char *value, const char *field, const char *text)
{
    (void)clear(NULL);
    set(variable, value);
    assert_false(config_load_from(&table, lookup, &config, &err));
    assert_int_equal(err.kind, ERR_INPUT);
    assert_string_equal(err.field, field);
    assert_string_equal(err.text, text);
}

/* --- the tests --- */

static void defaults_fill_the_whole_struct(void **unused)
{
    (void)unused;
    load();
    assert_true(str_is(config.admin_listen, "127.0.0.1:9101"));
    assert_true(str_is(config.run_dir, "./var/run"));
    assert_true(str_is(config.log_format, ""));
    assert_true(str_is(config.name, "fallback"));
    assert_false(str_is_set(config.unset));
    assert_false(str_is_set(config.listen));
    assert_int_equal(config.budget, 50);
    assert_int_equal(config.any, -7);
    assert_true(config.rate == 0.25);
    assert_false(config.flag);
    assert_false(secret_is_set(&config.token));
    assert_true(secret_eq(&config.key, STR("made-up")));
}

static void variables_win_over_defaults(void **unused)
{
    (void)unused;
    set("NAME", "n");
    set("BUDGET_MS", "5000");
    set("RATE", "100");
    set("FLAG", "Yes");
    set("TOKEN", "t,u");
    set("LISTEN", "[::1]:0");
    load();
    assert_true(str_is(config.name, "n"));
    assert_int_equal(config.budget, 5000);
    assert_true(config.rate == 100);
    assert_true(config.flag);
    assert_true(secret_eq(&config.token, STR("t,u")));
    assert_true(str_is(config.listen, "[::1]:0"));
    assert_int_equal(config.listen.p[config.listen.n], '\0');
}

static void texts_outlive_the_environment(void **unused)
{
    (void)unused;
    char value[] = "gone";
    set("NAME", value);
    load();
    memset(value, 'X', sizeof value - 1);
    assert_true(str_is(config.name, "gone"));
}

static void an_empty_variable_counts_as_not_set(void **unused)
{
    (void)unused;
    static const char *const VARIABLES[] = { "NAME", "BUDGET_MS", "FLAG", "RATE", "TOKEN", "TOKEN_FILE" };
    for (size_t i = 0; i < COUNT(VARIABLES); i++)
        set(VARIABLES[i], "");
    load();
    assert_true(str_is(config.name, "fallback"));
    assert_int_equal(config.budget, 50);
    assert_false(secret_is_set(&config.token));
}

static void every_word_for_yes_and_no_is_understood(void **unused)
{
    (void)unused;
    static const char *const WORDS[][2] = { { "0", "1" }, { "false", "true" }, { "off", "ON" }, { "No", "yes" } };
    for (size_t i = 0; i < COUNT(WORDS); i++)
        for (size_t v = 0; v < 2; v++) {
            set("FLAG", WORDS[i][v]);
            load();
            assert_int_equal(config.flag, v == 1);
        }
}

static void a_wrong_value_is_one_line_with_what_is_allowed(void **unused)
{
    (void)unused;
    expect_refusal("BUDGET_MS", "5s", "BUDGET_MS", "\"5s\" is not a number; 1 to 5000 ms");
    expect_refusal("BUDGET_MS", "0", "BUDGET_MS", "\"0\" is out of range; 1 to 5000 ms");
    expect_refusal("BUDGET_MS", "5001", "BUDGET_MS", "\"5001\" is out of range; 1 to 5000 ms");
    expect_refusal("BUDGET_MS", " 5", "BUDGET_MS", "\" 5\" is not a number; 1 to 5000 ms");
    expect_refusal("BUDGET_MS", "99999999999999999999", "BUDGET_MS",
                   "\"99999999999999999999\" is not a number; 1 to 5000 ms");
    expect_refusal("ANY", "x", "ANY", "\"x\" is not a number; any number");
    expect_refusal("RATE", "0.01", "RATE", "\"0.01\" is out of range; 0.1 to 100 segments");
    expect_refusal("RATE", "inf", "RATE", "\"inf\" is not a number; 0.1 to 100 segments");
    expect_refusal("RATE", "1e1", "RATE", "\"1e1\" is not a number; 0.1 to 100 segments");
    expect_refusal("RATE", "1.2.3", "RATE", "\"1.2.3\" is not a number; 0.1 to 100 segments");
    expect_refusal("FLAG", "2", "FLAG", "\"2\" is neither yes nor no; 0 or 1 (also false/true, off/on, no/yes)");
    expect_refusal("NAME", "123456789", "NAME", "has 9 bytes; at most 8");
    expect_refusal("NEEDED", "", "NEEDED", "must be set: a text that must be there");
    expect_refusal("BUDGET_MS", "two\nlines\x1b[0m", "BUDGET_MS", "\"two?lines?[0m\" is not a number; 1 to 5000 ms");
    expect_refusal("BUDGET_MS", "0123456789012345678901234567890123456789x", "BUDGET_MS",
                   "\"0123456789012345678901234567890123456789…\" is not a number; 1 to 5000 ms");
}

static void an_address_is_host_and_port(void **unused)
{
    (void)unused;
    static const char *const GOOD[] = { "127.0.0.1:3001",     "0.0.0.0:65535", "localhost:0",
                                        "my-host.example:80", "[::1]:8080",    "[::]:80" };
    static const char *const BAD[] = {
        "3001",         ":3001",         "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1",
        "127.0.0.1:-0", "127.0.0.1:80s", "::1:80",    "[]:80",      "a b:80",          "127.0.0.1:80,127.0.0.1:81",
        "http://x:80",  "x:8 0"
    };
    for (size_t i = 0; i < COUNT(GOOD); i++) {
        set("LISTEN", GOOD[i]);
        load();
        assert_true(str_is(config.listen, GOOD[i]));
    }
    for (size_t i = 0; i < COUNT(BAD); i++) {
        set("LISTEN", BAD[i]);
        if (config_load_from(&table, lookup, &config, &err))
            fail_msg("taken: %s", BAD[i]);
        assert_string_equal(err.field, "LISTEN");
        assert_non_null(strstr(err.text, "such as 127.0.0.1:3001"));
    }
}

/* --- secrets --- */

static char path[] = "/tmp/parley-config-XXXXXX";

static void write_secret(const char *bytes, size_t n)
{
    FILE *f = fopen(path, "we");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
}

static void expect_secret(const char *bytes, size_t n, const char *wanted)
{
    write_secret(bytes, n);
    load();
    assert_true(secret_eq(&config.token, str_of(wanted)));
}

static void a_secret_may_come_from_a_file(void **unused)
{
    (void)unused;
    set("TOKEN_FILE", path);
    expect_secret("s3cret", 6, "s3cret");
    expect_secret("s3cret\n", 7, "s3cret");
    expect_secret("s3cret\r\n", 8, "s3cret");
    expect_secret(" s3 cret ", 9, " s3 cret ");
    char longest[SECRET_MAX_BYTES + 2];
    memset(longest, 'l', SECRET_MAX_BYTES);
    longest[SECRET_MAX_BYTES] = '\n';
    write_secret(longest, SECRET_MAX_BYTES + 1);
    load();
    assert_int_equal(config.token.n, SECRET_MAX_BYTES);
}

static void expect_file_refusal(const char *bytes, size_t n, const char *text)
{
    write_secret(bytes, n);
    assert_false(config_load_from(&table, lookup, &config, &err));
    assert_string_equal(err.field, "TOKEN_FILE");
    assert_string_equal(err.text, text);
}

static void a_secret_that_cannot_be_is_refused_by_name_alone(void **unused)
{
    (void)unused;
    set("TOKEN_FILE", path);
    expect_file_refusal("hush\nhush\n", 10, "holds a control character, such as a line's end in its middle");
    expect_file_refusal("hush\0hush", 9, "holds a control character, such as a line's end in its middle");
    expect_file_refusal("\n", 1, "names an empty file");
    expect_file_refusal("", 0, "names an empty file");
    char longer[SECRET_MAX_BYTES + 1];
    memset(longer, 'l', sizeof longer);
    expect_file_refusal(longer, sizeof longer, "is longer than 512 bytes");
    expect_refusal("TOKEN", "hush\x7F", "TOKEN", "holds a control character, such as a line's end in its middle");
    set("TOKEN", "hush");
    set("TOKEN_FILE", path);
    assert_false(config_load_from(&table, lookup, &config, &err));
    assert_string_equal(err.text, "is set, and TOKEN_FILE too; only one of them may be");
    (void)clear(NULL);
    set("TOKEN_FILE", "/no/such/file");
    assert_false(config_load_from(&table, lookup, &config, &err));
    assert_string_equal(err.field, "TOKEN_FILE");
    assert_string_equal(err.text, "cannot read the file that it names: No such file or directory");
}

#define NEEDS_SECRET(X, S) X(S, SECRET, token, "TOKEN", NULL, 1, 0, "", "signs things")
CONFIG_STRUCT(needs_secret, NEEDS_SECRET)
CONFIG_TABLE(needs_secret_table, needs_secret, NEEDS_SECRET);

static void a_secret_that_must_be_there_names_both_ways(void **unused)
{
    (void)unused;
    struct needs_secret needs;
    assert_false(config_load_from(&needs_secret_table, lookup, &needs, &err));
    assert_string_equal(err.field, "TOKEN");
    assert_string_equal(err.text, "must be set, or TOKEN_FILE");
}

/* --- printing --- */

static char *printed(void (*print)(const struct config_table *table, FILE *out))
{
    char *text = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);
    assert_non_null(out);
    print(&table, out);
    assert_int_equal(fclose(out), 0);
    return text;
}

static size_t lines(const char *text)
{
    size_t n = 0;
    for (; (text = strchr(text, '\n')); text++)
        n++;
    return n;
}

static void help_is_a_line_a_variable(void **unused)
{
    (void)unused;
    char *text = printed(config_print_help);
    assert_int_equal(lines(text), table.n + 1);
    for (size_t i = 0; i < table.n; i++)
        assert_non_null(strstr(text, table.rows[i].variable));
    assert_non_null(strstr(text, "50 ms           how long to wait (1 to 5000 ms)\n"));
    assert_non_null(strstr(text, "0.25 segments   how many a second (0.1 to 100 segments)\n"));
    assert_non_null(strstr(text, "(must)          a text that must be there\n"));
    assert_non_null(strstr(text, "signs things; or TOKEN_FILE names a file that holds it\n"));
    free(text);
}

static void an_env_file_names_every_default_and_sets_nothing(void **unused)
{
    (void)unused;
    char *text = printed(config_print_env);
    assert_non_null(strstr(text, "# how long to wait (1 to 5000 ms)\n#BUDGET_MS=50\n"));
    assert_non_null(strstr(text, "#NEEDED=\n"));
    assert_non_null(strstr(text, "#RUN_DIR=./var/run\n"));
    assert_int_equal(lines(text), 2 * table.n);
    for (const char *line = text; *line; line = strchr(line, '\n') + 1)
        assert_int_equal(*line, '#');
    free(text);
}

static void an_endpoint_is_a_socket_in_the_run_folder_unless_set(void **unused)
{
    (void)unused;
    assert_true(str_is(config_endpoint((struct str){ 0 }, STR("./var/run"), "worker"), "ipc://./var/run/worker"));
    assert_true(str_is(config_endpoint(STR(""), STR("/run/parley/"), "worker"), "ipc:///run/parley/worker"));
    struct str set_one = config_endpoint(STR("tcp://10.0.0.1:5000 "), STR("/run"), "worker");
    assert_true(str_is(set_one, "tcp://10.0.0.1:5000 "));
    assert_int_equal(set_one.p[set_one.n], '\0');
}

static void the_real_environment_is_read(void **unused)
{
    (void)unused;
    assert_int_equal(setenv("NEEDED", "from outside", 1), 0);
    assert_true(config_load(&table, &config, &err));
    assert_true(str_is(config.needed, "from outside"));
}

static int make_file(void **unused)
{
    (void)unused;
    int fd = mkstemp(path);
    return fd < 0 ? -1 : close(fd);
}

static int remove_file(void **unused)
{
    (void)unused;
    return unlink(path);
}

#define TEST(name) cmocka_unit_test_setup(name, clear)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(defaults_fill_the_whole_struct),
        TEST(variables_win_over_defaults),
        TEST(texts_outlive_the_environment),
        TEST(an_empty_variable_counts_as_not_set),
        TEST(every_word_for_yes_and_no_is_understood),
        TEST(a_wrong_value_is_one_line_with_what_is_allowed),
        TEST(an_address_is_host_and_port),
        TEST(a_secret_may_come_from_a_file),
        TEST(a_secret_that_cannot_be_is_refused_by_name_alone),
        TEST(a_secret_that_must_be_there_names_both_ways),
        TEST(help_is_a_line_a_variable),
        TEST(an_env_file_names_every_default_and_sets_nothing),
        TEST(an_endpoint_is_a_socket_in_the_run_folder_unless_set),
        TEST(the_real_environment_is_read),
    };
    return cmocka_run_group_tests(tests, make_file, remove_file);
}
