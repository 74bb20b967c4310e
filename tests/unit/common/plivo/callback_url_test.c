#include "plivo/callback_url.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>

#include "unit/cmocka_all.h"

struct fixture {
    struct buf url;
    struct err err;
    struct secret key, other;
    struct callback_ref ref;
};

static int set_up(void **state)
{
    static struct fixture f;
    f = (struct fixture){ 0 };
    buf_init(&f.url, 512);
    assert_true(secret_set(&f.key, STR("0123456789abcdef0123456789abcdef")));
    assert_true(secret_set(&f.other, STR("another key")));
    f.ref = (struct callback_ref){ .tenant = STR("t1"), .generation = 3, .attempt = 2 };
    assert_true(id_parse(STR("018f3b6e-7c1a-7000-8000-000000000001"), "id", &f.ref.message_id, &f.err));
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    buf_release(&((struct fixture *)*state)->url);
    return 0;
}

static bool parse(struct str url, struct str base, struct callback_ref *ref, struct str *hmac)
{
    struct str target = str_slice(url, base.n, url.n);
    size_t mark = str_find(target, '?');
    return callback_url_parse(str_slice(target, 0, mark), str_slice(target, mark + 1, target.n), ref, hmac);
}

static void what_was_handed_out_is_recognised(void **state)
{
    struct fixture *f = *state;
    static const char *const BASES[] = { "https://sms.example.com", "https://sms.example.com/" };
    for (size_t i = 0; i < COUNT(BASES); i++) {
        buf_clear(&f->url);
        assert_true(callback_url_format(&f->url, str_of(BASES[i]), &f->ref, &f->key, &f->err));
        struct str url = buf_str(&f->url), hmac;
        assert_true(str_starts(
            url, STR("https://sms.example.com/plivo/status/t1/3/018f3b6e-7c1a-7000-8000-000000000001/2?t=")));
        struct callback_ref got;
        assert_true(parse(url, STR("https://sms.example.com"), &got, &hmac));
        assert_int_equal(hmac.n, CALLBACK_HMAC_CHARS);
        assert_str_eq(got.tenant, STR("t1"));
        assert_int_equal(got.generation, 3);
        assert_int_equal(got.attempt, 2);
        assert_true(id_eq(got.message_id, f->ref.message_id));
        assert_true(callback_hmac_check(&got, hmac, &f->key, 1));
        const struct secret keys[] = { f->other, f->key };
        const struct secret reversed[] = { f->key, f->other };
        assert_true(callback_hmac_check(&got, hmac, keys, 2)); /* an older key */
        assert_true(callback_hmac_check(&got, hmac, reversed, 2));
    }
}

