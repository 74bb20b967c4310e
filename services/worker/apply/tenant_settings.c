/* What people change about their tenant's settings. */
#include "apply/apply.h"
#include "apply/audit.h"
#include "apply/holds.h"
#include "apply/settings_cache.h"
#include "core/tenant_settings.h"
#include "io/time_zone.h"

static bool check_zone(struct txn *txn, const struct settings_patch *asked, struct err *err)
{
    struct str zone = asked->changes->home_zone;
    if (!((uint64_t)asked->present & record_bit(&settings_view_record, "home_zone")) || !str_is_set(zone))
        return true;
    struct str name = arena_format(txn->arena, "%.*s", STR_ARGS(zone));
    if (!str_is_set(name))
        return arena_err(txn->arena, err);
    return time_zone_is_known(name.p) ||
           err_set(err, ERR_INPUT, "home_zone", "must be a time zone of the tz database, such as America/New_York");
}

bool settings_patch_apply(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request,
                          void *reply, struct err *err)
{
    const struct settings_patch *asked = request;
    struct settings_view *after = reply;
    struct settings_view before;
    struct settings_row row;
    bool found;
    if (!asked->changes)
        return err_set(err, ERR_INPUT, "changes", "is missing");
    record_init(&settings_row_record, &row);
    if (!ROW_GET(txn, TABLE_SETTINGS, key_of_tenant(tenant), settings_row, &row, &found, err))
        return false;
    tenant_settings_resolve(&row, &before);
    if (!tenant_settings_change(&row, asked->changes, (uint64_t)asked->present, err))
        return false;
    if (!check_zone(txn, asked, err))
        return false;
    tenant_settings_resolve(&row, after);
    settings_cache_forget(settings->tenants);
    txn->wakes_sender = true; /* what the old ones held back may go now */
    return ROW_PUT(txn, TABLE_SETTINGS, key_of_tenant(tenant), settings_row, &row, err) &&
           audit_change(txn, tenant, "settings.update", (struct str){ 0 }, &settings_view_record, &before, after,
                        err) &&
           holds_look_again(txn, tenant, err) && txn_tell(txn, tenant, "settings.updated", (struct id){ 0 }, err);
}
