/* settings_cache.h - the tenants' settings, decoded and filled up with their defaults, kept between requests.
 *
 * Promise: what tenant_settings_get() returns is what the transaction's store holds: who writes a tenant's settings calls
 *          settings_cache_forget(), and so does the loop after an aborted transaction.
 * Memory:  at most SETTINGS_CACHE_TENANTS tenants; what is lent is good until the cache is asked for another tenant, or told to forget.
 * Threads: the writer's. Readers have none: then every call reads the store, into the transaction's arena.
 */
#ifndef PARLEY_SETTINGS_CACHE_H
#define PARLEY_SETTINGS_CACHE_H
#include "settings.h"
#include "store/entities.h"

enum { SETTINGS_CACHE_TENANTS = 64 };

/* NULL when memory is out. */
struct settings_cache *settings_cache_new(void);
void settings_cache_free(struct settings_cache *cache);
void settings_cache_forget(struct settings_cache *cache);

/* The one way to a tenant's settings, for writer and readers alike: settings->tenants is the cache, NULL for readers. */
MUST_USE bool tenant_settings_get(struct txn *txn, const struct settings *settings, int64_t tenant,
                                  const struct settings_view **out, struct err *err);

#endif
