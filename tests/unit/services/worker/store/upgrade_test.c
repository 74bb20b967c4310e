/* Stores that earlier versions wrote, kept under tests/vectors/stores: each opens and is brought up to date, or is refused as it was. */
#include "store/meta.h"
#include "unit/services/worker/store/store_place.h"

#include <lmdb.h>

struct old {
    char folder[64];
    char url[80];
};

static int a_copy_of_the_first_layout(void **state)
{
    struct old *old = calloc(1, sizeof *old);
    char command[256];
    (void)snprintf(old->folder, sizeof old->folder, "/tmp/parley-old-XXXXXX");
    assert_non_null(mkdtemp(old->folder));
    (void)snprintf(old->url, sizeof old->url, "lmdb:%s", old->folder);
    (void)snprintf(command, sizeof command, "cp '%s/stores/v1/data.mdb' '%s'", VECTORS_DIR, old->folder);
    assert_int_equal(system(command), 0);
    *state = old;
    return 0;
}

static int its_end(void **state)
{
    struct old *old = *state;
    char command[128];
    (void)snprintf(command, sizeof command, "rm -r '%s'", old->folder);
    int code = system(command);
    free(old);
    return code;
}

/* What one value of the meta table is, read and written without the code under test. "" for none. */
static void meta_value(const struct old *old, const char *name, const char *set, char out[64])
{
    MDB_env *env;
    MDB_txn *txn;
    MDB_dbi dbi;
    MDB_val key = { .mv_size = strlen(name), .mv_data = (void *)(uintptr_t)name };
    MDB_val value;
    assert_int_equal(mdb_env_create(&env), 0);
    assert_int_equal(mdb_env_set_maxdbs(env, 4), 0);
    assert_int_equal(mdb_env_open(env, old->folder, 0, 0600), 0);
    assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
    assert_int_equal(mdb_dbi_open(txn, "meta", 0, &dbi), 0);
    int code = mdb_get(txn, dbi, &key, &value);
    (void)snprintf(out, 64, "%.*s", code ? 0 : (int)value.mv_size, code ? "" : (const char *)value.mv_data);
    if (set && !*set)
        assert_int_equal(mdb_del(txn, dbi, &key, NULL), 0);
    if (set && *set) {
        value = (MDB_val){ .mv_size = strlen(set), .mv_data = (void *)(uintptr_t)set };
        assert_int_equal(mdb_put(txn, dbi, &key, &value, 0), 0);
    }
    assert_int_equal(mdb_txn_commit(txn), 0);
    mdb_env_close(env);
}

static void the_first_layout_opens_with_all_it_has(void **state)
{
    const struct old *old = *state;
    struct store *store;
    struct arena arena;
    struct txn txn;
    struct tenant_row tenant;
    struct err err;
    int64_t messages;
    bool found;
    char version[64];
    assert_true(store_open(&store, old->url, &err));
    arena_init(&arena, 1024 * 1024);
    assert_true(store_begin_read(store, &arena, &txn, &err));
    assert_true(tenant_get(&txn, 1, &tenant, &found, &err) && found);
    assert_true(table_count(&txn, TABLE_MESSAGE, &messages, &err));
    assert_int_equal(messages, 17);
    assert_int_equal(tenant.messages, 17);
    assert_int_equal(tenant.ledger_entries, 3);
    store_abort(&txn);
    arena_release(&arena);
    store_close(&store);
    meta_value(old, "rows_version", NULL, version);
    assert_int_equal(strtol(version, NULL, 10), ROWS_VERSION);
}

static void its_callback_key_still_counts(void **state)
{
    const struct old *old = *state;
    struct store *store;
    struct err err;
    char bytes[64];
    size_t n;
    bool is_there = false;
    meta_value(old, "callback_key", NULL, bytes);
    struct str was = str_of(bytes); /* up to a NUL, if there is one: enough to know it again */
    assert_true(store_open(&store, old->url, &err));
    const struct secret *keys = store_callback_keys(store, &n);
    for (size_t i = 0; i < n; i++)
        is_there |= was.n > 0 && str_starts(secret_reveal(&keys[i]), was);
    assert_true(is_there);
    store_close(&store);
}

static void a_migration_that_fails_half_way_leaves_it_as_it_was(void **state)
{
    const struct old *old = *state;
    struct store *store = NULL;
    struct err err;
    char value[64];
    meta_value(old, "callback_key", "", value); /* what the migration needs */
    assert_false(store_open(&store, old->url, &err));
    assert_null(store);
    meta_value(old, "rows_version", NULL, value);
    assert_string_equal(value, "1");
    meta_value(old, "callback_keys", NULL, value);
    assert_string_equal(value, "");
}

static void a_newer_one_is_refused_in_one_line_and_not_written_to(void **state)
{
    const struct old *old = *state;
    struct store *store = NULL;
    struct err err;
    char value[64];
    meta_value(old, "rows_version", "1000", value);
    assert_false(store_open(&store, old->url, &err));
    assert_int_equal(err.kind, ERR_CONFLICT);
    assert_string_equal(err.field, "STORE_URL");
    assert_non_null(strstr(err.text, "1000"));
    meta_value(old, "callback_keys", NULL, value);
    assert_string_equal(value, "");
}

static void looking_at_an_old_one_changes_nothing_and_says_so(void **state)
{
    const struct old *old = *state;
    struct store *store = NULL;
    struct err err;
    char value[64];
    assert_false(store_open_to_look(&store, old->url, &err));
    assert_non_null(strstr(err.text, "layout 1"));
    meta_value(old, "rows_version", NULL, value);
    assert_string_equal(value, "1");
}

#define WITH_AN_OLD_ONE(test) cmocka_unit_test_setup_teardown(test, a_copy_of_the_first_layout, its_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_AN_OLD_ONE(the_first_layout_opens_with_all_it_has),
        WITH_AN_OLD_ONE(its_callback_key_still_counts),
        WITH_AN_OLD_ONE(a_migration_that_fails_half_way_leaves_it_as_it_was),
        WITH_AN_OLD_ONE(a_newer_one_is_refused_in_one_line_and_not_written_to),
        WITH_AN_OLD_ONE(looking_at_an_old_one_changes_nothing_and_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
