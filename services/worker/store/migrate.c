#include "store/migrate.h"

#include "store/meta.h"

typedef bool migrate_function(struct txn *txn, struct err *err);

/* The step at place i brings layout i + 1 to layout i + 2. */
static migrate_function *const STEPS[] = {
    callback_keys_migrate, /* 2: callback keys are a list; a restored store waits to be recovered */
};

_Static_assert(COUNT(STEPS) == ROWS_VERSION - 1, "each layout but the first has the step that leads to it");

bool store_migrate(struct txn *txn, int64_t version, struct err *err)
{
    if (version < 1 || version > ROWS_VERSION)
        return err_set(err, ERR_CONFLICT, "STORE_URL",
                       "the store has layout %lld, this program knows 1 to %d: a newer Parley wrote it",
                       (long long)version, ROWS_VERSION);
    for (int64_t at = version; at < ROWS_VERSION; at++)
        if (!STEPS[at - 1](txn, err))
            return false;
    return true;
}
