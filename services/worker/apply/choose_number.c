#include "apply/choose_number.h"

#include "core/pool_choose.h"
#include "domain/powerpack.h"

enum { NUMBERS_LOOK_MAX = 100 }; /* numbers whose conversations are looked at for the last one; few tenants have more */
static const struct str POOL = STR("pool:");

bool pool_get(struct txn *txn, int64_t tenant, struct id id, struct pool_row *row, bool *found, struct err *err)
{
    return ROW_GET(txn, TABLE_POOL, key_of_id(tenant, id), pool_row, row, found, err);
}

/* --- nothing was asked for --- */

/* The number of ours in the person's conversation with the newest activity; unset when there is none. */
static bool last_number(struct txn *txn, int64_t tenant, struct str person, struct str *address, struct err *err)
{
    struct scan scan;
    struct str rest;
    struct str value;
    int64_t newest_at = 0;
    bool found = true;
    bool ok = true;
    *address = (struct str){0};
    scan_begin(&scan, txn, TABLE_NUMBER, key_of_tenant(tenant), SCAN_FORWARD);
    for (int i = 0; ok && i < NUMBERS_LOOK_MAX; i++) {
        struct number_row number;
        struct conversation_row conversation;
        ok = scan_next(&scan, &rest, &value, &found, err);
        if (!ok || !found)
            break;
        ok = row_decode(txn, &number_row_record, value, &number, err) &&
             conversation_find(txn, tenant, number.address, person, &conversation, &found, err);
        if (!ok || !found || number.state == NUMBER_DISCOVERED || conversation.listed_at <= newest_at)
            continue;
        newest_at = conversation.listed_at;
        *address = number.address;
    }
    scan_end(&scan);
    return ok;
}

/* --- a pool --- */

static bool read_candidate(struct txn *txn, int64_t tenant, struct str address, struct str person,
                           struct pool_candidate *out, struct err *err)
{
    struct number_row number;
    struct conversation_row conversation;
    bool found;
    *out = (struct pool_candidate){ .address = address };
    if (!number_get(txn, tenant, address, &number, &found, err))
        return false;
    out->can_send = found && number.state == NUMBER_ACTIVE;
    if (!conversation_find(txn, tenant, address, person, &conversation, &found, err))
        return false;
    out->talked_at = found ? conversation.listed_at : 0;
    return true;
}

static bool choose_from_pool(struct txn *txn, int64_t tenant, const struct pool_row *pool, struct str person,
                             struct str *out, struct err *err)
{
    struct pool_candidate *candidates = arena_alloc_array(txn->arena, pool->numbers.n, sizeof *candidates);
    if (!candidates)
        return arena_err(txn->arena, err);
    for (size_t i = 0; i < pool->numbers.n; i++)
        if (!read_candidate(txn, tenant, pool->numbers.v[i], person, &candidates[i], err))
            return false;
    *out = candidates[pool_choose(candidates, pool->numbers.n, person, !pool->is_free, !pool->is_anywhere)].address;
    return true;
}

static bool find_pool(struct txn *txn, int64_t tenant, struct str asked, struct pool_row *pool, struct err *err)
{
    struct id id;
    struct err unused;
    bool found = id_parse(str_slice(asked, POOL.n, asked.n), "from", &id, &unused);
    if (found && !pool_get(txn, tenant, id, pool, &found, err))
        return false;
    return found || err_set(err, ERR_INPUT, "from", "there is no such pool");
}

/* --- all ways --- */

static bool is_not_ours(struct str address, const char *why, struct err *err)
{
    if (str_is_set(powerpack_uuid(address)))
        why = "is no Powerpack of yours (\"powerpack:<uuid>\"): name it in a pool's numbers first";
    return err_set(err, ERR_INPUT, "from", "%s", why);
}

static bool from_default(struct txn *txn, int64_t tenant, struct str person, struct str *address, struct err *err)
{
    struct tenant_row head;
    struct pool_row pool = { 0 };
    bool found;
    if (!tenant_get(txn, tenant, &head, &found, err))
        return false;
    if (!found)
        return err_set(err, ERR_MISSING, "tenant", "there is no tenant %lld", (long long)tenant);
    if (!last_number(txn, tenant, person, address, err))
        return false;
    if (address->n > 0)
        return true;
    *address = head.default_number;
    if (!id_is_set(head.default_pool))
        return true;
    if (!pool_get(txn, tenant, head.default_pool, &pool, &found, err))
        return false;
    return !found || choose_from_pool(txn, tenant, &pool, person, address, err);
}

bool choose_number(struct txn *txn, int64_t tenant, struct str asked, struct str person, struct number_row *out,
                   struct err *err)
{
    struct str address = asked;
    struct pool_row pool = { 0 };
    bool found;
    if (asked.n == 0 && !from_default(txn, tenant, person, &address, err))
        return false;
    if (str_starts(asked, POOL) &&
        (!find_pool(txn, tenant, asked, &pool, err) || !choose_from_pool(txn, tenant, &pool, person, &address, err)))
        return false;
    if (address.n == 0)
        return err_set(err, ERR_CONFLICT, "from", "no number is set up yet; set PLIVO_FROM_NUMBER or name one");
    if (!number_get(txn, tenant, address, out, &found, err))
        return false;
    return found || is_not_ours(address, "is none of your numbers", err);
}

bool from_check(struct txn *txn, int64_t tenant, struct str asked, struct err *err)
{
    struct pool_row pool;
    struct number_row number;
    bool found = true;
    if (str_starts(asked, POOL))
        return find_pool(txn, tenant, asked, &pool, err);
    if (asked.n > 0 && !number_get(txn, tenant, asked, &number, &found, err))
        return false;
    return found || is_not_ours(asked, "is none of your numbers, and no pool of yours (\"pool:<id>\")", err);
}
