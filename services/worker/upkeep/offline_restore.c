#include "io/chance.h"
#include "store/journal.h"
#include "store/meta.h"
#include "upkeep/backup.h"
#include "upkeep/folder.h"
#include "upkeep/offline.h"
#include "upkeep/restore.h"
#include "upkeep/side_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ROWS_MAX_BYTES = 16 * 1024 * 1024, SMALL_MAX_BYTES = 64 * 1024 };

static const char FIELD[] = "STORE_URL";

struct restoring {
    const struct offline_restore *asked;
    struct offline_restored *out;
    char target[FOLDER_PATH_MAX_BYTES];
    char partial[FOLDER_PATH_MAX_BYTES];
    struct str side_path;
    struct arena small;         /* for the whole of it */
    struct recovery_row row;
    struct txn *txn;            /* while the side file is read into it */
    struct id store;
    int64_t seen_generation;    /* the highest that anything tells of */
};

/* --- what is there --- */

static void look_at_generation(struct restoring *r, struct id store, int64_t generation)
{
    if (id_eq(store, r->store))
        r->seen_generation = max_i64(r->seen_generation, generation);
}

static bool see_generation(void *context, const struct side_line *line, struct err *err)
{
    (void)err;
    look_at_generation(context, line->store, line->generation);
    return true;
}

/* The generation of the store that stands in the way, when it can be read. Refused: a worker has it. */
static bool look_at_target(struct restoring *r, struct err *err)
{
    struct store *old;
    struct err unreadable;
    if (!folder_exists(r->target))
        return true;
    if (store_open_to_look(&old, r->asked->url, &unreadable)) {
        look_at_generation(r, store_id(old), store_generation(old));
        store_close(&old);
        return true;
    }
    if (unreadable.kind != ERR_CONFLICT || strstr(unreadable.text, "layout"))
        return true; /* damaged, or of another layout: the reason for the restore, perhaps */
    *err = unreadable;
    return false;
}

/* --- the data, under another name --- */

static bool bring_backup(struct restoring *r, struct err *err)
{
    char from[FOLDER_PATH_MAX_BYTES];
    char to[FOLDER_PATH_MAX_BYTES];
    struct backup_manifest manifest;
    if (!manifest_read(r->asked->from, &r->small, &manifest, err))
        return false;
    r->store = manifest.store_id;
    r->seen_generation = manifest.generation;
    r->row.backup_at = manifest.taken_at;
    return folder_path(from, "folder", err, "%s/data.mdb", r->asked->from) &&
           folder_path(to, FIELD, err, "%s/data.mdb", r->partial) && folder_copy_file(from, to, FIELD, err);
}

/* What the store's worker had committed and died before LMDB had it: the copy's first opening brings it in. While the store is held: a
 * worker that starts would take it. */
static bool bring_journal(struct restoring *r, struct err *err)
{
    const char *folder = store_folder(r->asked->from);
    for (int i = 0; i < JOURNAL_FILES; i++) {
        char from[FOLDER_PATH_MAX_BYTES];
        char to[FOLDER_PATH_MAX_BYTES];
        if (!folder_path(from, FIELD, err, "%s/journal.%d", folder, i) ||
            !folder_path(to, FIELD, err, "%s/journal.%d", r->partial, i) ||
            (folder_exists(from) && !folder_copy_file(from, to, FIELD, err)))
            return false;
    }
    return true;
}

static bool bring_copy(struct restoring *r, struct err *err)
{
    char to[FOLDER_PATH_MAX_BYTES];
    struct store *from;
    if (!folder_path(to, FIELD, err, "%s/data.mdb", r->partial) || !store_open_to_look(&from, r->asked->from, err))
        return false;
    r->store = store_id(from);
    r->seen_generation = store_generation(from);
    r->row.backup_at = r->row.restored_at;
    int fd = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool ok = fd >= 0 ? store_copy_to(from, fd, err) : err_set_errno(err, ERR_INPUT, FIELD, to);
    struct err sync;
    if (fd >= 0 && !folder_close_file(fd, FIELD, &sync) && ok) {
        *err = sync;
        ok = false;
    }
    ok = ok && bring_journal(r, err);
    store_close(&from);
    return ok;
}

/* --- the one transaction --- */

static bool take_line(void *context, const struct side_line *line, struct err *err)
{
    struct restoring *r = context;
    const struct arena_mark mark = arena_mark(r->txn->arena);
    bool has_applied;
    bool ok = restore_side_line(r->txn, line, &has_applied, err);
    r->txn->told_n = 0; /* told to nobody: whoever follows the stream begins anew */
    if (ok && has_applied)
        ++*(str_is(line->kind, SIDE_ERASURE) ? &r->out->erasures : &r->out->opt_outs);
    arena_rewind(r->txn->arena, mark);
    return ok;
}

static bool write_all(struct restoring *r, struct txn *txn, struct err *err)
{
    r->txn = txn;
    if (!side_file_read(r->side_path.p, take_line, r, &r->out->damaged_lines, err))
        return false;
    r->row.opt_outs = r->out->opt_outs;
    return restore_apply(txn, &r->row, err);
}

