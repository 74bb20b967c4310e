/* What a new store begins with: the first tenant, its number, and a default reply that people can change. */
#include "apply/apply.h"
#include "core/tenant_settings.h"

static const struct str DEFAULT_REPLY = STR(
    "Thanks for your message. Somebody will answer soon. Reply STOP to end, HELP for help.");

static bool make_tenant(struct txn *txn, int64_t tenant, struct err *err)
{
    struct tenant_row row;
    uint8_t key[32];
    record_init(&tenant_row_record, &row);
    txn_secret_bytes(txn, key, sizeof key);
    row.name = STR("First tenant");
    row.address_key = str_bytes(key, sizeof key);
    row.event_tail = 1;
    row.created_at = txn->now_ms;
    return tenant_put(txn, tenant, &row, err);
}

static bool make_default_reply(struct txn *txn, int64_t tenant, struct err *err)
{
    struct rule_match any = {.kind = MATCH_ANY};
    struct rule_action reply = {.kind = ACTION_REPLY, .text = DEFAULT_REPLY};
    struct rule_row row;
    record_init(&rule_row_record, &row);
    row.id = txn_id(txn);
    row.position = 1000;
    row.name = STR("Default reply");
    row.match = &any;
    row.actions.v = &reply;
    row.actions.n = 1;
    row.cooldown_s = 3600;
    row.created_at = row.updated_at = txn->now_ms;
    return ROW_PUT(txn, TABLE_RULE, key_of_id(tenant, row.id), rule_row, &row, err);
}

/* The environment names the first number; what people changed about it since stays. */
static bool make_number(struct txn *txn, int64_t tenant, struct str address, bool inline_replies, struct err *err)
{
    struct tenant_row head;
    struct number_row number;
    bool found;
    if (!tenant_get(txn, tenant, &head, &found, err))
        return false;
    if (!str_eq(head.default_number, address)) {
        head.default_number = address;
        if (!tenant_put(txn, tenant, &head, err))
            return false;
    }
    if (!number_get(txn, tenant, address, &number, &found, err))
        return false;
    if (!found && !number_make(txn, tenant, address, NUMBER_ACTIVE, &number, err))
        return false;
    enum reply_via via = inline_replies ? REPLY_VIA_XML : REPLY_VIA_REST;
    bool is_set_up = number.state != NUMBER_DISCOVERED && (found || number.reply_via == via);
    if (is_set_up)
        return true;
    number.state = NUMBER_ACTIVE;
    number.reply_via = via;
    return number_put(txn, tenant, &number, err);
}

/* "none": neither hours of its own nor those of states, as where nobody sleeps behind a simulator's phones. */
static bool set_bulk_hours(struct txn *txn, int64_t tenant, struct str hours, struct err *err)
{
    bool is_none = str_is(hours, "none");
    const struct settings_view changes = { .quiet_bulk = is_none ? STR("00:00-24:00") : hours };
    uint64_t present = record_bit(&settings_view_record, "quiet_bulk");
    struct settings_row row;
    if (hours.n == 0)
        return true;
    if (is_none)
        present |= record_bit(&settings_view_record, "quiet_states"); /* to false */
    record_init(&settings_row_record, &row);
    return tenant_settings_change(&row, &changes, present, err) &&
           ROW_PUT(txn, TABLE_SETTINGS, key_of_tenant(tenant), settings_row, &row, err);
}

bool bootstrap_apply(struct txn *txn, struct str from_number, bool inline_replies, struct str bulk_hours,
                     struct err *err)
{
    struct tenant_row row;
    bool found;
    if (!tenant_get(txn, FIRST_TENANT, &row, &found, err))
        return false;
    if (!found && (!make_tenant(txn, FIRST_TENANT, err) || !make_default_reply(txn, FIRST_TENANT, err) ||
                   !set_bulk_hours(txn, FIRST_TENANT, bulk_hours, err)))
        return false;
    return from_number.n == 0 || make_number(txn, FIRST_TENANT, from_number, inline_replies, err);
}
