/* Notices: one open one of each kind and subject, counted; and the audit that stands beside a change. */
#include "../store/store_place.h"
#include "apply/audit.h"
#include "apply/notice.h"

static struct txn a_tenant(struct place *place)
{
    struct txn txn = write_begun(place);
    struct tenant_row row;
    struct err err;
    record_init(&tenant_row_record, &row);
    row.name = STR("T");
    assert_true(tenant_put(&txn, 1, &row, &err));
    txn.now_ms = 1000;
    txn.actor = STR("user:1");
    return txn;
}

static struct notice_row newest(struct txn *txn, size_t *n)
{
    struct notice_row row = { 0 };
    struct scan scan;
    struct str rest;
    struct str value;
    struct err err;
    bool found = true;
    *n = 0;
    scan_begin(&scan, txn, TABLE_NOTICE, key_of_tenant(1), SCAN_FORWARD);
    while (scan_next(&scan, &rest, &value, &found, &err) && found) {
        assert_true(row_decode(txn, &notice_row_record, value, &row, &err));
        ++*n;
    }
    scan_end(&scan);
    return row;
}

static void raise(struct txn *txn, const char *subject, const char *text)
{
    struct notice notice = {
        .kind = NOTICE_REFUSAL, .severity = NOTICE_WARNING, .subject = str_of(subject), .text = str_of(text)
    };
    struct err err;
    assert_true(notice_raise(txn, 1, &notice, &err));
}

static void raised_again_it_is_counted_and_no_second_one(void **state)
{
    struct txn txn = a_tenant(*state);
    size_t n;
    raise(&txn, "conversation:1", "first");
    txn.now_ms = 2000;
    raise(&txn, "conversation:1", "second");
    struct notice_row row = newest(&txn, &n);
    assert_int_equal(n, 1);
    assert_int_equal(row.count, 2);
    assert_true(str_is(row.text, "second"));
    assert_int_equal(row.created_at, 1000);
    assert_int_equal(row.last_at, 2000);
    assert_int_equal(txn.told_n, 2);
    assert_string_equal(txn.told[0].type, "notice.created");
    assert_string_equal(txn.told[1].type, "notice.updated");
    raise(&txn, "conversation:2", "another");
    (void)newest(&txn, &n);
    assert_int_equal(n, 2);
    store_abort(&txn);
}

static void what_was_cleared_is_closed_and_raised_again_a_new_one(void **state)
{
    struct txn txn = a_tenant(*state);
    struct err err;
    size_t n;
    raise(&txn, "conversation:1", "first");
    assert_true(notice_clear(&txn, 1, NOTICE_REFUSAL, STR("conversation:2"), &err)); /* nothing is open there: fine */
    assert_true(notice_clear(&txn, 1, NOTICE_REFUSAL, STR("conversation:1"), &err));
    struct notice_row row = newest(&txn, &n);
    assert_int_equal(row.status, NOTICE_CLOSED);
    assert_true(str_is(row.closed_by, "user:1"));
    assert_int_equal(row.closed_at, 1000);
    raise(&txn, "conversation:1", "again");
    row = newest(&txn, &n);
    assert_int_equal(n, 2);
    assert_int_equal(row.count, 1);
    assert_int_equal(row.status, NOTICE_OPEN);
    store_abort(&txn);
}

static void the_audit_names_what_differs_and_nothing_else(void **state)
{
    struct txn txn = a_tenant(*state);
    struct number_view before;
    struct err err;
    struct scan scan;
    struct str rest;
    struct str value;
    struct audit_row row;
    bool found;
    record_init(&number_view_record, &before);
    struct number_view after = before;
    assert_true(audit_change(&txn, 1, "number.update", STR("number:1"), &number_view_record, &before, &after, &err));
    after.help_reply = STR("Ask \"ann\"");
    after.daily_limit = 5;
    assert_true(audit_change(&txn, 1, "number.update", STR("number:1"), &number_view_record, &before, &after, &err));
    scan_begin(&scan, &txn, TABLE_AUDIT, key_of_tenant(1), SCAN_FORWARD);
    assert_true(scan_next(&scan, &rest, &value, &found, &err) && found);
    assert_true(row_decode(&txn, &audit_row_record, value, &row, &err));
    assert_true(str_is(row.changes, "{\"help_reply\":{\"from\":null,\"to\":\"9 bytes, sha256 "
                                    "7ecc95a33520ea8400914c2072ac673eb6faf1ddda82f44cbee409ea82496214\"},"
                                    "\"daily_limit\":{\"from\":null,\"to\":5}}")); /* sha256sum's word for it */
    assert_true(str_is(row.actor, "user:1"));
    assert_true(scan_next(&scan, &rest, &value, &found, &err) && !found); /* the change of nothing made no entry */
    scan_end(&scan);
    store_abort(&txn);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(raised_again_it_is_counted_and_no_second_one, a_new_store, gone),
        cmocka_unit_test_setup_teardown(what_was_cleared_is_closed_and_raised_again_a_new_one, a_new_store, gone),
        cmocka_unit_test_setup_teardown(the_audit_names_what_differs_and_nothing_else, a_new_store, gone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
