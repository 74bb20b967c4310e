/* list.h - a list of a table's rows as people see them: what is left to say of most lists when page.h has walked.
 *
 * Promise: as page.h's. A list that is empty has no rows and no cursor.
 * Memory:  the page lives in the transaction's arena.
 * Threads: as the transaction.
 */
#ifndef PARLEY_LIST_H
#define PARLEY_LIST_H
#include "query/page.h"

enum { LIST_LIMIT_MAX = 200 };

/* Whether the row belongs to the list. `asked` is the query. */
typedef bool list_wants(const void *asked, const void *row);
/* The row as people see it; `key` is what stands in its key behind the list's prefix. */
typedef bool list_make(struct txn *txn, int64_t tenant, const void *asked, struct str key, const void *row, void *view,
                       struct err *err);

struct list {
    enum table table;
    struct key prefix;
    enum scan_direction direction;
    struct str filters;         /* ties the cursor to them */
    const struct record *row;
    const struct record *view;
    list_wants *wants;          /* NULL: all of them */
    list_make *make;
    const void *asked;
    struct str cursor;
    int64_t limit;
};

/* `page` is the struct of a PAGE_OF(view). False: ERR_INPUT on "limit" or "cursor", or the store failed. */
MUST_USE bool list_run(struct txn *txn, int64_t tenant, const struct list *list, void *page, struct err *err);

#endif
