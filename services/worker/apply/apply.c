#include "apply/apply.h"

/* NEED_RESERVED: what ends, narrows or settles something, or lets a person in to do so. */
static const struct apply_row ROWS[OPERATION_COUNT] = {
    [OP_inbound] = { inbound_apply, false, NEED_RESERVED }, /* asked event by event */
    [OP_report] = { report_apply, false, NEED_RESERVED },
    [OP_hello] = { hello_apply, false, NEED_RESERVED },
    [OP_grant] = { grant_apply, false, NEED_RESERVED }, /* keeps its own answer, by epoch and number */
    [OP_outcome] = { outcome_apply, false, NEED_RESERVED },
    [OP_settle] = { settle_apply, false, NEED_RESERVED },
    [OP_send] = { send_apply, true, NEED_ADDS },
    [OP_message_action] = { message_action_apply, true, NEED_RESERVED },
    [OP_contact_erase] = { contact_erase_apply, true, NEED_RESERVED },
    [OP_contact_export] = { contact_export_apply, true, NEED_RESERVED },
    [OP_media_seen] = { media_seen_apply, false, NEED_RESERVED }, /* says so only once: nothing to keep */
    [OP_conversation_patch] = { conversation_patch_apply, true, NEED_RESERVED },
    [OP_conversation_read] = { conversation_read_apply, true, NEED_RESERVED },
    [OP_rule_create] = { rule_create_apply, true, NEED_ADDS },
    [OP_rule_patch] = { rule_patch_apply, true, NEED_RESERVED },
    [OP_rule_delete] = { rule_delete_apply, true, NEED_RESERVED },
    [OP_number_patch] = { number_patch_apply, true, NEED_RESERVED },
    [OP_login_create] = { login_create_apply, true, NEED_RESERVED },
    [OP_login_exchange] = { login_exchange_apply, true, NEED_RESERVED },
    [OP_logout] = { logout_apply, true, NEED_RESERVED },
    [OP_key_create] = { key_create_apply, true, NEED_ADDS },
    [OP_recover] = { recover_apply, true, NEED_RESERVED },
    [OP_inbound_look] = { inbound_look_apply, false, NEED_RESERVED },
    [OP_prices_put] = { prices_put_apply, true, NEED_ADDS },
    [OP_contact_create] = { contact_create_apply, true, NEED_ADDS },
    [OP_contact_patch] = { contact_patch_apply, true, NEED_RESERVED },
    [OP_contact_delete] = { contact_delete_apply, true, NEED_RESERVED },
    [OP_consent_set] = { consent_set_apply, true, NEED_RESERVED },
    [OP_note_add] = { note_add_apply, true, NEED_ADDS },
    [OP_draft_put] = { draft_put_apply, false, NEED_ADDS }, /* put again, it is the same; and no text is kept twice */
    [OP_quarantine_release] = { quarantine_release_apply, true, NEED_RESERVED },
    [OP_notice_close] = { notice_close_apply, true, NEED_RESERVED },
    [OP_settings_patch] = { settings_patch_apply, true, NEED_RESERVED },
    [OP_template_put] = { template_put_apply, true, NEED_ADDS },
    [OP_template_delete] = { template_delete_apply, true, NEED_RESERVED },
    [OP_pool_put] = { pool_put_apply, true, NEED_ADDS },
    [OP_pool_delete] = { pool_delete_apply, true, NEED_RESERVED },
    [OP_campaign_put] = { campaign_put_apply, true, NEED_ADDS },
    [OP_campaign_delete] = { campaign_delete_apply, true, NEED_RESERVED },
    [OP_campaign_deed] = { campaign_deed_apply, true, NEED_RESERVED },
    [OP_audience_part] = { audience_part_apply, true, NEED_ADDS },
    [OP_audience_filter] = { audience_filter_apply, true, NEED_ADDS },
    [OP_quiet_hours_put] = { quiet_hours_put_apply, true, NEED_RESERVED },
    [OP_quiet_hours_delete] = { quiet_hours_delete_apply, true, NEED_RESERVED },
    [OP_limit_put] = { limit_put_apply, true, NEED_RESERVED },
    [OP_limit_delete] = { limit_delete_apply, true, NEED_RESERVED },
    [OP_message_patch] = { message_patch_apply, true, NEED_RESERVED },
};

const struct apply_row *apply_row(enum operation operation)
{
    return &ROWS[operation];
}
