/* The store with its journal: what a kill leaves, what is seen at once, who else may have its files. */
#include "unit/services/worker/store/store_place.h"

#include "store/journal.h"
#include "store/layers.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

enum { KILLED = 99 };

static const enum table TABLE = TABLE_EVENT;

/* --- rows --- */

static struct key key_at(int64_t number)
{
    return key_of_number(1, number);
}

static void put(struct txn *txn, int64_t number, const char *text)
{
    struct err err;
    assert_true(value_put(txn, TABLE, key_at(number), str_of(text), &err));
}

static void put_committed(struct place *place, int64_t number, const char *text)
{
    struct txn txn = write_begun(place);
    put(&txn, number, text);
    committed(&txn);
}

static bool holds(struct txn *txn, int64_t number, const char *text)
{
    struct str value = {0};
    struct err err;
    bool found;
    assert_true(value_get(txn, TABLE, key_at(number), &value, &found, &err));
    return text ? found && str_is(value, text) : !found;
}

static bool reads(struct place *place, int64_t number, const char *text)
{
    struct txn txn = read_begun(place);
    bool as_told = holds(&txn, number, text);
    store_abort(&txn);
    return as_told;
}

/* --- a process that dies --- */

/* `life` in a process of its own, which closes nothing. The caller's store must be closed. */
static void lived_and_killed(struct place *place, void (*life)(struct place *))
{
    store_close(&place->store);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct err err;
        if (!store_open(&place->store, place->url, &err) || !store_start_journal(place->store, &err))
            _exit(1);
        life(place);
        _exit(KILLED);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == KILLED);
}

static void open_again(struct place *place)
{
    struct err err;
    if (!store_open(&place->store, place->url, &err))
        fail_msg("%s: %s", err.field, err.text);
    assert_true(store_start_journal(place->store, &err));
}

static void await_lmdb(struct place *place)
{
    struct txn txn = read_begun(place);
    store_abort(&txn);
}

/* LMDB's own: what is below 100; the journal's alone: 100 to 119; never: 200. */
static void commits_and_an_abort(struct place *place)
{
    put_committed(place, 1, "in LMDB");
    put_committed(place, 2, "deleted by the tail");
    await_lmdb(place);
    struct txn txn = write_begun(place);
    struct err err;
    assert_true(row_delete(&txn, TABLE, key_at(2), &err));
    committed(&txn);
    for (int64_t i = 100; i < 120; i++)
        put_committed(place, i, "in the journal");
    txn = write_begun(place);
    put(&txn, 1, "thrown away");
    put(&txn, 200, "thrown away");
    store_abort(&txn);
    put_committed(place, 119, "the last");
    txn = write_begun(place);
    put(&txn, 200, "never committed");
}

static void assert_only_commits(struct txn *txn)
{
    assert_true(holds(txn, 1, "in LMDB"));
    assert_true(holds(txn, 2, NULL));
    for (int64_t i = 100; i < 119; i++)
        assert_true(holds(txn, i, "in the journal"));
    assert_true(holds(txn, 119, "the last"));
    assert_true(holds(txn, 200, NULL));
}

static void a_kill_keeps_all_that_was_committed_and_nothing_else(void **state)
{
    struct place *place = *state;
    for (int life = 0; life < 3; life++)
        lived_and_killed(place, commits_and_an_abort);
    open_again(place);
    struct txn txn = read_begun(place);
    assert_only_commits(&txn);
    store_abort(&txn);
}

static void a_kill_after_all_is_in_lmdb_brings_nothing_twice(void **state)
{
    struct place *place = *state;
    int64_t newest;
    lived_and_killed(place, commits_and_an_abort);
    open_again(place);
    newest = store_newest(place->store);
    store_close(&place->store);
    open_again(place);
    assert_int_equal(store_newest(place->store), newest);
    await_lmdb(place);
    assert_true(reads(place, 119, "the last"));
}

/* --- seen at once --- */

