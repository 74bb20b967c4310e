/* Pools of our own numbers, and of Powerpacks: a Powerpack is set up by naming it here. */
#include "apply/apply.h"
#include "apply/audit.h"
#include "apply/choose_number.h"
#include "apply/notice.h"
#include "domain/powerpack.h"
#include "query/bulk_views.h"

enum { POOLS_MAX = 200, NAME_MAX_BYTES = 120 };

/* A sender of the list: a number of ours, or a Powerpack, which becomes one of ours by being named. */
static bool find_or_set_up(struct txn *txn, int64_t tenant, struct str address, bool *found, struct err *err)
{
    struct number_row number;
    struct str powerpack = powerpack_uuid(address);
    if (!number_get(txn, tenant, address, &number, found, err))
        return false;
    *found = *found && number.state != NUMBER_DISCOVERED;
    if (*found || !str_is_set(powerpack))
        return true;
    if (!powerpack_uuid_is_valid(powerpack))
        return err_set(err, ERR_INPUT, "numbers",
                       "a Powerpack is \"powerpack:\" and its uuid as Plivo's console shows it, in lower case");
    *found = true;
    return number_make(txn, tenant, address, NUMBER_ACTIVE, &number, err);
}

static bool check_numbers(struct txn *txn, int64_t tenant, const struct pool_row *row, struct err *err)
{
    if (row->numbers.n == 0 || row->numbers.n > POOL_NUMBERS_MAX)
        return err_set(err, ERR_INPUT, "numbers", "must be 1 to %d of your numbers", POOL_NUMBERS_MAX);
    for (size_t i = 0; i < row->numbers.n; i++) {
        bool found;
        if (!find_or_set_up(txn, tenant, row->numbers.v[i], &found, err))
            return false;
        if (!found)
            return err_set(err, ERR_INPUT, "numbers", "the one at place %zu is none of your numbers", i + 1);
        for (size_t j = 0; j < i; j++)
            if (str_eq(row->numbers.v[j], row->numbers.v[i]))
                return err_set(err, ERR_INPUT, "numbers", "the one at place %zu stands there twice", i + 1);
    }
    return true;
}

static bool change(struct txn *txn, int64_t tenant, const struct pool_patch *asked, struct pool_row *row,
                   struct err *err)
{
    const struct record *fields = &pool_changes_record;
    const struct pool_changes *changes = asked->changes;
    uint64_t present = (uint64_t)asked->present;
    if (present & record_bit(fields, "name"))
        row->name = changes->name;
    if (present & record_bit(fields, "numbers")) {
        row->numbers.v = changes->numbers.v;
        row->numbers.n = changes->numbers.n;
    }
    if (present & record_bit(fields, "sticky"))
        row->is_free = !changes->sticky;
    if (present & record_bit(fields, "local"))
        row->is_anywhere = !changes->local;
    if (row->name.n == 0 || row->name.n > NAME_MAX_BYTES)
        return err_set(err, ERR_INPUT, "name", "needs 1 to %d bytes", NAME_MAX_BYTES);
    return check_numbers(txn, tenant, row, err);
}

static bool make_default(struct txn *txn, int64_t tenant, const struct pool_patch *asked, struct id id,
                         struct tenant_row *head, struct err *err)
{
    bool found;
    if (!tenant_get(txn, tenant, head, &found, err))
        return false;
    if (!found)
        return err_set(err, ERR_MISSING, "tenant", "there is no tenant %lld", (long long)tenant);
    if (!((uint64_t)asked->present & record_bit(&pool_changes_record, "is_default")))
        return true;
    bool is_default = id_eq(head->default_pool, id);
    if (is_default == asked->changes->is_default)
        return true;
    head->default_pool = asked->changes->is_default ? id : (struct id){ 0 };
    return tenant_put(txn, tenant, head, err);
}

