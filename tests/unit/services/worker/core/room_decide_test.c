#include "core/room_decide.h"

#include "unit/cmocka_all.h"

static enum room at(int64_t free_bytes, int failures)
{
    struct room_facts facts = {.free_bytes = free_bytes, .reserve_bytes = 1000, .failures = failures};
    return room_decide(&facts);
}

static void sends_are_refused_first_and_inbound_next(void **unused)
{
    (void)unused;
    assert_int_equal(at(1000, 0), ROOM_FOR_ALL);
    assert_int_equal(at(999, 0), ROOM_NOT_FOR_SENDS);
    assert_int_equal(at(500, 0), ROOM_NOT_FOR_SENDS);
    assert_int_equal(at(499, 0), ROOM_FOR_THE_RESERVE);
    assert_int_equal(at(0, 0), ROOM_FOR_THE_RESERVE);
}

static void a_commit_that_found_no_room_counts_whatever_the_disk_says(void **unused)
{
    (void)unused;
    assert_int_equal(at(1 << 30, 1), ROOM_NOT_FOR_SENDS);
    assert_int_equal(at(1 << 30, 2), ROOM_FOR_THE_RESERVE);
}

static void what_ends_something_is_never_refused(void **unused)
{
    (void)unused;
    for (int room = ROOM_FOR_ALL; room <= ROOM_FOR_THE_RESERVE; room++)
        assert_true(room_allows((enum room)room, NEED_RESERVED));
    assert_true(room_allows(ROOM_NOT_FOR_SENDS, NEED_INBOUND));
    assert_false(room_allows(ROOM_NOT_FOR_SENDS, NEED_ADDS));
    assert_false(room_allows(ROOM_FOR_THE_RESERVE, NEED_INBOUND));
    assert_false(room_allows(ROOM_FOR_THE_RESERVE, NEED_ADDS));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sends_are_refused_first_and_inbound_next),
        cmocka_unit_test(a_commit_that_found_no_room_counts_whatever_the_disk_says),
        cmocka_unit_test(what_ends_something_is_never_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
