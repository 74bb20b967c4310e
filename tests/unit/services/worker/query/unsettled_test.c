/* Which attempts one look at Plivo's list is for, and over which time it goes. */
#include "query/query.h"
#include "store/meta.h"

#include "unit/services/worker/store/store_place.h"

enum { MINUTE_MS = 60000, HOUR_MS = 60 * MINUTE_MS };

static const int64_t NOW_MS = 1700000000000;

/* An unconfirmed attempt of a message of its own. look_at 0: a person decides. */
static struct id open_one(struct txn *txn, int64_t granted_at, int64_t look_at)
{
    struct message_row message;
    struct open_row open;
    struct err err;
    record_init(&message_row_record, &message);
    record_init(&open_row_record, &open);
    message.id = txn_id(txn);
    message.from = STR("+15550100000");
    message.to = STR("+15550100042");
    open.granted_at = granted_at;
    open.is_unconfirmed = true;
    open.look_at = look_at;
    assert_true(open_put(txn, 1, &message, 1, &open, &err));
    return message.id;
}

static struct unsettled asked_after(struct place *place, int64_t now_ms, struct str after)
{
    const struct unsettled_ask ask = { .sender = STR("s"), .after = after };
    struct txn txn = read_begun(place);
    struct settings settings = { 0 };
    struct unsettled out;
    struct err err;
    record_init(&unsettled_record, &out);
    txn.now_ms = now_ms;
    assert_true(unsettled_query(&txn, 1, &settings, &ask, &out, &err));
    store_abort(&txn);
    return out; /* its attempts lie in the place's arena */
}

static struct unsettled asked_at(struct place *place, int64_t now_ms)
{
    return asked_after(place, now_ms, (struct str){ 0 });
}

static void those_near_each_other_share_a_look(void **state)
{
    struct place *place = *state;
    struct txn txn = write_begun(place);
    make_tenant(&txn);
    for (int i = 0; i < 5; i++)
        (void)open_one(&txn, NOW_MS - HOUR_MS + i * MINUTE_MS, NOW_MS - i);
    committed(&txn);
    struct unsettled out = asked_at(place, NOW_MS);
    assert_int_equal(out.attempts.n, 5);
    assert_int_equal(out.next_in_ms, 0);
    assert_true(out.window_from < NOW_MS - HOUR_MS && out.window_to > NOW_MS - HOUR_MS + 4 * MINUTE_MS);
}

static void those_far_apart_have_looks_of_their_own_and_who_waits_for_longest_is_first(void **state)
{
    struct place *place = *state;
    struct txn txn = write_begun(place);
    make_tenant(&txn);
    (void)open_one(&txn, NOW_MS - 5 * HOUR_MS, NOW_MS - 10);
    struct id longest = open_one(&txn, NOW_MS - 2 * HOUR_MS, NOW_MS - 500);
    (void)open_one(&txn, NOW_MS - HOUR_MS, NOW_MS - 20);
    committed(&txn);
    struct unsettled out = asked_at(place, NOW_MS);
    assert_int_equal(out.attempts.n, 1);
    assert_true(id_eq(out.attempts.v[0].message, longest));
    assert_true(out.window_to - out.window_from <= 10 * MINUTE_MS);
    assert_true(out.window_from < NOW_MS - 2 * HOUR_MS && out.window_to > NOW_MS - 2 * HOUR_MS);
    assert_int_equal(out.next_in_ms, 0);
}

static void what_is_not_due_tells_when_and_what_a_person_decides_is_not_asked_for(void **state)
{
    struct place *place = *state;
    struct txn txn = write_begun(place);
    make_tenant(&txn);
    (void)open_one(&txn, NOW_MS - MINUTE_MS, NOW_MS + 700);
    (void)open_one(&txn, NOW_MS - MINUTE_MS, NOW_MS + 300);
    (void)open_one(&txn, NOW_MS - MINUTE_MS, 0);
    committed(&txn);
    struct unsettled out = asked_at(place, NOW_MS);
    assert_int_equal(out.attempts.n, 0);
    assert_int_equal(out.next_in_ms, 300);
    out = asked_at(place, NOW_MS + 1000);
    assert_int_equal(out.attempts.n, 2);
}

static void after_a_restore_the_look_goes_over_all_the_time_that_was_lost(void **state)
{
    struct place *place = *state;
    struct txn txn = write_begun(place);
    struct message_row message;
    struct open_row open;
    struct err err;
    make_tenant(&txn);
    record_init(&message_row_record, &message);
    record_init(&open_row_record, &open);
    message.id = txn_id(&txn);
    message.from = STR("+15550100000");
    message.to = STR("+15550100042");
    open.granted_at = NOW_MS - 5 * HOUR_MS;
    open.may_have_left_until = NOW_MS - HOUR_MS;
    open.is_unconfirmed = true;
    open.look_at = NOW_MS - 1;
    assert_true(open_put(&txn, 1, &message, 1, &open, &err));
    committed(&txn);
    struct unsettled out = asked_at(place, NOW_MS);
    assert_int_equal(out.attempts.n, 1);
    assert_true(out.window_from < NOW_MS - 5 * HOUR_MS && out.window_to > NOW_MS - HOUR_MS);
}

