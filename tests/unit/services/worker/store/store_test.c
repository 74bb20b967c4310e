/* The store on a real folder: its lock, its layout, its transactions, keys and scans. */
#include "store/store.h"

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

static int a_new_store(void **state)
{
    struct place *place = calloc(1, sizeof *place);
    struct err err;
    (void)snprintf(place->folder, sizeof place->folder, "/tmp/parley-store-XXXXXX");
    assert_non_null(mkdtemp(place->folder));
    (void)snprintf(place->url, sizeof place->url, "lmdb:%s/store", place->folder);
    arena_init(&place->arena, 16 * 1024 * 1024);
    assert_true(store_open(&place->store, place->url, &err));
    *state = place;
    return 0;
}

static int gone(void **state)
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

static struct txn write_begun(struct place *place)
{
    struct txn txn;
    struct err err;
    assert_true(store_begin_write(place->store, &place->arena, &txn, &err));
    txn.told = place->told;
    txn.chance = CHANCE;
    txn.now_ms = 1700000000000;
    return txn;
}

static struct txn read_begun(struct place *place)
{
    struct txn txn;
    struct err err;
    assert_true(store_begin_read(place->store, &place->arena, &txn, &err));
    return txn;
}

static void committed(struct txn *txn)
{
    struct err err;
    assert_true(store_commit(txn, &err));
    store_abort(txn);
}

static void make_tenant(struct txn *txn)
{
    struct tenant_row row;
    struct err err;
    record_init(&tenant_row_record, &row);
    row.name = STR("t");
    row.address_key = STR("0123456789abcdef0123456789abcdef");
    assert_true(tenant_put(txn, 1, &row, &err));
}

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

static void ids_rise_even_when_the_clock_goes_back(void **state)
{
    struct place *place = *state;
    struct txn txn = write_begun(place);
    struct id last = {0};
    for (int i = 0; i < 10000; i++) {
        struct id id = txn_id(&txn);
        assert_true(id_compare(last, id) < 0);
        last = id;
        txn.now_ms -= i % 7 == 0 ? 3 : 0;
    }
    store_abort(&txn);
}

static void events_are_numbered_without_a_gap(void **state)
{
    struct place *place = *state;
    struct txn txn = write_begun(place);
    struct tenant_row row;
    struct err err;
    bool found;
    make_tenant(&txn);
    for (int i = 0; i < 5; i++)
        assert_true(txn_tell(&txn, 1, "message.created", txn_id(&txn), &err));
    assert_true(tenant_get(&txn, 1, &row, &found, &err));
    assert_int_equal(row.event_head, 5);
    assert_int_equal(txn.told_n, 5);
    assert_int_equal(txn.told[4].number, 5);
    store_abort(&txn);
}

static void a_conversation_is_found_by_its_pair_and_listed_once(void **state)
{
    struct place *place = *state;
    struct txn txn = write_begun(place);
    struct contact_row contact;
    struct conversation_row first;
    struct conversation_row again;
    struct err err;
    int64_t listed;
    make_tenant(&txn);
    assert_true(contact_find_or_make(&txn, 1, STR("+15550100042"), &contact, &err));
    assert_true(conversation_find_or_make(&txn, 1, STR("+15550100000"), &contact, &first, &err));
    txn.now_ms += 60000;
    assert_true(conversation_put(&txn, 1, &first, txn.now_ms, &err));
    assert_true(conversation_find_or_make(&txn, 1, STR("+15550100000"), &contact, &again, &err));
    assert_true(id_eq(first.id, again.id));
    assert_true(table_count(&txn, TABLE_CONVERSATION_LIST, &listed, &err));
    assert_int_equal(listed, 1);
    store_abort(&txn);
}

