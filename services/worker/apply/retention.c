/* Retention: what was said goes when it is older than the tenant wants, raw reports before it; that it was said stays. */
#include "apply/erase.h"
#include "apply/settings_cache.h"
#include "apply/tenant_turn.h"
#include "core/erase.h"

enum { STEPS_MAX = 200, AGAIN_MAX = 50, TENANTS_MAX = 16 };
static const int64_t DAY_MS = 86400000;

/* Waiting, held or out: its text is still needed. */
static bool is_over(const struct message_row *row)
{
    return row->direction == INBOUND || status_is_final(row->status) || status_is_success(row->status);
}

/* *is_done: else some of its reports are left, and it is to be looked at again. */
static bool erase_said(struct txn *txn, int64_t tenant, struct message_row *row, bool *is_done, struct err *err)
{
    *is_done = true;
    if (row->erased_at)
        return true;
    if (!reports_drop(txn, tenant, row->id, is_done, err))
        return false;
    if (!*is_done)
        return true;
    erase_content(row, txn->now_ms);
    return message_put(txn, tenant, row, err);
}

/* Those that were not over when their time came. */
static bool look_again(struct txn *txn, int64_t tenant, struct err *err)
{
    struct scan scan;
    struct str rest;
    struct str value;
    bool found = true;
    bool ok = true;
    scan_begin(&scan, txn, TABLE_RETAINED, key_of_tenant(tenant), SCAN_FORWARD);
    for (int i = 0; ok && i < AGAIN_MAX; i++) {
        struct message_row row;
        ok = scan_next(&scan, &rest, &value, &found, err);
        if (!ok || !found)
            break;
        struct id id = key_take_id(&rest);
        ok = message_get(txn, tenant, id, &row, &found, err);
        if (!ok || (found && !is_over(&row)))
            continue;
        bool is_done = true;
        ok = (!found || erase_said(txn, tenant, &row, &is_done, err)) &&
             (!is_done || row_delete(txn, TABLE_RETAINED, key_of_id(tenant, id), err));
    }
    scan_end(&scan);
    return ok;
}

/* What becomes of a message that is old enough. *goes_on: the next one is looked at, and this one never again. */
typedef bool old_message(struct txn *txn, int64_t tenant, struct message_row *row, bool *goes_on, struct err *err);

static bool text_goes(struct txn *txn, int64_t tenant, struct message_row *row, bool *goes_on, struct err *err)
{
    bool is_done = false;
    *goes_on = true;
    return (!is_over(row) || erase_said(txn, tenant, row, &is_done, err)) &&
           (is_done || value_put(txn, TABLE_RETAINED, key_of_id(tenant, row->id), STR(""), err));
}

static bool reports_go(struct txn *txn, int64_t tenant, struct message_row *row, bool *goes_on, struct err *err)
{
    return reports_drop(txn, tenant, row->id, goes_on, err);
}

/* Ids rise with time: from the last one seen to the first one that is young enough. */
static bool go_on(struct txn *txn, int64_t tenant, struct id *last, int64_t before_ms, old_message *each,
                  struct err *err)
{
    struct scan scan;
    struct str rest;
    struct str value;
    bool found = true;
    bool goes_on = true;
    bool ok = true;
    scan_begin(&scan, txn, TABLE_MESSAGE, key_of_tenant(tenant), SCAN_FORWARD);
    if (id_is_set(*last))
        scan_after(&scan, key_of_id(tenant, *last));
    for (int i = 0; ok && goes_on && i < STEPS_MAX; i++) {
        struct message_row row;
        ok = scan_next(&scan, &rest, &value, &found, err);
        if (!ok || !found)
            break;
        ok = row_decode(txn, &message_row_record, value, &row, err);
        if (!ok || row.created_at >= before_ms)
            break;
        ok = each(txn, tenant, &row, &goes_on, err);
        if (goes_on)
            *last = row.id;
    }
    scan_end(&scan);
    return ok;
}

/* 0 days: nothing is ever so old. */
static int64_t before(const struct txn *txn, int64_t days)
{
    return days > 0 ? txn->now_ms - days * DAY_MS : INT64_MIN;
}

static bool tick_of(struct txn *txn, int64_t tenant, const struct settings *settings, struct err *err)
{
    const struct settings_view *wanted;
    struct tenant_row head;
    bool found;
    if (!tenant_settings_get(txn, settings, tenant, &wanted, err) || !tenant_get(txn, tenant, &head, &found, err))
        return false;
    struct id retained = head.retained;
    struct id unreported = head.unreported;
    if (!look_again(txn, tenant, err) ||
        !go_on(txn, tenant, &retained, before(txn, wanted->retention_days), text_goes, err) ||
        !go_on(txn, tenant, &unreported, before(txn, wanted->report_days), reports_go, err))
        return false;
    if (id_eq(retained, head.retained) && id_eq(unreported, head.unreported))
        return true;
    if (!tenant_get(txn, tenant, &head, &found, err)) /* its event numbers went on meanwhile */
        return false;
    head.retained = retained;
    head.unreported = unreported;
    return tenant_put(txn, tenant, &head, err);
}

bool retention_tick(struct txn *txn, const struct settings *settings, struct err *err)
{
    int64_t tenants[TENANTS_MAX];
    size_t n;
    bool ok = tenants_in_turn(txn, TABLE_TENANT, tenants, TENANTS_MAX, &n, err);
    for (size_t i = 0; ok && i < n; i++)
        ok = tick_of(txn, tenants[i], settings, err);
    return ok;
}
