/* What time alone brings about is for all tenants: bounded a tick, and none waits for ever. */
#include "apply/apply.h"
#include "apply/campaign_tick.h"
#include "apply/tenant_turn.h"
#include "unit/services/worker/store/store_place.h"

enum { CROWD = 40, BUSY_CAMPAIGNS = 2000, TICKS_MAX = 400, EVENT_DAYS = 7 };

static const int64_t NOW_MS = 1700000000000;
static const int64_t DAY_MS = 86400000;

static void make_tenant_of(struct txn *txn, int64_t tenant)
{
    struct tenant_row row;
    struct err err;
    record_init(&tenant_row_record, &row);
    row.name = STR("t");
    row.address_key = STR("0123456789abcdef0123456789abcdef");
    assert_true(tenant_put(txn, tenant, &row, &err));
}

static size_t in_turn(struct txn *txn, int64_t at_ms, int64_t *out, size_t max)
{
    struct err err;
    size_t n;
    txn->now_ms = at_ms;
    assert_true(tenants_in_turn(txn, TABLE_TENANT, out, max, &n, &err));
    return n;
}

static void few_have_all_their_turn_in_every_tick(void **state)
{
    struct txn txn = write_begun(*state);
    int64_t seen[8];
    assert_int_equal(in_turn(&txn, NOW_MS, seen, 8), 0);
    static const int64_t tenants[] = { 1, 2, 70000 };
    for (size_t i = 0; i < COUNT(tenants); i++)
        make_tenant_of(&txn, tenants[i]);
    int64_t firsts[4] = { 0 };
    for (int64_t turn = 0; turn < 70000; turn++) {
        assert_int_equal(in_turn(&txn, turn * TURN_MS, seen, 8), 3);
        assert_int_equal(seen[0] + seen[1] + seen[2], 70003);
        firsts[seen[0] < 3 ? seen[0] : 3]++;
    }
    assert_true(firsts[1] > 0 && firsts[2] > 0 && firsts[3] > 0);
    store_abort(&txn);
}

static void of_many_each_has_its_turn(void **state)
{
    struct txn txn = write_begun(*state);
    int64_t seen[4];
    int had[CROWD + 1] = { 0 };
    for (int64_t tenant = 1; tenant <= CROWD; tenant++)
        make_tenant_of(&txn, tenant);
    for (int64_t turn = 0; turn < CROWD; turn++) {
        assert_int_equal(in_turn(&txn, NOW_MS + turn * TURN_MS, seen, 4), 4);
        for (size_t i = 0; i < 4; i++)
            had[seen[i]]++;
    }
    for (int64_t tenant = 1; tenant <= CROWD; tenant++)
        assert_int_equal(had[tenant], 4);
    store_abort(&txn);
}

static int64_t rows_of(struct place *place, enum table table, int64_t tenant)
{
    struct txn txn = read_begun(place);
    struct scan scan;
    struct str key;
    struct str value;
    struct err err;
    bool found = true;
    int64_t n = 0;
    scan_begin(&scan, &txn, table, key_of_tenant(tenant), SCAN_FORWARD);
    while (scan_next(&scan, &key, &value, &found, &err) && found)
        n++;
    scan_end(&scan);
    store_abort(&txn);
    return n;
}

static void tick_at(struct place *place, bool (*tick)(struct txn *, const struct settings *, struct err *),
                    int64_t at_ms)
{
    struct settings settings = { .event_days = EVENT_DAYS };
    struct err err;
    struct txn txn = write_begun(place);
    txn.now_ms = at_ms;
    assert_true(tick(&txn, &settings, &err));
    committed(&txn);
}

/* Campaigns whose rows are gone: a tick takes their work off the list. */
static void a_tenant_with_thousands_of_campaigns_keeps_no_other_from_its_turn(void **state)
{
    struct place *place = *state;
    struct err err;
    struct txn txn = write_begun(place);
    for (int i = 0; i < BUSY_CAMPAIGNS; i++)
        assert_true(campaign_wake(&txn, 1, txn_id(&txn), &err));
    for (int64_t tenant = 2; tenant <= CROWD; tenant++)
        assert_true(campaign_wake(&txn, tenant, txn_id(&txn), &err));
    committed(&txn);
    int ticks = 0;
    int64_t left = CROWD;
    for (; left > 0 && ticks < CROWD; ticks++) {
        tick_at(place, campaigns_tick, NOW_MS + ticks * TURN_MS);
        left = 0;
        for (int64_t tenant = 2; tenant <= CROWD; tenant++)
            left += rows_of(place, TABLE_CAMPAIGN_ACTIVE, tenant);
    }
    assert_int_equal(left, 0);
    assert_true(rows_of(place, TABLE_CAMPAIGN_ACTIVE, 1) > BUSY_CAMPAIGNS / 4);
    while (ticks++ < TICKS_MAX && rows_of(place, TABLE_CAMPAIGN_ACTIVE, 1) > 0)
        tick_at(place, campaigns_tick, NOW_MS + ticks * TURN_MS);
    assert_int_equal(rows_of(place, TABLE_CAMPAIGN_ACTIVE, 1), 0);
}

static void old_events_of_every_tenant_go(void **state)
{
    struct place *place = *state;
    struct err err;
    struct txn txn = write_begun(place);
    for (int64_t tenant = 1; tenant <= 3; tenant++) {
        make_tenant_of(&txn, tenant);
        txn.now_ms = NOW_MS - (EVENT_DAYS + 1) * DAY_MS;
        assert_true(txn_tell(&txn, tenant, "contact.updated", txn_id(&txn), &err));
        txn.now_ms = NOW_MS - DAY_MS;
        assert_true(txn_tell(&txn, tenant, "contact.updated", txn_id(&txn), &err));
    }
    committed(&txn);
    tick_at(place, tick_apply, NOW_MS);
    for (int64_t tenant = 1; tenant <= 3; tenant++)
        assert_int_equal(rows_of(place, TABLE_EVENT, tenant), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_A_STORE(few_have_all_their_turn_in_every_tick),
        WITH_A_STORE(of_many_each_has_its_turn),
        WITH_A_STORE(a_tenant_with_thousands_of_campaigns_keeps_no_other_from_its_turn),
        WITH_A_STORE(old_events_of_every_tenant_go),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
