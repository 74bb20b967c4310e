#include "query/page.h"

enum { LIMIT_DEFAULT = 50 };

bool page_begin(struct page_walk *walk, struct txn *txn, enum table table, struct key prefix,
                enum scan_direction direction, struct str filters, struct str cursor, int64_t limit, int64_t limit_max,
                struct err *err)
{
    struct str position;
    *walk = (struct page_walk){ .txn = txn, .filters = filters };
    walk->at = walk->last = key_begin();
    if (!limit_check(limit, LIMIT_DEFAULT, limit_max, &walk->limit, err) ||
        !cursor_parse(txn, filters, cursor, &position, err))
        return false;
    scan_begin(&walk->scan, txn, table, prefix, direction);
    if (position.n) {
        key_bytes(&prefix, position.p, position.n);
        scan_after(&walk->scan, prefix);
    }
    return true;
}

bool page_next(struct page_walk *walk, size_t taken, struct str *rest, struct str *value, bool *found, struct err *err)
{
    if (walk->steps > 0 && taken == walk->taken)
        arena_rewind(walk->txn->arena, walk->mark);
    *found = false;
    if (walk->has_more)
        return true;
    if (!scan_next(&walk->scan, rest, value, found, err))
        return false;
    if (!*found)
        return true;
    walk->last = walk->at;
    walk->has_more = query_is_over(walk->txn, walk->steps++);
    *found = !walk->has_more;
    walk->at = key_begin();
    key_bytes(&walk->at, rest->p, rest->n);
    walk->mark = arena_mark(walk->txn->arena);
    walk->taken = taken;
    return true;
}

bool page_has_room(struct page_walk *walk, size_t taken)
{
    walk->has_more = (int64_t)taken == walk->limit;
    return !walk->has_more;
}

bool page_end(struct page_walk *walk, bool ok, struct str *next_cursor, struct err *err)
{
    scan_end(&walk->scan);
    return ok && (!walk->has_more || cursor_format(walk->txn, walk->filters, key_str(&walk->last), next_cursor, err));
}
