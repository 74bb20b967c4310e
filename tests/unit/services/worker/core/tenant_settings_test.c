/* A tenant's settings: the defaults of the table, and what a change may be. */
#include "core/tenant_settings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void what_was_never_set_has_its_default_and_null_brings_it_back(void **state)
{
    struct settings_row row;
    struct settings_view view;
    struct settings_view changes;
    struct err err;
    uint64_t bit = record_bit(&settings_view_record, "opt_out_scope");
    (void)state;
    record_init(&settings_row_record, &row);
    tenant_settings_resolve(&row, &view);
    assert_int_equal(view.opt_out_scope, OPT_OUT_TENANT);
    changes = view;
    changes.opt_out_scope = OPT_OUT_NUMBER;
    assert_true(tenant_settings_change(&row, &changes, 0, &err)); /* not asked for: not changed */
    tenant_settings_resolve(&row, &view);
    assert_int_equal(view.opt_out_scope, OPT_OUT_TENANT);
    assert_true(tenant_settings_change(&row, &changes, bit, &err));
    tenant_settings_resolve(&row, &view);
    assert_int_equal(view.opt_out_scope, OPT_OUT_NUMBER);
    row.opt_out_scope = STR("of a later version");
    tenant_settings_resolve(&row, &view);
    assert_int_equal(view.opt_out_scope, OPT_OUT_TENANT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_never_set_has_its_default_and_null_brings_it_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
