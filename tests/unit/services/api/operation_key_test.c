#include "unit/cmocka_all.h"
#include "operation_key.h"

static struct id key_of(int64_t tenant, const char *owner, const char *key)
{
    struct id id;
    struct err err;
    assert_true(operation_of_key(tenant, str_of(owner), str_of(key), &id, &err));
    return id;
}

static void the_same_key_of_the_same_owner_is_the_same_operation(void **state)
{
    (void)state;
    assert_true(id_eq(key_of(1, "key:a", "order-17"), key_of(1, "key:a", "order-17")));
}

static void another_owner_tenant_or_key_is_another_one(void **state)
{
    struct id id = key_of(1, "key:a", "order-17");
    (void)state;
    assert_false(id_eq(id, key_of(2, "key:a", "order-17")));
    assert_false(id_eq(id, key_of(1, "key:b", "order-17")));
    assert_false(id_eq(id, key_of(1, "key:a", "order-18")));
    assert_false(
        id_eq(key_of(1, "key:a1:", "x"), key_of(1, "key:a", "1:x"))); /* where one ends and the other begins counts */
}

static void it_is_a_uuid_of_the_free_version(void **state)
{
    struct id_text text = id_text(key_of(1, "key:a", "order-17"));
    (void)state;
    assert_int_equal(text.c[14], '8');
    assert_non_null(strchr("89ab", text.c[19]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_key_of_the_same_owner_is_the_same_operation),
        cmocka_unit_test(another_owner_tenant_or_key_is_another_one),
        cmocka_unit_test(it_is_a_uuid_of_the_free_version),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
