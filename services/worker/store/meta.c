#include "store/meta.h"

#include "io/chance.h"
#include "store/migrate.h"

#include <stdio.h>

enum { KEY_BYTES = 32 };

#define DAY_MS INT64_C(86400000)
static const int64_t KEY_LIFE_MS = CALLBACK_KEY_DAYS * DAY_MS;

/* --- single values --- */

static struct key name_key(const char *name)
{
    return key_of_name(str_of(name));
}

static bool put_int(struct txn *txn, const char *name, int64_t v, struct err *err)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%lld", (long long)v); /* an int64 has at most 20 characters */
    return value_put(txn, TABLE_META, name_key(name), str_of(text), err);
}

static bool get_int(struct txn *txn, const char *name, int64_t *out, struct err *err)
{
    struct str text;
    bool found;
    if (!value_get(txn, TABLE_META, name_key(name), &text, &found, err))
        return false;
    if (!found || !str_to_int(text, 0, INT64_MAX, out))
        return err_set(err, ERR_BROKEN, "STORE_URL", "the store's %s is missing: it is no store of ours, or damaged",
                       name);
    return true;
}

/* --- callback keys --- */

static bool keys_get(struct txn *txn, struct callback_keys *keys, struct err *err)
{
    bool found;
    record_init(&callback_keys_record, keys);
    return ROW_GET(txn, TABLE_META, name_key("callback_keys"), callback_keys, keys, &found, err);
}

/* One more before the others; those that have been out of use for too long, and what is over the maximum, go. */
static bool keys_add(struct txn *txn, struct str bytes, struct err *err)
{
    struct callback_keys have;
    struct callback_key kept[CALLBACK_KEYS_MAX] = { { .key = bytes, .made_at = txn->now_ms } };
    struct callback_keys keys;
    if (!keys_get(txn, &have, err))
        return false;
    record_init(&callback_keys_record, &keys);
    keys.keys.v = kept;
    keys.keys.n = 1;
    int64_t replaced_at = txn->now_ms;
    for (size_t i = 0; i < have.keys.n && keys.keys.n < CALLBACK_KEYS_MAX; i++) {
        if (txn->now_ms - replaced_at < KEY_LIFE_MS)
            kept[keys.keys.n++] = have.keys.v[i];
        replaced_at = have.keys.v[i].made_at;
    }
    return ROW_PUT(txn, TABLE_META, name_key("callback_keys"), callback_keys, &keys, err);
}

static bool keys_renew(struct txn *txn, struct err *err)
{
    uint8_t bytes[KEY_BYTES];
    chance_bytes(bytes, sizeof bytes);
    return keys_add(txn, str_bytes(bytes, sizeof bytes), err);
}

static bool keys_renew_if_due(struct txn *txn, struct err *err)
{
    struct callback_keys keys;
    if (!keys_get(txn, &keys, err))
        return false;
    return (keys.keys.n > 0 && txn->now_ms - keys.keys.v[0].made_at < KEY_LIFE_MS) || keys_renew(txn, err);
}

bool callback_keys_migrate(struct txn *txn, struct err *err)
{
    struct str bytes;
    bool found;
    if (!value_get(txn, TABLE_META, name_key("callback_key"), &bytes, &found, err))
        return false;
    if (!found || bytes.n != KEY_BYTES)
        return err_set(err, ERR_BROKEN, "STORE_URL", "the store's callback key is missing: it is damaged");
    return keys_add(txn, bytes, err) && row_delete(txn, TABLE_META, name_key("callback_key"), err);
}

static bool keys_take(struct txn *txn, struct store_meta *out, struct err *err)
{
    struct callback_keys keys;
    if (!keys_get(txn, &keys, err))
        return false;
    out->keys_n = 0;
    for (size_t i = 0; i < keys.keys.n && i < CALLBACK_KEYS_MAX; i++)
        if (keys.keys.v[i].key.n != KEY_BYTES || !secret_set(&out->keys[out->keys_n++], keys.keys.v[i].key))
            return err_set(err, ERR_BROKEN, "STORE_URL", "a callback key of the store is damaged");
    return out->keys_n > 0 || err_set(err, ERR_BROKEN, "STORE_URL", "the store has no callback key: it is damaged");
}

