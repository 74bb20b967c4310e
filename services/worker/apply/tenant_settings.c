/* What people change about their tenant's settings. */
#include "apply/apply.h"
#include "apply/audit.h"
#include "apply/settings_cache.h"
#include "core/tenant_settings.h"

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
    tenant_settings_resolve(&row, after);
    settings_cache_forget(settings->tenants);
    txn->wakes_sender = true; /* what the old ones held back may go now */
    return ROW_PUT(txn, TABLE_SETTINGS, key_of_tenant(tenant), settings_row, &row, err) &&
           audit_change(txn, tenant, "settings.update", (struct str){ 0 }, &settings_view_record, &before, after,
                        err) &&
           txn_tell(txn, tenant, "settings.updated", (struct id){ 0 }, err);
}
