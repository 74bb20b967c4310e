/* rule_cache.h - the tenants' rules, compiled, kept between requests.
 *
 * Promise: what rule_cache_get() returns is what the transaction's store holds: who writes a rule calls rule_cache_forget(), and so does the
 *          loop after an aborted transaction.
 * Memory:  one set, of the tenant asked last.
 * Threads: the writer's.
 */
#ifndef PARLEY_RULE_CACHE_H
#define PARLEY_RULE_CACHE_H
#include "core/rules.h"
#include "store/entities.h"

struct rule_cache *rule_cache_new(void);
void rule_cache_free(struct rule_cache *cache);
void rule_cache_forget(struct rule_cache *cache);
MUST_USE bool rule_cache_get(struct rule_cache *cache, struct txn *txn, int64_t tenant, struct rule_set **out,
                             struct err *err);

/* A fresh set of a tenant's rules; the caller frees it. For readers. */
MUST_USE bool rule_set_load(struct txn *txn, int64_t tenant, struct rule_set **out, struct err *err);

#endif
