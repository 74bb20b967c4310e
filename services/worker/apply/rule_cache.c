#include "apply/rule_cache.h"

#include <stdlib.h>

struct rule_cache {
    int64_t tenant;
    struct rule_set *set;
};

struct rule_cache *rule_cache_new(void)
{
    return calloc(1, sizeof(struct rule_cache));
}

void rule_cache_forget(struct rule_cache *cache)
{
    rule_set_free(cache->set);
    cache->set = NULL;
}

void rule_cache_free(struct rule_cache *cache)
{
    if (!cache)
        return;
    rule_cache_forget(cache);
    free(cache);
}

static bool load_into(struct txn *txn, int64_t tenant, struct rule_set *set, struct err *err)
{
    struct scan scan;
    struct str rest;
    struct str value;
    bool found = true;
    bool ok = true;
    scan_begin(&scan, txn, TABLE_RULE, key_of_tenant(tenant), SCAN_FORWARD);
    while (ok && found) {
        struct rule_row row;
        ok = scan_next(&scan, &rest, &value, &found, err);
        if (ok && found)
            ok = row_decode(txn, &rule_row_record, value, &row, err) && rule_set_add(set, &row, err);
    }
    scan_end(&scan);
    if (ok)
        rule_set_sort(set);
    return ok;
}

bool rule_set_load(struct txn *txn, int64_t tenant, struct rule_set **out, struct err *err)
{
    struct rule_set *set = rule_set_new();
    if (!set)
        return err_set(err, ERR_BUSY, NULL, "out of memory");
    if (load_into(txn, tenant, set, err)) {
        *out = set;
        return true;
    }
    rule_set_free(set);
    return false;
}

bool rule_cache_get(struct rule_cache *cache, struct txn *txn, int64_t tenant, struct rule_set **out, struct err *err)
{
    if (cache->set && cache->tenant == tenant) {
        *out = cache->set;
        return true;
    }
    rule_cache_forget(cache);
    if (!rule_set_load(txn, tenant, &cache->set, err))
        return false;
    cache->tenant = tenant;
    *out = cache->set;
    return true;
}
