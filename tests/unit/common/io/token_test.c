#include "unit/cmocka_all.h"
#include "io/token.h"

static void a_token_is_its_prefix_and_256_bits_of_base64url(void **state)
{
    static const char DIGITS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    struct token token = token_new("pk_");
    (void)state;
    assert_memory_equal(token.text, "pk_", 3);
    assert_int_equal(strlen(token.text), 3 + 43);
    assert_int_equal(strspn(token.text + 3, DIGITS), 43);
}

static void no_two_tokens_are_alike(void **state)
{
    struct token a = token_new("");
    struct token b = token_new("");
    (void)state;
    assert_string_not_equal(a.text, b.text);
}

/* FIPS 180-2, appendix B.1. */
static void the_hash_is_sha_256(void **state)
{
    static const uint8_t ABC[] = { 0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea, 0x41, 0x41, 0x40,
                                   0xde, 0x5d, 0xae, 0x22, 0x23, 0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17,
                                   0x7a, 0x9c, 0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad };
    struct token_hash hash;
    struct err err;
    (void)state;
    assert_true(token_hash(STR("abc"), &hash, &err));
    assert_memory_equal(hash.b, ABC, sizeof ABC);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_token_is_its_prefix_and_256_bits_of_base64url),
        cmocka_unit_test(no_two_tokens_are_alike),
        cmocka_unit_test(the_hash_is_sha_256),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
