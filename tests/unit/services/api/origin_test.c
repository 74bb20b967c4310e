#include "unit/cmocka_all.h"
#include "origin.h"

static void loopback_hosts_are_recognised(void **state)
{
    static const char *const HOSTS[] = { "127.0.0.1",    "127.0.0.1:8080", "127.255.0.3:1", "localhost",
                                         "LocalHost:80", "[::1]",          "[::1]:8080",    "app.localhost:3000" };
    (void)state;
    for (size_t i = 0; i < COUNT(HOSTS); i++)
        assert_true(origin_host_is_loopback(str_of(HOSTS[i])));
}

static void names_that_only_look_like_loopback_are_not(void **state)
{
    static const char *const HOSTS[] = { "",
                                         ":8080",
                                         "127.0.0.1.evil.example",
                                         "127.0.0.1.evil.example:80",
                                         "localhost.evil.example",
                                         "evil.example",
                                         "127.0.0",
                                         "127.0.0.256",
                                         "128.0.0.1",
                                         "0.0.0.0",
                                         "[::2]",
                                         "[::1]x",
                                         "[::1",
                                         "::1",
                                         "127.0.0.1:x",
                                         "127.0.0.1@evil.example",
                                         "notlocalhost",
                                         "-127.0.0.1" };
    (void)state;
    for (size_t i = 0; i < COUNT(HOSTS); i++)
        assert_false(origin_host_is_loopback(str_of(HOSTS[i])));
}

static void origins_are_judged_by_their_host(void **state)
{
    (void)state;
    assert_true(origin_is_loopback(STR("http://localhost:5173")));
    assert_true(origin_is_loopback(STR("https://127.0.0.1")));
    assert_false(origin_is_loopback(STR("null")));
    assert_false(origin_is_loopback(STR("http://localhost.evil.example")));
    assert_false(origin_is_loopback(STR("file://localhost")));
    assert_false(origin_is_loopback(STR("http://")));
}

static void a_listed_origin_must_be_the_whole_item(void **state)
{
    struct str list = STR("https://desk.example, https://ops.example:8443");
    (void)state;
    assert_true(origin_is_listed(STR("https://desk.example"), list));
    assert_true(origin_is_listed(STR("https://ops.example:8443"), list));
    assert_false(origin_is_listed(STR("https://desk.example.evil"), list));
    assert_false(origin_is_listed(STR("http://desk.example"), list));
    assert_false(origin_is_listed(STR(""), list));
    assert_false(origin_is_listed((struct str){ 0 }, STR("")));
}

static struct origin_facts a_write(void)
{
    return (struct origin_facts){ .method = STR("POST"),
                                  .host = STR("parley.example"),
                                  .content_type = STR("application/json"),
                                  .dashboard_url = STR("https://parley.example") };
}

static void our_own_page_may_write(void **state)
{
    struct origin_facts facts = a_write();
    (void)state;
    facts.origin = STR("https://parley.example");
    facts.fetch_site = STR("same-origin");
    assert_true(origin_may_write(&facts));
    facts.fetch_site = (struct str){ 0 };
    assert_true(origin_may_write(&facts));
    facts.origin = STR("http://10.0.0.5:8080"); /* reached by another name than DASHBOARD_URL */
    facts.host = STR("10.0.0.5:8080");
    assert_true(origin_may_write(&facts));
}

static void a_page_of_another_site_may_not(void **state)
{
    struct origin_facts facts = a_write();
    (void)state;
    facts.origin = STR("https://evil.example");
    assert_false(origin_may_write(&facts));
    facts.origin = STR("null");
    assert_false(origin_may_write(&facts));
    facts.origin = STR("http://parley.example.evil.example");
    assert_false(origin_may_write(&facts));
    facts = a_write();
    facts.fetch_site = STR("cross-site");
    assert_false(origin_may_write(&facts));
    facts.fetch_site = STR("same-site"); /* another host of ours is another program */
    assert_false(origin_may_write(&facts));
    facts.origin = STR("https://parley.example");
    assert_false(origin_may_write(&facts));
}

static void a_listed_page_may_write(void **state)
{
    struct origin_facts facts = a_write();
    (void)state;
    facts.origin = STR("https://desk.example");
    facts.fetch_site = STR("same-site");
    assert_false(origin_may_write(&facts));
    facts.listed = STR("https://desk.example");
    assert_true(origin_may_write(&facts));
}

static void without_a_browsers_word_only_what_no_strange_form_can_send_passes(void **state)
{
    struct origin_facts facts = a_write();
    (void)state;
    assert_true(origin_may_write(&facts));
    facts.content_type = STR("text/plain");
    assert_false(origin_may_write(&facts));
    facts.content_type = (struct str){ 0 };
    assert_false(origin_may_write(&facts));
    facts.method = STR("DELETE");
    assert_true(origin_may_write(&facts));
}

static void json_is_told_from_its_likes(void **state)
{
    (void)state;
    assert_true(content_type_is_json(STR("application/json")));
    assert_true(content_type_is_json(STR("Application/JSON; charset=utf-8")));
    assert_false(content_type_is_json(STR("application/jsonp")));
    assert_false(content_type_is_json(STR("text/plain; application/json")));
    assert_false(content_type_is_json((struct str){ 0 }));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loopback_hosts_are_recognised),
        cmocka_unit_test(names_that_only_look_like_loopback_are_not),
        cmocka_unit_test(origins_are_judged_by_their_host),
        cmocka_unit_test(a_listed_origin_must_be_the_whole_item),
        cmocka_unit_test(our_own_page_may_write),
        cmocka_unit_test(a_page_of_another_site_may_not),
        cmocka_unit_test(a_listed_page_may_write),
        cmocka_unit_test(without_a_browsers_word_only_what_no_strange_form_can_send_passes),
        cmocka_unit_test(json_is_told_from_its_likes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
