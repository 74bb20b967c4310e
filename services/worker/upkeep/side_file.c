#include "upkeep/side_file.h"

#include "upkeep/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SUM_CHARS = 8, LINE_MAX_BYTES = 4096 };

RECORD_TABLE(side_line, SIDE_LINE);

struct side_file {
    int fd;
    off_t length;
};

struct str side_file_path(struct arena *arena, struct str setting, const char *store_url)
{
    struct str folder = str_of(store_folder(store_url));
    while (folder.n > 1 && folder.p[folder.n - 1] == '/')
        folder.n--;
    return setting.n ? arena_dup(arena, setting) : arena_format(arena, "%.*s.optouts", STR_ARGS(folder));
}

/* --- lines --- */

static void sum_of(struct str json, char out[SUM_CHARS + 1])
{
    unsigned char hash[EVP_MAX_MD_SIZE];
    int ok = EVP_Digest(json.p, json.n, hash, NULL, EVP_sha256(), NULL);
    assert(ok == 1); /* a few hundred bytes */
    hex_write(out, hash, SUM_CHARS / 2);
}

bool side_line_format(const struct side_line *line, struct buf *out, struct err *err)
{
    AUTO(buf_release) struct buf json;
    char sum[SUM_CHARS + 1];
    buf_init(&json, LINE_MAX_BYTES - SUM_CHARS - 2);
    if (!record_to_json(&side_line_record, line, &json))
        return err_set(err, ERR_TOO_BIG, NULL, "a line of the side file would be over %d bytes", LINE_MAX_BYTES);
    sum_of(buf_str(&json), sum);
    return buf_add(out, buf_str(&json)) && buf_add_format(out, " %s\n", sum)
               ? true
               : err_set(err, ERR_TOO_BIG, NULL, "a batch has too many lines for the side file");
}

/* `text` without its newline. False: damaged. */
static bool line_parse(struct str text, struct arena *arena, struct side_line *out)
{
    char sum[SUM_CHARS + 1];
    struct err unused;
    if (text.n <= SUM_CHARS + 1 || text.p[text.n - SUM_CHARS - 1] != ' ')
        return false;
    struct str json = str_slice(text, 0, text.n - SUM_CHARS - 1);
    sum_of(json, sum);
    return str_is(str_slice(text, text.n - SUM_CHARS, SUM_CHARS), sum) &&
           record_from_json(&side_line_record, json, arena, out, NULL, &unused);
}

bool side_file_read(const char *path, side_visit *visit, void *context, int64_t *damaged, struct err *err)
{
    char *text = NULL;
    size_t room = 0;
    ssize_t n;
    struct arena arena;
    bool ok = true;
    *damaged = 0;
    FILE *file = fopen(path, "re");
    if (!file)
        return errno == ENOENT || err_set_errno(err, ERR_INPUT, "SIDE_FILE", path);
    arena_init(&arena, 64 * 1024);
    while (ok && (n = getline(&text, &room, file)) > 0) {
        struct side_line line;
        struct str whole = str_trim(str_bytes(text, (size_t)n));
        if (line_parse(whole, &arena, &line))
            ok = visit(context, &line, err);
        else
            ++*damaged;
        arena_reset(&arena);
    }
    if (ok && ferror(file))
        ok = err_set_errno(err, ERR_BROKEN, "SIDE_FILE", path);
    arena_release(&arena);
    free(text);
    (void)fclose(file); /* only read */
    return ok;
}

/* --- the file --- */

/* What a power failure tore off is ended here, so that the next line begins a line. */
static bool end_torn_line(struct side_file *side, struct err *err)
{
    char last = '\n';
    if (side->length > 0 && pread(side->fd, &last, 1, side->length - 1) != 1)
        return err_set_errno(err, ERR_BROKEN, "SIDE_FILE", "reading its end");
    return last == '\n' || side_file_append(side, STR("\n"), err);
}

static bool open_file(struct side_file *side, const char *path, struct err *err)
{
    struct stat stat;
    side->fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, 0600); /* a pipe makes nobody wait */
    if (side->fd < 0 || fstat(side->fd, &stat) != 0)
        return err_set_errno(err, ERR_INPUT, "SIDE_FILE", path);
    side->length = stat.st_size;
    return S_ISREG(stat.st_mode) || err_set(err, ERR_INPUT, "SIDE_FILE", "%s is no file", path);
}

bool side_file_open(struct side_file **out, const char *path, struct err *err)
{
    struct side_file *side = calloc(1, sizeof *side);
    if (!side)
        return err_set(err, ERR_BUSY, NULL, "out of memory");
    if (open_file(side, path, err) && folder_sync_of(path, "SIDE_FILE", err) && end_torn_line(side, err)) {
        *out = side;
        return true;
    }
    side_file_close(&side);
    return false;
}

void side_file_close(struct side_file **side_at)
{
    struct side_file *side = *side_at;
    if (side && side->fd >= 0)
        (void)close(side->fd); /* all is synced */
    free(side);
    *side_at = NULL;
}

bool side_file_append(struct side_file *side, struct str lines, struct err *err)
{
    size_t written = 0;
    while (written < lines.n) {
        ssize_t n = write(side->fd, lines.p + written, lines.n - written);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        written += (size_t)n;
    }
    if (written == lines.n && fdatasync(side->fd) == 0) {
        side->length += (off_t)lines.n;
        return true;
    }
    (void)err_set_errno(err, ERR_BUSY, "SIDE_FILE", "writing it"); /* false below */
    (void)!ftruncate(side->fd, side->length); /* else a torn line, which is known by its sum */
    return false;
}
