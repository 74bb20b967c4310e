/* What was counted long ago costs a question about these days nothing, and takes no place in its answer. */
#include "query/query.h"

#include "unit/services/worker/store/store_place.h"

enum { TODAY = 30000, AGES = QUERY_STEPS_MAX + 10 };
static const int64_t DAY_MS = 86400000;

static void count_day(struct txn *txn, const char *name, int64_t day)
{
    const struct health_row row = { .reported = 1, .opted_out = 2 };
    struct arena_mark mark = arena_mark(txn->arena);
    struct err err;
    assert_true(
        ROW_PUT(txn, TABLE_HEALTH, key_of_health(1, HEALTH_CARRIER, str_of(name), day), health_row, &row, &err));
    arena_rewind(txn->arena, mark);
}

static void make_days(struct place *place)
{
    struct txn txn = write_begun(place);
    make_tenant(&txn);
    for (int64_t day = TODAY - AGES; day <= TODAY; day++)
        count_day(&txn, "310-260", day);
    count_day(&txn, "310-410", TODAY - 7); /* the day before the first that is asked for */
    count_day(&txn, "311-480", TODAY - 6);
    count_day(&txn, "311-480", TODAY);
    committed(&txn);
}

static void the_days_asked_for_are_found_however_many_lie_before_them(void **state)
{
    const struct deliverability_query asked = { .by = STR("carrier"), .days = 7 };
    struct deliverability_page page;
    struct settings settings = { 0 };
    struct err err;
    make_days(*state);
    struct txn txn = read_begun(*state);
    record_init(&deliverability_page_record, &page);
    txn.now_ms = TODAY * DAY_MS + 1;
    txn.boot_us = INT64_MAX; /* never late */
    assert_true(deliverability_query_run(&txn, 1, &settings, &asked, &page, &err));
    assert_int_equal(page.data.n, 2);
    assert_true(str_is(page.data.v[0].name, "310-260"));
    assert_int_equal(page.data.v[0].reported, 7);
    assert_true(str_is(page.data.v[1].name, "311-480"));
    assert_int_equal(page.data.v[1].reported, 2);
    assert_int_equal(page.data.v[1].opted_out, 4);
    store_abort(&txn);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_A_STORE(the_days_asked_for_are_found_however_many_lie_before_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
