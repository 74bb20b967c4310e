#include "apply/settings_cache.h"

#include "core/tenant_settings.h"

#include <stdlib.h>

enum { SLOT_BYTES_MAX = 1024 * 1024 }; /* settings of one tenant: a body is at most 64 KiB */

struct slot {
    int64_t tenant;
    bool is_filled;
    struct arena arena;
    struct settings_view view;
};

struct settings_cache {
    struct slot slots[SETTINGS_CACHE_TENANTS];
};

struct settings_cache *settings_cache_new(void)
{
    struct settings_cache *cache = calloc(1, sizeof *cache);
    for (size_t i = 0; cache && i < COUNT(cache->slots); i++)
        arena_init(&cache->slots[i].arena, SLOT_BYTES_MAX);
    return cache;
}

void settings_cache_free(struct settings_cache *cache)
{
    for (size_t i = 0; cache && i < COUNT(cache->slots); i++)
        arena_release(&cache->slots[i].arena);
    free(cache);
}

void settings_cache_forget(struct settings_cache *cache)
{
    for (size_t i = 0; i < COUNT(cache->slots); i++)
        cache->slots[i].is_filled = false;
}

/* Reads and decodes into `arena`, which stands in for the transaction's own meanwhile. */
static bool load(struct txn *txn, int64_t tenant, struct arena *arena, struct settings_view *out, struct err *err)
{
    struct settings_row row;
    bool found;
    struct arena *own = txn->arena;
    txn->arena = arena;
    record_init(&settings_row_record, &row);
    bool ok = ROW_GET(txn, TABLE_SETTINGS, key_of_tenant(tenant), settings_row, &row, &found, err);
    txn->arena = own;
    if (ok)
        tenant_settings_resolve(&row, out);
    return ok;
}

bool tenant_settings_get(struct txn *txn, const struct settings *settings, int64_t tenant,
                         const struct settings_view **out, struct err *err)
{
    if (!settings->tenants) {
        struct settings_view *view = arena_alloc(txn->arena, sizeof *view);
        *out = view;
        return view ? load(txn, tenant, txn->arena, view, err) : arena_err(txn->arena, err);
    }
    struct slot *slot = &settings->tenants->slots[(uint64_t)tenant % SETTINGS_CACHE_TENANTS];
    if (!slot->is_filled || slot->tenant != tenant) {
        slot->is_filled = false;
        arena_reset(&slot->arena);
        if (!load(txn, tenant, &slot->arena, &slot->view, err))
            return false;
        slot->tenant = tenant;
        slot->is_filled = true;
    }
    *out = &slot->view;
    return true;
}
