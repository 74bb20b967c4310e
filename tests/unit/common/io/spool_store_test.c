#include "io/spool_store.h"

#include <lmdb.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit/cmocka_all.h"

static char folder[64];
static struct spool_store *store;
static struct arena arena;
static struct err err;

static void reopen(int64_t max_bytes)
{
    spool_store_close(&store);
    if (!spool_store_open(&store, folder, SPOOL_OWN, max_bytes, &err))
        fail_msg("%s", err.text);
}

static int fresh(void **unused)
{
    (void)unused;
    (void)snprintf(folder, sizeof folder, "/tmp/parley-spool-XXXXXX");
    assert_non_null(mkdtemp(folder));
    arena_init(&arena, 32 << 20);
    reopen(1 << 20);
    return 0;
}

static int released(void **unused)
{
    (void)unused;
    char path[96];
    const char *files[] = { "data.mdb", "lock.mdb", "owner.lock" };
    spool_store_close(&store);
    for (size_t i = 0; i < COUNT(files); i++) {
        (void)snprintf(path, sizeof path, "%s/%s", folder, files[i]);
        (void)unlink(path);
    }
    (void)rmdir(folder);
    arena_release(&arena);
    return 0;
}

/* Appends in the open transaction; the identity is made of the number. */
static bool append(enum spool_lane lane, int number, const char *event, bool *is_known)
{
    uint8_t identity[SPOOL_IDENTITY_BYTES] = { 0 };
    struct spool_entry entry;
    memcpy(identity, &number, sizeof number);
    record_init(&spool_entry_record, &entry);
    entry.identity = str_bytes(identity, sizeof identity);
    entry.received_at = number;
    entry.event = str_of(event);
    return spool_append(store, lane, &entry, is_known, &err);
}

static void append_committed(enum spool_lane lane, int number, const char *event)
{
    bool is_known;
    assert_true(spool_begin(store, &err));
    assert_true(append(lane, number, event, &is_known));
    assert_false(is_known);
    assert_true(spool_commit(store, &err));
}

static size_t head(enum spool_lane lane, struct spool_entry **entries)
{
    size_t n;
    if (!spool_list(store, lane, 0, 100, 1 << 20, &arena, entries, &n, &err))
        fail_msg("%s", err.text);
    return n;
}

static void entries_come_back_in_their_order_after_a_restart(void **unused)
{
    (void)unused;
    struct spool_entry *entries;
    for (int i = 0; i < 20; i++)
        append_committed(SPOOL_INBOUND, 1000 - i, "x");
    append_committed(SPOOL_REPORTS, 1, "y");
    reopen(1 << 20);
    assert_int_equal(head(SPOOL_INBOUND, &entries), 20);
    for (int i = 0; i < 20; i++)
        assert_int_equal(entries[i].received_at, 1000 - i);
    assert_int_equal(head(SPOOL_REPORTS, &entries), 1);
    append_committed(SPOOL_INBOUND, 1, "last");
    assert_int_equal(head(SPOOL_INBOUND, &entries), 21);
    assert_str_eq(entries[20].event, STR("last"));
}

static void an_identity_waits_once_and_may_come_again_when_it_has_left(void **unused)
{
    (void)unused;
    struct spool_entry *entries;
    bool is_known = false;
    int64_t removed;
    append_committed(SPOOL_INBOUND, 7, "first");
    assert_true(spool_begin(store, &err));
    assert_true(append(SPOOL_INBOUND, 7, "again", &is_known));
    assert_true(is_known);
    assert_true(append(SPOOL_REPORTS, 7, "another lane", &is_known));
    assert_false(is_known);
    assert_true(spool_commit(store, &err));
    assert_int_equal(head(SPOOL_INBOUND, &entries), 1);
    assert_str_eq(entries[0].event, STR("first"));

    assert_true(spool_begin(store, &err));
    assert_true(spool_remove_through(store, SPOOL_INBOUND, entries[0].sequence, &removed, &err));
    assert_int_equal(removed, 1);
    assert_true(spool_remove_through(store, SPOOL_INBOUND, entries[0].sequence, &removed, &err));
    assert_int_equal(removed, 0);
    assert_true(spool_commit(store, &err));
    assert_int_equal(spool_stat(store).entries[SPOOL_INBOUND], 0);
    append_committed(SPOOL_INBOUND, 7, "later");
}

static void an_aborted_transaction_leaves_nothing(void **unused)
{
    (void)unused;
    bool is_known;
    assert_true(spool_begin(store, &err));
    assert_true(append(SPOOL_INBOUND, 1, "x", &is_known));
    spool_abort(store);
    assert_int_equal(spool_stat(store).entries[SPOOL_INBOUND], 0);
    assert_int_equal(spool_stat(store).bytes, 0);
    append_committed(SPOOL_INBOUND, 1, "x");
}

