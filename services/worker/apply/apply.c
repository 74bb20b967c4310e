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
    [OP_draft_put] = {draft_put_apply, false}, /* put again, it is the same; and no text is kept twice */
    [OP_quarantine_release] = {quarantine_release_apply, true},
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
    [OP_quiet_hours_put] = {quiet_hours_put_apply, true},
    [OP_quiet_hours_delete] = {quiet_hours_delete_apply, true},
    [OP_limit_put] = {limit_put_apply, true},
    [OP_limit_delete] = {limit_delete_apply, true},
    [OP_message_patch] = {message_patch_apply, true},
};

/* What ends, narrows or settles something, or lets a person in to do so. What is not named here adds, and is refused first. */
static const enum room_need NEEDS[OPERATION_COUNT] = {
    [OP_inbound] = NEED_RESERVED, /* asked event by event */
    [OP_report] = NEED_RESERVED,
    [OP_hello] = NEED_RESERVED,
    [OP_grant] = NEED_RESERVED,
    [OP_outcome] = NEED_RESERVED,
    [OP_settle] = NEED_RESERVED,
    [OP_message_action] = NEED_RESERVED,
    [OP_media_seen] = NEED_RESERVED,
    [OP_conversation_patch] = NEED_RESERVED,
    [OP_conversation_read] = NEED_RESERVED,
    [OP_rule_patch] = NEED_RESERVED,
    [OP_rule_delete] = NEED_RESERVED,
    [OP_number_patch] = NEED_RESERVED,
    [OP_login_create] = NEED_RESERVED,
    [OP_login_exchange] = NEED_RESERVED,
    [OP_logout] = NEED_RESERVED,
    [OP_quarantine_release] = NEED_RESERVED,
    [OP_contact_patch] = NEED_RESERVED,
    [OP_contact_delete] = NEED_RESERVED,
    [OP_contact_erase] = NEED_RESERVED,
    [OP_consent_set] = NEED_RESERVED,
    [OP_recover] = NEED_RESERVED,
    [OP_inbound_look] = NEED_RESERVED,
    [OP_notice_close] = NEED_RESERVED,
    [OP_settings_patch] = NEED_RESERVED,
};

enum room_need apply_need(enum operation operation)
{
    return NEEDS[operation];
}

const struct apply_row *apply_row(enum operation operation)
{
    return &ROWS[operation];
}
