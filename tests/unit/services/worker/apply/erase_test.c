/* Erasure in bounded steps: however much there is of a person, the ticks come to an end and nothing is left. */
#include "apply/apply.h"
#include "apply/erase.h"
#include "apply/note.h"
#include "unit/services/worker/store/store_place.h"

enum { NOTES = 2500, DRAFTS = 300, REPORTS = 1500, ORPHANS = 2500, WAITING = 1200, TICKS_MAX = 50 };

static const struct str THEIRS = STR("+15550100042"), OTHERS = STR("+15550100043");

static struct conversation_row talk_from(struct txn *txn, struct str ours, struct str address)
{
    struct number_row number;
    struct contact_row contact;
    struct conversation_row conversation;
    struct err err;
    assert_true(number_make(txn, 1, ours, NUMBER_ACTIVE, &number, &err));
    assert_true(contact_find_or_make(txn, 1, address, &contact, &err));
    assert_true(conversation_find_or_make(txn, 1, number.address, &contact, &conversation, &err));
    return conversation;
}

static struct conversation_row talk_with(struct txn *txn, struct str address)
{
    return talk_from(txn, STR("+15550100000"), address);
}

static void write_note(struct txn *txn, struct id conversation)
{
    struct note_row row = { .id = txn_id(txn), .conversation = conversation, .text = STR("what was said") };
    struct err err;
    assert_true(ROW_PUT(txn, TABLE_NOTE, key_of_note(1, conversation, row.id), note_row, &row, &err));
    assert_true(
        value_put(txn, TABLE_NOTE_ID, key_of_id(1, row.id), str_bytes(conversation.b, sizeof conversation.b), &err));
}

static void write_beside(struct txn *txn, struct id conversation)
{
    struct err err;
    for (int i = 0; i < NOTES; i++)
        write_note(txn, conversation);
    for (int i = 0; i < DRAFTS; i++) {
        struct draft_row row = { .text = STR("what was not") };
        char actor[32];
        (void)snprintf(actor, sizeof actor, "user:%d", i);
        assert_true(ROW_PUT(txn, TABLE_DRAFT, key_of_draft(1, conversation, str_of(actor)), draft_row, &row, &err));
    }
}

static struct id say_with_reports(struct txn *txn, struct conversation_row *conversation)
{
    struct message_row row;
    struct report_event event;
    struct report_row report = { .attempt = 1, .report = &event };
    struct err err;
    record_init(&report_event_record, &event);
    record_init(&message_row_record, &row);
    event.raw = STR("To=15550100042");
    row.direction = OUTBOUND;
    row.from = conversation->number;
    row.to = conversation->address;
    row.text = STR("what was said");
    row.status = STATUS_DELIVERED;
    assert_true(message_add(txn, 1, conversation, &row, &err));
    for (int i = 0; i < REPORTS; i++)
        assert_true(ROW_PUT(txn, TABLE_REPORT, key_of_report(1, row.id, 1, STR("u"), STR("sent"), i), report_row,
                            &report, &err));
    return row.id;
}

static void orphans_about(struct txn *txn, struct str address, int from, int n, int64_t received_at)
{
    struct report_event event;
    struct report_row row = { .report = &event };
    struct err err;
    record_init(&report_event_record, &event);
    event.to = address;
    event.received_at = received_at;
    for (int i = from; i < from + n; i++) {
        char uuid[16];
        (void)snprintf(uuid, sizeof uuid, "%08x", i);
        assert_true(ROW_PUT(txn, TABLE_ORPHAN, key_of_orphan(1, str_of(uuid), STR("sent"), 1), report_row, &row, &err));
    }
}

static void queue_many(struct txn *txn, struct conversation_row *conversation)
{
    for (int i = 0; i < WAITING; i++) {
        struct message_row row;
        struct err err;
        record_init(&message_row_record, &row);
        row.direction = OUTBOUND;
        row.from = conversation->number;
        row.to = conversation->address;
        row.text = STR("tomorrow");
        row.status = STATUS_QUEUED;
        row.class = CLASS_TRANSACTIONAL;
        assert_true(message_add(txn, 1, conversation, &row, &err));
        assert_true(outbox_add(txn, 1, &row, txn->now_ms + 3600000, &err));
        txn->told_n = 0;
    }
}

static void erase(struct place *place, struct id contact)
{
    const struct by_id asked = { .id = contact };
    struct contact_view unused;
    struct err err;
    struct txn txn = write_begun(place);
    assert_true(contact_erase_apply(&txn, 1, NULL, &asked, &unused, &err));
    committed(&txn);
}

static void tick(struct place *place)
{
    struct err err;
    struct txn txn = write_begun(place);
    assert_true(erase_tick(&txn, &err));
    committed(&txn);
}

