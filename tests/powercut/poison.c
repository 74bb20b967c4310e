/* poison.c - a fault in the midst of an operation: an LD_PRELOAD layer that makes one text deadly for the process that stores it.
 *
 * Promise: a row that holds PARLEY_POISON, on its way into LMDB, ends the process by SIGSEGV; all else goes through untouched, and so does
 *          the one row that keeps what was put aside: it tells its deaths.
 * Threads: any.
 */
#include <dlfcn.h>
#include <lmdb.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

int mdb_put(MDB_txn *txn, MDB_dbi dbi, MDB_val *key, MDB_val *data, unsigned int flags)
{
    static __typeof__(&mdb_put) real;
    const char *poison = getenv("PARLEY_POISON");
    if (poison && memmem(data->mv_data, data->mv_size, poison, strlen(poison)) &&
        !memmem(data->mv_data, data->mv_size, "deaths", 6))
        (void)raise(SIGSEGV); /* does not come back */
    if (!real)
        real = (__typeof__(&mdb_put))dlsym(RTLD_NEXT, "mdb_put");
    return real(txn, dbi, key, data, flags);
}
