/* store_place.h - a store in a folder of its own, for the tests of this folder.
 *
 * Promise: a_new_store() makes it, gone() takes it away with all its files.
 * Threads: one.
 */
#ifndef PARLEY_STORE_PLACE_H
#define PARLEY_STORE_PLACE_H
#include "store/entities.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

struct place {
    char folder[64];
    char url[80];
    struct store *store;
    struct arena arena;
    struct told told[TOLD_MAX];
};

static const uint8_t CHANCE[16] = {1, 2, 3};

static inline int a_new_store(void **state)
{
    struct place *place = calloc(1, sizeof *place);
    struct err err;
    (void)snprintf(place->folder, sizeof place->folder, "/tmp/parley-store-XXXXXX");
    assert_non_null(mkdtemp(place->folder));
    (void)snprintf(place->url, sizeof place->url, "lmdb:%s/store", place->folder);
    arena_init(&place->arena, 16 * 1024 * 1024);
    assert_true(store_open(&place->store, place->url, &err));
    assert_true(store_start_journal(place->store, &err)); /* as the worker has it */
    *state = place;
    return 0;
}

static inline int gone(void **state)
{
    struct place *place = *state;
    char command[128];
    store_close(&place->store);
    arena_release(&place->arena);
    (void)snprintf(command, sizeof command, "rm -r '%s'", place->folder);
    int code = system(command);
    free(place);
    return code;
}

static inline struct txn write_begun(struct place *place)
{
    struct txn txn;
    struct err err;
    assert_true(store_begin_write(place->store, &place->arena, &txn, &err));
    txn.told = place->told;
    txn.chance = CHANCE;
    txn.now_ms = 1700000000000;
    return txn;
}

static inline struct txn read_begun(struct place *place)
{
    struct txn txn;
    struct err err;
    assert_true(store_begin_read(place->store, &place->arena, &txn, &err));
    return txn;
}

static inline void committed(struct txn *txn)
{
    struct err err;
    assert_true(store_commit(txn, &err));
    store_abort(txn);
}

static inline void make_tenant(struct txn *txn)
{
    struct tenant_row row;
    struct err err;
    record_init(&tenant_row_record, &row);
    row.name = STR("t");
    row.address_key = STR("0123456789abcdef0123456789abcdef");
    assert_true(tenant_put(txn, 1, &row, &err));
}

#define WITH_A_STORE(test) cmocka_unit_test_setup_teardown(test, a_new_store, gone)

static inline int64_t rows_in(struct place *place, enum table table)
{
    struct txn txn = read_begun(place);
    struct err err;
    int64_t n;
    assert_true(table_count(&txn, table, &n, &err));
    store_abort(&txn);
    return n;
}

#endif