static void a_full_spool_refuses_and_takes_again_what_was_freed(void **unused)
{
    (void)unused;
    static char big[30000];
    struct spool_entry *entries;
    bool is_known;
    int64_t removed;
    int n = 0;
    memset(big, 'x', sizeof big - 1);
    reopen(256 * 1024);
    assert_true(spool_begin(store, &err));
    while (append(SPOOL_INBOUND, n, big, &is_known))
        n++;
    assert_int_equal(err.kind, ERR_BUSY);
    assert_true(spool_commit(store, &err));
    assert_in_range(n, 6, 9);
    assert_true(spool_stat(store).bytes <= 256 * 1024);
    assert_int_equal(spool_stat(store).entries[SPOOL_INBOUND], n);

    reopen(256 * 1024);                                             /* the sum is found again at the start */
    assert_int_equal(head(SPOOL_INBOUND, &entries), n);
    assert_true(spool_begin(store, &err));
    assert_false(append(SPOOL_INBOUND, 500, big, &is_known));
    assert_true(spool_remove_through(store, SPOOL_INBOUND, entries[0].sequence, &removed, &err));
    assert_int_equal(removed, 1);
    assert_true(append(SPOOL_INBOUND, 500, big, &is_known));
    assert_true(spool_commit(store, &err));
}

static void a_page_is_bounded_by_bytes_but_never_empty(void **unused)
{
    (void)unused;
    static char big[30000];
    struct spool_entry *entries;
    size_t n;
    memset(big, 'x', sizeof big - 1);
    for (int i = 0; i < 3; i++)
        append_committed(SPOOL_INBOUND, i, big);
    assert_true(spool_list(store, SPOOL_INBOUND, 0, 100, 10, &arena, &entries, &n, &err));
    assert_int_equal(n, 1);
    assert_true(spool_list(store, SPOOL_INBOUND, 0, 100, 70000, &arena, &entries, &n, &err));
    assert_int_equal(n, 2);
    assert_true(spool_list(store, SPOOL_INBOUND, entries[0].sequence, 100, 1 << 20, &arena, &entries, &n, &err));
    assert_int_equal(n, 2);
}

