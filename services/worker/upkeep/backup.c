#include "upkeep/backup.h"

#include "io/chance.h"
#include "upkeep/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MANIFEST_MAX_BYTES = 8192, LOOK_MAX_BYTES = 1024 * 1024 };

static const char FIELD[] = "folder";

/* --- the copy --- */

static bool copy_data(struct store *store, const char *partial, struct err *err)
{
    char name[FOLDER_PATH_MAX_BYTES];
    if (!folder_path(name, FIELD, err, "%s/data.mdb", partial))
        return false;
    int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return err_set_errno(err, ERR_INPUT, FIELD, name);
    bool ok = store_copy_to(store, fd, err);
    struct err sync;
    bool is_synced = folder_close_file(fd, FIELD, &sync);
    if (ok && !is_synced)
        *err = sync;
    return ok && is_synced;
}

static bool read_heads(struct store *copy, struct arena *arena, struct backup_manifest *out, struct err *err)
{
    struct scan scan;
    struct str rest;
    struct str value;
    struct txn txn;
    bool found = true;
    if (!store_begin_read(copy, arena, &txn, err))
        return false;
    bool ok = true;
    scan_begin(&scan, &txn, TABLE_TENANT, key_begin(), SCAN_FORWARD);
    while (ok && (ok = scan_next(&scan, &rest, &value, &found, err)) && found) {
        struct tenant_row row;
        ok = row_decode(&txn, &tenant_row_record, value, &row, err);
        out->event_head = max_i64(out->event_head, row.event_head);
        out->ledger_entries += row.ledger_entries;
        out->messages += row.messages;
    }
    scan_end(&scan);
    store_abort(&txn);
    return ok;
}

/* What the copy says of itself, as somebody who restores it would read it. */
static bool describe(const char *partial, int64_t now_ms, struct arena *arena, struct backup_manifest *out,
                     struct err *err)
{
    char name[FOLDER_PATH_MAX_BYTES];
    char sum[SHA256_HEX_BYTES];
    struct store *copy;
    record_init(&backup_manifest_record, out);
    if (!folder_path(name, FIELD, err, "%s/data.mdb", partial) || !folder_sum(name, sum, &out->bytes, FIELD, err) ||
        !folder_path(name, FIELD, err, "lmdb:%s", partial) || !store_open_to_look(&copy, name, err))
        return false;
    out->format = MANIFEST_FORMAT;
    out->store_id = store_id(copy);
    out->generation = store_generation(copy);
    out->layout = ROWS_VERSION;
    out->taken_at = now_ms;
    out->sha256 = arena_dup(arena, str_of(sum));
    bool ok = read_heads(copy, arena, out, err) && (str_is_set(out->sha256) || arena_err(arena, err));
    store_close(&copy);
    return ok;
}

static bool write_manifest(const char *partial, const struct backup_manifest *manifest, struct err *err)
{
    AUTO(buf_release) struct buf text;
    char name[FOLDER_PATH_MAX_BYTES];
    buf_init(&text, MANIFEST_MAX_BYTES);
    if (!record_to_json(&backup_manifest_record, manifest, &text) || !buf_add_char(&text, '\n'))
        return err_set(err, ERR_BUSY, NULL, "out of memory");
    return folder_path(name, FIELD, err, "%s/manifest.json", partial) &&
           folder_write(name, buf_str(&text), FIELD, err) && folder_sync_of(name, FIELD, err);
}

static bool fill(struct store *store, const char *partial, int64_t now_ms, struct arena *arena,
                 struct backup_manifest *out, struct err *err)
{
    return copy_data(store, partial, err) && describe(partial, now_ms, arena, out, err) &&
           write_manifest(partial, out, err);
}

/* The one moment in which the backup comes to be. RENAME_NOREPLACE is not everywhere: an empty folder may be replaced, a full one not. */
static bool give_name(const char *partial, const char *name, struct err *err)
{
    return (rename(partial, name) == 0 || err_set_errno(err, ERR_CONFLICT, FIELD, name)) &&
           folder_sync_of(name, FIELD, err);
}

bool backup_make(struct store *store, struct str folder, int64_t now_ms, struct arena *arena,
                 struct backup_manifest *out, struct err *err)
{
    char name[FOLDER_PATH_MAX_BYTES];
    char partial[FOLDER_PATH_MAX_BYTES];
    uint32_t chance;
    if (folder.n == 0 || folder.p[0] != '/' || memchr(folder.p, '\0', folder.n))
        return err_set(err, ERR_INPUT, FIELD, "must be an absolute path on the worker's machine");
    chance_bytes(&chance, sizeof chance);
    if (!folder_path(name, FIELD, err, "%.*s", STR_ARGS(folder)) ||
        !folder_path(partial, FIELD, err, "%s.partial-%08x", name, chance))
        return false;
    if (folder_exists(name))
        return err_set(err, ERR_CONFLICT, FIELD, "%s is there already; give a new name", name);
    if (mkdir(partial, 0700) != 0)
        return err_set_errno(err, ERR_INPUT, FIELD, partial);
    if (fill(store, partial, now_ms, arena, out, err) && give_name(partial, name, err))
        return true;
    folder_remove(partial);
    return false;
}

/* --- reading one --- */

bool manifest_read(const char *folder, struct arena *arena, struct backup_manifest *out, struct err *err)
{
    char name[FOLDER_PATH_MAX_BYTES];
    char sum[SHA256_HEX_BYTES];
    char *text = arena_alloc(arena, MANIFEST_MAX_BYTES);
    struct err why;
    size_t n;
    int64_t bytes;
    if (!text)
        return arena_err(arena, err);
    if (!folder_path(name, FIELD, err, "%s/manifest.json", folder) ||
        !folder_read(name, text, MANIFEST_MAX_BYTES, &n, FIELD, err))
        return false;
    record_init(&backup_manifest_record, out);
    if (!record_from_json(&backup_manifest_record, str_trim(str_bytes(text, n)), arena, out, NULL, &why))
        return err_set(err, ERR_INPUT, FIELD, "%s is no manifest of ours: %s %s", name, why.field, why.text);
    if (out->format != MANIFEST_FORMAT || out->layout > ROWS_VERSION)
        return err_set(err, ERR_CONFLICT, FIELD, "a newer Parley made this backup (format %lld, layout %lld)",
                       (long long)out->format, (long long)out->layout);
    if (!folder_path(name, FIELD, err, "%s/data.mdb", folder) || !folder_sum(name, sum, &bytes, FIELD, err))
        return false;
    return (bytes == out->bytes && str_is(out->sha256, sum)) ||
           err_set(err, ERR_BROKEN, FIELD, "%s is damaged: its sum is not the manifest's", name);
}
