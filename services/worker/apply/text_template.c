/* Templates: texts with places, kept under a name. A campaign copies its text, so that a later change does not reach it. */
#include "apply/apply.h"
#include "apply/audit.h"
#include "apply/notice.h"
#include "domain/segments.h"
#include "domain/template.h"
#include "query/bulk_views.h"

enum { TEMPLATES_MAX = 1000, NAME_MAX_BYTES = 120 };

static bool change(const struct template_patch *asked, struct template_row *row, struct err *err)
{
    static const char *const ANY[] = { "*" };
    const struct record *fields = &template_changes_record;
    uint64_t present = (uint64_t)asked->present;
    if (present & record_bit(fields, "name"))
        row->name = asked->changes->name;
    if (present & record_bit(fields, "text"))
        row->text = asked->changes->text;
    if (row->name.n == 0 || row->name.n > NAME_MAX_BYTES)
        return err_set(err, ERR_INPUT, "name", "needs 1 to %d bytes", NAME_MAX_BYTES);
    if (row->text.n == 0)
        return err_set(err, ERR_INPUT, "text", "is missing");
    return segments_check(row->text, "text", err) && template_check(row->text, ANY, 1, "text", err);
}

static bool find_or_begin(struct txn *txn, int64_t tenant, struct id id, struct template_row *row, struct err *err)
{
    bool found;
    int64_t n;
    if (id_is_set(id)) {
        if (!ROW_GET(txn, TABLE_TEMPLATE, key_of_id(tenant, id), template_row, row, &found, err))
            return false;
        return found || err_set(err, ERR_MISSING, "id", "there is no template with this id");
    }
    if (!table_count(txn, TABLE_TEMPLATE, &n, err))
        return false;
    if (n >= TEMPLATES_MAX)
        return err_set(err, ERR_CONFLICT, NULL, "there are %d templates already, no more are allowed", TEMPLATES_MAX);
    record_init(&template_row_record, row);
    row->id = txn_id(txn);
    row->created_at = txn->now_ms;
    return true;
}

bool template_put_apply(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request,
                        void *reply, struct err *err)
{
    const struct template_patch *asked = request;
    struct template_row row = { 0 };
    (void)settings;
    if (!asked->changes)
        return err_set(err, ERR_INPUT, "changes", "is missing");
    if (!find_or_begin(txn, tenant, asked->id, &row, err))
        return false;
    const struct template_changes before = { row.name, row.text };
    if (!change(asked, &row, err))
        return false;
    const struct template_changes after = { row.name, row.text };
    row.updated_at = txn->now_ms;
    return audit_change(txn, tenant, id_is_set(asked->id) ? "template.update" : "template.create",
                        notice_about(txn, "template", row.id), &template_changes_record, &before, &after, err) &&
           ROW_PUT(txn, TABLE_TEMPLATE, key_of_id(tenant, row.id), template_row, &row, err) &&
           txn_tell(txn, tenant, id_is_set(asked->id) ? "template.updated" : "template.created", row.id, err) &&
           template_view_make(txn, &row, reply, err);
}

bool template_delete_apply(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request,
                           void *reply, struct err *err)
{
    static const struct template_changes NOTHING;
    const struct by_id *asked = request;
    struct template_row row = { 0 };
    (void)settings;
    (void)reply;
    if (!id_is_set(asked->id))
        return err_set(err, ERR_INPUT, "id", "is missing");
    if (!find_or_begin(txn, tenant, asked->id, &row, err))
        return false;
    const struct template_changes before = { row.name, row.text };
    return audit_change(txn, tenant, "template.delete", notice_about(txn, "template", row.id), &template_changes_record,
                        &before, &NOTHING, err) &&
           row_delete(txn, TABLE_TEMPLATE, key_of_id(tenant, asked->id), err) &&
           txn_tell(txn, tenant, "template.deleted", asked->id, err);
}