static void one_process_owns_a_folder_and_others_may_look(void **unused)
{
    (void)unused;
    append_committed(SPOOL_INBOUND, 1, "x");
    pid_t child = fork();
    if (child == 0) {
        struct spool_store *other = NULL;
        struct spool_entry *entries;
        size_t n = 0;
        bool is_right = !spool_store_open(&other, folder, SPOOL_OWN, 1 << 20, &err) && err.kind == ERR_CONFLICT;
        is_right = is_right && spool_store_open(&other, folder, SPOOL_LOOK, 0, &err) &&
                   spool_list(other, SPOOL_INBOUND, 0, 10, 1 << 20, &arena, &entries, &n, &err) && n == 1;
        _exit(is_right ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void looking_where_nothing_is_says_so(void **unused)
{
    (void)unused;
    struct spool_store *other = NULL;
    assert_false(spool_store_open(&other, "/tmp/parley-no-such-spool", SPOOL_LOOK, 0, &err));
    assert_int_equal(err.kind, ERR_MISSING);
}

/* Calls the spool in the folder, which nobody has open, one of that version. */
static void call_it_version(uint8_t version)
{
    MDB_env *env;
    MDB_txn *txn;
    MDB_dbi meta;
    MDB_val name = { 7, (void *)"version" }, value = { 1, &version };
    assert_int_equal(mdb_env_create(&env), 0);
    assert_int_equal(mdb_env_set_maxdbs(env, 1), 0);
    assert_int_equal(mdb_env_open(env, folder, 0, 0600), 0);
    assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
    assert_int_equal(mdb_dbi_open(txn, "meta", 0, &meta), 0);
    assert_int_equal(mdb_put(txn, meta, &name, &value, 0), 0);
    assert_int_equal(mdb_txn_commit(txn), 0);
    mdb_env_close(env);
}

static void an_earlier_version_is_taken_over_by_its_owner_and_a_later_one_refused(void **unused)
{
    (void)unused;
    struct spool_store *other = NULL;
    struct spool_entry *entries;
    append_committed(SPOOL_INBOUND, 1, "x");
    spool_store_close(&store);
    call_it_version(1);
    assert_false(spool_store_open(&other, folder, SPOOL_LOOK, 0, &err));
    assert_int_equal(err.kind, ERR_CONFLICT);
    reopen(1 << 20);
    assert_int_equal(head(SPOOL_INBOUND, &entries), 1);
    append_committed(SPOOL_INBOUND_B, 2, "y");
    assert_true(spool_store_open(&other, folder, SPOOL_LOOK, 0, &err));
    spool_store_close(&other);
    spool_store_close(&store);
    call_it_version(SPOOL_VERSION + 1);
    assert_false(spool_store_open(&store, folder, SPOOL_OWN, 1 << 20, &err));
    assert_int_equal(err.kind, ERR_CONFLICT);
}

/* P1: a child commits, tells each commit over a pipe and is killed at some point; all it told is there. */
static void what_was_committed_survives_kill_9(void **unused)
{
    (void)unused;
    for (int round = 0; round < 5; round++) {
        int told[2];
        spool_store_close(&store);
        assert_int_equal(pipe(told), 0);
        pid_t child = fork();
        if (child == 0) {
            if (!spool_store_open(&store, folder, SPOOL_OWN, 1 << 24, &err))
                _exit(1);
            for (int i = 0;; i++) {
                append_committed(SPOOL_INBOUND, round * 1000000 + i, "x");
                if (write(told[1], &i, sizeof i) != sizeof i)
                    _exit(1);
            }
        }
        (void)close(told[1]);
        int last = -1;
        for (int i = 0; i < 10 + 37 * round; i++)
            assert_int_equal(read(told[0], &last, sizeof last), sizeof last);
        (void)kill(child, SIGKILL);
        while (read(told[0], &last, sizeof last) == sizeof last)
            continue;
        (void)close(told[0]);
        assert_int_equal(waitpid(child, NULL, 0), child);

        reopen(1 << 24);
        struct spool_entry *entries;
        size_t n = 0;
        int found = 0;
        int64_t after = 0;
        do {
            assert_true(spool_list(store, SPOOL_INBOUND, after, 100, 1 << 20, &arena, &entries, &n, &err));
            for (size_t i = 0; i < n; i++) {
                after = entries[i].sequence;
                if (entries[i].received_at >= round * 1000000)
                    assert_int_equal(entries[i].received_at, round * 1000000 + found++);
            }
            arena_reset(&arena);
        } while (n > 0);
        assert_in_range(found, last + 1, last + 2);                 /* one more may be committed and not yet told */
    }
}

static void keep_rejected(int64_t at_ms)
{
    struct rejected_request request;
    record_init(&rejected_request_record, &request);
    request.at = at_ms;
    request.reason = STR("invalid");
    request.body = STR("From=1");
    assert_true(spool_reject(store, &request, &err));
}

static size_t rejected(struct rejected_request **requests)
{
    size_t n;
    arena_reset(&arena);
    assert_true(spool_rejected(store, 0, 2000, &arena, requests, &n, &err));
    return n;
}

static void of_refused_requests_the_newest_thousand_are_kept(void **unused)
{
    (void)unused;
    struct rejected_request *requests;
    assert_true(spool_begin(store, &err));
    for (int i = 1; i <= REJECTED_MAX + 5; i++)
        keep_rejected(1000 + i);
    assert_true(spool_commit(store, &err));
    assert_int_equal(rejected(&requests), REJECTED_MAX);
    assert_int_equal(requests[0].at, 1006);
    assert_str_eq(requests[0].body, STR("From=1"));
}

static void refused_requests_are_forgotten_after_a_week(void **unused)
{
    (void)unused;
    struct rejected_request *requests;
    assert_true(spool_begin(store, &err));
    keep_rejected(1000);
    keep_rejected(2000);
    keep_rejected(1500 + REJECTED_DAYS * INT64_C(86400000));
    assert_true(spool_commit(store, &err));
    assert_int_equal(rejected(&requests), 2);
    assert_int_equal(requests[0].at, 2000);
    reopen(1 << 20);
    assert_true(spool_begin(store, &err));
    keep_rejected(1500 + REJECTED_DAYS * INT64_C(86400000));
    assert_true(spool_commit(store, &err));
    assert_int_equal(rejected(&requests), 3);
    assert_int_equal(requests[2].sequence, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(entries_come_back_in_their_order_after_a_restart, fresh, released),
        cmocka_unit_test_setup_teardown(an_identity_waits_once_and_may_come_again_when_it_has_left, fresh, released),
        cmocka_unit_test_setup_teardown(an_aborted_transaction_leaves_nothing, fresh, released),
        cmocka_unit_test_setup_teardown(a_full_spool_refuses_and_takes_again_what_was_freed, fresh, released),
        cmocka_unit_test_setup_teardown(a_page_is_bounded_by_bytes_but_never_empty, fresh, released),
        cmocka_unit_test_setup_teardown(one_process_owns_a_folder_and_others_may_look, fresh, released),
        cmocka_unit_test_setup_teardown(looking_where_nothing_is_says_so, fresh, released),
        cmocka_unit_test_setup_teardown(an_earlier_version_is_taken_over_by_its_owner_and_a_later_one_refused, fresh,
                                        released),
        cmocka_unit_test_setup_teardown(what_was_committed_survives_kill_9, fresh, released),
        cmocka_unit_test_setup_teardown(of_refused_requests_the_newest_thousand_are_kept, fresh, released),
        cmocka_unit_test_setup_teardown(refused_requests_are_forgotten_after_a_week, fresh, released),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
