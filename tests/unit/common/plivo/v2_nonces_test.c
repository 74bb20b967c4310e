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
    assert_int_equal(v2_nonces_claim(nonces, STR("1"), STR("a")), V2_NONCE_NEW);
    v2_nonces_release(nonces, STR("1"), STR("a"), true);
    assert_int_equal(v2_nonces_claim(nonces, STR("1"), STR("a")), V2_NONCE_REPEATED);
    v2_nonces_release(nonces, STR("1"), STR("a"), false); /* a retry that failed takes nothing back */
    assert_int_equal(v2_nonces_claim(nonces, STR("1"), STR("b")), V2_NONCE_REFUSED);
    assert_int_equal(v2_nonces_claim(nonces, STR("1"), (struct str){ 0 }), V2_NONCE_REFUSED);
    assert_int_equal(v2_nonces_claim(nonces, STR("2"), STR("b")), V2_NONCE_NEW);
    v2_nonces_free(nonces);
}

static void of_two_bodies_at_once_the_first_alone_gets_in(void **state)
{
    (void)state;
    struct v2_nonces *nonces = v2_nonces_new(10);
    assert_int_equal(v2_nonces_claim(nonces, STR("1"), STR("a")), V2_NONCE_NEW);
    assert_int_equal(v2_nonces_claim(nonces, STR("1"), STR("b")), V2_NONCE_REFUSED); /* nothing was answered yet */
    assert_int_equal(v2_nonces_claim(nonces, STR("1"), STR("a")), V2_NONCE_REPEATED);
    v2_nonces_release(nonces, STR("1"), STR("a"), true);
    v2_nonces_release(nonces, STR("1"), STR("a"), false);
    assert_int_equal(v2_nonces_claim(nonces, STR("1"), STR("b")), V2_NONCE_REFUSED);
    v2_nonces_free(nonces);
}

static void a_nonce_for_which_nobody_got_a_200_is_free_again(void **state)
{
    (void)state;
    struct v2_nonces *nonces = v2_nonces_new(10);
    assert_int_equal(v2_nonces_claim(nonces, STR("1"), STR("a")), V2_NONCE_NEW);
    assert_int_equal(v2_nonces_claim(nonces, STR("1"), STR("a")), V2_NONCE_REPEATED);
    v2_nonces_release(nonces, STR("1"), STR("a"), false);
    assert_int_equal(v2_nonces_claim(nonces, STR("1"), STR("b")), V2_NONCE_REFUSED); /* one still holds it */
    v2_nonces_release(nonces, STR("1"), STR("a"), false);
    assert_int_equal(v2_nonces_claim(nonces, STR("1"), STR("b")), V2_NONCE_NEW);
    v2_nonces_release(nonces, STR("1"), STR("a"), true); /* of somebody whom it does not belong to any more */
    v2_nonces_release(nonces, STR("1"), STR("b"), true);
    assert_int_equal(v2_nonces_claim(nonces, STR("1"), STR("a")), V2_NONCE_REFUSED);
    v2_nonces_free(nonces);
}

/* Whether it is known, leaving everything as it is: a claim by a body that nobody has adds an entry only where there is none, and that
 * one would push out another; so only those that must be known are asked for while more are to come. */
static bool is_known(struct v2_nonces *nonces, struct str nonce)
{
    return v2_nonces_claim(nonces, nonce, STR("another body")) == V2_NONCE_REFUSED;
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
            assert_int_equal(v2_nonces_claim(nonces, name_of(buffer, i), STR("body")), V2_NONCE_NEW);
            v2_nonces_release(nonces, name_of(buffer, i), STR("body"), true);
            static const int BACK[] = { 0, 1, 2, 6, 63, 999 };
            for (size_t b = 0; b < COUNT(BACK); b++) {
                int old = i - BACK[b];
                if (old >= 0 && BACK[b] < max && !is_known(nonces, name_of(buffer, old)))
                    fail_msg("max %d: %d after %d", max, old, i);
            }
        }
        if (max < ROUNDS) /* the last one of them that is not known, for asking makes it so */
            assert_false(is_known(nonces, name_of(buffer, ROUNDS - 1 - max)));
        v2_nonces_free(nonces);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_nonce_is_good_for_one_body),
        cmocka_unit_test(of_two_bodies_at_once_the_first_alone_gets_in),
        cmocka_unit_test(a_nonce_for_which_nobody_got_a_200_is_free_again),
        cmocka_unit_test(exactly_the_newest_are_remembered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
