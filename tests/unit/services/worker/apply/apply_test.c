#include "apply/apply.h"

#include "unit/cmocka_all.h"

static void every_write_says_what_it_is_when_room_runs_out(void **state)
{
    (void)state;
    int writes = 0;
    for (enum operation operation = 0; operation < OPERATION_COUNT; operation++) {
        if (!apply_row(operation)->apply)
            continue;
        writes++;
        if (apply_row(operation)->need == NEED_UNSAID)
            fail_msg("%s does not say what it needs", operation_row(operation)->name);
    }
    assert_true(writes > 40);
}

/* Whoever has to stop something must be able to when the disk is full. */
static void what_stops_or_settles_something_has_the_reserve(void **state)
{
    (void)state;
    const enum operation stops[] = { OP_inbound,       OP_report,          OP_outcome,      OP_settle,
                                     OP_contact_erase, OP_consent_set,     OP_message_action, OP_message_patch,
                                     OP_campaign_deed, OP_campaign_delete, OP_number_patch, OP_rule_patch,
                                     OP_rule_delete,   OP_limit_put,       OP_quiet_hours_put, OP_settings_patch,
                                     OP_pool_delete,   OP_template_delete, OP_login_exchange, OP_logout };
    const enum operation adds[] = { OP_send,         OP_note_add,   OP_contact_create, OP_rule_create,
                                    OP_campaign_put, OP_audience_part, OP_audience_filter, OP_template_put };
    for (size_t i = 0; i < COUNT(stops); i++)
        assert_int_equal(apply_row(stops[i])->need, NEED_RESERVED);
    for (size_t i = 0; i < COUNT(adds); i++)
        assert_int_equal(apply_row(adds[i])->need, NEED_ADDS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_write_says_what_it_is_when_room_runs_out),
        cmocka_unit_test(what_stops_or_settles_something_has_the_reserve),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
