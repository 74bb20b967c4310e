/* What `parley status` shows. */
#include "query/query.h"

static bool count_unconfirmed(struct txn *txn, int64_t *out, struct err *err)
{
    struct open_walk walk;
    struct open_attempt open;
    bool found = true;
    bool ok = true;
    open_walk_begin(&walk, txn, QUERY_STEPS_MAX);
    while (ok && (ok = open_walk_next(&walk, &open, &found, err)) && found)
        *out += open.row.is_unconfirmed ? 1 : 0;
    open_walk_end(&walk);
    return ok;
}

/* The age of the message that has been due for longest. */
static bool oldest_due(struct txn *txn, int64_t tenant, int64_t *age_ms, struct err *err)
{
    struct scan scan;
    struct str rest;
    struct str value;
    bool found = true;
    bool ok = true;
    scan_begin(&scan, txn, TABLE_OUTBOX, key_of_tenant(tenant), SCAN_FORWARD);
    for (int steps = 0; ok && steps < QUERY_STEPS_MAX; steps++) {
        ok = scan_next(&scan, &rest, &value, &found, err);
        if (!ok || !found)
            break;
        (void)key_take_text(&rest);
        (void)key_take_byte(&rest);
        *age_ms = max_i64(*age_ms, txn->now_ms - key_take_int(&rest));
    }
    scan_end(&scan);
    return ok;
}

bool status_query(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request, void *reply,
                  struct err *err)
{
    struct status_view *view = reply;
    struct tenant_row head;
    bool found;
    int64_t of = tenant ? tenant : FIRST_TENANT;
    (void)settings;
    (void)request;
    if (!tenant_get(txn, of, &head, &found, err))
        return false;
    view->store_id = store_id(txn->store);
    view->generation = store_generation(txn->store);
    view->messages = head.messages;
    view->conversations = head.conversations;
    view->contacts = head.contacts;
    view->ledger_entries = head.ledger_entries;
    view->event_head = head.event_head;
    return table_count(txn, TABLE_OUTBOX, &view->outbox, err) &&
           table_count(txn, TABLE_ORPHAN, &view->orphan_reports, err) &&
           count_unconfirmed(txn, &view->unconfirmed, err) && oldest_due(txn, of, &view->outbox_oldest_ms, err);
}
