/* Who a key or a session belongs to. */
#include "query/query.h"

enum { HASH_BYTES = 32 };

static bool find_principal(struct txn *txn, struct str hash, const char *kind, struct principal *out, struct err *err)
{
    struct access_row row;
    struct tenant_row tenant;
    bool found;
    if (hash.n != HASH_BYTES)
        return err_set(err, ERR_INPUT, "hash", "must be a SHA-256 of %d bytes", HASH_BYTES);
    if (!ROW_GET(txn, TABLE_ACCESS, key_of_name(hash), access_row, &row, &found, err))
        return false;
    bool has_expired = found && row.expires_at && row.expires_at < txn->now_ms;
    if (!found || has_expired || !str_is(row.kind, kind))
        return err_set(err, ERR_UNSIGNED, NULL, "the %s is not known, or has expired", kind);
    if (!tenant_get(txn, row.tenant, &tenant, &found, err))
        return false;
    *out = (struct principal){
        .tenant = row.tenant,
        .tenant_name = found ? tenant.name : (struct str){0},
        .id = row.id,
        .kind = str_is(str_of(kind), "key") ? STR("key") : STR("user"),
        .name = row.name,
        .role = STR("owner"),
    };
    return true;
}

bool key_principal_query(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request,
                         void *reply, struct err *err)
{
    const struct secret_hash *asked = request;
    (void)tenant;
    (void)settings;
    return find_principal(txn, asked->hash, "key", reply, err);
}

bool session_principal_query(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request,
                             void *reply, struct err *err)
{
    const struct secret_hash *asked = request;
    (void)tenant;
    (void)settings;
    return find_principal(txn, asked->hash, "session", reply, err);
}

bool first_owner_query(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request,
                       void *reply, struct err *err)
{
    struct tenant_row row;
    bool found;
    (void)tenant;
    (void)settings;
    (void)request;
    if (!tenant_get(txn, FIRST_TENANT, &row, &found, err))
        return false;
    *(struct principal *)reply = (struct principal){
        .tenant = FIRST_TENANT,
        .tenant_name = row.name,
        .id = (struct id){.b = {[6] = 0x70, [8] = 0x80, [15] = 1}},
        .kind = STR("user"),
        .name = STR("Owner"),
        .role = STR("owner"),
    };
    return true;
}

bool keys_query(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request, void *reply,
                struct err *err)
{
    struct key_page *page = reply;
    struct str rest;
    struct str value;
    struct scan scan;
    int64_t n;
    bool found = true;
    bool ok = true;
    (void)settings;
    (void)request;
    if (!table_count(txn, TABLE_KEY, &n, err))
        return false;
    page->data.v = arena_alloc_array(txn->arena, (size_t)n, sizeof *page->data.v);
    if (!page->data.v)
        return arena_err(txn->arena, err);
    scan_begin(&scan, txn, TABLE_KEY, key_of_tenant(tenant), SCAN_BACKWARD);
    while (ok && (int64_t)page->data.n < n) {
        struct access_row row;
        ok = scan_next(&scan, &rest, &value, &found, err);
        if (!ok || !found)
            break;
        ok = row_decode(txn, &access_row_record, value, &row, err);
        page->data.v[page->data.n++] = (struct key_view){row.id, row.name, row.hint, row.created_at};
    }
    scan_end(&scan);
    return ok;
}
