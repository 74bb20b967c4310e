#include "domain/hmac.h"

#include <stdio.h>

#include "unit/cmocka_all.h"

/* RFC 4231, test cases 1, 2, 3 and 6: a byte many times, or a text. */
static const struct row {
    const char *key;
    size_t key_times;
    const char *message;
    size_t message_times;
    const char *mac;
} ROWS[] = {
    { "\x0b", 20, "Hi There", 1, "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7" },
    { "Jefe", 1, "what do ya want for nothing?", 1, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
    { "\xaa", 20, "\xdd", 50, "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe" },
    { "\xaa", 131, "Test Using Larger Than Block-Size Key - Hash Key First", 1,
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54" },
};

static struct str times(const char *text, size_t n, char *room)
{
    size_t each = strlen(text);
    for (size_t i = 0; i < n; i++)
        memcpy(room + i * each, text, each);
    return str_bytes(room, n * each);
}

static void it_is_what_the_rfc_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(ROWS); i++) {
        char key[256], message[256], hex[2 * HMAC_BYTES + 1];
        unsigned char mac[HMAC_BYTES];
        assert_true(hmac_sha256(times(ROWS[i].key, ROWS[i].key_times, key),
                                times(ROWS[i].message, ROWS[i].message_times, message), mac));
        for (size_t j = 0; j < sizeof mac; j++)
            (void)snprintf(hex + 2 * j, 3, "%02x", mac[j]);
        assert_string_equal(hex, ROWS[i].mac);
    }
}

static void without_key_and_text_it_still_stands(void **state)
{
    (void)state;
    unsigned char mac[HMAC_BYTES], again[HMAC_BYTES];
    assert_true(hmac_sha256((struct str){ 0 }, (struct str){ 0 }, mac));
    assert_true(hmac_sha256(STR(""), STR(""), again));
    assert_memory_equal(mac, again, sizeof mac);
    assert_int_equal(mac[0], 0xb6); /* b613679a…, as openssl says */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_what_the_rfc_says),
        cmocka_unit_test(without_key_and_text_it_still_stands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
