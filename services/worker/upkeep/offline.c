#include "upkeep/offline.h"

#include "upkeep/check.h"

enum { LOOK_MAX_BYTES = 1024 * 1024 };

bool offline_check(const char *url, offline_report *report, void *context, int64_t *rows, int64_t *findings,
                   struct err *err)
{
    struct check_summary summary = { 0 };
    struct store *store;
    struct arena arena;
    struct txn txn;
    if (!store_open_to_look(&store, url, err))
        return false;
    arena_init(&arena, LOOK_MAX_BYTES);
    bool ok = store_begin_read(store, &arena, &txn, err);
    if (ok) {
        ok = check_run(&txn, report, context, &summary, err);
        store_abort(&txn);
    }
    arena_release(&arena);
    store_close(&store);
    *rows = summary.rows;
    *findings = summary.findings;
    return ok;
}
