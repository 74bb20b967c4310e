#include "apply/apply.h"

static const struct apply_row ROWS[OPERATION_COUNT] = {
    [OP_inbound] = {inbound_apply, false},
    [OP_report] = {report_apply, false},
    [OP_hello] = {hello_apply, false},
    [OP_grant] = {grant_apply, false}, /* keeps its own answer, by epoch and number */
    [OP_outcome] = {outcome_apply, false},
    [OP_settle] = {settle_apply, false},
    [OP_send] = {send_apply, true},
    [OP_message_action] = {message_action_apply, true},
    [OP_contact_erase] = {contact_erase_apply, true},
    [OP_media_seen] = {media_seen_apply, false}, /* says so only once: nothing to keep */
    [OP_conversation_patch] = {conversation_patch_apply, true},
    [OP_conversation_read] = {conversation_read_apply, true},
    [OP_rule_create] = {rule_create_apply, true},
    [OP_rule_patch] = {rule_patch_apply, true},
    [OP_rule_delete] = {rule_delete_apply, true},
    [OP_number_patch] = {number_patch_apply, true},
    [OP_login_create] = {login_create_apply, true},
    [OP_login_exchange] = {login_exchange_apply, true},
    [OP_logout] = {logout_apply, true},
    [OP_key_create] = {key_create_apply, true},
    [OP_recover] = {recover_apply, true},
    [OP_inbound_look] = {inbound_look_apply, false},
    [OP_prices_put] = {prices_put_apply, true},
    [OP_contact_create] = {contact_create_apply, true},
    [OP_contact_patch] = {contact_patch_apply, true},
    [OP_contact_delete] = {contact_delete_apply, true},
    [OP_consent_set] = {consent_set_apply, true},
    [OP_note_add] = {note_add_apply, true},
    [OP_draft_put] = {draft_put_apply, true},
    [OP_notice_close] = {notice_close_apply, true},
    [OP_settings_patch] = {settings_patch_apply, true},
    [OP_template_put] = {template_put_apply, true},
    [OP_template_delete] = {template_delete_apply, true},
    [OP_pool_put] = {pool_put_apply, true},
    [OP_pool_delete] = {pool_delete_apply, true},
    [OP_campaign_put] = {campaign_put_apply, true},
    [OP_campaign_delete] = {campaign_delete_apply, true},
    [OP_campaign_deed] = {campaign_deed_apply, true},
    [OP_audience_part] = {audience_part_apply, true},
    [OP_audience_filter] = {audience_filter_apply, true},
};

const struct apply_row *apply_row(enum operation operation)
{
    return &ROWS[operation];
}
