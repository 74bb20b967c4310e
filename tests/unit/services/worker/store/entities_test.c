/* The nouns of the store: found, made and kept with all their directories. */
#include "unit/services/worker/store/store_place.h"

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
    assert_true(outbox_add(&txn, 1, &message, txn.now_ms, &err));
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

static void wait_in(struct txn *txn, const char *from, enum message_class class, int64_t due_at)
{
    struct message_row message;
    struct err err;
    record_init(&message_row_record, &message);
    message.id = txn_id(txn);
    message.from = str_of(from);
    message.to = STR("+15550100042");
    message.class = class;
    assert_true(outbox_add(txn, 1, &message, due_at, &err));
}

static void the_oldest_that_is_due_is_found_in_whichever_lane_it_waits(void **state)
{
    struct place *place = *state;
    struct txn txn = write_begun(place);
    struct err err;
    int64_t due_at;
    make_tenant(&txn);
    assert_true(outbox_first_due(&txn, &due_at, &err));
    assert_true(due_at == INT64_MAX);
    for (int i = 0; i < 50; i++)
        wait_in(&txn, "+15550100000", CLASS_HUMAN, 5000 + i);
    wait_in(&txn, "+15550100000", CLASS_BULK, 4000);
    wait_in(&txn, "+15550100001", CLASS_HUMAN, 7000);
    assert_true(outbox_first_due(&txn, &due_at, &err));
    assert_int_equal(due_at, 4000);
    wait_in(&txn, "+15550100001", CLASS_BULK, 3000);
    assert_true(outbox_first_due(&txn, &due_at, &err));
    assert_int_equal(due_at, 3000);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_A_STORE(ids_rise_even_when_the_clock_goes_back),
        WITH_A_STORE(events_are_numbered_without_a_gap),
        WITH_A_STORE(a_conversation_is_found_by_its_pair_and_listed_once),
        WITH_A_STORE(the_outbox_and_the_person_know_the_same_messages),
        WITH_A_STORE(the_oldest_that_is_due_is_found_in_whichever_lane_it_waits),
        WITH_A_STORE(attempts_are_numbered_and_never_used_again),
        WITH_A_STORE(what_is_too_long_for_a_key_is_never_there),
        cmocka_unit_test(a_text_that_is_unset_makes_the_key_of_an_empty_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
