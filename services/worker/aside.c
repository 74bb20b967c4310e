#include "aside.h"

#include "config.h"
#include "io/clock.h"
#include "io/log.h"
#include "metrics.h"
#include "upkeep/side_file.h"

enum { LINES_MAX_BYTES = 64 * 1024 * 1024, READ_MAX_BYTES = 4 * 1024 * 1024, AGAIN_MS = 2000 };

static struct store *of;
static struct side_file *side;
static struct buf lines;
static struct str path;
static struct arena path_arena;
static struct buf owed; /* lines that could not be written yet */
static bool is_caught_up, is_behind;
static int64_t tried_at_ms;

/* --- what is missing --- */

static bool catch_up(struct err *err)
{
    struct arena arena;
    struct txn txn;
    int64_t damaged = 0;
    arena_init(&arena, READ_MAX_BYTES);
    bool ok = store_begin_read(of, &arena, &txn, err);
    if (ok) {
        txn.now_ms = clock_wall_ms();
        ok = side_file_catch_up(side, path.p, &txn, &damaged, err);
        store_abort(&txn);
    }
    arena_release(&arena);
    if (damaged > 0)
        log_event(LOG_WARN, "side_file.damaged", F_INT("lines", damaged));
    return ok;
}

/* What the start could not write is looked for again; what batches could not is in `owed`. */
static void try_again(void)
{
    struct err err;
    tried_at_ms = clock_boot_ms();
    is_caught_up = is_caught_up || catch_up(&err);
    bool is_written = is_caught_up && (owed.n == 0 || side_file_append(side, buf_str(&owed), &err));
    if (is_written)
        buf_clear(&owed);
    else
        log_event(LOG_ERROR, "side_file.behind", F_ERR(&err));
    is_behind = !is_written;
    metric_set(&metric_side_behind, is_behind ? 1 : 0);
}

/* --- the writer's calls --- */

bool aside_open(const struct worker_config *config, struct store *store, struct err *err)
{
    of = store;
    arena_init(&path_arena, 4096);
    buf_init(&lines, LINES_MAX_BYTES);
    buf_init(&owed, LINES_MAX_BYTES);
    path = side_file_path(&path_arena, config->side_file, config->store_url.p);
    if (!str_is_set(path))
        return err_set(err, ERR_INPUT, "SIDE_FILE", "has too long a path");
    if (!side_file_open(&side, path.p, err))
        return false;
    try_again();
    return true;
}

void aside_close(void)
{
    side_file_close(&side);
    buf_release(&lines);
    buf_release(&owed);
    arena_release(&path_arena);
    is_caught_up = false;
}

void aside_begin(struct txn *txn)
{
    buf_clear(&lines);
    txn->side = &lines;
}

bool aside_commit(struct txn *txn, struct err *err)
{
    struct err why;
    if (lines.n > 0 && (is_behind || !side_file_append(side, buf_str(&lines), &why))) {
        /* full: an alarm was given long before, and the next start looks for what is missing */
        if (!buf_add(&owed, buf_str(&lines)))
            is_caught_up = false; /* too many to keep: they are looked for in the store */
        if (!is_behind)
            log_event(LOG_ERROR, "side_file.behind", F_ERR(&why));
        is_behind = true;
        metric_set(&metric_side_behind, 1);
    }
    return store_commit(txn, err);
}

void aside_tick(void)
{
    if (is_behind && clock_boot_ms() - tried_at_ms >= AGAIN_MS)
        try_again();
}
