#include "domain/powerpack.h"
#include "store/entities.h"
#include "store/lmdb_private.h"

bool tenant_flush(struct txn *txn, struct err *err)
{
    struct tenant_cache *cache = &txn->store->tenant;
    bool is_changed = cache->is_changed;
    cache->is_changed = false;
    return !is_changed || ROW_PUT(txn, TABLE_TENANT, key_of_tenant(cache->tenant), tenant_row, &cache->row, err);
}

void tenant_forget(struct store *store)
{
    store->tenant.is_loaded = store->tenant.is_changed = false;
    arena_reset(&store->tenant.arena);
}

static bool load(struct txn *txn, int64_t tenant, bool *found, struct err *err)
{
    struct tenant_cache *cache = &txn->store->tenant;
    struct arena *arena = txn->arena;
    if (!tenant_flush(txn, err))
        return false;
    txn->arena = &cache->arena; /* the row outlives the request */
    bool ok = ROW_GET(txn, TABLE_TENANT, key_of_tenant(tenant), tenant_row, &cache->row, found, err);
    txn->arena = arena;
    cache->tenant = tenant;
    cache->is_loaded = ok && *found;
    return ok;
}

bool tenant_get(struct txn *txn, int64_t tenant, struct tenant_row *row, bool *found, struct err *err)
{
    struct tenant_cache *cache = &txn->store->tenant;
    if (!txn->is_write)
        return ROW_GET(txn, TABLE_TENANT, key_of_tenant(tenant), tenant_row, row, found, err);
    *found = cache->is_loaded && cache->tenant == tenant;
    if (!*found && !load(txn, tenant, found, err))
        return false;
    if (*found)
        *row = cache->row;
    return true;
}

/* Of a field that points elsewhere its size, else 0. */
static size_t borrowed_bytes(const struct field *f)
{
    switch (f->kind) {
    case FIELD_STR:
    case FIELD_SOME:
    case FIELD_BIN:
    case FIELD_JSON:
        return sizeof(struct str);
    case FIELD_OBJECT:
        return sizeof(void *);
    case FIELD_LIST:
    case FIELD_STRS:
        return sizeof(struct record_list);
    case FIELD_INT:
    case FIELD_OPT:
    case FIELD_REAL:
    case FIELD_BOOL:
    case FIELD_ID:
    case FIELD_TIME:
    case FIELD_ENUM:
        return 0;
    }
    return 0;
}

/* Whether they differ in numbers alone: texts and lists are the cached ones themselves. */
static bool shares_memory(const struct tenant_row *a, const struct tenant_row *b)
{
    for (size_t i = 0; i < tenant_row_record.n; i++) {
        const struct field *f = &tenant_row_record.fields[i];
        const void *x = (const char *)a + f->offset;
        const void *y = (const char *)b + f->offset;
        if (borrowed_bytes(f) > 0 && memcmp(x, y, borrowed_bytes(f)) != 0)
            return false;
    }
    return true;
}

bool tenant_put(struct txn *txn, int64_t tenant, const struct tenant_row *row, struct err *err)
{
    struct tenant_cache *cache = &txn->store->tenant;
    if (!txn->is_broken && cache->is_loaded && cache->tenant == tenant && shares_memory(row, &cache->row)) {
        cache->row = *row;
        cache->is_changed = txn->is_dirty = true;
        return true;
    }
    bool ok = tenant_flush(txn, err) && ROW_PUT(txn, TABLE_TENANT, key_of_tenant(tenant), tenant_row, row, err);
    cache->is_loaded = false; /* read anew: what it borrowed may go with the request */
    return ok;
}

bool txn_tell(struct txn *txn, int64_t tenant, const char *type, struct id object, struct err *err)
{
    struct tenant_row row;
    bool found;
    if (!tenant_get(txn, tenant, &row, &found, err))
        return false;
    if (!found)
        return err_set(err, ERR_MISSING, "tenant", "there is no tenant %lld", (long long)tenant);
    if (txn->told_n >= TOLD_MAX)
        return err_set(err, ERR_TOO_BIG, NULL, "would tell more than %d events at once", TOLD_MAX);
    row.event_head++;
    struct event_row event = {.type = str_of(type), .object = object, .at = txn->now_ms};
    txn->told[txn->told_n++] = (struct told){tenant, row.event_head, type, object};
    return tenant_put(txn, tenant, &row, err) &&
           ROW_PUT(txn, TABLE_EVENT, key_of_number(tenant, row.event_head), event_row, &event, err);
}

/* --- numbers --- */

bool number_get(struct txn *txn, int64_t tenant, struct str address, struct number_row *row, bool *found,
                struct err *err)
{
    return ROW_GET(txn, TABLE_NUMBER, key_of_text(tenant, address), number_row, row, found, err);
}

bool number_by_id(struct txn *txn, int64_t tenant, struct id id, struct number_row *row, bool *found, struct err *err)
{
    struct str address = {0};
    if (!value_get(txn, TABLE_NUMBER_ID, key_of_id(tenant, id), &address, found, err))
        return false;
    return !*found || number_get(txn, tenant, address, row, found, err);
}

bool number_put(struct txn *txn, int64_t tenant, const struct number_row *row, struct err *err)
{
    return ROW_PUT(txn, TABLE_NUMBER, key_of_text(tenant, row->address), number_row, row, err) &&
           value_put(txn, TABLE_NUMBER_ID, key_of_id(tenant, row->id), row->address, err) &&
           txn_tell(txn, tenant, "number.updated", row->id, err);
}

/* North American numbers: the toll-free area codes, else a long code. Plivo's record knows better; a person can correct it. */
static enum number_kind kind_of(struct str address)
{
    static const char *const TOLL_FREE[] = {"800", "833", "844", "855", "866", "877", "888"};
    if (str_is_set(powerpack_uuid(address)))
        return NUMBER_POWERPACK;
    if (address_kind_of(address) == ADDRESS_LETTERS)
        return NUMBER_ALPHANUMERIC;
    if (address_kind_of(address) == ADDRESS_SHORT_CODE)
        return NUMBER_SHORT_CODE;
    if (!str_starts(address, STR("+1")) || address.n != 12)
        return NUMBER_UNKNOWN;
    for (size_t i = 0; i < COUNT(TOLL_FREE); i++)
        if (str_is(str_slice(address, 2, 3), TOLL_FREE[i]))
            return NUMBER_TOLL_FREE;
    return NUMBER_LONG_CODE;
}

bool number_make(struct txn *txn, int64_t tenant, struct str address, enum number_state state, struct number_row *row,
                 struct err *err)
{
    record_init(&number_row_record, row);
    row->id = txn_id(txn);
    row->address = address;
    row->kind = kind_of(address);
    /* Plivo answers STOP itself on US and Canadian long codes and toll-free numbers, of which Powerpacks are made, and nowhere else by
     * default (plivo.md section 11) */
    bool is_answered = row->kind == NUMBER_LONG_CODE || row->kind == NUMBER_TOLL_FREE || row->kind == NUMBER_POWERPACK;
    row->stop_reply = is_answered ? STOP_REPLY_PROVIDER : STOP_REPLY_PARLEY;
    row->state = state;
    row->created_at = row->updated_at = txn->now_ms;
    return number_put(txn, tenant, row, err);
}
