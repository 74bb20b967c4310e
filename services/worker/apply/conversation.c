/* What people change about a conversation. */
#include "apply/apply.h"
#include "apply/pair_pause.h"
#include "query/query.h"

enum { LABELS_MAX = 32, LABEL_MAX_BYTES = 64, ASSIGNEE_MAX_BYTES = 120 };

static bool find(struct txn *txn, int64_t tenant, struct id id, struct conversation_row *row, struct err *err)
{
    bool found;
    return conversation_get(txn, tenant, id, row, &found, err) &&
           (found || err_set(err, ERR_MISSING, "id", "there is no conversation with this id"));
}

static bool check_labels(const struct conversation_changes *changes, struct err *err)
{
    if (changes->labels.n > LABELS_MAX)
        return err_set(err, ERR_INPUT, "labels", "at most %d are allowed", LABELS_MAX);
    for (size_t i = 0; i < changes->labels.n; i++)
        if (changes->labels.v[i].n == 0 || changes->labels.v[i].n > LABEL_MAX_BYTES)
            return err_set(err, ERR_INPUT, "labels", "label %zu must have 1 to %d bytes", i + 1, LABEL_MAX_BYTES);
    return true;
}

static bool change(const struct txn *txn, const struct conversation_patch *asked, struct conversation_row *row,
                   struct err *err)
{
    const struct record *fields = &conversation_changes_record;
    const struct conversation_changes *changes = asked->changes;
    uint64_t present = (uint64_t)asked->present;
    if (present & record_bit(fields, "assignee")) {
        if (changes->assignee.n > ASSIGNEE_MAX_BYTES)
            return err_set(err, ERR_INPUT, "assignee", "must have at most %d bytes", ASSIGNEE_MAX_BYTES);
        row->assignee = changes->assignee;
    }
    if (present & record_bit(fields, "labels")) {
        if (!check_labels(changes, err))
            return false;
        row->labels.v = changes->labels.v;
        row->labels.n = changes->labels.n;
    }
    if (present & record_bit(fields, "snooze_until"))
        row->snooze_until = changes->snooze_until;
    if (present & record_bit(fields, "status"))
        row->status = changes->status;
    if (row->status == CONVERSATION_SNOOZED && row->snooze_until <= txn->now_ms)
        return err_set(err, ERR_INPUT, "snooze_until", "a snoozed conversation needs a time to come");
    if (row->status != CONVERSATION_SNOOZED)
        row->snooze_until = 0;
    return true;
}

/* Where the tick finds it when its time comes; one that wakes before leaves its row behind, which then does nothing. */
static bool note_snooze(struct txn *txn, int64_t tenant, const struct conversation_row *row, struct err *err)
{
    return row->status != CONVERSATION_SNOOZED ||
           value_put(txn, TABLE_SNOOZE, key_of_snooze(row->snooze_until, tenant, row->id), STR(""), err);
}

/* Somebody has looked: what was held goes on. */
static bool resume(struct txn *txn, int64_t tenant, const struct conversation_patch *asked,
                   const struct conversation_row *row, struct err *err)
{
    if (!((uint64_t)asked->present & record_bit(&conversation_changes_record, "paused")))
        return true;
    if (asked->changes->paused)
        return err_set(err, ERR_INPUT, "paused", "can only be set to false: somebody has looked");
    return pair_looked_at(txn, tenant, row, err);
}

bool conversation_patch_apply(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request,
                              void *reply, struct err *err)
{
    const struct conversation_patch *asked = request;
    struct conversation_row row;
    (void)settings;
    if (!asked->changes)
        return err_set(err, ERR_INPUT, "changes", "is missing");
    return find(txn, tenant, asked->id, &row, err) && change(txn, asked, &row, err) &&
           note_snooze(txn, tenant, &row, err) && resume(txn, tenant, asked, &row, err) &&
           conversation_put(txn, tenant, &row, 0, err) && conversation_view_make(txn, tenant, &row, reply, err);
}

bool conversation_read_apply(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request,
                             void *reply, struct err *err)
{
    const struct by_id *asked = request;
    struct conversation_row row;
    (void)settings;
    if (!find(txn, tenant, asked->id, &row, err))
        return false;
    if (row.unread > 0) {
        row.unread = 0;
        if (!conversation_put(txn, tenant, &row, 0, err))
            return false;
    }
    return conversation_view_make(txn, tenant, &row, reply, err);
}
