/* What was said goes after the tenant's retention_days, raw reports after its report_days; what is not over yet, later. */
#include "apply/consent_change.h"
#include "apply/erase.h"
#include "query/query.h"
#include "unit/services/worker/store/store_place.h"

static const int64_t NOW_MS = 1700000000000;
static const int64_t DAY_MS = 86400000;

/* Reports go with their texts, if nothing else is said. */
static void want(struct txn *txn, int64_t days, int64_t report_days)
{
    struct settings_row row;
    struct err err;
    record_init(&settings_row_record, &row);
    row.retention_days = days;
    row.report_days = report_days;
    assert_true(ROW_PUT(txn, TABLE_SETTINGS, key_of_tenant(1), settings_row, &row, &err));
}

static void want_days(struct txn *txn, int64_t days)
{
    want(txn, days, 0);
}

static struct id said(struct txn *txn, int64_t at_ms, enum message_status status)
{
    struct message_row row;
    struct report_row report = { .attempt = 1 };
    struct report_event event;
    struct err err;
    int64_t now_ms = txn->now_ms;
    txn->now_ms = at_ms;
    record_init(&message_row_record, &row);
    record_init(&report_event_record, &event);
    event.raw = STR("To=15550100042");
    report.report = &event;
    row.id = txn_id(txn);
    row.direction = OUTBOUND;
    row.from = STR("+15550100000");
    row.to = STR("+15550100042");
    row.text = STR("what was said");
    row.status = status;
    row.created_at = at_ms;
    assert_true(ROW_PUT(txn, TABLE_MESSAGE, key_of_id(1, row.id), message_row, &row, &err));
    assert_true(
        ROW_PUT(txn, TABLE_REPORT, key_of_report(1, row.id, 1, STR("u"), STR("sent"), 1), report_row, &report, &err));
    txn->now_ms = now_ms;
    return row.id;
}

static void tick_at(struct place *place, int64_t now_ms)
{
    struct settings settings = { 0 };
    struct err err;
    struct txn txn = write_begun(place);
    txn.now_ms = now_ms;
    assert_true(retention_tick(&txn, &settings, &err));
    committed(&txn);
}

static bool has_report(struct place *place, struct id id)
{
    struct txn txn = read_begun(place);
    struct str unused;
    struct err err;
    bool found;
    assert_true(
        value_get(&txn, TABLE_REPORT, key_of_report(1, id, 1, STR("u"), STR("sent"), 1), &unused, &found, &err));
    store_abort(&txn);
    return found;
}

static bool has_text(struct place *place, struct id id)
{
    struct txn txn = read_begun(place);
    struct message_row row;
    struct err err;
    bool found;
    assert_true(message_get(&txn, 1, id, &row, &found, &err) && found);
    assert_true(str_is(row.to, "+15550100042")); /* who, and that something was said, stays */
    bool is_there = row.text.n > 0;
    store_abort(&txn);
    return is_there;
}

static bool is_kept(struct place *place, struct id id)
{
    bool is_there = has_text(place, id);
    assert_int_equal(is_there, has_report(place, id));
    return is_there;
}

static void change_status(struct place *place, struct id id, enum message_status status)
{
    struct txn txn = write_begun(place);
    struct message_row row;
    struct err err;
    bool found;
    assert_true(message_get(&txn, 1, id, &row, &found, &err) && found);
    row.status = status;
    assert_true(ROW_PUT(&txn, TABLE_MESSAGE, key_of_id(1, id), message_row, &row, &err));
    committed(&txn);
}

static void what_is_older_than_the_tenant_wants_goes(void **state)
{
    struct place *place = *state;
    struct txn txn = write_begun(place);
    make_tenant(&txn);
    struct id old = said(&txn, NOW_MS - 31 * DAY_MS, STATUS_DELIVERED);
    struct id edge = said(&txn, NOW_MS - 30 * DAY_MS, STATUS_DELIVERED);
    struct id young = said(&txn, NOW_MS - DAY_MS, STATUS_DELIVERED);
    want_days(&txn, 0);
    committed(&txn);
    tick_at(place, NOW_MS + 9 * 365 * DAY_MS);
    assert_true(is_kept(place, old)); /* 0: never */
    txn = write_begun(place);
    want_days(&txn, 30);
    committed(&txn);
    tick_at(place, NOW_MS);
    assert_false(is_kept(place, old));
    assert_true(is_kept(place, edge));
    assert_true(is_kept(place, young));
    tick_at(place, NOW_MS + DAY_MS);
    assert_false(is_kept(place, edge));
    assert_true(is_kept(place, young));
}

