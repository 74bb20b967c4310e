#include "plivo/v2_nonces.h"

#include <stdio.h>

#include "unit/cmocka_all.h"

static struct str name_of(char buffer[16], int i)
{
    (void)snprintf(buffer, 16, "%d", i);
    return str_of(buffer);
}

static void a_nonce_is_good_for_one_body(void **state)
{
    (void)state;
    struct v2_nonces *nonces = v2_nonces_new(10);
    assert_int_equal(v2_nonces_check(nonces, STR("1"), STR("a")), V2_NONCE_NEW);
    assert_int_equal(v2_nonces_check(nonces, STR("1"), STR("b")), V2_NONCE_NEW); /* nothing was answered yet */
    v2_nonces_remember(nonces, STR("1"), STR("a"));
    assert_int_equal(v2_nonces_check(nonces, STR("1"), STR("a")), V2_NONCE_REPEATED);
    assert_int_equal(v2_nonces_check(nonces, STR("1"), STR("b")), V2_NONCE_REFUSED);
    assert_int_equal(v2_nonces_check(nonces, STR("1"), (struct str){ 0 }), V2_NONCE_REFUSED);
    v2_nonces_remember(nonces, STR("1"), STR("b")); /* the first one stands */
    assert_int_equal(v2_nonces_check(nonces, STR("1"), STR("b")), V2_NONCE_REFUSED);
    assert_int_equal(v2_nonces_check(nonces, STR("2"), STR("b")), V2_NONCE_NEW);
    v2_nonces_free(nonces);
}

/* Against the simplest model: the last `max` different ones are known, all others are not. */
static void exactly_the_newest_are_remembered(void **state)
{
    (void)state;
    enum {
        ROUNDS = 5000
    };
    static const size_t SIZES[] = { 1, 2, 3, 7, 64, 1000 };
    for (size_t s = 0; s < COUNT(SIZES); s++) {
        int max = (int)SIZES[s];
        struct v2_nonces *nonces = v2_nonces_new(SIZES[s]);
        char buffer[16];
        for (int i = 0; i < ROUNDS; i++) {
            v2_nonces_remember(nonces, name_of(buffer, i), STR("body"));
            static const int BACK[] = { 0, 1, 2, 6, 63, 999 };
            for (size_t b = 0; b < COUNT(BACK); b++) {
                int old = i - BACK[b];
                enum v2_nonce wanted = old >= 0 && BACK[b] < max ? V2_NONCE_REPEATED : V2_NONCE_NEW;
                if (old >= 0 && v2_nonces_check(nonces, name_of(buffer, old), STR("body")) != wanted)
                    fail_msg("max %d: %d after %d", max, old, i);
            }
        }
        for (int i = 0; i < ROUNDS; i++)
            assert_int_equal(v2_nonces_check(nonces, name_of(buffer, i), STR("body")),
                             i >= ROUNDS - max ? V2_NONCE_REPEATED : V2_NONCE_NEW);
        v2_nonces_free(nonces);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_nonce_is_good_for_one_body),
        cmocka_unit_test(exactly_the_newest_are_remembered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
