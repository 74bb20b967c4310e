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

bool status_query(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request, void *reply,
                  struct err *err)
{
    struct status_view *view = reply;
    struct tenant_row head;
    bool found;
    int64_t due_at;
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
    if (!outbox_first_due(txn, &due_at, err))
        return false;
    view->outbox_oldest_ms = max_i64(0, txn->now_ms - due_at);
    return table_count(txn, TABLE_OUTBOX, &view->outbox, err) &&
           table_count(txn, TABLE_ORPHAN, &view->orphan_reports, err) &&
           table_count(txn, TABLE_QUARANTINE, &view->quarantined, err) &&
           count_unconfirmed(txn, &view->unconfirmed, err);
}