static void an_address_is_plain_ascii_without_escapes(void **state)
{
    struct fixture *f = *state;
    assert_true(callback_url_format(&f->url, STR("https://h"), &f->ref, &f->key, &f->err));
    struct str url = buf_str(&f->url);
    for (size_t i = 0; i < url.n; i++)
        assert_true(url.p[i] > ' ' && url.p[i] < 0x7F && url.p[i] != '%' && url.p[i] != '@' && url.p[i] != '#');
    static const char *const TENANTS[] = { "",    "a b",
                                           "a/b", "\xC3\xA9",
                                           "a%b", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" };
    for (size_t i = 0; i < COUNT(TENANTS); i++) {
        f->ref.tenant = str_of(TENANTS[i]);
        assert_false(callback_url_format(&f->url, STR("https://h"), &f->ref, &f->key, &f->err));
        assert_int_equal(f->err.kind, ERR_INPUT);
    }
}

static void changing_anything_breaks_the_hmac(void **state)
{
    struct fixture *f = *state;
    assert_true(callback_url_format(&f->url, STR(""), &f->ref, &f->key, &f->err));
    struct callback_ref got;
    struct str hmac;
    assert_true(parse(buf_str(&f->url), STR(""), &got, &hmac));

    struct callback_ref other = got;
    other.attempt++;
    assert_false(callback_hmac_check(&other, hmac, &f->key, 1));
    other = got, other.generation++;
    assert_false(callback_hmac_check(&other, hmac, &f->key, 1));
    other = got, other.message_id.b[15] ^= 1;
    assert_false(callback_hmac_check(&other, hmac, &f->key, 1));
    other = got, other.tenant = STR("t2");
    assert_false(callback_hmac_check(&other, hmac, &f->key, 1));
    assert_false(callback_hmac_check(&got, hmac, &f->other, 1));
    assert_false(callback_hmac_check(&got, hmac, &f->key, 0));
    assert_false(callback_hmac_check(&got, str_slice(hmac, 0, hmac.n - 1), &f->key, 1));
    assert_false(callback_hmac_check(&got, STR(""), &f->key, 1));
    struct secret unset = { .n = 0 };
    assert_false(callback_hmac_check(&got, hmac, &unset, 1));
}

static void an_unset_key_signs_for_nobody(void **state)
{
    struct fixture *f = *state;
    static const char MESSAGE[] = "parley callback 1\nt1/3/018f3b6e-7c1a-7000-8000-000000000001/2";
    const struct secret unset = { .n = 0 };
    unsigned char mac[EVP_MAX_MD_SIZE];
    char hmac[CALLBACK_HMAC_CHARS + 1];
    assert_non_null(HMAC(EVP_sha256(), "", 0, (const unsigned char *)MESSAGE, sizeof MESSAGE - 1, mac, NULL));
    for (size_t i = 0; i < CALLBACK_HMAC_CHARS / 2; i++)
        (void)snprintf(hmac + 2 * i, 3, "%02x", mac[i]);
    assert_false(callback_hmac_check(&f->ref, str_of(hmac), &unset, 1));

    struct str key = secret_reveal(&f->key); /* the same computation with a key is what callback_url.h promises */
    assert_non_null(
        HMAC(EVP_sha256(), key.p, (int)key.n, (const unsigned char *)MESSAGE, sizeof MESSAGE - 1, mac, NULL));
    for (size_t i = 0; i < CALLBACK_HMAC_CHARS / 2; i++)
        (void)snprintf(hmac + 2 * i, 3, "%02x", mac[i]);
    assert_true(callback_hmac_check(&f->ref, str_of(hmac), &f->key, 1));
}

static void any_other_path_is_no_reference_and_no_error(void **state)
{
    (void)state;
    static const struct {
        const char *path, *query;
    } CASES[] = {
        { "/plivo/status/018f3b6e-7c1a-7000-8000-000000000001/1", "t=b2f1c0" }, /* report_attempt_url.http */
        { "/plivo/status", "" },
        { "/plivo/status/", "t=1" },
        { "/plivo/inbound", "t=1" },
        { "/plivo/status/t1/3/018f3b6e-7c1a-7000-8000-000000000001/2", "" },
        { "/plivo/status/t1/3/018f3b6e-7c1a-7000-8000-000000000001/2", "x=1" },
        { "/plivo/status/t1/3/018f3b6e-7c1a-7000-8000-000000000001/2/", "t=1" },
        { "/plivo/status/t1/x/018f3b6e-7c1a-7000-8000-000000000001/2", "t=1" },
        { "/plivo/status/t1/-3/018f3b6e-7c1a-7000-8000-000000000001/2", "t=1" },
        { "/plivo/status/t1/3/018f3b6e/2", "t=1" },
        { "/plivo/status/t1/3/018f3b6e-7c1a-7000-8000-000000000001/-2", "t=1" },
        { "/plivo/status/t%31/3/018f3b6e-7c1a-7000-8000-000000000001/2", "t=1" },
    };
    for (size_t i = 0; i < COUNT(CASES); i++) {
        struct callback_ref ref = { .attempt = 77 };
        struct str hmac;
        if (callback_url_parse(str_of(CASES[i].path), str_of(CASES[i].query), &ref, &hmac))
            fail_msg("%s?%s was taken for a reference", CASES[i].path, CASES[i].query);
        assert_int_equal(ref.attempt, 77);
    }
}

static void the_address_may_carry_more_in_its_query(void **state)
{
    (void)state;
    struct callback_ref ref;
    struct str hmac;
    assert_true(callback_url_parse(STR("/plivo/status/t1/3/018f3b6e-7c1a-7000-8000-000000000001/2"),
                                   STR("a=1&t=b2f1c0&b"), &ref, &hmac));
    assert_str_eq(hmac, STR("b2f1c0"));
}

static void without_room_it_is_an_error(void **state)
{
    struct fixture *f = *state;
    struct buf small;
    buf_init(&small, 40);
    assert_false(callback_url_format(&small, STR("https://h"), &f->ref, &f->key, &f->err));
    assert_int_equal(f->err.kind, ERR_TOO_BIG);
    buf_release(&small);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_was_handed_out_is_recognised),
        TEST(an_address_is_plain_ascii_without_escapes),
        TEST(changing_anything_breaks_the_hmac),
        TEST(an_unset_key_signs_for_nobody),
        TEST(any_other_path_is_no_reference_and_no_error),
        TEST(the_address_may_carry_more_in_its_query),
        TEST(without_room_it_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
