/* audit.h - who changed what: an entry beside each change that people make.
 *
 * Promise: the entry stands in the transaction of the change. It names each field that differs, with its value before and after;
 *          when none differs, there is no entry.
 * Memory:  texts are borrowed for the call.
 * Threads: the writer's.
 */
#ifndef PARLEY_AUDIT_H
#define PARLEY_AUDIT_H
#include "store/entities.h"

/* `before` and `after` are objects of `record`, as people see them. `action`: "settings.update" …; subject as a notice's, or unset. */
MUST_USE bool audit_change(struct txn *txn, int64_t tenant, const char *action, struct str subject,
                           const struct record *record, const void *before, const void *after, struct err *err);
/* An entry with its changes already as JSON ({field: {from, to}}). */
MUST_USE bool audit_add(struct txn *txn, int64_t tenant, const char *action, struct str subject, struct str changes,
                        struct err *err);

#endif
