/* Who was erased since something came in from them: ingress asks for what it has put aside. */
#include "core/erase.h"
#include "query/query.h"

bool erased_query(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request, void *reply,
                  struct err *err)
{
    const struct erased_asks *asked = request;
    struct erased_answers *told = reply;
    (void)settings;
    told->answers.v = arena_alloc_array(txn->arena, asked->asks.n, sizeof *told->answers.v);
    if (!told->answers.v)
        return arena_err(txn->arena, err);
    told->answers.n = asked->asks.n;
    for (size_t i = 0; i < asked->asks.n; i++) {
        const struct erased_ask *ask = &asked->asks.v[i];
        struct erased_row tombstone;
        bool found;
        if (!erased_get(txn, tenant ? tenant : FIRST_TENANT, ask->address, &tombstone, &found, err))
            return false;
        told->answers.v[i].is_erased = found && erased_covers(&tombstone, ask->received_at);
    }
    return true;
}
