#include "newest.h"

#include <stdio.h>
#include <stdlib.h>

#include "unit/cmocka_all.h"

static char folder[64];
static char url[80];

static int fresh(void **unused)
{
    (void)unused;
    (void)snprintf(folder, sizeof folder, "/tmp/parley-newest-XXXXXX");
    assert_non_null(mkdtemp(folder));
    (void)snprintf(url, sizeof url, "lmdb:%s/store", folder);
    return 0;
}

static int released(void **unused)
{
    (void)unused;
    char command[128];
    newest_close();
    (void)snprintf(command, sizeof command, "rm -r '%s'", folder);
    return system(command); /* NOLINT(cert-env33-c): a folder of our own making */
}

static struct store *opened(void)
{
    struct store *store;
    struct err err;
    assert_true(store_open(&store, url, &err));
    assert_true(store_start_journal(store, &err));
    return store;
}

static void commit(struct store *store)
{
    static int64_t tenant = 100;
    struct arena arena;
    struct txn txn;
    struct err err;
    struct tenant_row row;
    arena_init(&arena, 1 << 20);
    record_init(&tenant_row_record, &row);
    assert_true(store_begin_write(store, &arena, &txn, &err));
    assert_true(ROW_PUT(&txn, TABLE_TENANT, key_of_tenant(++tenant), tenant_row, &row, &err));
    assert_true(store_commit(&txn, &err));
    arena_release(&arena);
}

/* Overwrites bytes of the page, as a power cut or somebody may. */
static void spoil(long at, const char *bytes, size_t n)
{
    char path[96];
    (void)snprintf(path, sizeof path, "%s/newest.page", folder);
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, at, SEEK_SET), 0);
    assert_int_equal(fwrite(bytes, 1, n, file), n);
    assert_int_equal(fclose(file), 0);
}

static void each_commit_is_newer_and_an_empty_one_is_none(void **unused)
{
    (void)unused;
    struct store *store = opened();
    struct arena arena;
    struct txn txn;
    struct err err;
    int64_t before = store_newest(store);
    commit(store);
    assert_int_equal(store_newest(store), before + 1);
    arena_init(&arena, 1 << 20);
    assert_true(store_begin_write(store, &arena, &txn, &err));
    assert_true(store_commit(&txn, &err));
    assert_int_equal(store_newest(store), before + 1);
    arena_release(&arena);
    store_close(&store);
}

static void what_was_noted_is_the_least_that_is_taken(void **unused)
{
    (void)unused;
    struct store *store = opened();
    struct err err;
    assert_true(newest_open(folder, store, &err));
    commit(store);
    newest_note(store);
    newest_close();
    assert_true(newest_open(folder, store, &err)); /* as noted */
    newest_close();
    commit(store); /* died before it was noted: later is fine */
    assert_true(newest_open(folder, store, &err));
    newest_close();
    store_close(&store);
}

static void an_earlier_one_of_the_same_store_is_refused(void **unused)
{
    (void)unused;
    struct store *store = opened();
    struct err err;
    int64_t far[1] = {1 << 20};
    assert_true(newest_open(folder, store, &err));
    newest_close();
    spoil(40, (const char *)far, sizeof far); /* the commit that was there */
    assert_false(newest_open(folder, store, &err));
    assert_int_equal(err.kind, ERR_BROKEN);
    assert_non_null(strstr(err.text, "of an earlier time"));
    assert_false(newest_open(folder, store, &err)); /* and stays so */
    far[0] = 0;
    spoil(32, (const char *)far, sizeof far); /* … of a generation before the restore of this one */
    assert_true(newest_open(folder, store, &err));
    newest_close();
    far[0] = store_generation(store) + 1;
    spoil(32, (const char *)far, sizeof far); /* a restored one was there */
    assert_false(newest_open(folder, store, &err));
    store_close(&store);
}

static void a_lost_note_costs_only_the_check(void **unused)
{
    (void)unused;
    struct store *store = opened();
    struct err err;
    int64_t far[1] = {1 << 20};
    assert_true(newest_open(folder, store, &err));
    newest_close();
    spoil(40, (const char *)far, sizeof far);
    spoil(0, "\0\0\0\0", 4); /* no note any more */
    assert_true(newest_open(folder, store, &err));
    newest_close();
    spoil(40, (const char *)far, sizeof far);
    spoil(16, "another store", 13);
    assert_true(newest_open(folder, store, &err));
    newest_close();
    assert_true(newest_open("/proc/parley-no-such-folder", store, &err)); /* no page can be made there */
    newest_note(store);
    store_close(&store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_commit_is_newer_and_an_empty_one_is_none, fresh, released),
        cmocka_unit_test_setup_teardown(what_was_noted_is_the_least_that_is_taken, fresh, released),
        cmocka_unit_test_setup_teardown(an_earlier_one_of_the_same_store_is_refused, fresh, released),
        cmocka_unit_test_setup_teardown(a_lost_note_costs_only_the_check, fresh, released),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
