#include "io/lmdb_file.h"

#include "io/folder_sync.h"
#include "io/lmdb_tree.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define MADE_NAME "made"

static const char MADE_TEXT[] = "Data was kept here. Should data.mdb be gone, remove this file to begin anew.\n";

static bool is_disk_full(int code)
{
    return code == ENOSPC || code == EDQUOT;
}

static bool refuse(int code, const char *field, const char *folder, struct err *err)
{
    return err_set(err, ERR_BUSY, field, "%s (%s) in %s",
                   is_disk_full(code) ? "the disk is full" : "the folder or its files cannot be used", strerror(code),
                   folder);
}

static bool path_of(const char *folder, const char *name, char path[PATH_MAX], const char *field, struct err *err)
{
    if (snprintf(path, PATH_MAX, "%s/%s", folder, name) < PATH_MAX)
        return true;
    return err_set(err, ERR_INPUT, field, "has a path of over %d bytes", PATH_MAX - 1);
}

static bool is_named(const char *folder, const char *name)
{
    char path[PATH_MAX];
    struct err unused;
    return path_of(folder, name, path, NULL, &unused) && access(path, F_OK) == 0;
}

static void fd_close(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd); /* read, or synced before */
}

/* --- looking ------------------------------------------------------------------------------------------------------ */

bool lmdb_file_check(const char *folder, const char *field, size_t max_pages, struct lmdb_file_check *out,
                     struct err *err)
{
    char path[PATH_MAX];
    char why[LMDB_WHY_BYTES];
    struct stat st;
    *out = (struct lmdb_file_check){0};
    if (!path_of(folder, LMDB_DATA_NAME, path, field, err))
        return false;
    AUTO(fd_close) int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno != ENOENT)
        return refuse(errno, field, folder, err);
    if (fd >= 0 && fstat(fd, &st) != 0)
        return refuse(errno, field, folder, err);
    if (fd < 0 && is_named(folder, MADE_NAME))
        return err_set(err, ERR_BROKEN, field,
                       "is gone: data was kept here. Restore a backup, or remove the file \"" MADE_NAME
                       "\" beside %s to begin anew",
                       path);
    if (fd < 0)
        return true;
    out->is_there = true;
    if (lmdb_tree_check(fd, (uint64_t)st.st_size, max_pages, &out->pages, &out->is_complete, why))
        return true;
    return err_set(err, ERR_BROKEN, field, "is damaged: %s. Restore a backup of %s", why, path);
}

/* --- writing ------------------------------------------------------------------------------------------------------ */

static bool write_back(int fd, size_t page_bytes)
{
    uint8_t page[LMDB_PAGE_BYTES_MAX];
    for (off_t at = 0; at < (off_t)(2 * page_bytes); at += (off_t)page_bytes)
        if (pread(fd, page, page_bytes, at) != (ssize_t)page_bytes ||
            pwrite(fd, page, page_bytes, at) != (ssize_t)page_bytes)
            return false;
    return fdatasync(fd) == 0;
}

/* The folder that holds this one, which may be new itself. */
static int parent_sync(const char *folder)
{
    char path[PATH_MAX];
    if (snprintf(path, sizeof path, "%s/..", folder) >= (int)sizeof path)
        return ENAMETOOLONG;
    return folder_sync(path);
}

static int made_write(const char *folder)
{
    char path[PATH_MAX];
    if (snprintf(path, sizeof path, "%s/" MADE_NAME, folder) >= (int)sizeof path)
        return ENAMETOOLONG;
    AUTO(fd_close) int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0 || write(fd, MADE_TEXT, sizeof MADE_TEXT - 1) != (ssize_t)(sizeof MADE_TEXT - 1) || fsync(fd) != 0)
        return errno;
    return folder_sync(folder);
}

bool lmdb_file_settle(const char *folder, const char *field, struct err *err)
{
    char path[PATH_MAX];
    if (!path_of(folder, LMDB_DATA_NAME, path, field, err))
        return false;
    AUTO(fd_close) int fd = open(path, O_RDWR | O_CLOEXEC);
    size_t page_bytes = fd < 0 ? 0 : lmdb_tree_page_bytes(fd);
    if (fd < 0 || page_bytes == 0 || !write_back(fd, page_bytes))
        return refuse(errno, field, folder, err);
    return true;
}

bool lmdb_file_mark_made(const char *folder, const char *field, struct err *err)
{
    int code = is_named(folder, MADE_NAME) ? 0 : made_write(folder);
    return code == 0 ? true : refuse(code, field, folder, err);
}

bool lmdb_file_adopt(const char *folder, const char *field, struct err *err)
{
    char from[PATH_MAX];
    char to[PATH_MAX];
    if (!path_of(folder, LMDB_NEW_NAME, from, field, err) || !path_of(folder, LMDB_DATA_NAME, to, field, err))
        return false;
    int code = rename(from, to) == 0 ? folder_sync(folder) : errno;
    if (code == 0)
        code = parent_sync(folder);
    lmdb_file_forget_new(folder);
    return code == 0 ? true : refuse(code, field, folder, err);
}

void lmdb_file_forget_new(const char *folder)
{
    static const char *const NAMES[] = { LMDB_NEW_NAME, LMDB_NEW_NAME "-lock" };
    char path[PATH_MAX];
    struct err unused;
    for (size_t i = 0; i < COUNT(NAMES); i++)
        if (path_of(folder, NAMES[i], path, NULL, &unused))
            (void)unlink(path); /* not there, as a rule */
}
