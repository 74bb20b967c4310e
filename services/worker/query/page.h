/* page.h - one page of a table, begun and gone on with by a cursor: the walk that every list shares.
 *
 * Promise: the page ends when it has its limit and there is one more, when the table ends, or after QUERY_STEPS_MAX rows or QUERY_MS; in
 *          all but the second case it has a cursor, tied to its filters, from which the next one goes on without a gap and without a repetition.
 *          What was read of a row that the page does not take is given back to the arena at the next.
 * Memory:  what page_next() lends is borrowed until the next call.
 * Threads: as the transaction.
 */
#ifndef PARLEY_PAGE_H
#define PARLEY_PAGE_H
#include "query/query.h"

struct page_walk {
    struct txn *txn;
    struct scan scan;
    struct str filters;
    struct key at;   /* of the row handed out, behind the prefix */
    struct key last; /* of the one before it: where the page ends when this one is the next page's */
    struct arena_mark mark; /* before the row was read */
    size_t taken;
    int64_t limit;
    int steps;
    bool has_more;
};

/* False: ERR_INPUT on "limit" or "cursor". */
MUST_USE bool page_begin(struct page_walk *walk, struct txn *txn, enum table table, struct key prefix,
                         enum scan_direction direction, struct str filters, struct str cursor, int64_t limit,
                         int64_t limit_max, struct err *err);
/* Another row; `taken` of those before it are on the page. *found false: the page is done. */
MUST_USE bool page_next(struct page_walk *walk, size_t taken, struct str *rest, struct str *value, bool *found,
                        struct err *err);
/* Asked of a row that belongs to the list: whether it goes on this page. False: it is the next one's first, and the walk is over. */
MUST_USE bool page_has_room(struct page_walk *walk, size_t taken);
/* Ends the walk, whether it went well or not; `ok` is what came of it. Fills the cursor when there is more. */
MUST_USE bool page_end(struct page_walk *walk, bool ok, struct str *next_cursor, struct err *err);

#endif