static bool change(struct restoring *r, struct err *err)
{
    uint8_t chance[16];
    char url[FOLDER_PATH_MAX_BYTES];
    struct store *store;
    struct arena arena;
    struct txn txn;
    struct told *told = calloc(TOLD_MAX, sizeof *told);
    if (!told)
        return err_set(err, ERR_BUSY, NULL, "out of memory");
    if (!folder_path(url, FIELD, err, "lmdb:%s", r->partial) || !store_open(&store, url, err)) {
        free(told);
        return false;
    }
    chance_bytes(chance, sizeof chance);
    arena_init(&arena, ROWS_MAX_BYTES);
    bool ok = store_begin_write(store, &arena, &txn, err);
    if (ok) {
        txn.now_ms = r->row.restored_at;
        txn.chance = chance;
        txn.told = told;
        txn.actor = STR("restore");
        ok = write_all(r, &txn, err) && store_commit(&txn, err);
        store_abort(&txn);
    }
    arena_release(&arena);
    store_close(&store);
    free(told);
    return ok;
}

/* --- its name --- */

/* The side file learns of the generation first: whatever happens now, it is never given again. */
static bool note_generation(struct restoring *r, struct err *err)
{
    AUTO(buf_release) struct buf text;
    struct side_file *side;
    struct side_line line;
    buf_init(&text, SMALL_MAX_BYTES);
    record_init(&side_line_record, &line);
    line.kind = STR(SIDE_RESTORED);
    line.at = r->row.restored_at;
    line.store = r->store;
    line.generation = r->row.generation;
    if (!side_line_format(&line, &text, err) || !side_file_open(&side, r->side_path.p, err))
        return false;
    bool ok = side_file_append(side, buf_str(&text), err);
    side_file_close(&side);
    return ok;
}

static bool give_name(struct restoring *r, struct err *err)
{
    if (folder_exists(r->target)) {
        (void)snprintf(r->out->moved_to, sizeof r->out->moved_to, "%s.replaced-%lld", r->target,
                       (long long)r->row.restored_at); /* fits */
        if (rename(r->target, r->out->moved_to) != 0)
            return err_set_errno(err, ERR_BUSY, FIELD, r->target);
    }
    if (rename(r->partial, r->target) != 0) {
        (void)err_set_errno(err, ERR_BUSY, FIELD, r->target); /* false below */
        if (r->out->moved_to[0])
            (void)!rename(r->out->moved_to, r->target); /* back: whoever asked is told that nothing was done */
        return false;
    }
    return folder_sync_of(r->target, FIELD, err);
}

/* --- all of it --- */

static bool prepare(struct restoring *r, struct err *err)
{
    const char *folder = store_folder(r->asked->url);
    uint32_t chance;
    chance_bytes(&chance, sizeof chance);
    if (!folder || !*folder)
        return err_set(err, ERR_INPUT, FIELD, "\"%s\" is not a store; this version knows lmdb:FOLDER", r->asked->url);
    size_t n = strlen(folder);
    while (n > 1 && folder[n - 1] == '/')
        n--;
    if (!folder_path(r->target, FIELD, err, "%.*s", (int)n, folder) ||
        !folder_path(r->partial, FIELD, err, "%s.restoring-%08x", r->target, chance))
        return false;
    if (folder_exists(r->target) && !r->asked->replaces)
        return err_set(err, ERR_CONFLICT, FIELD, "%s is there already; --replace moves it aside", r->target);
    r->side_path = side_file_path(&r->small, r->asked->side_file, r->asked->url);
    return str_is_set(r->side_path) || arena_err(&r->small, err);
}

static bool build(struct restoring *r, struct err *err)
{
    int64_t unused;
    if (mkdir(r->partial, 0700) != 0)
        return err_set_errno(err, ERR_INPUT, FIELD, r->partial);
    if (!(r->asked->is_copy ? bring_copy(r, err) : bring_backup(r, err)) || !look_at_target(r, err) ||
        !side_file_read(r->side_path.p, see_generation, r, &unused, err))
        return false;
    r->row.generation = r->seen_generation + 1;
    return change(r, err) && note_generation(r, err) && give_name(r, err);
}

bool offline_restore(const struct offline_restore *asked, int64_t now_ms, struct offline_restored *out, struct err *err)
{
    struct restoring r = { .asked = asked, .out = out, .row = { .restored_at = now_ms } };
    *out = (struct offline_restored){ 0 };
    arena_init(&r.small, SMALL_MAX_BYTES);
    bool ok = prepare(&r, err);
    if (ok) {
        out->has_side_file = folder_exists(r.side_path.p);
        ok = build(&r, err);
        if (!ok)
            folder_remove(r.partial);
    }
    arena_release(&r.small);
    out->generation = r.row.generation;
    out->unconfirmed = r.row.unconfirmed;
    return ok;
}