static bool find_or_begin(struct txn *txn, int64_t tenant, struct id id, struct pool_row *row, struct err *err)
{
    bool found;
    int64_t n;
    if (id_is_set(id)) {
        if (!pool_get(txn, tenant, id, row, &found, err))
            return false;
        return found || err_set(err, ERR_MISSING, "id", "there is no pool with this id");
    }
    if (!table_count(txn, TABLE_POOL, &n, err))
        return false;
    if (n >= POOLS_MAX)
        return err_set(err, ERR_CONFLICT, NULL, "there are %d pools already, no more are allowed", POOLS_MAX);
    record_init(&pool_row_record, row);
    row->id = txn_id(txn);
    row->created_at = txn->now_ms;
    return true;
}

/* What the audit shows of a pool. Its id and times it has elsewhere; one that only begins is nothing yet. */
static bool shown(struct txn *txn, int64_t tenant, const struct pool_row *row, bool is_there, struct pool_view *out,
                  struct err *err)
{
    struct tenant_row head;
    bool found;
    *out = (struct pool_view){ 0 };
    if (!is_there)
        return true;
    if (!tenant_get(txn, tenant, &head, &found, err))
        return false;
    pool_view_make(row, found && id_eq(head.default_pool, row->id), out);
    out->id = (struct id){ 0 };
    out->created_at = out->updated_at = 0;
    return true;
}

bool pool_put_apply(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request, void *reply,
                    struct err *err)
{
    const struct pool_patch *asked = request;
    struct pool_row row = { 0 };
    struct tenant_row head = { 0 };
    (void)settings;
    if (!asked->changes)
        return err_set(err, ERR_INPUT, "changes", "is missing");
    struct pool_view before;
    struct pool_view after;
    if (!find_or_begin(txn, tenant, asked->id, &row, err))
        return false;
    if (!shown(txn, tenant, &row, id_is_set(asked->id), &before, err) || !change(txn, tenant, asked, &row, err) ||
        !make_default(txn, tenant, asked, row.id, &head, err) || !shown(txn, tenant, &row, true, &after, err))
        return false;
    row.updated_at = txn->now_ms;
    if (!audit_change(txn, tenant, id_is_set(asked->id) ? "pool.update" : "pool.create",
                      notice_about(txn, "pool", row.id), &pool_view_record, &before, &after, err))
        return false;
    if (!ROW_PUT(txn, TABLE_POOL, key_of_id(tenant, row.id), pool_row, &row, err) ||
        !txn_tell(txn, tenant, id_is_set(asked->id) ? "pool.updated" : "pool.created", row.id, err))
        return false;
    pool_view_make(&row, id_eq(head.default_pool, row.id), reply);
    return true;
}

/* A campaign whose pool is gone sends from the tenant's default: nobody is left without a text. */
bool pool_delete_apply(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request,
                       void *reply, struct err *err)
{
    static struct pool_changes NOT_DEFAULT;
    const struct by_id *asked = request;
    const struct pool_patch unset = { .present = (int64_t)record_bit(&pool_changes_record, "is_default"),
                                      .changes = &NOT_DEFAULT };
    const struct pool_view nothing = { 0 };
    struct pool_view before;
    struct pool_row row = { 0 };
    struct tenant_row head = { 0 };
    (void)settings;
    (void)reply;
    if (!id_is_set(asked->id))
        return err_set(err, ERR_INPUT, "id", "is missing");
    return find_or_begin(txn, tenant, asked->id, &row, err) && shown(txn, tenant, &row, true, &before, err) &&
           make_default(txn, tenant, &unset, asked->id, &head, err) &&
           audit_change(txn, tenant, "pool.delete", notice_about(txn, "pool", row.id), &pool_view_record, &before,
                        &nothing, err) &&
           row_delete(txn, TABLE_POOL, key_of_id(tenant, asked->id), err) &&
           txn_tell(txn, tenant, "pool.deleted", asked->id, err);
}
