/* A store with its journal answers as one without does, in whichever layers its rows sit. PARLEY_SEED repeats a run. */
#include "unit/services/worker/store/store_place.h"

#include "io/clock.h"

#include <pthread.h>

enum { KEYS = 60, ROUNDS = 400 };

static const enum table TABLE = TABLE_EVENT;

/* Reads when it is told to, so that what was committed goes to LMDB beside the writer: rows sit in all layers then. */
struct follower {
    pthread_t thread;
    struct store *store;
    int told[2];
};

static void *follow(void *context)
{
    struct follower *follower = context;
    struct arena arena;
    char unused;
    arena_init(&arena, 1024 * 1024);
    while (read(follower->told[0], &unused, 1) == 1) {
        struct txn txn;
        struct err err;
        if (store_begin_read(follower->store, &arena, &txn, &err))
            store_abort(&txn);
        arena_reset(&arena);
    }
    arena_release(&arena);
    return NULL;
}

static uint64_t chance_state;

static uint32_t chance(uint32_t below)
{
    chance_state = chance_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(chance_state >> 33) % below;
}

static struct key any_key(void)
{
    return key_of_number(1 + chance(3), chance(KEYS));
}

/* One row more of each; both must say the same. False: both are at their end. */
static bool step_alike(struct scan *a, struct scan *b)
{
    struct str rest[2];
    struct str value[2];
    bool found[2];
    struct err err;
    assert_true(scan_next(a, &rest[0], &value[0], &found[0], &err));
    assert_true(scan_next(b, &rest[1], &value[1], &found[1], &err));
    assert_int_equal(found[0], found[1]);
    if (found[0])
        assert_true(str_eq(rest[0], rest[1]) && str_eq(value[0], value[1]));
    return found[0];
}

static void assert_scans_alike(struct txn *a, struct txn *b, enum scan_direction direction)
{
    struct key prefix = key_begin();
    struct scan scans[2];
    const uint32_t how = chance(4);
    if (how > 0)
        key_tenant(&prefix, 1 + chance(4)); /* the fourth has none */
    scan_begin(&scans[0], a, TABLE, prefix, direction);
    scan_begin(&scans[1], b, TABLE, prefix, direction);
    if (how >= 2) {
        key_int(&prefix, chance(KEYS));
        (how == 2 ? scan_from : scan_after)(&scans[0], prefix);
        (how == 2 ? scan_from : scan_after)(&scans[1], prefix);
    }
    while (step_alike(&scans[0], &scans[1]))
        continue;
    scan_end(&scans[0]);
    scan_end(&scans[1]);
}

static void assert_alike(struct txn *a, struct txn *b)
{
    int64_t n[2];
    struct err err;
    for (int i = 0; i < 8; i++) {
        struct key key = any_key();
        struct str value[2] = {{0}};
        bool found[2];
        assert_true(value_get(a, TABLE, key, &value[0], &found[0], &err));
        assert_true(value_get(b, TABLE, key, &value[1], &found[1], &err));
        assert_int_equal(found[0], found[1]);
        assert_true(!found[0] || str_eq(value[0], value[1]));
        assert_scans_alike(a, b, SCAN_FORWARD);
        assert_scans_alike(a, b, SCAN_BACKWARD);
    }
    assert_true(table_count(a, TABLE, &n[0], &err));
    assert_true(table_count(b, TABLE, &n[1], &err));
    assert_int_equal(n[0], n[1]);
}

static void change_alike(struct txn *a, struct txn *b)
{
    struct key key = any_key();
    char text[24];
    struct err err;
    if (chance(3) == 0) {
        assert_true(row_delete(a, TABLE, key, &err) && row_delete(b, TABLE, key, &err));
    } else {
        (void)snprintf(text, sizeof text, "%x", (unsigned)chance(1 << 30)); /* fits */
        assert_true(value_put(a, TABLE, key, str_of(text), &err) && value_put(b, TABLE, key, str_of(text), &err));
    }
    assert_int_equal(a->is_dirty, b->is_dirty);
}

static void one_transaction_of_both(struct place *place, struct place *plain, const struct follower *follower)
{
    struct txn b = write_begun(plain); /* first, and last to end: its lock is held throughout */
    struct txn a = write_begun(place);
    assert_alike(&a, &b);
    for (uint32_t n = chance(8); n > 0; n--)
        change_alike(&a, &b);
    assert_alike(&a, &b);
    if (chance(3) == 0)
        assert_int_equal(write(follower->told[1], "x", 1), 1);
    if (chance(4) > 0) {
        committed(&a);
        committed(&b);
    }
    store_abort(&a);
    store_abort(&b);
    if (chance(10) == 0) {
        a = read_begun(place);
        b = read_begun(plain);
        assert_alike(&a, &b);
        store_abort(&a);
        store_abort(&b);
    }
    arena_reset(&place->arena);
    arena_reset(&plain->arena);
}

static void layers_answer_as_a_plain_store_does(void **state)
{
    struct place *place = *state;
    struct place *plain = calloc(1, sizeof *plain);
    struct follower follower = {.store = place->store};
    const char *seed = getenv("PARLEY_SEED");
    struct err err;
    assert_non_null(plain);
    chance_state = seed ? strtoull(seed, NULL, 10) : (uint64_t)clock_boot_us();
    print_message("PARLEY_SEED=%llu\n", (unsigned long long)chance_state);
    arena_init(&plain->arena, 16 * 1024 * 1024);
    (void)snprintf(plain->url, sizeof plain->url, "lmdb:%s/plain", place->folder);
    assert_true(store_open(&plain->store, plain->url, &err));
    assert_int_equal(pipe(follower.told), 0);
    assert_int_equal(pthread_create(&follower.thread, NULL, follow, &follower), 0);
    for (int i = 0; i < ROUNDS; i++)
        one_transaction_of_both(place, plain, &follower);
    (void)close(follower.told[1]);
    assert_int_equal(pthread_join(follower.thread, NULL), 0);
    (void)close(follower.told[0]);
    store_close(&plain->store);
    arena_release(&plain->arena);
    free(plain);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_A_STORE(layers_answer_as_a_plain_store_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
