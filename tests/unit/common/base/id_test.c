#include "base/id.h"

#include "unit/cmocka_all.h"

static const uint8_t LOW[10], HIGH[10] = { 255, 255, 255, 255, 255, 255, 255, 255, 255, 255 };

static void a_later_millisecond_sorts_behind_whatever_the_chance(void **state)
{
    (void)state;
    static const int64_t TIMES[] = { 0, 1, 255, 256, 1772470000000, (INT64_C(1) << 48) - 2 };
    for (size_t i = 0; i < COUNT(TIMES); i++) {
        struct id earlier = id_make(TIMES[i], HIGH), later = id_make(TIMES[i] + 1, LOW);
        assert_true(id_compare(earlier, later) < 0);
        assert_true(strcmp(id_text(earlier).c, id_text(later).c) < 0);
        assert_true(id_time_ms(earlier) == TIMES[i]);
    }
}

static void it_is_a_uuid_of_version_7(void **state)
{
    (void)state;
    assert_string_equal(id_text(id_make(0x0123456789AB, LOW)).c, "01234567-89ab-7000-8000-000000000000");
    assert_string_equal(id_text(id_make(0x0123456789AB, HIGH)).c, "01234567-89ab-7fff-bfff-ffffffffffff");
}

static void the_text_reads_back_in_either_case(void **state)
{
    (void)state;
    struct id id, want = id_make(1772470000000, HIGH);
    struct err err;
    assert_true(id_parse(str_of(id_text(want).c), "id", &id, &err));
    assert_true(id_eq(id, want));
    assert_true(id_parse(STR("018F3B6E-7C1A-7000-8000-00000000000A"), "id", &id, &err));
    assert_string_equal(id_text(id).c, "018f3b6e-7c1a-7000-8000-00000000000a");
    assert_true(id_is_set(id));
    assert_false(id_is_set((struct id){ 0 }));
}

static void what_is_no_uuid_is_refused_and_leaves_the_id_alone(void **state)
{
    (void)state;
    static const char *const TEXTS[] = { "",
                                         "018f3b6e7c1a70008000000000000001",
                                         "018f3b6e-7c1a-7000-8000-00000000000",
                                         "018f3b6e-7c1a-7000-8000-0000000000011",
                                         "018f3b6e-7c1a-7000-8000_000000000001",
                                         "018f3b6g-7c1a-7000-8000-000000000001",
                                         "018f3b6-e7c1a-7000-8000-000000000001",
                                         " 18f3b6e-7c1a-7000-8000-000000000001" };
    for (size_t i = 0; i < COUNT(TEXTS); i++) {
        struct id id = { { 42 } };
        struct err err = { 0 };
        assert_false(id_parse(str_of(TEXTS[i]), "id", &id, &err));
        assert_int_equal(err.kind, ERR_INPUT);
        assert_string_equal(err.field, "id");
        assert_int_equal(id.b[0], 42);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_later_millisecond_sorts_behind_whatever_the_chance),
        cmocka_unit_test(it_is_a_uuid_of_version_7),
        cmocka_unit_test(the_text_reads_back_in_either_case),
        cmocka_unit_test(what_is_no_uuid_is_refused_and_leaves_the_id_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
