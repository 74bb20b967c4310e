/* The side file: what is appended is read again, whatever happened to the lines before and after it. */
#include "upkeep/side_file.h"

#include "unit/services/worker/store/store_place.h"

#include <fcntl.h>

enum { LINES_MAX = 8 };

struct seen {
    char person[LINES_MAX][16];
    size_t n;
};

static bool see(void *context, const struct side_line *line, struct err *err)
{
    struct seen *seen = context;
    (void)err;
    assert_true(seen->n < LINES_MAX);
    (void)snprintf(seen->person[seen->n++], sizeof seen->person[0], "%.*s", STR_ARGS(line->person));
    return true;
}

static struct seen read_all(const char *path, int64_t *damaged)
{
    struct seen seen = { 0 };
    struct err err;
    assert_true(side_file_read(path, see, &seen, damaged, &err));
    return seen;
}

static void append(const char *path, const char *const *people, size_t n)
{
    struct side_file *side;
    struct buf text;
    struct err err;
    assert_true(side_file_open(&side, path, &err));
    buf_init(&text, 64 * 1024);
    for (size_t i = 0; i < n; i++) {
        struct side_line line;
        record_init(&side_line_record, &line);
        line.kind = STR(SIDE_OPT_OUT);
        line.at = 1700000000000;
        line.tenant = 1;
        line.person = str_of(people[i]);
        line.source = CONSENT_BY_KEYWORD;
        assert_true(side_line_format(&line, &text, &err));
    }
    assert_true(side_file_append(side, buf_str(&text), &err));
    buf_release(&text);
    side_file_close(&side);
}

static void place_path(const struct place *place, char out[96])
{
    (void)snprintf(out, 96, "%s/side", place->folder);
}

static void write_raw(const char *path, off_t at, const char *bytes)
{
    int fd = open(path, O_WRONLY);
    assert_true(fd >= 0);
    off_t place = at >= 0 ? at : lseek(fd, 0, SEEK_END);
    assert_int_equal(pwrite(fd, bytes, strlen(bytes), place), (ssize_t)strlen(bytes));
    assert_int_equal(close(fd), 0);
}

static void what_is_appended_is_read_in_its_order(void **state)
{
    char path[96];
    int64_t damaged;
    place_path(*state, path);
    append(path, (const char *const[]){ "aa", "bb" }, 2);
    append(path, (const char *const[]){ "cc" }, 1);
    struct seen seen = read_all(path, &damaged);
    assert_int_equal(damaged, 0);
    assert_int_equal(seen.n, 3);
    assert_string_equal(seen.person[0], "aa");
    assert_string_equal(seen.person[2], "cc");
}

static void a_file_that_is_not_there_has_no_lines(void **state)
{
    char path[96];
    int64_t damaged;
    place_path(*state, path);
    assert_int_equal(read_all(path, &damaged).n, 0);
    assert_int_equal(damaged, 0);
}

static void a_torn_line_spoils_neither_those_before_nor_those_after(void **state)
{
    char path[96];
    int64_t damaged;
    place_path(*state, path);
    append(path, (const char *const[]){ "aa" }, 1);
    write_raw(path, -1, "{\"kind\":\"opt_out\",\"at\":\"2026-"); /* the power failed here */
    append(path, (const char *const[]){ "bb" }, 1);
    struct seen seen = read_all(path, &damaged);
    assert_int_equal(damaged, 1);
    assert_int_equal(seen.n, 2);
    assert_string_equal(seen.person[1], "bb");
}

static void a_changed_byte_is_known_by_the_sum(void **state)
{
    char path[96];
    int64_t damaged;
    place_path(*state, path);
    append(path, (const char *const[]){ "aa", "bb" }, 2);
    write_raw(path, 12, "X");
    struct seen seen = read_all(path, &damaged);
    assert_int_equal(damaged, 1);
    assert_int_equal(seen.n, 1);
    assert_string_equal(seen.person[0], "bb");
}

static void without_a_setting_it_lies_beside_the_store(void **state)
{
    struct place *place = *state;
    assert_true(str_is(side_file_path(&place->arena, STR(""), "lmdb:/data/store"), "/data/store.optouts"));
    assert_true(str_is(side_file_path(&place->arena, STR(""), "lmdb:/data/store//"), "/data/store.optouts"));
    assert_true(str_is(side_file_path(&place->arena, STR("/elsewhere"), "lmdb:/data/store"), "/elsewhere"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_A_STORE(what_is_appended_is_read_in_its_order),
        WITH_A_STORE(a_file_that_is_not_there_has_no_lines),
        WITH_A_STORE(a_torn_line_spoils_neither_those_before_nor_those_after),
        WITH_A_STORE(a_changed_byte_is_known_by_the_sum),
        WITH_A_STORE(without_a_setting_it_lies_beside_the_store),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
