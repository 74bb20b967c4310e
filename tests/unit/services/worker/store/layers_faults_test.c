/* Lives that end anywhere, on a disk that takes nothing now and then: what was committed is there afterwards, what was refused is not.
 * PARLEY_SEED repeats a run up to what its threads do. */
#include "unit/services/worker/store/store_place.h"

#include "io/clock.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>

enum { KEYS = 40, LIVES = 8, TRANSACTIONS = 120, KILLED = 99, BROKEN = 98, HEALS_WITHIN_MS = 20000 };

static const enum table TABLE = TABLE_EVENT;

/* In memory that outlives the process. 0: no row. */
struct model {
    uint64_t chance;
    int64_t committed[KEYS];
    int64_t next[KEYS]; /* what it will be, if the commit under way succeeds */
    bool is_committing;
    int64_t commits;
    int64_t refused;
};

static struct model *model;

static uint32_t chance(uint32_t below)
{
    model->chance = model->chance * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(model->chance >> 33) % below;
}

/* A write behind it fails with EFBIG, whoever makes it. */
static void disk_takes_to(rlim_t bytes)
{
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes < limit.rlim_max ? bytes : limit.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void disk_takes(bool writes)
{
    disk_takes_to(writes ? RLIM_INFINITY : 0);
}

static int64_t value_of(struct txn *txn, int64_t number)
{
    struct str text;
    struct err err;
    bool found;
    int64_t value = 0;
    if (!value_get(txn, TABLE, key_of_number(1, number), &text, &found, &err) ||
        (found && !str_to_int(text, 1, INT64_MAX, &value)))
        fail_msg("PARLEY_SEED: a row cannot be read");
    return value;
}

static bool change(struct txn *txn)
{
    struct err err;
    bool ok = true;
    memcpy(model->next, model->committed, sizeof model->next);
    for (uint32_t n = 1 + chance(6); n > 0 && ok; n--) {
        const uint32_t number = chance(KEYS);
        char text[24];
        const int64_t value = chance(4) == 0 ? 0 : 1 + chance(1 << 30);
        (void)snprintf(text, sizeof text, "%lld", (long long)value); /* fits */
        model->next[number] = value;
        ok = value ? value_put(txn, TABLE, key_of_number(1, number), str_of(text), &err)
                   : row_delete(txn, TABLE, key_of_number(1, number), &err);
    }
    return ok;
}

static bool is_as(struct txn *txn, const int64_t values[KEYS])
{
    for (int64_t i = 0; i < KEYS; i++)
        if (value_of(txn, i) != values[i])
            return false;
    return true;
}

/* Its transaction sees what was committed, whatever failed before it. */
static bool transact(struct place *place)
{
    struct txn txn;
    struct err err;
    bool ok = store_begin_write(place->store, &place->arena, &txn, &err);
    if (ok && !is_as(&txn, model->committed))
        _exit(BROKEN);
    ok = ok && change(&txn);
    if (ok && chance(5) > 0) {
        model->is_committing = true;
        ok = store_commit(&txn, &err);
        if (ok)
            memcpy(model->committed, model->next, sizeof model->committed);
        model->is_committing = false;
        *(ok ? &model->commits : &model->refused) += 1;
    }
    store_abort(&txn);
    arena_reset(&place->arena);
    return ok;
}

static void *ends_it_all(void *context)
{
    char unused;
    const int *told = context;
    if (read(*told, &unused, 1) == 1)
        _exit(KILLED);
    return NULL;
}

static void *reads_now_and_then(void *context)
{
    struct store *store = context;
    struct arena arena;
    arena_init(&arena, 1024 * 1024);
    for (;;) {
        struct txn txn;
        struct err err;
        if (store_begin_read(store, &arena, &txn, &err))
            store_abort(&txn);
        arena_reset(&arena);
        (void)poll(NULL, 0, 1); /* the others want the processor, too */
    }
    return NULL;
}

/* After its disk is well again it takes writes again. */
static void heal(struct place *place)
{
    const int64_t until_ms = clock_boot_ms() + HEALS_WITHIN_MS;
    disk_takes(true);
    while (!transact(place)) {
        if (clock_boot_ms() > until_ms)
            _exit(BROKEN);
        (void)poll(NULL, 0, 5); /* looked at anew in any case */
    }
}

static void live(struct place *place)
{
    struct err err;
    pthread_t others[2];
    int told[2];
    const uint32_t end = chance(TRANSACTIONS);
    bool is_well = true;
    if (!store_open(&place->store, place->url, &err) || !store_start_journal(place->store, &err) || pipe(told) != 0 ||
        pthread_create(&others[0], NULL, ends_it_all, &told[0]) != 0 ||
        (chance(2) && pthread_create(&others[1], NULL, reads_now_and_then, place->store) != 0))
        _exit(BROKEN);
    for (uint32_t i = 0;; i++) {
        if (chance(30) == 0) {
            is_well = !is_well;
            disk_takes(is_well);
            if (is_well)
                heal(place);
        }
        (void)transact(place);
        if (i == end && write(told[1], "x", 1) != 1)
            _exit(BROKEN);
    }
}

static void lived(struct place *place)
{
    int status;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        live(place);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), KILLED);
}

