#include "query/query.h"

#include "io/clock.h"

enum { STEPS_A_GLANCE = 64 }; /* at the clock */

static query_function *const QUERIES[OPERATION_COUNT] = {
    [OP_unsettled] = unsettled_query,
    [OP_conversations] = conversations_query_run,
    [OP_conversation] = conversation_query,
    [OP_messages] = messages_query_run,
    [OP_message] = message_query,
    [OP_timeline] = timeline_query,
    [OP_contacts] = contacts_query,
    [OP_contact] = contact_query,
    [OP_ledger] = ledger_query,
    [OP_ledger_verify] = ledger_verify_query,
    [OP_rules] = rules_query,
    [OP_rule] = rule_query,
    [OP_rule_test] = rule_test_query,
    [OP_numbers] = numbers_query,
    [OP_number] = number_query,
    [OP_events] = events_query_run,
    [OP_key_principal] = key_principal_query,
    [OP_session_principal] = session_principal_query,
    [OP_first_owner] = first_owner_query,
    [OP_keys] = keys_query,
    [OP_prices] = prices_query,
    [OP_price] = price_query_run,
    [OP_month] = month_query_run,
    [OP_templates] = templates_query,
    [OP_template] = template_query,
    [OP_pools] = pools_query,
    [OP_pool] = pool_query,
    [OP_campaigns] = campaigns_query,
    [OP_campaign] = campaign_query,
    [OP_recipients] = recipients_query_run,
    [OP_deliverability] = deliverability_query_run,
    [OP_status] = status_query,
    [OP_store_check] = store_check_query,
    [OP_backup] = backup_query,
    [OP_recovery] = recovery_query,
    [OP_notes] = notes_query_run,
    [OP_draft] = draft_query,
    [OP_contact_held] = contact_held_query,
    [OP_quarantine] = quarantine_query,
    [OP_erased] = erased_query,
    [OP_notices] = notices_query_run,
    [OP_notice] = notice_query,
    [OP_settings] = settings_query,
    [OP_quiet_hours] = quiet_hours_query,
    [OP_limits] = limits_query,
    [OP_audit] = audit_query_run,
};

bool search_hits(struct str text, struct str part)
{
    for (size_t at = 0; part.n > 0 && at + part.n <= text.n; at++)
        if (str_eq_ascii_case(str_slice(text, at, part.n), part))
            return true;
    return part.n == 0;
}

bool query_is_over(const struct txn *txn, int steps)
{
    return steps >= QUERY_STEPS_MAX ||
           (steps > 0 && steps % STEPS_A_GLANCE == 0 && clock_boot_us() - txn->boot_us > QUERY_MS * 1000);
}

query_function *query_find(enum operation operation)
{
    return QUERIES[operation];
}
