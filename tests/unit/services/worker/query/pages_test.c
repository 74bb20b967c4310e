/* A page that takes too long ends early, and its cursor goes on to the end. */
#include "query/query.h"

#include "unit/services/worker/store/store_place.h"

enum { MANY = 300, LONG_AGO_US = 0 };

static void make_contacts(struct place *place)
{
    struct txn txn = write_begun(place);
    struct err err;
    make_tenant(&txn);
    for (int i = 0; i < MANY; i++) {
        struct contact_row row;
        char address[24];
        (void)snprintf(address, sizeof address, "+1555%07d", i);
        assert_true(contact_find_or_make(&txn, 1, str_of(address), &row, &err));
    }
    committed(&txn);
}

/* Asks for those with `part` in them, page after page, each by a query that began at began_us. How many pages that took. */
static int pages_until_done(struct place *place, const char *part, int64_t began_us, size_t *hits)
{
    struct page_query asked = { .q = str_of(part), .limit = 10 };
    char cursor[256] = "";
    struct err err;
    int pages = 0;
    *hits = 0;
    do {
        struct txn txn = read_begun(place);
        struct settings settings = { 0 };
        struct contact_page page;
        record_init(&contact_page_record, &page);
        txn.boot_us = began_us;
        if (cursor[0])
            asked.cursor = str_of(cursor);
        if (!contacts_query(&txn, 1, &settings, &asked, &page, &err))
            fail_msg("page %d: %s %s", pages + 1, err.field, err.text);
        *hits += page.data.n;
        assert_true(page.next_cursor.n < sizeof cursor);
        (void)snprintf(cursor, sizeof cursor, "%.*s", STR_ARGS(page.next_cursor));
        store_abort(&txn);
        pages++;
    } while (cursor[0] && pages <= MANY);
    return pages;
}

static void a_page_that_takes_too_long_ends_early_and_its_cursor_goes_on(void **state)
{
    struct place *place = *state;
    size_t hits;
    make_contacts(place);
    assert_in_range(pages_until_done(place, "0000299", LONG_AGO_US, &hits), 3, 30);
    assert_int_equal(hits, 1);
    assert_in_range(pages_until_done(place, "0000000", LONG_AGO_US, &hits), 3, 30);
    assert_int_equal(hits, 1);
    assert_in_range(pages_until_done(place, "nobody", LONG_AGO_US, &hits), 3, 30);
    assert_int_equal(hits, 0);
}

static void a_page_that_is_quick_passes_over_them_all_at_once(void **state)
{
    struct place *place = *state;
    size_t hits;
    make_contacts(place);
    assert_int_equal(pages_until_done(place, "0000299", INT64_MAX, &hits), 1); /* it will only begin */
    assert_int_equal(hits, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_A_STORE(a_page_that_takes_too_long_ends_early_and_its_cursor_goes_on),
        WITH_A_STORE(a_page_that_is_quick_passes_over_them_all_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
