/* The store on a real folder: its lock, its layout, its transactions and scans. */
#include "unit/services/worker/store/store_place.h"

static void a_second_worker_is_refused(void **state)
{
    struct place *place = *state;
    struct store *second = NULL;
    struct err err;
    assert_false(store_open(&second, place->url, &err));
    assert_int_equal(err.kind, ERR_CONFLICT);
    assert_string_equal(err.field, "STORE_URL");
    assert_null(second);
}

static void its_identity_survives_a_reopening(void **state)
{
    struct place *place = *state;
    struct id id = store_id(place->store);
    struct err err;
    store_close(&place->store);
    assert_true(store_open(&place->store, place->url, &err));
    assert_true(id_eq(id, store_id(place->store)));
    assert_int_equal(store_generation(place->store), 1);
}

static void a_layout_of_another_version_is_refused(void **state)
{
    struct place *place = *state;
    struct txn txn = write_begun(place);
    struct err err;
    assert_true(value_put(&txn, TABLE_META, key_of_name(STR("rows_version")), STR("999"), &err));
    committed(&txn);
    store_close(&place->store);
    assert_false(store_open(&place->store, place->url, &err));
    assert_string_equal(err.field, "STORE_URL");
    assert_non_null(strstr(err.text, "999"));
}

static void a_url_that_is_no_store_is_refused(void **state)
{
    struct store *store = NULL;
    struct err err;
    (void)state;
    assert_false(store_open(&store, "mysql://x", &err));
    assert_string_equal(err.field, "STORE_URL");
    assert_false(store_open(&store, "lmdb:", &err));
    assert_string_equal(err.field, "STORE_URL");
}

static void what_was_aborted_was_never_there(void **state)
{
    struct place *place = *state;
    struct txn txn = write_begun(place);
    struct tenant_row row;
    struct err err;
    bool found = true;
    make_tenant(&txn);
    store_abort(&txn);
    txn = read_begun(place);
    assert_true(tenant_get(&txn, 1, &row, &found, &err));
    assert_false(found);
    store_abort(&txn);
}

static void a_row_that_was_read_stays_right_while_the_transaction_writes(void **state)
{
    struct place *place = *state;
    struct txn txn = write_begun(place);
    struct tenant_row row;
    struct err err;
    bool found;
    make_tenant(&txn);
    assert_true(tenant_get(&txn, 1, &row, &found, &err));
    for (int64_t i = 0; i < 500; i++)
        assert_true(value_put(&txn, TABLE_EVENT, key_of_number(1, i),
                              STR("some bytes that make LMDB move its pages about"), &err));
    assert_true(str_is(row.name, "t"));
    committed(&txn);
}

/* The numbers that a scan of events meets, as one text. */
static void scanned(struct txn *txn, enum scan_direction direction, int64_t after, char *out, size_t size)
{
    struct scan scan;
    struct str rest;
    struct str value;
    struct err err;
    bool found = true;
    size_t n = 0;
    scan_begin(&scan, txn, TABLE_EVENT, key_of_tenant(1), direction);
    if (after)
        scan_after(&scan, key_of_number(1, after));
    while (scan_next(&scan, &rest, &value, &found, &err) && found)
        n += (size_t)snprintf(out + n, size - n, "%lld ", (long long)key_take_int(&rest));
    scan_end(&scan);
}

static void a_scan_keeps_to_its_prefix_in_both_directions(void **state)
{
    struct place *place = *state;
    struct txn txn = write_begun(place);
    struct err err;
    char met[64] = "";
    for (int64_t tenant = 0; tenant < 3; tenant++)
        for (int64_t number = 1; number <= 4; number++)
            assert_true(value_put(&txn, TABLE_EVENT, key_of_number(tenant, number * 200), STR("x"), &err));
    scanned(&txn, SCAN_FORWARD, 0, met, sizeof met);
    assert_string_equal(met, "200 400 600 800 ");
    scanned(&txn, SCAN_BACKWARD, 0, met, sizeof met);
    assert_string_equal(met, "800 600 400 200 ");
    scanned(&txn, SCAN_FORWARD, 400, met, sizeof met);
    assert_string_equal(met, "600 800 ");
    scanned(&txn, SCAN_BACKWARD, 600, met, sizeof met);
    assert_string_equal(met, "400 200 ");
    scanned(&txn, SCAN_BACKWARD, 500, met, sizeof met);
    assert_string_equal(met, "400 200 ");
    store_abort(&txn);
}

static void a_scan_goes_on_over_what_is_deleted_under_it(void **state)
{
    struct place *place = *state;
    struct txn txn = write_begun(place);
    struct scan scan;
    struct str rest;
    struct str value;
    struct err err;
    bool found = true;
    int met = 0;
    for (int64_t i = 1; i <= 300; i++)
        assert_true(value_put(&txn, TABLE_EVENT, key_of_number(1, i), STR("0123456789"), &err));
    scan_begin(&scan, &txn, TABLE_EVENT, key_of_tenant(1), SCAN_FORWARD);
    while (scan_next(&scan, &rest, &value, &found, &err) && found) {
        assert_true(row_delete(&txn, TABLE_EVENT, key_of_number(1, key_take_int(&rest)), &err));
        met++;
    }
    scan_end(&scan);
    assert_int_equal(met, 300);
    store_abort(&txn);
}

static void a_whole_table_can_be_scanned(void **state)
{
    struct place *place = *state;
    struct txn txn = write_begun(place);
    struct scan scan;
    struct str rest;
    struct str value;
    struct err err;
    bool found = true;
    int met = 0;
    assert_true(value_put(&txn, TABLE_OPEN, key_of_name(STR("a")), STR(""), &err));
    assert_true(value_put(&txn, TABLE_OPEN, key_of_name(STR("b")), STR(""), &err));
    scan_begin(&scan, &txn, TABLE_OPEN, key_begin(), SCAN_FORWARD);
    while (scan_next(&scan, &rest, &value, &found, &err) && found)
        met++;
    scan_end(&scan);
    assert_int_equal(met, 2);
    store_abort(&txn);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_A_STORE(a_second_worker_is_refused),
        WITH_A_STORE(its_identity_survives_a_reopening),
        WITH_A_STORE(a_layout_of_another_version_is_refused),
        cmocka_unit_test(a_url_that_is_no_store_is_refused),
        WITH_A_STORE(what_was_aborted_was_never_there),
        WITH_A_STORE(a_row_that_was_read_stays_right_while_the_transaction_writes),
        WITH_A_STORE(a_scan_keeps_to_its_prefix_in_both_directions),
        WITH_A_STORE(a_scan_goes_on_over_what_is_deleted_under_it),
        WITH_A_STORE(a_whole_table_can_be_scanned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