/* --- opening --- */

static bool make(struct txn *txn, struct err *err)
{
    struct id id = chance_id();
    return value_put(txn, TABLE_META, name_key("id"), str_bytes(id.b, ID_BYTES), err) &&
           put_int(txn, "generation", 1, err) && put_int(txn, "rows_version", ROWS_VERSION, err);
}

/* Makes a new store's meta table, or brings an older one up to this layout. */
static bool prepare(struct txn *txn, struct err *err)
{
    struct str id;
    bool found;
    int64_t version = 0;
    if (!value_get(txn, TABLE_META, name_key("id"), &id, &found, err))
        return false;
    if (!found)
        return make(txn, err) && keys_renew(txn, err);
    if (!get_int(txn, "rows_version", &version, err))
        return false;
    if (version != ROWS_VERSION &&
        (!store_migrate(txn, version, err) || !put_int(txn, "rows_version", ROWS_VERSION, err)))
        return false;
    return keys_renew_if_due(txn, err);
}

bool meta_identity(struct txn *txn, struct id *id, int64_t *generation, bool *found, struct err *err)
{
    struct str bytes;
    if (!value_get(txn, TABLE_META, name_key("id"), &bytes, found, err))
        return false;
    if (!*found)
        return true;
    if (bytes.n != ID_BYTES)
        return err_set(err, ERR_BROKEN, "STORE_URL", "the store's id is missing: it is damaged");
    memcpy(id->b, bytes.p, ID_BYTES);
    return get_int(txn, "generation", generation, err);
}

bool meta_open(struct txn *txn, struct store_meta *out, struct err *err)
{
    struct str id;
    bool found;
    int64_t version = 0;
    if (txn->is_write && !prepare(txn, err))
        return false;
    if (!value_get(txn, TABLE_META, name_key("id"), &id, &found, err) || !get_int(txn, "rows_version", &version, err) ||
        !get_int(txn, "generation", &out->generation, err))
        return false;
    if (version != ROWS_VERSION)
        return err_set(err, ERR_CONFLICT, "STORE_URL",
                       "the store has layout %lld, this program looks at layout %d only", (long long)version,
                       ROWS_VERSION);
    if (!found || id.n != ID_BYTES)
        return err_set(err, ERR_BROKEN, "STORE_URL", "the store's id is missing: it is damaged");
    memcpy(out->id.b, id.p, ID_BYTES);
    return keys_take(txn, out, err);
}

void meta_release(struct store_meta *meta)
{
    for (size_t i = 0; i < CALLBACK_KEYS_MAX; i++)
        secret_release(&meta->keys[i]);
}

/* --- restored --- */

bool recovery_get(struct txn *txn, struct recovery_row *row, bool *found, struct err *err)
{
    record_init(&recovery_row_record, row);
    return ROW_GET(txn, TABLE_META, name_key("recovery"), recovery_row, row, found, err);
}

bool recovery_put(struct txn *txn, const struct recovery_row *row, struct err *err)
{
    return ROW_PUT(txn, TABLE_META, name_key("recovery"), recovery_row, row, err);
}

bool recovery_is_due(struct txn *txn, bool *is_due, struct err *err)
{
    struct recovery_row row;
    if (!recovery_get(txn, &row, is_due, err))
        return false;
    *is_due = *is_due && row.recovered_at == 0;
    return true;
}

bool meta_restore(struct txn *txn, const struct recovery_row *recovery, struct err *err)
{
    return put_int(txn, "generation", recovery->generation, err) && keys_renew(txn, err) &&
           recovery_put(txn, recovery, err);
}
