#include "domain/powerpack.h"

#include "unit/cmocka_all.h"

#define UUID "86bbb125-97bb-4d72-89fd-81d5c515b015"

static void its_address_names_it_and_no_number_does(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 4096);
    struct str address = powerpack_address(&arena, STR(UUID));
    assert_true(str_is(address, "powerpack:" UUID));
    assert_true(str_is(powerpack_uuid(address), UUID));
    assert_false(str_is_set(powerpack_uuid(STR("+15550100000"))));
    assert_false(str_is_set(powerpack_uuid(STR("PARLEY"))));
    assert_false(str_is_set(powerpack_uuid(STR("pool:" UUID))));
    assert_false(str_is_set(powerpack_uuid((struct str){ 0 })));
    arena_release(&arena);
}

static void a_text_that_is_no_uuid_makes_no_address(void **state)
{
    (void)state;
    static const char *const BAD[] = { "",
                                       "86bbb125",
                                       "86BBB125-97bb-4d72-89fd-81d5c515b015",
                                       "86bbb125-97bb-4d72-89fd-81d5c515b01g",
                                       "86bbb125-97bb-4d72-89fd-81d5c515b0155",
                                       "86bbb125497bb-4d72-89fd-81d5c515b015",
                                       "86bbb12-597bb-4d72-89fd-81d5c515b015" };
    struct arena arena;
    arena_init(&arena, 4096);
    for (size_t i = 0; i < COUNT(BAD); i++)
        assert_false(str_is_set(powerpack_address(&arena, str_of(BAD[i]))));
    assert_false(str_is_set(powerpack_address(&arena, (struct str){ 0 })));
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(its_address_names_it_and_no_number_does),
        cmocka_unit_test(a_text_that_is_no_uuid_makes_no_address),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
