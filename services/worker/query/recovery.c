/* How the recovery of a restored store stands. */
#include "query/query.h"
#include "store/meta.h"
#include "apply/apply.h"

bool recovery_query(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request, void *reply,
                    struct err *err)
{
    (void)tenant;
    (void)settings;
    (void)request;
    return recovery_view_read(txn, reply, err);
}
