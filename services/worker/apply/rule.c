/* What people change about rules. */
#include "apply/apply.h"
#include "apply/audit.h"
#include "apply/notice.h"
#include "apply/rule_cache.h"
#include "query/query.h"

enum { DEFAULT_POSITION = 100 };

/* What the audit shows of a rule: all that people change, but its answers by their length and sum alone. */
static bool shown(struct txn *txn, const struct rule_row *row, struct rule_changes *out, struct err *err)
{
    *out = (struct rule_changes){ .position = row->position,
                                  .name = row->name,
                                  .enabled = !row->disabled,
                                  .match = row->match,
                                  .cooldown_s = row->cooldown_s };
    if (row->actions.n == 0)
        return true;
    out->actions.v = arena_alloc_array(txn->arena, row->actions.n, sizeof *out->actions.v);
    if (!out->actions.v)
        return arena_err(txn->arena, err);
    for (size_t i = 0; i < row->actions.n; i++) {
        struct rule_action *action = &out->actions.v[out->actions.n++];
        *action = row->actions.v[i];
        action->text = audit_wording(txn, action->text);
    }
    return arena_is_full(txn->arena) ? arena_err(txn->arena, err) : true;
}

static bool enter(struct txn *txn, int64_t tenant, const char *action, struct id id, const struct rule_changes *before,
                  const struct rule_changes *after, struct err *err)
{
    return audit_change(txn, tenant, action, notice_about(txn, "rule", id), &rule_changes_record, before, after, err);
}

static bool keep(struct txn *txn, int64_t tenant, const struct settings *settings, struct rule_row *row,
                 const struct rule_changes *before, bool is_new, void *reply, struct err *err)
{
    struct rule_changes after;
    row->updated_at = txn->now_ms;
    if (!rule_check(row, err))
        return false;
    rule_cache_forget(settings->rules);
    rule_view_make(row, reply);
    return shown(txn, row, &after, err) &&
           enter(txn, tenant, is_new ? "rule.create" : "rule.update", row->id, before, &after, err) &&
           ROW_PUT(txn, TABLE_RULE, key_of_id(tenant, row->id), rule_row, row, err) &&
           txn_tell(txn, tenant, is_new ? "rule.created" : "rule.updated", row->id, err);
}

static void change(const struct rule_patch *asked, struct rule_row *row)
{
    const struct record *fields = &rule_changes_record;
    const struct rule_changes *changes = asked->changes;
    uint64_t present = (uint64_t)asked->present;
    if (present & record_bit(fields, "position"))
        row->position = changes->position;
    if (present & record_bit(fields, "name"))
        row->name = changes->name;
    if (present & record_bit(fields, "enabled"))
        row->disabled = !changes->enabled;
    if (present & record_bit(fields, "match"))
        row->match = changes->match;
    if (present & record_bit(fields, "actions")) {
        row->actions.v = changes->actions.v;
        row->actions.n = changes->actions.n;
    }
    if (present & record_bit(fields, "cooldown_s"))
        row->cooldown_s = changes->cooldown_s;
}

static bool find(struct txn *txn, int64_t tenant, struct id id, struct rule_row *row, struct err *err)
{
    struct rule_view system;
    bool found;
    if (system_rule_find(id, &system))
        return err_set(err, ERR_CONFLICT, "id", "is a system rule: STOP, START and HELP cannot be changed or deleted");
    if (!ROW_GET(txn, TABLE_RULE, key_of_id(tenant, id), rule_row, row, &found, err))
        return false;
    return found || err_set(err, ERR_MISSING, "id", "there is no rule of yours with this id");
}

bool rule_create_apply(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request,
                       void *reply, struct err *err)
{
    static const struct rule_changes NOTHING;
    const struct rule_patch *asked = request;
    struct rule_row row;
    int64_t n;
    if (!asked->changes)
        return err_set(err, ERR_INPUT, "changes", "is missing");
    if (!table_count(txn, TABLE_RULE, &n, err))
        return false;
    if (n >= RULES_MAX)
        return err_set(err, ERR_CONFLICT, NULL, "there are %d rules already, no more are allowed", RULES_MAX);
    record_init(&rule_row_record, &row);
    row.id = txn_id(txn);
    row.position = DEFAULT_POSITION;
    row.created_at = txn->now_ms;
    change(asked, &row);
    return keep(txn, tenant, settings, &row, &NOTHING, true, reply, err);
}

bool rule_patch_apply(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request,
                      void *reply, struct err *err)
{
    const struct rule_patch *asked = request;
    struct rule_changes before;
    struct rule_row row = { 0 };
    if (!asked->changes)
        return err_set(err, ERR_INPUT, "changes", "is missing");
    if (!find(txn, tenant, asked->id, &row, err) || !shown(txn, &row, &before, err))
        return false;
    change(asked, &row);
    return keep(txn, tenant, settings, &row, &before, false, reply, err);
}

bool rule_delete_apply(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request,
                       void *reply, struct err *err)
{
    static const struct rule_changes NOTHING;
    const struct by_id *asked = request;
    struct rule_changes before;
    struct rule_row row = { 0 };
    (void)reply;
    if (!find(txn, tenant, asked->id, &row, err) || !shown(txn, &row, &before, err))
        return false;
    rule_cache_forget(settings->rules);
    return enter(txn, tenant, "rule.delete", asked->id, &before, &NOTHING, err) &&
           row_delete(txn, TABLE_RULE, key_of_id(tenant, asked->id), err) &&
           txn_tell(txn, tenant, "rule.deleted", asked->id, err);
}
