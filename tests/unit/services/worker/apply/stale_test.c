/* What was put aside goes with age, and so do reports that found no message, and old counts; an opt-out that nothing came of does not. */
#include "apply/consent_change.h"
#include "apply/health.h"
#include "apply/stale_tick.h"
#include "unit/services/worker/store/store_place.h"

enum { DAYS = 30, CROWD = 700, TICKS_MAX = 20 };

static const int64_t NOW_MS = 1700000000000;
static const int64_t DAY_MS = 86400000;
static const struct str OURS = STR("+15550100000"), THEIRS = STR("+15550100042");

static void orphans(struct txn *txn, int from, int n, int64_t received_at)
{
    struct report_event event;
    struct report_row row = { .report = &event };
    struct err err;
    record_init(&report_event_record, &event);
    event.received_at = received_at;
    for (int i = from; i < from + n; i++) {
        char uuid[24];
        (void)snprintf(uuid, sizeof uuid, "%08x", i);
        assert_true(ROW_PUT(txn, TABLE_ORPHAN, key_of_orphan(1, str_of(uuid), STR("sent"), 1), report_row, &row, &err));
    }
}

static void put_aside(struct txn *txn, const char *name, const char *kind, const char *text, int64_t at_ms)
{
    struct inbound_event event;
    struct err err;
    AUTO(buf_release) struct buf body;
    buf_init(&body, 4096);
    record_init(&inbound_event_record, &event);
    event.uuid = str_of(name);
    event.from = THEIRS;
    event.to = OURS;
    event.text = str_of(text);
    event.received_at = at_ms;
    assert_true(record_encode(&inbound_event_record, &event, &body));
    struct quarantine_row row = { .id = txn_id(txn), .kind = str_of(kind), .name = str_of(name), .at = at_ms };
    row.body = buf_str(&body);
    assert_true(ROW_PUT(txn, TABLE_QUARANTINE, key_of_text(1, row.name), quarantine_row, &row, &err));
}

static void opted_out(struct txn *txn, int64_t received_at)
{
    struct contact_row contact;
    struct err err;
    int64_t unused;
    assert_true(contact_find_or_make(txn, 1, THEIRS, &contact, &err));
    const struct consent_entry change = { .contact = contact.id,
                                          .address = THEIRS,
                                          .number = OURS,
                                          .to = CONSENT_OUT,
                                          .source = CONSENT_BY_KEYWORD,
                                          .actor = STR("person"),
                                          .received_at = received_at };
    assert_true(consent_change_apply(txn, 1, &change, &unused, &err));
}

static void tick_at(struct place *place, int64_t now_ms)
{
    const struct settings settings = { .aside_days = DAYS };
    struct err err;
    struct txn txn = write_begun(place);
    txn.now_ms = now_ms;
    assert_true(stale_tick(&txn, &settings, &err));
    committed(&txn);
}

static void what_is_old_goes_in_steps_and_what_is_young_stays(void **state)
{
    struct place *place = *state;
    struct txn txn = write_begun(place);
    make_tenant(&txn);
    orphans(&txn, 0, CROWD, NOW_MS - DAYS * DAY_MS - 1);
    orphans(&txn, CROWD, 3, NOW_MS - DAYS * DAY_MS + STALE_EVERY_MS / 2);
    put_aside(&txn, "inbound old", "inbound", "hello", NOW_MS - DAYS * DAY_MS - 1);
    put_aside(&txn, "inbound young", "inbound", "hello", NOW_MS - DAYS * DAY_MS + STALE_EVERY_MS / 2);
    put_aside(&txn, "report old", "report", "hello", NOW_MS - DAYS * DAY_MS - 1);
    committed(&txn);
    tick_at(place, NOW_MS);
    assert_true(rows_in(place, TABLE_ORPHAN) >= CROWD + 3 - STALE_STEPS_MAX); /* a tick is short */
    int ticks = 0;
    while (rows_in(place, TABLE_ORPHAN) > 3 && ticks++ < TICKS_MAX)
        tick_at(place, NOW_MS + ticks);
    assert_int_equal(rows_in(place, TABLE_ORPHAN), 3);
    assert_int_equal(rows_in(place, TABLE_QUARANTINE), 1);
    for (int i = 0; i < 3; i++) /* the walk's end, and then the next one */
        tick_at(place, NOW_MS + STALE_EVERY_MS + TICKS_MAX + i);
    assert_int_equal(rows_in(place, TABLE_ORPHAN), 0);
    assert_int_equal(rows_in(place, TABLE_QUARANTINE), 0);
}

/* Q3 of quarantine.h: it was applied when it was put aside, or it killed even so. */
static void an_opt_out_goes_only_when_consent_has_heard_of_it(void **state)
{
    struct place *place = *state;
    int64_t at_ms = NOW_MS - (DAYS + 1) * DAY_MS;
    struct txn txn = write_begun(place);
    make_tenant(&txn);
    put_aside(&txn, "inbound stop", "inbound", "STOP", at_ms);
    committed(&txn);
    tick_at(place, NOW_MS);
    assert_int_equal(rows_in(place, TABLE_QUARANTINE), 1);
    txn = write_begun(place);
    opted_out(&txn, at_ms - 1); /* of another text, before it */
    committed(&txn);
    tick_at(place, NOW_MS + STALE_EVERY_MS);
    assert_int_equal(rows_in(place, TABLE_QUARANTINE), 1);
    txn = write_begun(place);
    opted_out(&txn, at_ms);
    committed(&txn);
    tick_at(place, NOW_MS + 2 * STALE_EVERY_MS);
    assert_int_equal(rows_in(place, TABLE_QUARANTINE), 0);
}

static void counts_go_when_their_day_cannot_be_asked_for(void **state)
{
    struct place *place = *state;
    struct health_row row;
    struct err err;
    struct str unused;
    struct txn txn = write_begun(place);
    const int64_t today = NOW_MS / DAY_MS;
    bool found;
    record_init(&health_row_record, &row);
    make_tenant(&txn);
    for (int64_t day = today - HEALTH_DAYS_MAX - 3; day <= today; day++)
        assert_true(ROW_PUT(&txn, TABLE_HEALTH, key_of_health(1, 1, OURS, day), health_row, &row, &err));
    committed(&txn);
    tick_at(place, NOW_MS);
    assert_int_equal(rows_in(place, TABLE_HEALTH), HEALTH_DAYS_MAX);
    txn = read_begun(place);
    assert_true(
        value_get(&txn, TABLE_HEALTH, key_of_health(1, 1, OURS, today - HEALTH_DAYS_MAX + 1), &unused, &found, &err) &&
        found);
    store_abort(&txn);
}

static void with_nothing_put_aside_nothing_is_written(void **state)
{
    struct place *place = *state;
    struct txn txn = write_begun(place);
    make_tenant(&txn);
    committed(&txn);
    int64_t before = rows_in(place, TABLE_META);
    tick_at(place, NOW_MS);
    assert_int_equal(rows_in(place, TABLE_META), before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_A_STORE(what_is_old_goes_in_steps_and_what_is_young_stays),
        WITH_A_STORE(an_opt_out_goes_only_when_consent_has_heard_of_it),
        WITH_A_STORE(counts_go_when_their_day_cannot_be_asked_for),
        WITH_A_STORE(with_nothing_put_aside_nothing_is_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
