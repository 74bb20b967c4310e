#include "io/lmdb_tree.h"

#include <fcntl.h>
#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "unit/cmocka_all.h"

enum { ROWS = 3000, PAGE = 4096, DAMAGES = 3000 };

static char path[64];
static uint8_t *bytes;
static size_t bytes_n;
static char why[LMDB_WHY_BYTES];
static uint64_t chance = 20261123; /* xorshift: the same damages each time */

static uint64_t draw(uint64_t below)
{
    chance ^= chance << 13;
    chance ^= chance >> 7;
    chance ^= chance << 17;
    return chance % below;
}

static void put_rows(MDB_env *env, const char *table, size_t value_bytes, int from, int step)
{
    static uint8_t value[3 * PAGE];
    MDB_txn *txn;
    MDB_dbi dbi;
    assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
    assert_int_equal(mdb_dbi_open(txn, table, MDB_CREATE, &dbi), 0);
    for (int i = from; i < ROWS; i += step) {
        char key[24];
        (void)snprintf(key, sizeof key, "%08d", i * 7919 % ROWS);
        MDB_val k = {strlen(key), key};
        MDB_val v = {value_bytes, value};
        assert_int_equal(from == 0 ? mdb_put(txn, dbi, &k, &v, 0) : mdb_del(txn, dbi, &k, NULL), 0);
    }
    assert_int_equal(mdb_txn_commit(txn), 0);
}

/* Three tables, values on pages of their own, and free pages. */
static int a_file(void **unused)
{
    (void)unused;
    MDB_env *env;
    char lock[80];
    (void)snprintf(path, sizeof path, "/tmp/parley-tree-XXXXXX");
    int fd = mkstemp(path);
    assert_true(fd >= 0 && close(fd) == 0);
    assert_true(mdb_env_create(&env) == 0 && mdb_env_set_maxdbs(env, 4) == 0 &&
                mdb_env_set_mapsize(env, 64 << 20) == 0);
    assert_int_equal(mdb_env_open(env, path, MDB_NOSUBDIR | MDB_NOSYNC, 0600), 0);
    put_rows(env, "small", 40, 0, 1);
    put_rows(env, "large", 2 * PAGE, 0, 30);
    put_rows(env, "empty", 0, 0, 5);
    put_rows(env, "small", 40, 1, 3);
    mdb_env_close(env);
    (void)snprintf(lock, sizeof lock, "%s-lock", path);
    (void)unlink(lock); /* LMDB's */
    FILE *file = fopen(path, "re");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    bytes_n = (size_t)ftell(file);
    rewind(file);
    bytes = malloc(bytes_n);
    assert_true(bytes && fread(bytes, 1, bytes_n, file) == bytes_n && fclose(file) == 0);
    return 0;
}

static int gone(void **unused)
{
    (void)unused;
    free(bytes);
    return unlink(path);
}

static bool check(size_t max_pages, size_t *pages, bool *is_complete)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    bool is_fine = lmdb_tree_check(fd, (uint64_t)lseek(fd, 0, SEEK_END), max_pages, pages, is_complete, why);
    (void)close(fd);
    return is_fine;
}

static void write_at(size_t at, const void *what, size_t n)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    assert_true(fd >= 0 && pwrite(fd, what, n, (off_t)at) == (ssize_t)n && close(fd) == 0);
}

static void a_whole_file_is_fine_and_looked_at_whole(void **unused)
{
    (void)unused;
    size_t pages;
    bool is_complete;
    if (!check(SIZE_MAX, &pages, &is_complete))
        fail_msg("%s", why);
    assert_true(is_complete && pages > 50);
    assert_true(check(10, &pages, &is_complete));
    assert_true(!is_complete && pages == 10);
}

static void whatever_is_damaged_nothing_faults_and_a_torn_page_is_found(void **unused)
{
    (void)unused;
    static const uint8_t ZEROS[PAGE];
    size_t pages;
    bool is_complete;
    int found = 0;
    for (int i = 0; i < DAMAGES; i++) {
        size_t at = (size_t)draw(bytes_n - 64);
        size_t n = 1 + (size_t)draw(i % 3 ? 8 : 64);
        uint8_t noise[64];
        for (size_t k = 0; k < n; k++)
            noise[k] = (uint8_t)draw(i % 2 ? 256 : 4);
        at = i % 4 == 0 ? at / PAGE * PAGE + (size_t)draw(40) : at; /* headers, metas, pointers */
        write_at(at, noise, n);
        found += !check(SIZE_MAX, &pages, &is_complete);
        write_at(at, bytes + at, n);
    }
    assert_true(found > DAMAGES / 20); /* most fall into values and free pages, which is no structure */
    for (size_t page = 2; page < bytes_n / PAGE; page++) {
        bool is_tree = bytes[page * PAGE + 10] == 1 || (bytes[page * PAGE + 10] == 2 && draw(4) == 0);
        uint16_t upper;
        memcpy(&upper, bytes + page * PAGE + 14, sizeof upper);
        if (!is_tree || upper > PAGE - 600)
            continue;
        write_at(page * PAGE + PAGE - 512, ZEROS, 512);
        (void)check(SIZE_MAX, &pages, &is_complete); /* it may be a free page's old content: then nothing is wrong */
        write_at(page * PAGE + PAGE - 512, bytes + page * PAGE + PAGE - 512, 512);
    }
    assert_true(check(SIZE_MAX, &pages, &is_complete));
}

static void a_file_cut_short_anywhere_is_refused(void **unused)
{
    (void)unused;
    size_t pages;
    bool is_complete;
    for (int i = 0; i < 200; i++) {
        assert_int_equal(truncate(path, (off_t)draw(bytes_n - PAGE)), 0);
        assert_false(check(SIZE_MAX, &pages, &is_complete));
        assert_true(strlen(why) > 0);
        write_at(0, bytes, bytes_n);
    }
    assert_true(check(SIZE_MAX, &pages, &is_complete));
}

/* Taken at the end of the file and freed again in one transaction: LMDB counts the page and never writes it. */
static void a_free_page_that_was_never_written_is_no_damage(void **unused)
{
    enum { LAST_PAGE_AT = 136 };
    (void)unused;
    size_t pages;
    bool is_complete;
    for (size_t meta = 0; meta < 2; meta++) {
        uint64_t last;
        memcpy(&last, bytes + meta * PAGE + LAST_PAGE_AT, sizeof last);
        assert_in_range(last, 2, bytes_n / PAGE);
        last = bytes_n / PAGE + 3;
        write_at(meta * PAGE + LAST_PAGE_AT, (const char *)&last, sizeof last);
    }
    bool is_fine = check(SIZE_MAX, &pages, &is_complete);
    write_at(0, bytes, bytes_n);
    assert_true(is_fine && is_complete);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_file_is_fine_and_looked_at_whole),
        cmocka_unit_test(whatever_is_damaged_nothing_faults_and_a_torn_page_is_found),
        cmocka_unit_test(a_file_cut_short_anywhere_is_refused),
        cmocka_unit_test(a_free_page_that_was_never_written_is_no_damage),
    };
    return cmocka_run_group_tests(tests, a_file, gone);
}
