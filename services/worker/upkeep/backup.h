/* backup.h - a store's copy in a folder of its own, while the store is used, with a manifest that says what it is.
 *
 * Promise: B1 a folder with a manifest is a whole backup: it is written under another name, synced, opened and read, and only then gets
 *             the name that was asked for. What a crash leaves is called "<folder>.partial-…" and can be removed.
 *          B2 it holds all that was committed before it was asked for, and nothing half.
 *          B3 manifest_read() trusts nothing: the sum of data.mdb is compared before anything of it is used.
 * Units:   times ms UTC.
 * Memory:  texts of a manifest live in the arena.
 * Threads: any; a long read of the store (check.h).
 */
#ifndef PARLEY_BACKUP_H
#define PARLEY_BACKUP_H
#include "store/entities.h"

enum { MANIFEST_FORMAT = 1 };

/* `folder`: absolute, and not there yet. */
MUST_USE bool backup_make(struct store *store, struct str folder, int64_t now_ms, struct arena *arena,
                          struct backup_manifest *out, struct err *err);

/* Reads and verifies a backup's folder. */
MUST_USE bool manifest_read(const char *folder, struct arena *arena, struct backup_manifest *out, struct err *err);

#endif
