#include "config.h"

#include "unit/cmocka_all.h"

static struct sender_config a_config(void)
{
    struct sender_config config = {
        .auth_id = STR("MAXXXXXXXXXXXXXXXXXX"),
        .api_base = STR("https://api.plivo.com"),
        .public_url = STR("https://sms.example"),
        .plivo_log = STR("true"),
        .name = STR("sender-1"),
    };
    assert_true(secret_set(&config.auth_token, STR("first, second")));
    return config;
}

static void the_first_token_of_the_list_sends(void **state)
{
    (void)state;
    struct sender_config config = a_config();
    assert_str_eq(sender_token(&config), STR("first"));
    assert_true(secret_set(&config.auth_token, STR(" alone ")));
    assert_str_eq(sender_token(&config), STR("alone"));
}

static void a_wrong_value_is_named(void **state)
{
    (void)state;
    struct err err = { 0 };
    struct sender_config good = a_config();
    assert_true(sender_config_check(&good, &err));

    struct sender_config config = good;
    config.public_url = STR("sms.example");
    assert_false(sender_config_check(&config, &err));
    assert_string_equal(err.field, "PUBLIC_URL");

    config = good;
    config.api_base = STR("https://user@api.plivo.com");
    assert_false(sender_config_check(&config, &err));
    assert_string_equal(err.field, "PLIVO_API_BASE");

    config = good;
    config.plivo_log = STR("yes");
    assert_false(sender_config_check(&config, &err));
    assert_string_equal(err.field, "PLIVO_LOG");

    config = good;
    config.auth_id = STR("MA/../x");
    assert_false(sender_config_check(&config, &err));
    assert_string_equal(err.field, "PLIVO_AUTH_ID");

    config = good;
    assert_true(secret_set(&config.auth_token, STR(",second")));
    assert_false(sender_config_check(&config, &err));
    assert_string_equal(err.field, "PLIVO_AUTH_TOKEN");
    assert_null(strstr(err.text, "second"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_token_of_the_list_sends),
        cmocka_unit_test(a_wrong_value_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