static void however_much_there_is_nothing_is_left(void **state)
{
    struct place *place = *state;
    struct err err;
    struct txn txn = write_begun(place);
    make_tenant(&txn);
    struct conversation_row theirs = talk_with(&txn, THEIRS);
    struct conversation_row others = talk_with(&txn, OTHERS);
    write_beside(&txn, theirs.id);
    write_note(&txn, others.id);
    struct id message = say_with_reports(&txn, &theirs);
    queue_many(&txn, &theirs);
    orphans_about(&txn, THEIRS, 0, ORPHANS, txn.now_ms);
    orphans_about(&txn, OTHERS, ORPHANS, 1, txn.now_ms);
    orphans_about(&txn, THEIRS, ORPHANS + 1, 1, txn.now_ms + 1); /* of a time after it */
    committed(&txn);

    erase(place, theirs.contact);
    assert_true(rows_in(place, TABLE_NOTE) > 1); /* a command is as short as any other */
    int ticks = 0;
    while (rows_in(place, TABLE_ERASURE) > 0 && ticks++ < TICKS_MAX)
        tick(place);
    assert_true(ticks > 1 && ticks < TICKS_MAX);
    assert_int_equal(rows_in(place, TABLE_NOTE), 1);
    assert_int_equal(rows_in(place, TABLE_NOTE_ID), 1);
    assert_int_equal(rows_in(place, TABLE_DRAFT), 0);
    assert_int_equal(rows_in(place, TABLE_REPORT), 0);
    assert_int_equal(rows_in(place, TABLE_ORPHAN), 2);
    assert_int_equal(rows_in(place, TABLE_OUTBOX), 0);
    assert_int_equal(rows_in(place, TABLE_PENDING), 0);

    struct message_row row;
    bool found;
    txn = read_begun(place);
    assert_true(message_get(&txn, 1, message, &row, &found, &err) && found);
    assert_int_equal(row.text.n, 0);
    assert_int_equal(row.to.n, 0);
    store_abort(&txn);
}

static void nothing_is_written_beside_an_erased_conversation(void **state)
{
    struct place *place = *state;
    struct txn txn = write_begun(place);
    make_tenant(&txn);
    struct conversation_row theirs = talk_with(&txn, THEIRS);
    committed(&txn);
    const struct note_add asked = { .conversation = theirs.id, .text = STR("late") };
    struct note_view view;
    struct err err;
    txn = write_begun(place);
    assert_true(note_add_apply(&txn, 1, NULL, &asked, &view, &err));
    store_abort(&txn);
    erase(place, theirs.contact);
    txn = write_begun(place);
    assert_false(note_add_apply(&txn, 1, NULL, &asked, &view, &err));
    assert_int_equal(err.kind, ERR_MISSING);
    store_abort(&txn);
}

/* More conversations than one commit takes: the ticks take the others, and of what came in after it nothing. */
static void who_has_spoken_with_hundreds_of_our_numbers_is_gone_from_all(void **state)
{
    enum { NUMBERS = 600, NEW_NUMBER = NUMBERS };
    struct place *place = *state;
    struct conversation_row first = { 0 };
    struct conversation_row newer;
    struct answer_row row = { .at = 0 };
    struct str unused;
    struct err err;
    bool found;
    char ours[24];
    struct txn txn = write_begun(place);
    make_tenant(&txn);
    for (int i = 0; i < NUMBERS; i++) {
        (void)snprintf(ours, sizeof ours, "+1555020%04d", i);
        first = talk_from(&txn, arena_dup(txn.arena, str_of(ours)), THEIRS);
        txn.told_n = 0;
    }
    row.answer = str_bytes(first.id.b, ID_BYTES); /* names the last of them */
    struct id asked = txn_id(&txn);
    assert_true(ROW_PUT(&txn, TABLE_ANSWER, key_of_id(1, asked), answer_row, &row, &err));
    struct id contact = first.contact;
    committed(&txn);

    erase(place, contact);
    txn = write_begun(place);
    (void)snprintf(ours, sizeof ours, "+1555020%04d", NEW_NUMBER);
    newer = talk_from(&txn, str_of(ours), THEIRS);
    struct id newer_id = newer.id;
    committed(&txn);
    int ticks = 0;
    while (rows_in(place, TABLE_ERASURE) > 0 && ticks++ < TICKS_MAX)
        tick(place);
    assert_true(ticks < TICKS_MAX);
    assert_int_equal(rows_in(place, TABLE_CONVERSATION_PAIR), 1);
    txn = read_begun(place);
    assert_true(value_get(&txn, TABLE_CONVERSATION_PAIR, key_of_pair(1, str_of(ours), THEIRS), &unused, &found, &err));
    assert_true(found && memcmp(unused.p, newer_id.b, ID_BYTES) == 0);
    assert_true(ROW_GET(&txn, TABLE_ANSWER, key_of_id(1, asked), answer_row, &row, &found, &err) && found);
    assert_int_equal(row.answer.n, 0);
    store_abort(&txn);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_A_STORE(however_much_there_is_nothing_is_left),
        WITH_A_STORE(who_has_spoken_with_hundreds_of_our_numbers_is_gone_from_all),
        WITH_A_STORE(nothing_is_written_beside_an_erased_conversation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
