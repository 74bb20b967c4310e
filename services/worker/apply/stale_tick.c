#include "apply/stale_tick.h"

#include "apply/health.h"
#include "apply/quarantine.h"

static const int64_t DAY_MS = 86400000;

/* The tables that are walked through, in their order. */
static const enum table TABLES[] = { TABLE_QUARANTINE, TABLE_ORPHAN, TABLE_HEALTH };

static bool drop_old_orphan(struct txn *txn, struct key key, struct str value, int64_t before_ms, struct err *err)
{
    struct report_row row;
    return row_decode(txn, &report_row_record, value, &row, err) &&
           ((row.report && row.report->received_at >= before_ms) || row_delete(txn, TABLE_ORPHAN, key, err));
}

/* A day of which nobody can ask any more: key_of_health(). */
static bool drop_old_health(struct txn *txn, struct key key, struct str rest, struct err *err)
{
    (void)key_take_tenant(&rest);
    (void)key_take_byte(&rest);
    (void)key_take_text(&rest);
    return key_take_int(&rest) > txn->now_ms / DAY_MS - HEALTH_DAYS_MAX || row_delete(txn, TABLE_HEALTH, key, err);
}

/* One row of the walk's table. */
static bool look_at(struct txn *txn, enum table table, struct str rest, struct str value, int64_t before_ms,
                    struct err *err)
{
    struct key key = key_begin();
    key_bytes(&key, rest.p, rest.n);
    if (table == TABLE_ORPHAN)
        return drop_old_orphan(txn, key, value, before_ms, err);
    if (table == TABLE_HEALTH)
        return drop_old_health(txn, key, rest, err);
    return quarantine_drop_old(txn, key_take_tenant(&rest), value, before_ms, err);
}

/* *steps are taken off; the walk stands behind the last row looked at, or at the next table's beginning. */
static bool go_on(struct txn *txn, struct stale_walk_row *walk, int64_t before_ms, int *steps, struct err *err)
{
    enum table table = TABLES[walk->table];
    struct key at = key_begin();
    struct scan scan;
    struct str rest;
    struct str value;
    bool found = true;
    bool ok = true;
    key_bytes(&at, walk->after.p, walk->after.n);
    scan_begin(&scan, txn, table, key_begin(), SCAN_FORWARD);
    if (at.n > 0)
        scan_after(&scan, at);
    for (; ok && *steps > 0; --*steps) {
        struct arena_mark mark = arena_mark(txn->arena);
        ok = scan_next(&scan, &rest, &value, &found, err);
        if (!ok || !found)
            break;
        at = key_begin();
        key_bytes(&at, rest.p, rest.n);
        ok = look_at(txn, table, rest, value, before_ms, err);
        arena_rewind(txn->arena, mark);
    }
    scan_end(&scan);
    walk->table += ok && !found ? 1 : 0;
    walk->after = ok && !found ? (struct str){ 0 } : arena_dup(txn->arena, key_str(&at));
    return ok;
}

static bool rows_to_look_at(struct txn *txn, int64_t *rows, struct err *err)
{
    *rows = 0;
    for (size_t i = 0; i < COUNT(TABLES); i++) {
        int64_t n;
        if (!table_count(txn, TABLES[i], &n, err))
            return false;
        *rows += n;
    }
    return true;
}

bool stale_tick(struct txn *txn, const struct settings *settings, struct err *err)
{
    const struct key name = key_of_name(STR("stale_walk"));
    struct stale_walk_row walk;
    int64_t rows;
    bool found;
    int steps = STALE_STEPS_MAX;
    if (!ROW_GET(txn, TABLE_META, name, stale_walk_row, &walk, &found, err))
        return false;
    bool is_over = !found || walk.table >= (int64_t)COUNT(TABLES);
    if (is_over && found && txn->now_ms >= walk.begun_at && txn->now_ms - walk.begun_at < STALE_EVERY_MS)
        return true;
    if (!rows_to_look_at(txn, &rows, err))
        return false;
    if (rows == 0)
        return true;
    if (is_over)
        walk = (struct stale_walk_row){ .begun_at = txn->now_ms };
    while (steps > 0 && walk.table < (int64_t)COUNT(TABLES))
        if (!go_on(txn, &walk, txn->now_ms - settings->aside_days * DAY_MS, &steps, err))
            return false;
    return ROW_PUT(txn, TABLE_META, name, stale_walk_row, &walk, err);
}
