/* A backup, made by a reader beside the work of the others. */
#include "upkeep/backup.h"

#include "query/query.h"

bool backup_query(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request, void *reply,
                  struct err *err)
{
    const struct backup_ask *asked = request;
    (void)tenant;
    (void)settings;
    store_abort(txn); /* the copy takes a read of its own, and one thread has one at a time (lmdb_env.h) */
    return backup_make(txn->store, asked->folder, txn->now_ms, txn->arena, reply, err);
}
