#include "unit/cmocka_all.h"
#include "config.h"

#include <stdlib.h>

static const char *listen_value;
static const char *auth_value;
static const char *origins_value;

static const char *lookup(const char *variable)
{
    if (strcmp(variable, "API_LISTEN") == 0)
        return listen_value;
    if (strcmp(variable, "API_AUTH") == 0)
        return auth_value;
    return strcmp(variable, "CORS_ORIGINS") == 0 ? origins_value : NULL;
}

static bool check(const char *listen, const char *auth, const char *origins, struct err *err)
{
    struct api_config config;
    listen_value = listen;
    auth_value = auth;
    origins_value = origins;
    assert_true(config_load_from(&api_config_table, lookup, &config, err));
    return api_config_check(&config, err);
}

static void without_authentication_only_loopback_may_be_listened_on(void **state)
{
    struct err err;
    (void)state;
    assert_true(check("127.0.0.1:8080", "off", NULL, &err));
    assert_true(check("[::1]:8080", "off", NULL, &err));
    assert_true(check("0.0.0.0:8080", "on", NULL, &err));
    assert_false(check("0.0.0.0:8080", "off", NULL, &err));
    assert_string_equal(err.field, "API_AUTH");
    assert_false(check("192.168.1.5:8080", "off", NULL, &err));
}

static void an_origin_with_a_path_is_refused(void **state)
{
    struct err err;
    (void)state;
    assert_true(check("127.0.0.1:8080", "on", "https://desk.example,http://localhost:5173", &err));
    assert_false(check("127.0.0.1:8080", "on", "https://desk.example/app", &err));
    assert_string_equal(err.field, "CORS_ORIGINS");
    assert_false(check("127.0.0.1:8080", "on", "*", &err));
}

static void the_dashboards_address_follows_from_the_port(void **state)
{
    struct api_config config;
    struct err err;
    (void)state;
    listen_value = "127.0.0.1:9999";
    auth_value = origins_value = NULL;
    assert_true(config_load_from(&api_config_table, lookup, &config, &err));
    assert_true(str_is(api_dashboard_url(&config), "http://127.0.0.1:9999"));
    config.dashboard_url = STR("https://parley.example//");
    assert_true(str_is(api_dashboard_url(&config), "https://parley.example"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_authentication_only_loopback_may_be_listened_on),
        cmocka_unit_test(an_origin_with_a_path_is_refused),
        cmocka_unit_test(the_dashboards_address_follows_from_the_port),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
