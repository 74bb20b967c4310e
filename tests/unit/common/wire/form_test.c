#include "wire/form.h"

#include "unit/cmocka_all.h"

struct fixture {
    struct arena arena;
    struct form form;
    struct err err;
};

static int set_up(void **state)
{
    static struct fixture fixture;
    fixture = (struct fixture){ 0 };
    arena_init(&fixture.arena, 256 * 1024);
    *state = &fixture;
    return 0;
}

static int tear_down(void **state)
{
    arena_release(&((struct fixture *)*state)->arena);
    return 0;
}

static bool decode(struct fixture *f, struct str raw)
{
    arena_reset(&f->arena);
    return form_decode(raw, &f->arena, &f->form, &f->err);
}

static void fields_are_decoded_in_order_and_repeated_ones_kept(void **state)
{
    struct fixture *f = *state;
    assert_true(decode(f, STR("From=15550100123&Text=1+%2B+1%3d2&tag=b&tag=a&Units=1")));
    assert_int_equal(f->form.n, 5);
    assert_str_eq(f->form.pairs[1].name, STR("Text"));
    assert_str_eq(f->form.pairs[1].value, STR("1 + 1=2"));
    assert_str_eq(f->form.pairs[2].value, STR("b"));
    assert_str_eq(f->form.pairs[3].value, STR("a"));
    struct str value;
    assert_true(pair_find(f->form.pairs, f->form.n, "tag", &value));
    assert_str_eq(value, STR("b"));
    assert_false(pair_find(f->form.pairs, f->form.n, "from", &value));
    assert_false(str_is_set(value));
}

static void odd_pieces_are_read_as_plivos_signer_reads_them(void **state)
{
    struct fixture *f = *state;
    assert_true(decode(f, STR("&&flag&a=&=x&b=c=d&q=100%&r=%zz&s=%4&t=%41&%4Eame=1&")));
    static const struct {
        const char *name, *value;
    } WANTED[] = { { "flag", "" }, { "a", "" },   { "", "x" },  { "b", "c=d" }, { "q", "100%" },
                   { "r", "%zz" }, { "s", "%4" }, { "t", "A" }, { "Name", "1" } };
    assert_int_equal(f->form.n, COUNT(WANTED));
    for (size_t i = 0; i < COUNT(WANTED); i++) {
        assert_str_eq(f->form.pairs[i].name, str_of(WANTED[i].name));
        assert_str_eq(f->form.pairs[i].value, str_of(WANTED[i].value));
    }
}

static void a_nul_is_a_byte_like_any_other(void **state)
{
    struct fixture *f = *state;
    assert_true(decode(f, STR("Text=a%00b%0D%0A%ff")));
    assert_str_eq(f->form.pairs[0].value, STR("a\0b\r\n\xFF"));
}

static void nothing_gives_no_pairs(void **state)
{
    struct fixture *f = *state;
    assert_true(decode(f, (struct str){ 0 }));
    assert_int_equal(f->form.n, 0);
    assert_true(decode(f, STR("")));
    assert_int_equal(f->form.n, 0);
    assert_true(decode(f, STR("&&&")));
    assert_int_equal(f->form.n, 0);
}

static void more_than_64_kib_or_200_fields_are_refused(void **state)
{
    struct fixture *f = *state;
    static char raw[FORM_BYTES_MAX + 1];
    memset(raw, 'a', sizeof raw);
    assert_true(decode(f, (struct str){ raw, FORM_BYTES_MAX }));
    assert_false(decode(f, (struct str){ raw, FORM_BYTES_MAX + 1 }));
    assert_int_equal(f->err.kind, ERR_TOO_BIG);

    for (size_t i = 1; i < 2 * FORM_PAIRS_MAX; i += 2)
        raw[i] = '&';
    assert_true(decode(f, (struct str){ raw, 2 * FORM_PAIRS_MAX }));
    assert_int_equal(f->form.n, FORM_PAIRS_MAX);
    raw[2 * FORM_PAIRS_MAX + 1] = '&';
    assert_false(decode(f, (struct str){ raw, 2 * FORM_PAIRS_MAX + 1 }));
    assert_int_equal(f->err.kind, ERR_TOO_BIG);
}

static void a_full_arena_is_an_error_not_a_crash(void **state)
{
    struct fixture *f = *state;
    struct arena small;
    arena_init(&small, 32);
    assert_false(form_decode(STR("a=1&b=2&c=3&d=4"), &small, &f->form, &f->err));
    assert_int_equal(f->err.kind, ERR_TOO_BIG);
    arena_release(&small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(fields_are_decoded_in_order_and_repeated_ones_kept, set_up, tear_down),
        cmocka_unit_test_setup_teardown(odd_pieces_are_read_as_plivos_signer_reads_them, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_nul_is_a_byte_like_any_other, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_gives_no_pairs, set_up, tear_down),
        cmocka_unit_test_setup_teardown(more_than_64_kib_or_200_fields_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_full_arena_is_an_error_not_a_crash, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
