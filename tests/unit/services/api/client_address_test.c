#include "client_address.h"
#include "unit/cmocka_all.h"

static struct proxies trusted(const char *list)
{
    struct proxies proxies;
    struct err err;
    assert_true(proxies_parse(str_of(list), &proxies, &err));
    return proxies;
}

static void is_client(const struct proxies *proxies, const char *peer, const char *forwarded, const char *wanted)
{
    struct str got = client_address(proxies, str_of(peer), str_of(forwarded));
    assert_true(str_is(got, wanted));
}

static void without_a_trusted_peer_the_header_does_not_count(void **state)
{
    struct proxies none = trusted("");
    struct proxies some = trusted("10.0.0.1");
    (void)state;
    is_client(&none, "203.0.113.9", "1.2.3.4", "203.0.113.9");
    is_client(&some, "203.0.113.9", "1.2.3.4", "203.0.113.9");
    is_client(&some, "10.0.0.1", NULL, "10.0.0.1");
}

static void the_last_address_that_no_proxy_wrote_of_itself_is_the_client(void **state)
{
    struct proxies proxies = trusted("10.0.0.0/8, ::1, fd00::/8");
    (void)state;
    is_client(&proxies, "10.0.0.1", "203.0.113.9", "203.0.113.9");
    is_client(&proxies, "::1", "6.6.6.6, 203.0.113.9, 10.2.3.4",
              "203.0.113.9"); /* 6.6.6.6 is what the client claimed */
    is_client(&proxies, "fd00::5", "2001:db8::7", "2001:db8::7");
    is_client(&proxies, "10.0.0.1", "10.0.0.2, 10.0.0.3", "10.0.0.2");
    is_client(&proxies, "10.0.0.1", "203.0.113.9, garbage", "10.0.0.1");
}

static void networks_end_at_their_bits(void **state)
{
    struct proxies proxies = trusted("192.0.2.128/25,2001:db8:8000::/33");
    (void)state;
    is_client(&proxies, "192.0.2.128", "9.9.9.9", "9.9.9.9");
    is_client(&proxies, "192.0.2.127", "9.9.9.9", "192.0.2.127");
    is_client(&proxies, "2001:db8:8001::1", "9.9.9.9", "9.9.9.9");
    is_client(&proxies, "2001:db8:7fff::1", "9.9.9.9", "2001:db8:7fff::1");
}

static void a_list_that_is_none_names_the_variable(void **state)
{
    static const char *const LISTS[] = {
        "proxy.example", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0", "::1/129", "10.0.0.1/"
    };
    (void)state;
    for (size_t i = 0; i < COUNT(LISTS); i++) {
        struct proxies proxies;
        struct err err;
        assert_false(proxies_parse(str_of(LISTS[i]), &proxies, &err));
        assert_string_equal(err.field, "TRUSTED_PROXIES");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_trusted_peer_the_header_does_not_count),
        cmocka_unit_test(the_last_address_that_no_proxy_wrote_of_itself_is_the_client),
        cmocka_unit_test(networks_end_at_their_bits),
        cmocka_unit_test(a_list_that_is_none_names_the_variable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
