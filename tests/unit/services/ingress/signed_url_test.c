#include "signed_url.h"

#include "unit/cmocka_all.h"

static struct str made(const char *public_url, const char *path, const char *proto, const char *host)
{
    static struct arena arena;
    arena_release(&arena);
    arena_init(&arena, 4096);
    struct forwarded forwarded = { str_of(proto), str_of(host) };
    return signed_url(str_of(public_url), str_of(path), &forwarded, &arena);
}

static void the_path_is_kept_byte_by_byte_behind_the_public_url(void **unused)
{
    (void)unused;
    assert_str_eq(made("https://sms.example.com", "/plivo/inbound", NULL, NULL),
                  STR("https://sms.example.com/plivo/inbound"));
    assert_str_eq(made("https://sms.example.com:443/", "//a%2Fb/", NULL, NULL),
                  STR("https://sms.example.com:443//a%2Fb/"));
    assert_str_eq(made("https://example.com/sms/", "/plivo/inbound", NULL, NULL),
                  STR("https://example.com/sms/plivo/inbound"));
}

static void a_trusted_proxy_names_scheme_and_host(void **unused)
{
    (void)unused;
    assert_str_eq(made("http://127.0.0.1:3001", "/p", "https", "sms.example.com"), STR("https://sms.example.com/p"));
    assert_str_eq(made("http://sms.example.com", "/p", "https, http", NULL), STR("https://sms.example.com/p"));
    assert_str_eq(made("https://a.example.com/x", "/p", NULL, "b.example.com"), STR("https://b.example.com/x/p"));
}

static void a_network_covers_its_addresses_and_no_others(void **unused)
{
    (void)unused;
    struct proxies proxies;
    struct err err;
    assert_true(proxies_read(STR(" 10.1.0.0/16, 192.0.2.7 ,2001:db8::/33,,::1"), &proxies, &err));
    assert_int_equal(proxies.n, 4);
    const char *within[] = { "10.1.2.3", "::ffff:10.1.2.3", "192.0.2.7", "2001:db8:7fff::1", "::1", "[::1]" };
    const char *outside[] = { "10.2.0.0", "192.0.2.8", "2001:db8:8000::1", "::2", "", "localhost", "10.1.2" };
    for (size_t i = 0; i < COUNT(within); i++)
        if (!proxies_have(&proxies, str_of(within[i])))
            fail_msg("%s is not seen as trusted", within[i]);
    for (size_t i = 0; i < COUNT(outside); i++)
        if (proxies_have(&proxies, str_of(outside[i])))
            fail_msg("%s is seen as trusted", outside[i]);
}

static void an_empty_list_trusts_nobody(void **unused)
{
    (void)unused;
    struct proxies proxies;
    struct err err;
    assert_true(proxies_read(STR(""), &proxies, &err));
    assert_false(proxies_have(&proxies, STR("127.0.0.1")));
}

static void what_is_no_address_is_refused_by_name(void **unused)
{
    (void)unused;
    const char *wrong[] = { "10.0.0.0/33", "10.0.0", "proxy.local", "10.0.0.0/-1", "::1/129", "10.0.0.0/" };
    struct proxies proxies;
    struct err err;
    for (size_t i = 0; i < COUNT(wrong); i++) {
        if (proxies_read(str_of(wrong[i]), &proxies, &err))
            fail_msg("%s was taken", wrong[i]);
        assert_string_equal(err.field, "TRUSTED_PROXIES");
    }
}

static void a_public_url_that_cannot_be_signed_is_refused(void **unused)
{
    (void)unused;
    struct err err;
    const char *right[] = { "https://sms.example.com", "http://127.0.0.1:3001", "https://h/base/" };
    const char *wrong[] = { "",           "sms.example.com", "ftp://h",     "https://",
                            "https:///p", "https://h?x=1",   "https://h#f", "https://u@h",
                            "https://h /" };
    for (size_t i = 0; i < COUNT(right); i++)
        assert_true(public_url_check(str_of(right[i]), &err));
    for (size_t i = 0; i < COUNT(wrong); i++)
        if (public_url_check(str_of(wrong[i]), &err))
            fail_msg("%s was taken", wrong[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_path_is_kept_byte_by_byte_behind_the_public_url),
        cmocka_unit_test(a_trusted_proxy_names_scheme_and_host),
        cmocka_unit_test(a_network_covers_its_addresses_and_no_others),
        cmocka_unit_test(an_empty_list_trusts_nobody),
        cmocka_unit_test(what_is_no_address_is_refused_by_name),
        cmocka_unit_test(a_public_url_that_cannot_be_signed_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
