#include "domain/template.h"

#include "unit/cmocka_all.h"

static const char *const KNOWN[] = { "contact.name", "contact.address", "contact.attributes.*" };
static const struct pair VALUES[] = {
    { { "contact.name", 12 }, { "Ann", 3 } },
    { { "contact.address", 15 }, { "", 0 } },
    { { "contact.attributes.plan", 23 }, { "{{contact.name}} | gold", 23 } },
};

static void check(const char *template, const char *wanted)
{
    struct buf out;
    struct err err = { 0 };
    buf_init(&out, 1000);
    if (!template_check(str_of(template), KNOWN, COUNT(KNOWN), "text", &err))
        fail_msg("\"%s\" was refused: %s", template, err.text);
    if (!template_render(str_of(template), VALUES, COUNT(VALUES), &out, &err))
        fail_msg("\"%s\" cannot be filled in: %s", template, err.text);
    assert_str_eq(buf_str(&out), str_of(wanted));
    buf_release(&out);
}

static void places_are_filled_in_with_their_values(void **state)
{
    (void)state;
    check("", "");
    check("Hello.", "Hello.");
    check("Hi {{contact.name}}!", "Hi Ann!");
    check("{{ contact.name }}{{contact.name}}", "AnnAnn");
}

static void a_fallback_stands_where_the_value_is_unset_or_empty(void **state)
{
    (void)state;
    check("Hi {{contact.name|there}}", "Hi Ann");
    check("Hi {{contact.address|there}}", "Hi there");
    check("Hi {{contact.attributes.nick| dear friend }}.", "Hi dear friend.");
    check("Hi {{contact.address}}.", "Hi .");
    check("Hi {{contact.address|}}.", "Hi .");
    check("{{contact.address|a|b}}", "a|b");
}

static void a_value_is_never_read_as_a_template(void **state)
{
    (void)state;
    check("{{contact.attributes.plan}}", "{{contact.name}} | gold");
}

static void single_braces_are_only_braces(void **state)
{
    (void)state;
    check("{contact.name} } { }} {", "{contact.name} } { }} {");
}

static void an_unknown_place_is_refused_when_it_is_written(void **state)
{
    (void)state;
    static const char *const TEMPLATES[] = { "{{contact.nmae}}",
                                             "{{name}}",
                                             "{{}}",
                                             "{{ }}",
                                             "{{|x}}",
                                             "{{Contact.Name}}",
                                             "{{contact name}}",
                                             "Hi {{",
                                             "Hi {{a}",
                                             "{{contact.attributes.}}",
                                             "{{contact.attributes}}",
                                             "{{contact.attributes.A B}}",
                                             "{{{contact.name}}}" };
    for (size_t i = 0; i < COUNT(TEMPLATES); i++) {
        struct err err = { 0 };
        if (template_check(str_of(TEMPLATES[i]), KNOWN, COUNT(KNOWN), "actions", &err))
            fail_msg("\"%s\" was taken", TEMPLATES[i]);
        assert_int_equal(err.kind, ERR_INPUT);
        assert_string_equal(err.field, "actions");
    }
    struct err err;
    assert_false(template_check(STR("{{x}}"), KNOWN, COUNT(KNOWN), "text", &err));
    assert_non_null(strstr(err.text, "{{x}}"));
    assert_non_null(strstr(err.text, "contact.name, contact.address"));
    assert_false(template_check(STR("{{x}}"), NULL, 0, "text", &err));
}

static void a_text_without_room_is_an_error(void **state)
{
    (void)state;
    struct buf out;
    struct err err;
    buf_init(&out, 5);
    assert_true(template_render(STR("{{contact.name}}12"), VALUES, COUNT(VALUES), &out, &err));
    buf_clear(&out);
    assert_false(template_render(STR("{{contact.name}}123"), VALUES, COUNT(VALUES), &out, &err));
    assert_int_equal(err.kind, ERR_TOO_BIG);
    buf_clear(&out);
    assert_false(template_render(STR("{{a"), VALUES, COUNT(VALUES), &out, &err));
    assert_int_equal(err.kind, ERR_INPUT);
    buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places_are_filled_in_with_their_values),
        cmocka_unit_test(a_fallback_stands_where_the_value_is_unset_or_empty),
        cmocka_unit_test(a_value_is_never_read_as_a_template),
        cmocka_unit_test(single_braces_are_only_braces),
        cmocka_unit_test(an_unknown_place_is_refused_when_it_is_written),
        cmocka_unit_test(a_text_without_room_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
