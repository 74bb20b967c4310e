/* Sign-in links, sessions and keys: only the SHA-256 of a secret ever reaches the store. */
#include "apply/apply.h"
#include "apply/audit.h"
#include "apply/notice.h"

enum { HASH_BYTES = 32, LINK_MAX_MS = 10 * 60 * 1000, NAME_MAX_BYTES = 120 };

static bool check_hash(struct str hash, struct err *err)
{
    return hash.n == HASH_BYTES || err_set(err, ERR_INPUT, "hash", "must be a SHA-256 of %d bytes", HASH_BYTES);
}

static struct principal principal_of(const struct access_row *row)
{
    return (struct principal){
        .tenant = row->tenant,
        .id = row->id,
        .kind = str_is(row->kind, "key") ? STR("key") : STR("user"),
        .name = row->name,
        .role = STR("owner"),
    };
}

bool login_create_apply(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request,
                        void *reply, struct err *err)
{
    const struct login_create *asked = request;
    (void)settings;
    (void)reply;
    if (!check_hash(asked->hash, err))
        return false;
    struct access_row row = {
        .tenant = tenant,
        .kind = STR("login"),
        .id = txn_id(txn),
        .name = STR("Owner"),
        .created_at = txn->now_ms,
        .expires_at = min_i64(asked->expires_at, txn->now_ms + LINK_MAX_MS),
    };
    return ROW_PUT(txn, TABLE_ACCESS, key_of_name(asked->hash), access_row, &row, err);
}

bool login_exchange_apply(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request,
                          void *reply, struct err *err)
{
    const struct login_exchange *asked = request;
    struct access_row row;
    bool found;
    (void)tenant; /* the link says whose it is */
    (void)settings;
    if (!check_hash(asked->hash, err) || !check_hash(asked->session_hash, err))
        return false;
    if (!ROW_GET(txn, TABLE_ACCESS, key_of_name(asked->hash), access_row, &row, &found, err))
        return false;
    if (!found || !str_is(row.kind, "login") || row.expires_at < txn->now_ms)
        return err_set(err, ERR_UNSIGNED, NULL,
                       "this sign-in link was used already or is older than 10 minutes; ask for a new one");
    row.kind = STR("session");
    row.created_at = txn->now_ms;
    row.expires_at = asked->expires_at;
    *(struct principal *)reply = principal_of(&row);
    return row_delete(txn, TABLE_ACCESS, key_of_name(asked->hash), err) &&
           ROW_PUT(txn, TABLE_ACCESS, key_of_name(asked->session_hash), access_row, &row, err);
}

bool logout_apply(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request, void *reply,
                  struct err *err)
{
    const struct secret_hash *asked = request;
    struct access_row row;
    bool found;
    (void)tenant;
    (void)settings;
    (void)reply;
    if (!check_hash(asked->hash, err) ||
        !ROW_GET(txn, TABLE_ACCESS, key_of_name(asked->hash), access_row, &row, &found, err))
        return false;
    return !found || !str_is(row.kind, "session") || row_delete(txn, TABLE_ACCESS, key_of_name(asked->hash), err);
}

bool key_create_apply(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request,
                      void *reply, struct err *err)
{
    const struct key_create *asked = request;
    struct key_view *view = reply;
    (void)settings;
    if (!check_hash(asked->hash, err))
        return false;
    if (str_trim(asked->name).n == 0 || asked->name.n > NAME_MAX_BYTES)
        return err_set(err, ERR_INPUT, "name", "must have 1 to %d bytes", NAME_MAX_BYTES);
    struct access_row row = { .tenant = tenant,
                              .kind = STR("key"),
                              .id = txn_id(txn),
                              .name = asked->name,
                              .hint = asked->hint,
                              .created_at = txn->now_ms };
    const struct key_view before = { 0 };
    const struct key_view named = { .name = row.name }; /* of the key itself the audit knows nothing */
    *view = (struct key_view){.id = row.id, .name = row.name, .hint = row.hint, .created_at = row.created_at};
    return audit_change(txn, tenant, "key.create", notice_about(txn, "key", row.id), &key_view_record, &before, &named,
                        err) &&
           ROW_PUT(txn, TABLE_ACCESS, key_of_name(asked->hash), access_row, &row, err) &&
           ROW_PUT(txn, TABLE_KEY, key_of_id(tenant, row.id), access_row, &row, err);
}