static void what_was_committed_outlives_each_life(void **state)
{
    struct place *place = *state;
    const char *seed = getenv("PARLEY_SEED");
    model = mmap(NULL, sizeof *model, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(model != MAP_FAILED);
    model->chance = seed ? strtoull(seed, NULL, 10) : (uint64_t)clock_boot_us();
    print_message("PARLEY_SEED=%llu\n", (unsigned long long)model->chance);
    assert_true(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
    store_close(&place->store);
    for (int i = 0; i < LIVES; i++) {
        struct err err;
        lived(place);
        if (!store_open(&place->store, place->url, &err))
            fail_msg("life %d: %s: %s", i, err.field, err.text);
        struct txn txn = read_begun(place);
        bool is_next = model->is_committing && is_as(&txn, model->next);
        assert_true(is_next || is_as(&txn, model->committed));
        if (is_next)
            memcpy(model->committed, model->next, sizeof model->committed);
        model->is_committing = false;
        store_abort(&txn);
        store_close(&place->store);
    }
    assert_true(model->commits > 0 && model->refused > 0);
    assert_int_equal(munmap(model, sizeof *model), 0);
}

/* --- a disk that takes the journal, and nothing of LMDB's ---------------------------------------------------------- */

enum { PART_BYTES = 48 * 1024, PARTS = 20, LIMIT_BYTES = 256 * 1024 };

static void put_part(struct txn *txn, int64_t number)
{
    static char part[PART_BYTES];
    struct err err;
    memset(part, 'a' + (int)(number % 26), sizeof part);
    assert_true(value_put(txn, TABLE, key_of_number(2, number), str_bytes(part, sizeof part), &err));
}

static bool has_part(struct place *place, int64_t number)
{
    struct txn txn = read_begun(place);
    struct str value;
    struct err err;
    bool found;
    assert_true(value_get(&txn, TABLE, key_of_number(2, number), &value, &found, &err));
    store_abort(&txn);
    arena_reset(&place->arena);
    return found;
}

static bool is_copied(struct place *place, struct err *err)
{
    FILE *file = tmpfile();
    assert_non_null(file);
    bool ok = store_copy_to(place->store, fileno(file), err);
    (void)fclose(file);
    return ok;
}

/* Begins when LMDB takes rows again, or never. */
static bool begins_again(struct place *place, struct txn *txn)
{
    const int64_t until_ms = clock_boot_ms() + HEALS_WITHIN_MS;
    struct err err;
    while (!store_begin_write(place->store, &place->arena, txn, &err)) {
        if (clock_boot_ms() > until_ms)
            return false;
        (void)poll(NULL, 0, 5); /* looked at anew in any case */
    }
    return true;
}

static void while_lmdb_takes_nothing_reads_go_on_and_no_copy_lacks_what_was_committed(void **state)
{
    struct place *place = *state;
    struct txn txn;
    struct err err;
    assert_true(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
    for (int64_t i = 0; i < PARTS; i++) {
        txn = write_begun(place);
        put_part(&txn, i);
        committed(&txn);
        assert_true(has_part(place, i));
    }
    assert_true(is_copied(place, &err));
    disk_takes_to(LIMIT_BYTES);
    txn = write_begun(place);
    put_part(&txn, PARTS);
    put_part(&txn, PARTS + 1);
    committed(&txn);
    assert_false(has_part(place, PARTS)); /* waits until LMDB said no */
    assert_true(has_part(place, PARTS - 1));
    assert_false(store_begin_write(place->store, &place->arena, &txn, &err));
    assert_false(is_copied(place, &err));
    assert_true(err.kind == ERR_BROKEN || err.kind == ERR_BUSY);
    disk_takes_to(RLIM_INFINITY);
    assert_true(begins_again(place, &txn));
    put_part(&txn, PARTS + 2);
    committed(&txn);
    for (int64_t i = 0; i < PARTS + 3; i++)
        assert_true(has_part(place, i));
    assert_true(is_copied(place, &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_A_STORE(what_was_committed_outlives_each_life),
        WITH_A_STORE(while_lmdb_takes_nothing_reads_go_on_and_no_copy_lacks_what_was_committed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