static void a_commit_is_seen_by_the_next_write_and_the_next_read(void **state)
{
    struct place *place = *state;
    char text[24];
    for (int64_t i = 0; i < 50; i++) {
        (void)snprintf(text, sizeof text, "%d", (int)i);
        put_committed(place, 7, text);
        struct txn txn = write_begun(place);
        assert_true(holds(&txn, 7, text));
        put(&txn, 7, "thrown away");
        store_abort(&txn);
        if (i % 5 == 0)
            assert_true(reads(place, 7, text));
    }
}

/* --- what is undone --- */

static void what_is_thrown_away_takes_no_room_for_good(void **state)
{
    struct place *place = *state;
    static char text[ 64 * 1024 ];
    memset(text, 'x', sizeof text - 1);
    struct txn txn = write_begun(place);
    for (int64_t i = 0; i * (int64_t)sizeof text < LAYERS_BYTES_MAX + 1024 * 1024; i++)
        put(&txn, i, text);
    store_abort(&txn);
    put_committed(place, 1, "goes on");
    assert_true(reads(place, 1, "goes on"));
    assert_true(reads(place, 2, NULL));
}

static void a_transaction_larger_than_a_generation_is_whole(void **state)
{
    struct place *place = *state;
    static char text[ 64 * 1024 ];
    int64_t n = 0;
    memset(text, 'y', sizeof text - 1);
    struct txn txn = write_begun(place);
    for (; n * (int64_t)sizeof text < LAYERS_BYTES_MAX + 1024 * 1024; n++)
        put(&txn, n, text);
    committed(&txn);
    put_committed(place, n, "behind it");
    assert_true(reads(place, n - 1, text));
    assert_true(reads(place, n, "behind it"));
}

/* --- no text stays behind --- */

static bool file_holds(const struct place *place, int which, const char *text)
{
    char path[128];
    struct stat is;
    (void)snprintf(path, sizeof path, "%s/store/journal.%d", place->folder, which);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    assert_int_equal(fstat(fd, &is), 0);
    char *bytes = malloc((size_t)is.st_size + 1);
    assert_non_null(bytes);
    assert_int_equal(read(fd, bytes, (size_t)is.st_size), is.st_size);
    (void)close(fd);
    bool found = memmem(bytes, (size_t)is.st_size, text, strlen(text)) != NULL;
    free(bytes);
    return found;
}

static bool journal_holds(const struct place *place, const char *text)
{
    return file_holds(place, 0, text) || file_holds(place, 1, text);
}

static void dies_after_an_erasure(struct place *place)
{
    struct err err;
    put_committed(place, 1, "a private text");
    put_committed(place, 2, "and more of it");
    struct txn txn = write_begun(place);
    assert_true(row_delete(&txn, TABLE, key_at(1), &err));
    assert_true(value_put(&txn, TABLE_ERASED, key_at(1), STR("x"), &err));
    committed(&txn);
}

static void an_erasure_leaves_no_text_in_the_journal_even_when_the_process_dies(void **state)
{
    struct place *place = *state;
    lived_and_killed(place, dies_after_an_erasure);
    open_again(place);
    assert_false(journal_holds(place, "a private text"));
    assert_true(reads(place, 1, NULL));
    dies_after_an_erasure(place);
    await_lmdb(place);
    struct txn txn = write_begun(place); /* whoever begins next lets the erasure's generation go */
    store_abort(&txn);
    assert_false(journal_holds(place, "a private text"));
}

/* --- who else has the folder --- */

static int64_t shape_of(const struct place *place, const char *name)
{
    char path[128];
    struct stat is;
    (void)snprintf(path, sizeof path, "%s/store/%s", place->folder, name);
    if (stat(path, &is) != 0)
        return -1;
    return is.st_size + is.st_mtim.tv_nsec + (int64_t)is.st_ino;
}