/* Closed: nothing is asked. Begun: first who wrote meanwhile. Recovered: as ever. */
static void a_restored_store_asks_for_nothing_then_for_inbound_then_for_the_rest(void **state)
{
    struct place *place = *state;
    struct recovery_row recovery;
    struct err err;
    struct txn txn = write_begun(place);
    record_init(&recovery_row_record, &recovery);
    recovery.generation = 2;
    recovery.backup_at = NOW_MS - 2 * HOUR_MS;
    recovery.restored_at = NOW_MS - HOUR_MS;
    make_tenant(&txn);
    (void)open_one(&txn, NOW_MS - HOUR_MS, NOW_MS - 10);
    assert_true(recovery_put(&txn, &recovery, &err));
    committed(&txn);
    struct unsettled out = asked_at(place, NOW_MS);
    assert_int_equal(out.attempts.n, 0);
    assert_int_equal(out.inbound_from, 0);
    txn = write_begun(place);
    recovery.asked_at = NOW_MS - 100;
    assert_true(recovery_put(&txn, &recovery, &err));
    committed(&txn);
    out = asked_at(place, NOW_MS);
    assert_int_equal(out.attempts.n, 0);
    assert_true(out.inbound_from < recovery.backup_at && out.inbound_to > recovery.restored_at);
    txn = write_begun(place);
    recovery.recovered_at = NOW_MS - 50;
    assert_true(recovery_put(&txn, &recovery, &err));
    committed(&txn);
    out = asked_at(place, NOW_MS);
    assert_int_equal(out.attempts.n, 1);
    assert_int_equal(out.inbound_from, 0);
}

/* A text and its answer by XML, of which nobody was told whether it left. */
static void answered_into_the_dark(struct txn *txn, int64_t granted_at)
{
    struct message_row message;
    struct attempt_row attempt;
    struct open_row open;
    struct err err;
    record_init(&message_row_record, &message);
    record_init(&attempt_row_record, &attempt);
    record_init(&open_row_record, &open);
    message.id = txn_id(txn);
    message.direction = INBOUND;
    message.from = STR("+15550100042");
    message.to = STR("+15550100000");
    message.text = STR("question 17 of somebody who is curious about the hours");
    message.uuid = STR("0f4a6b60-0000-0000-0000-000000000000");
    assert_true(ROW_PUT(txn, TABLE_MESSAGE, key_of_id(1, message.id), message_row, &message, &err));
    message.id = txn_id(txn);
    message.direction = OUTBOUND;
    message.uuid = (struct str){ 0 };
    message.status_text = STR("The answer of Plivo is not known");
    attempt.number = 1;
    attempt.granted_at = granted_at;
    message.attempts.v = &attempt;
    message.attempts.n = 1;
    assert_true(ROW_PUT(txn, TABLE_MESSAGE, key_of_id(1, message.id), message_row, &message, &err));
    open.granted_at = granted_at;
    open.is_unconfirmed = true;
    open.look_at = NOW_MS - 1;
    assert_true(open_put(txn, 1, &message, 1, &open, &err));
}

/* An ingress that dies with a crowd of answers in hand: none of them has a send with a uuid near it. Where each of them read all the
 * others, the memory of a request was full at about 200, and nothing was ever asked for again. */
static void a_crowd_that_has_no_witness_among_it_is_asked_for_all_the_same(void **state)
{
    enum { CROWD = 600, AT_ONCE = 200 };
    struct place *place = *state;
    struct txn txn = write_begun(place);
    make_tenant(&txn);
    for (int i = 0; i < CROWD; i++)
        answered_into_the_dark(&txn, NOW_MS - MINUTE_MS);
    committed(&txn);
    arena_reset(&place->arena);
    struct unsettled out = asked_at(place, NOW_MS);
    assert_int_equal(out.attempts.n, AT_ONCE);
}

/* An answer looks through so many and no more. Those behind were never asked for while a person left those before them waiting. */
static void those_behind_a_crowd_that_waits_for_a_person_have_their_turn(void **state)
{
    struct place *place = *state;
    struct txn txn = write_begun(place);
    make_tenant(&txn);
    for (int i = 0; i < QUERY_STEPS_MAX; i++) {
        (void)open_one(&txn, NOW_MS - HOUR_MS, 0);
        if (i % 1000 == 999) {
            committed(&txn);
            arena_reset(&place->arena);
            txn = write_begun(place);
        }
    }
    struct id last = open_one(&txn, NOW_MS - MINUTE_MS, NOW_MS - 1);
    committed(&txn);
    struct unsettled out = asked_at(place, NOW_MS);
    assert_int_equal(out.attempts.n, 0);
    assert_int_equal(out.next_in_ms, 0);
    assert_true(out.goes_on.n > 0);
    out = asked_after(place, NOW_MS, out.goes_on);
    assert_int_equal(out.attempts.n, 1);
    assert_true(id_eq(out.attempts.v[0].message, last));
    assert_int_equal(out.goes_on.n, 0);
}

static void where_nothing_is_open_there_is_no_next_time(void **state)
{
    struct unsettled out = asked_at(*state, NOW_MS);
    assert_int_equal(out.attempts.n, 0);
    assert_int_equal(out.next_in_ms, INT_UNSET);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_A_STORE(those_near_each_other_share_a_look),
        WITH_A_STORE(those_far_apart_have_looks_of_their_own_and_who_waits_for_longest_is_first),
        WITH_A_STORE(what_is_not_due_tells_when_and_what_a_person_decides_is_not_asked_for),
        WITH_A_STORE(after_a_restore_the_look_goes_over_all_the_time_that_was_lost),
        WITH_A_STORE(a_restored_store_asks_for_nothing_then_for_inbound_then_for_the_rest),
        WITH_A_STORE(a_crowd_that_has_no_witness_among_it_is_asked_for_all_the_same),
        WITH_A_STORE(those_behind_a_crowd_that_waits_for_a_person_have_their_turn),
        WITH_A_STORE(where_nothing_is_open_there_is_no_next_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
