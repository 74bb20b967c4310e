/* The send with a known uuid that is nearest in time: for one attempt, and for a crowd of them that is searched together. */
#include "apply/witness.h"

#include "unit/services/worker/store/store_place.h"

enum { SECOND_MS = 1000, HOUR_MS = 3600 * SECOND_MS };

static const int64_t NOW_MS = 1700000000000;

/* A message of ours, granted then. uuid NULL: Plivo's is not known. */
static struct id sent(struct txn *txn, int64_t granted_at, const char *uuid)
{
    struct message_row message;
    struct attempt_row attempt;
    struct err err;
    record_init(&message_row_record, &message);
    record_init(&attempt_row_record, &attempt);
    message.id = txn_id(txn);
    message.direction = OUTBOUND;
    message.text = STR("Nine to five, and by appointment");
    message.attempts.v = &attempt;
    message.attempts.n = 1;
    attempt.number = 1;
    attempt.granted_at = granted_at;
    if (uuid)
        message.uuid = attempt.uuid = str_of(uuid);
    assert_true(ROW_PUT(txn, TABLE_MESSAGE, key_of_id(1, message.id), message_row, &message, &err));
    return message.id;
}

static struct witness found_by(struct txn *txn, struct witness_search *search, struct id message, int64_t at_ms)
{
    struct witness witness;
    struct err err;
    assert_true(witness_find(txn, search, 1, message, at_ms, &witness, &err));
    return witness;
}

static void the_nearer_of_two_neighbours_is_the_witness(void **state)
{
    struct place *place = *state;
    struct txn txn = write_begun(place);
    struct witness_search search = { .is_begun = false };
    (void)sent(&txn, NOW_MS - 20 * SECOND_MS, "before");
    struct id first = sent(&txn, NOW_MS - 15 * SECOND_MS, NULL);
    struct id second = sent(&txn, NOW_MS - 2 * SECOND_MS, NULL);
    (void)sent(&txn, NOW_MS, "after");
    assert_true(str_is(found_by(&txn, &search, first, NOW_MS - 15 * SECOND_MS).uuid, "before"));
    assert_true(str_is(found_by(&txn, &search, second, NOW_MS - 2 * SECOND_MS).uuid, "after"));
    store_abort(&txn);
}

static void one_that_is_a_day_away_is_none(void **state)
{
    struct place *place = *state;
    struct txn txn = write_begun(place);
    struct witness_search search = { .is_begun = false };
    (void)sent(&txn, NOW_MS - 25 * HOUR_MS, "yesterday");
    struct id message = sent(&txn, NOW_MS, NULL);
    assert_false(str_is_set(found_by(&txn, &search, message, NOW_MS).uuid));
    store_abort(&txn);
}

/* Tried again, and unconfirmed now: what Plivo has under that uuid is the first attempt's. */
static void a_witness_stands_at_the_time_of_the_attempt_that_has_the_uuid(void **state)
{
    struct place *place = *state;
    struct txn txn = write_begun(place);
    struct witness_search search = { .is_begun = false };
    struct message_row message;
    struct attempt_row attempts[2];
    struct err err;
    record_init(&message_row_record, &message);
    for (size_t i = 0; i < COUNT(attempts); i++)
        record_init(&attempt_row_record, &attempts[i]);
    message.id = txn_id(&txn);
    message.direction = OUTBOUND;
    message.uuid = attempts[0].uuid = STR("first");
    attempts[0].granted_at = NOW_MS - HOUR_MS;
    attempts[1].granted_at = NOW_MS;
    message.attempts.v = attempts;
    message.attempts.n = COUNT(attempts);
    assert_true(ROW_PUT(&txn, TABLE_MESSAGE, key_of_id(1, message.id), message_row, &message, &err));
    struct id beside = sent(&txn, NOW_MS, NULL);
    assert_true(found_by(&txn, &search, beside, NOW_MS).granted_at == NOW_MS - HOUR_MS);
    store_abort(&txn);
}

/* Together or each for itself: the same answers, as long as those who ask alone look far enough. */
static void a_crowd_hears_what_each_would_hear_alone(void **state)
{
    enum { CROWD = 300, EVERY = 70 };
    struct place *place = *state;
    struct txn txn = write_begun(place);
    struct witness_search search = { .is_begun = false };
    static struct id ids[CROWD];
    static char uuids[CROWD][16];
    arena_release(&place->arena);
    arena_init(&place->arena, 256 * 1024 * 1024);
    for (int i = 0; i < CROWD; i++) {
        (void)snprintf(uuids[i], sizeof uuids[i], "uuid-%d", i);
        ids[i] = sent(&txn, NOW_MS + i * SECOND_MS, i % EVERY == 5 ? uuids[i] : NULL);
    }
    for (int i = 0; i < CROWD; i++) {
        struct witness_search alone = { .is_begun = false };
        if (i % EVERY == 5)
            continue;
        struct witness wanted = found_by(&txn, &alone, ids[i], NOW_MS + i * SECOND_MS);
        struct witness got = found_by(&txn, &search, ids[i], NOW_MS + i * SECOND_MS);
        assert_true(str_is_set(wanted.uuid));
        assert_true(str_eq(got.uuid, wanted.uuid) && got.granted_at == wanted.granted_at);
    }
    store_abort(&txn);
}

/* 1,000 attempts, each with 999 others beside it and no send with a uuid: read once, not a thousand times. */
static void a_crowd_takes_no_more_memory_and_steps_than_it_has_rows(void **state)
{
    enum { CROWD = 1000 };
    struct place *place = *state;
    struct txn txn = write_begun(place);
    struct witness_search search = { .is_begun = false };
    static struct id ids[CROWD];
    for (int i = 0; i < CROWD; i++)
        ids[i] = sent(&txn, NOW_MS, NULL);
    size_t used = place->arena.used_bytes;
    for (int i = 0; i < CROWD; i++)
        assert_false(str_is_set(found_by(&txn, &search, ids[i], NOW_MS).uuid));
    assert_int_equal(place->arena.used_bytes, used);
    assert_in_range(search.further, 1, CROWD);
    store_abort(&txn);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_A_STORE(the_nearer_of_two_neighbours_is_the_witness),
        WITH_A_STORE(one_that_is_a_day_away_is_none),
        WITH_A_STORE(a_witness_stands_at_the_time_of_the_attempt_that_has_the_uuid),
        WITH_A_STORE(a_crowd_hears_what_each_would_hear_alone),
        WITH_A_STORE(a_crowd_takes_no_more_memory_and_steps_than_it_has_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