static void a_look_sees_the_tail_and_writes_nothing(void **state)
{
    static const char *const FILES[] = {"data.mdb", "lock.mdb", "journal.0", "journal.1", "worker.lock"};
    struct place *place = *state;
    struct store *look;
    struct err err;
    int64_t before[COUNT(FILES)];
    lived_and_killed(place, commits_and_an_abort);
    for (size_t i = 0; i < COUNT(FILES); i++)
        before[i] = shape_of(place, FILES[i]);
    for (int i = 0; i < 2; i++) {
        struct txn txn;
        int64_t n;
        assert_true(store_open_to_look(&look, place->url, &err));
        assert_true(store_begin_read(look, &place->arena, &txn, &err));
        assert_only_commits(&txn);
        assert_true(table_count(&txn, TABLE, &n, &err));
        assert_int_equal(n, 21);
        store_abort(&txn);
        store_close(&look);
    }
    for (size_t i = 0; i < COUNT(FILES); i++)
        assert_int_equal(shape_of(place, FILES[i]), before[i]);
    open_again(place);
}

static void copied(const struct place *place, const char *from, const char *to)
{
    char command[256];
    (void)snprintf(command, sizeof command, "cp -r '%s/%s' '%s/%s'", place->folder, from, place->folder, to);
    assert_int_equal(system(command), 0); /* NOLINT(cert-env33-c): a folder of our own making */
}

static void a_copy_of_the_folder_brings_the_tail(void **state)
{
    struct place *place = *state;
    struct place copy = *place;
    struct err err;
    lived_and_killed(place, commits_and_an_abort);
    (void)snprintf(copy.url, sizeof copy.url, "lmdb:%s/copy", place->folder);
    arena_init(&copy.arena, 1024 * 1024);
    copied(place, "store", "copy");
    assert_true(store_open(&copy.store, copy.url, &err));
    struct txn txn = read_begun(&copy);
    assert_only_commits(&txn);
    store_abort(&txn);
    store_close(&copy.store);
    arena_release(&copy.arena);
    open_again(place);
}

static void another_stores_journal_is_refused_and_nothing_written(void **state)
{
    struct place *place = *state;
    struct store *other;
    struct err err;
    char url[80];
    lived_and_killed(place, commits_and_an_abort);
    (void)snprintf(url, sizeof url, "lmdb:%s/other", place->folder);
    assert_true(store_open(&other, url, &err));
    store_close(&other);
    copied(place, "store/journal.0", "other");
    copied(place, "store/journal.1", "other");
    assert_false(store_open(&other, url, &err));
    assert_non_null(strstr(err.text, "another store"));
    assert_false(store_open_to_look(&other, url, &err));
    assert_non_null(strstr(err.text, "another store"));
    open_again(place);
}

static void an_earlier_file_beside_a_later_journal_is_refused(void **state)
{
    struct place *place = *state;
    struct err err;
    store_close(&place->store);
    copied(place, "store/data.mdb", "earlier.mdb");
    lived_and_killed(place, commits_and_an_abort);
    lived_and_killed(
        place, commits_and_an_abort); /* its start made the journal anew: the first life's blocks are in the store */
    copied(place, "earlier.mdb", "store/data.mdb");
    assert_false(store_open(&place->store, place->url, &err));
    assert_non_null(strstr(err.text, "earlier time"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_A_STORE(a_commit_is_seen_by_the_next_write_and_the_next_read),
        WITH_A_STORE(a_kill_keeps_all_that_was_committed_and_nothing_else),
        WITH_A_STORE(a_kill_after_all_is_in_lmdb_brings_nothing_twice),
        WITH_A_STORE(what_is_thrown_away_takes_no_room_for_good),
        WITH_A_STORE(a_transaction_larger_than_a_generation_is_whole),
        WITH_A_STORE(an_erasure_leaves_no_text_in_the_journal_even_when_the_process_dies),
        WITH_A_STORE(a_look_sees_the_tail_and_writes_nothing),
        WITH_A_STORE(a_copy_of_the_folder_brings_the_tail),
        WITH_A_STORE(another_stores_journal_is_refused_and_nothing_written),
        WITH_A_STORE(an_earlier_file_beside_a_later_journal_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
