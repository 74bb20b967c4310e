#include "domain/phone_place.h"

#include "unit/cmocka_all.h"

struct found {
    struct phone_place v[PHONE_PLACES_MAX];
    size_t n;
    enum phone_place_source source;
};

static struct found places_of(const char *address, bool is_geographic, const char *contact, const char *home)
{
    struct found found;
    found.n = phone_places(str_of(address), is_geographic, contact, home, found.v, &found.source);
    return found;
}

static struct found places(const char *address, const char *contact, const char *home)
{
    return places_of(address, true, contact, home);
}

static void is_one_place(const char *address, const char *zone, const char *state)
{
    struct found found = places(address, NULL, NULL);
    assert_int_equal(found.source, PLACE_BY_NUMBER);
    assert_int_equal(found.n, 1);
    assert_string_equal(found.v[0].zone, zone);
    assert_string_equal(found.v[0].state, state);
}

static bool has(const struct found *found, const char *zone)
{
    for (size_t i = 0; i < found->n; i++)
        if (strcmp(found->v[i].zone, zone) == 0)
            return true;
    return false;
}

static void an_area_code_has_its_zone_and_its_state(void **state)
{
    (void)state;
    is_one_place("+12125550100", "America/New_York", "NY");
    is_one_place("+13055550100", "America/New_York", "FL");
    is_one_place("+14155550100", "America/Los_Angeles", "CA");
    is_one_place("+16025550100", "America/Phoenix", "AZ");
    is_one_place("+12025550100", "America/New_York", "DC");
    is_one_place("+12065550100", "America/Los_Angeles", "WA");
    is_one_place("+14015550100", "America/New_York", "RI");
    is_one_place("+14165550100", "America/Toronto", "");
    is_one_place("+493012345678", "Europe/Berlin", "");
    is_one_place("+919812345678", "Asia/Calcutta", "");
}

static void an_area_code_that_spans_zones_has_all_of_them(void **state)
{
    (void)state;
    struct found found = places("+12082345678", NULL, NULL);
    assert_true(found.n >= 2 && has(&found, "America/Boise") && has(&found, "America/Los_Angeles"));
    for (size_t i = 0; i < found.n; i++)
        assert_string_equal(found.v[i].state, "ID");
    found = places("+18502100100", NULL, NULL);
    assert_true(found.n == 2 && has(&found, "America/Chicago") && has(&found, "America/New_York"));
}

static void a_mobile_that_stands_for_no_place_may_be_anywhere_in_its_country(void **state)
{
    (void)state;
    struct found found = places_of("+61491570006", false, NULL, NULL);
    assert_true(has(&found, "Australia/Perth") && has(&found, "Australia/Sydney"));
    found = places_of("+34612345678", false, NULL, NULL);
    assert_true(found.n == 2 && has(&found, "Europe/Madrid") && has(&found, "Atlantic/Canary"));
    found = places_of("+14155550100", false, NULL, NULL); /* in North America mobiles have area codes, too */
    assert_int_equal(found.n, 1);
}

static void an_area_code_of_nobody_is_anywhere_in_north_america(void **state)
{
    (void)state;
    struct found found = places("+15550100001", NULL, NULL);
    assert_int_equal(found.source, PLACE_ANYWHERE);
    assert_true(found.n > 50);
    assert_true(has(&found, "America/New_York") && has(&found, "Pacific/Honolulu") && has(&found, "America/St_Johns"));
    found = places("+15550100001", NULL, "America/Denver");
    assert_int_equal(found.source, PLACE_BY_HOME);
    assert_int_equal(found.n, 1);
    assert_string_equal(found.v[0].zone, "America/Denver");
}

static void the_contacts_own_zone_beats_the_number_and_leaves_its_state(void **state)
{
    (void)state;
    struct found found = places("+13055550100", "America/Los_Angeles", "America/Denver");
    assert_int_equal(found.source, PLACE_BY_CONTACT);
    assert_int_equal(found.n, 1);
    assert_string_equal(found.v[0].zone, "America/Los_Angeles");
    assert_string_equal(found.v[0].state, "FL");
    found = places("+15550100001", "Europe/Berlin", NULL);
    assert_int_equal(found.n, 1);
    assert_string_equal(found.v[0].state, "");
    found = places("+15550100001", "America/Chicago", NULL); /* every state that has the zone */
    assert_true(found.n > 5);
    for (size_t i = 0; i < found.n; i++)
        assert_string_equal(found.v[i].zone, "America/Chicago");
}

static void of_what_is_no_number_nothing_is_known(void **state)
{
    (void)state;
    static const char *const NONE[] = { "12345", "PARLEY", "+", "", "+999123456789" };
    for (size_t i = 0; i < COUNT(NONE); i++) {
        struct found found = places(NONE[i], NULL, NULL);
        assert_int_equal(found.n, 0);
        assert_int_equal(found.source, PLACE_NOWHERE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_area_code_has_its_zone_and_its_state),
        cmocka_unit_test(an_area_code_that_spans_zones_has_all_of_them),
        cmocka_unit_test(a_mobile_that_stands_for_no_place_may_be_anywhere_in_its_country),
        cmocka_unit_test(an_area_code_of_nobody_is_anywhere_in_north_america),
        cmocka_unit_test(the_contacts_own_zone_beats_the_number_and_leaves_its_state),
        cmocka_unit_test(of_what_is_no_number_nothing_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
