#include "unit/cmocka_all.h"
#include "routes.h"

static enum route_match find(const char *method, const char *path, struct route_found *found)
{
    return route_find(str_of(method), str_of(path), found);
}

static void a_path_finds_its_handler_and_its_id(void **state)
{
    struct route_found found;
    (void)state;
    assert_int_equal(find("GET", "/api/v1/messages/abc/timeline", &found), ROUTE_FOUND);
    assert_ptr_equal(found.route->handler, message_timeline);
    assert_int_equal(found.parts_n, 1);
    assert_true(str_is(found.parts[0], "abc"));
}

static void a_fixed_word_wins_over_an_id(void **state)
{
    struct route_found found;
    (void)state;
    assert_int_equal(find("POST", "/api/v1/rules/test", &found), ROUTE_FOUND);
    assert_ptr_equal(found.route->handler, rules_test);
    assert_int_equal(find("PATCH", "/api/v1/rules/test", &found), ROUTE_FOUND);
    assert_ptr_equal(found.route->handler, rule_change);
    assert_true(str_is(found.parts[0], "test"));
}

static void a_wrong_method_is_told_which_ones_apply(void **state)
{
    struct route_found found;
    (void)state;
    assert_int_equal(find("PUT", "/api/v1/messages", &found), ROUTE_OTHER_METHOD);
    assert_string_equal(found.allow, "GET, HEAD, POST, OPTIONS");
    assert_int_equal(find("GET", "/api/send_sms", &found), ROUTE_OTHER_METHOD);
    assert_string_equal(found.allow, "POST, OPTIONS");
}

static void paths_that_are_nearly_right_are_unknown(void **state)
{
    static const char *const PATHS[] = { "",
                                         "/",
                                         "/api",
                                         "/api/v1",
                                         "/api/v1/",
                                         "/api/v1/messages/",
                                         "/api/v1/messages//timeline",
                                         "/api/v1/messages/a/b",
                                         "/API/v1/messages",
                                         "/api/v1/message",
                                         "/api/v2/messages",
                                         "/sim" };
    struct route_found found;
    (void)state;
    for (size_t i = 0; i < COUNT(PATHS); i++)
        assert_int_equal(find("GET", PATHS[i], &found), ROUTE_UNKNOWN);
}

static void head_goes_where_get_goes_unless_get_does_something(void **state)
{
    struct route_found found;
    (void)state;
    assert_int_equal(find("HEAD", "/api/v1/me", &found), ROUTE_FOUND);
    assert_ptr_equal(found.route->handler, me_get);
    assert_int_equal(find("HEAD", "/login", &found), ROUTE_OTHER_METHOD); /* a link preview must not use the token up */
    assert_int_equal(find("HEAD", "/api/v1/events", &found), ROUTE_OTHER_METHOD);
}

static void the_rest_of_a_path_goes_to_the_simulator(void **state)
{
    struct route_found found;
    (void)state;
    assert_int_equal(find("PUT", "/sim/faults", &found), ROUTE_FOUND);
    assert_int_equal(find("GET", "/sim/phones/%2B1555/messages", &found), ROUTE_FOUND);
    assert_ptr_equal(found.route->handler, sim_pass);
}

static void only_named_query_parameters_are_taken(void **state)
{
    struct route_found found;
    (void)state;
    assert_int_equal(find("GET", "/api/v1/messages", &found), ROUTE_FOUND);
    assert_true(route_takes(found.route, STR("since")));
    assert_true(route_takes(found.route, STR("cursor")));
    assert_false(route_takes(found.route, STR("sinc")));
    assert_false(route_takes(found.route, STR("")));
    assert_false(route_takes(found.route, STR("since until")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_path_finds_its_handler_and_its_id),
        cmocka_unit_test(a_fixed_word_wins_over_an_id),
        cmocka_unit_test(a_wrong_method_is_told_which_ones_apply),
        cmocka_unit_test(paths_that_are_nearly_right_are_unknown),
        cmocka_unit_test(head_goes_where_get_goes_unless_get_does_something),
        cmocka_unit_test(the_rest_of_a_path_goes_to_the_simulator),
        cmocka_unit_test(only_named_query_parameters_are_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