static void the_outbox_and_the_person_know_the_same_messages(void **state)
{
    struct place *place = *state;
    struct txn txn = write_begun(place);
    struct err err;
    struct message_row message;
    int64_t waiting;
    int64_t pending;
    bool was_there;
    make_tenant(&txn);
    record_init(&message_row_record, &message);
    message.id = txn_id(&txn);
    message.from = STR("+15550100000");
    message.to = STR("+15550100042");
    message.class = CLASS_HUMAN;
    assert_true(outbox_add(&txn, 1, &message, txn.now_ms, false, &err));
    assert_true(table_count(&txn, TABLE_OUTBOX, &waiting, &err));
    assert_true(table_count(&txn, TABLE_PENDING, &pending, &err));
    assert_int_equal(waiting, 1);
    assert_int_equal(pending, 1);
    assert_true(outbox_remove(&txn, 1, &message, &was_there, &err) && was_there);
    assert_true(outbox_remove(&txn, 1, &message, &was_there, &err) && !was_there);
    assert_true(table_count(&txn, TABLE_OUTBOX, &waiting, &err));
    assert_true(table_count(&txn, TABLE_PENDING, &pending, &err));
    assert_int_equal(waiting, 0);
    assert_int_equal(pending, 0);
    store_abort(&txn);
}

static void attempts_are_numbered_and_never_used_again(void **state)
{
    struct place *place = *state;
    struct txn txn = write_begun(place);
    struct message_row message;
    record_init(&message_row_record, &message);
    for (int64_t i = 1; i <= 2 * MESSAGE_ATTEMPTS_MAX; i++) {
        struct attempt_row *attempt = message_add_attempt(&txn, &message);
        assert_non_null(attempt);
        assert_int_equal(attempt->number, i);
        attempt->is_void = true; /* nothing happened in it: it may be dropped when there are too many */
    }
    assert_int_equal(message.attempts.n, MESSAGE_ATTEMPTS_MAX);
    for (size_t i = 0; i < message.attempts.n; i++)
        message.attempts.v[i].is_void = false;
    assert_null(message_add_attempt(&txn, &message));
    store_abort(&txn);
}

static void what_is_too_long_for_a_key_is_never_there(void **state)
{
    struct place *place = *state;
    struct txn txn = write_begun(place);
    static char text[KEY_MAX_BYTES];
    struct str value;
    struct str rest;
    struct scan scan;
    struct err err;
    bool found = true;
    memset(text, 'x', sizeof text);
    struct key longest = key_of_text(1, str_bytes(text, KEY_MAX_BYTES - 4));
    struct key too_long = key_of_text(1, str_bytes(text, KEY_MAX_BYTES - 3));
    key_text(&too_long, STR("more"));
    assert_false(key_is_too_long(&longest));
    assert_true(key_is_too_long(&too_long));
    assert_true(value_put(&txn, TABLE_UUID, longest, STR("here"), &err));
    assert_true(value_get(&txn, TABLE_UUID, longest, &value, &found, &err) && found);
    assert_true(value_get(&txn, TABLE_UUID, too_long, &value, &found, &err) && !found);
    assert_false(value_put(&txn, TABLE_UUID, too_long, STR("here"), &err));
    assert_int_equal(err.kind, ERR_TOO_BIG);
    assert_false(txn.is_broken); /* the request fails, not those beside it */
    assert_true(row_delete(&txn, TABLE_UUID, too_long, &err));
    for (int i = 0; i < 2; i++) {
        scan_begin(&scan, &txn, TABLE_UUID, too_long, i ? SCAN_BACKWARD : SCAN_FORWARD);
        assert_true(scan_next(&scan, &rest, &value, &found, &err) && !found);
        scan_end(&scan);
    }
    store_abort(&txn);
}

static void a_text_that_is_unset_makes_the_key_of_an_empty_one(void **state)
{
    (void)state;
    struct key unset = key_of_text(1, (struct str){ 0 });
    struct key empty = key_of_text(1, STR(""));
    assert_true(str_eq(key_str(&unset), key_str(&empty)));
}

#define WITH_A_STORE(test) cmocka_unit_test_setup_teardown(test, a_new_store, gone)

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
        WITH_A_STORE(ids_rise_even_when_the_clock_goes_back),
        WITH_A_STORE(events_are_numbered_without_a_gap),
        WITH_A_STORE(a_conversation_is_found_by_its_pair_and_listed_once),
        WITH_A_STORE(the_outbox_and_the_person_know_the_same_messages),
        WITH_A_STORE(attempts_are_numbered_and_never_used_again),
        WITH_A_STORE(what_is_too_long_for_a_key_is_never_there),
        cmocka_unit_test(a_text_that_is_unset_makes_the_key_of_an_empty_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