/* Who never set anything keeps texts for 18 months and raw reports for 90 days. */
static void raw_reports_go_before_their_texts(void **state)
{
    struct place *place = *state;
    struct txn txn = write_begun(place);
    make_tenant(&txn);
    struct id first = said(&txn, NOW_MS, STATUS_DELIVERED);
    struct id waiting = said(&txn, NOW_MS + 1, STATUS_QUEUED);
    struct id second = said(&txn, NOW_MS + DAY_MS, STATUS_DELIVERED);
    committed(&txn);
    tick_at(place, NOW_MS + 90 * DAY_MS);
    assert_true(has_report(place, first));
    tick_at(place, NOW_MS + 90 * DAY_MS + 2);
    assert_false(has_report(place, first));
    assert_false(has_report(place, waiting));
    assert_true(has_report(place, second));
    tick_at(place, NOW_MS + 548 * DAY_MS);
    assert_false(has_report(place, second));
    assert_true(has_text(place, first));
    tick_at(place, NOW_MS + 548 * DAY_MS + 2);
    assert_false(has_text(place, first));
    assert_true(has_text(place, waiting));
    assert_true(has_text(place, second));
}

/* TCPA claims may come for 4 years (28 USC 1658(a)); the proof is kept, whatever else goes. */
static void the_ledger_and_its_evidence_stay_whatever_retention_says(void **state)
{
    enum { YEARS = 6 };
    const struct consent_entry entry = { .contact = { { 7 } },
                                         .address = STR("+15550100042"),
                                         .to = CONSENT_OUT,
                                         .source = CONSENT_BY_KEYWORD,
                                         .evidence = STR("message 1: STOP"),
                                         .actor = STR("person"),
                                         .received_at = NOW_MS };
    const struct nothing nothing = { 0 };
    struct place *place = *state;
    struct consent_verdict verdict;
    struct consent_standing standing;
    struct ledger_row row;
    struct err err;
    int64_t sequence;
    bool found;
    struct txn txn = write_begun(place);
    txn.now_ms = NOW_MS;
    make_tenant(&txn);
    want_days(&txn, 1);
    struct id old = said(&txn, NOW_MS, STATUS_DELIVERED);
    assert_true(consent_change_apply(&txn, 1, &entry, &sequence, &err));
    committed(&txn);
    for (int64_t year = 1; year <= YEARS; year++)
        tick_at(place, NOW_MS + year * 365 * DAY_MS);
    assert_false(is_kept(place, old));
    txn = read_begun(place);
    record_init(&consent_verdict_record, &verdict);
    assert_true(ledger_verify_query(&txn, 1, NULL, &nothing, &verdict, &err));
    assert_true(verdict.valid && verdict.entries == 1);
    assert_true(ROW_GET(&txn, TABLE_LEDGER, key_of_number(1, sequence), ledger_row, &row, &found, &err) && found);
    assert_true(str_is(row.address, "+15550100042") && str_is(row.evidence, "message 1: STOP") && row.salt.n > 0);
    assert_true(consent_read(&txn, 1, entry.address, STR("+15550100000"), (struct str){ 0 }, &standing, &err));
    assert_int_equal(standing.state, CONSENT_OUT);
    store_abort(&txn);
}

static void what_still_waits_keeps_its_text_until_it_is_over(void **state)
{
    struct place *place = *state;
    struct txn txn = write_begun(place);
    make_tenant(&txn);
    want_days(&txn, 1);
    struct id waiting = said(&txn, NOW_MS - 3 * DAY_MS, STATUS_QUEUED);
    struct id after = said(&txn, NOW_MS - 2 * DAY_MS, STATUS_FAILED);
    committed(&txn);
    tick_at(place, NOW_MS);
    assert_true(is_kept(place, waiting));
    assert_false(is_kept(place, after));
    change_status(place, waiting, STATUS_DELIVERED);
    tick_at(place, NOW_MS);
    assert_false(is_kept(place, waiting));
}

static void many_go_by_and_by(void **state)
{
    enum { MANY = 450 };
    struct place *place = *state;
    struct id ids[MANY];
    struct txn txn = write_begun(place);
    make_tenant(&txn);
    want_days(&txn, 1);
    for (int i = 0; i < MANY; i++)
        ids[i] = said(&txn, NOW_MS - 9 * DAY_MS + i, STATUS_DELIVERED);
    committed(&txn);
    tick_at(place, NOW_MS);
    assert_false(is_kept(place, ids[0]));
    assert_true(is_kept(place, ids[MANY - 1])); /* bounded work a tick */
    tick_at(place, NOW_MS);
    tick_at(place, NOW_MS);
    for (int i = 0; i < MANY; i++)
        assert_false(is_kept(place, ids[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_A_STORE(what_is_older_than_the_tenant_wants_goes),
        WITH_A_STORE(raw_reports_go_before_their_texts),
        WITH_A_STORE(the_ledger_and_its_evidence_stay_whatever_retention_says),
        WITH_A_STORE(what_still_waits_keeps_its_text_until_it_is_over),
        WITH_A_STORE(many_go_by_and_by),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
