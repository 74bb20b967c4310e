#include "upkeep/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHUNK_BYTES = 1 << 16 };

bool folder_path(char out[FOLDER_PATH_MAX_BYTES], const char *field, struct err *err, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(out, FOLDER_PATH_MAX_BYTES, format, args);
    va_end(args);
    return (n >= 0 && n < FOLDER_PATH_MAX_BYTES) ||
           err_set(err, ERR_INPUT, field, "has too long a path; %d bytes are allowed", FOLDER_PATH_MAX_BYTES - 32);
}

bool folder_sync_of(const char *path, const char *field, struct err *err)
{
    char folder[FOLDER_PATH_MAX_BYTES];
    if (!folder_path(folder, field, err, "%s", path))
        return false;
    char *slash = strrchr(folder, '/');
    if (slash)
        slash[slash == folder ? 1 : 0] = '\0';
    int fd = open(slash ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd >= 0 ? folder_close_file(fd, field, err) : err_set_errno(err, ERR_INPUT, field, path);
}

bool folder_close_file(int fd, const char *field, struct err *err)
{
    bool ok = fsync(fd) == 0;
    if (!ok)
        (void)err_set_errno(err, ERR_BUSY, field, "syncing it"); /* ok is false */
    if (close(fd) != 0 && ok)
        ok = err_set_errno(err, ERR_BUSY, field, "closing it");
    return ok;
}

bool folder_exists(const char *path)
{
    struct stat unused;
    return stat(path, &unused) == 0;
}

static bool write_all(int fd, const char *bytes, size_t n)
{
    while (n > 0) {
        ssize_t written = write(fd, bytes, n);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        bytes += written;
        n -= (size_t)written;
    }
    return true;
}

bool folder_write(const char *path, struct str text, const char *field, struct err *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return err_set_errno(err, ERR_INPUT, field, path);
    bool ok = write_all(fd, text.p, text.n) || err_set_errno(err, ERR_BUSY, field, path);
    return folder_close_file(fd, field, err) && ok;
}

bool folder_read(const char *path, char *out, size_t max, size_t *n, const char *field, struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return err_set_errno(err, ERR_INPUT, field, path);
    ssize_t got = 0;
    *n = 0;
    while (*n < max - 1 && (got = read(fd, out + *n, max - 1 - *n)) > 0)
        *n += (size_t)got;
    (void)close(fd); /* only read */
    out[*n] = '\0';
    return got == 0 || err_set(err, ERR_INPUT, field, "%s cannot be read, or is too long", path);
}

/* Each chunk of a file to a sum, and to another file when `to` is one. */
static bool each_chunk(int from, int to, EVP_MD_CTX *sum, int64_t *bytes)
{
    char chunk[CHUNK_BYTES];
    ssize_t n;
    *bytes = 0;
    while ((n = read(from, chunk, sizeof chunk)) > 0) {
        if ((sum && EVP_DigestUpdate(sum, chunk, (size_t)n) != 1) || (to >= 0 && !write_all(to, chunk, (size_t)n)))
            return false;
        *bytes += n;
    }
    return n == 0;
}

bool folder_sum(const char *path, char hex[SHA256_HEX_BYTES], int64_t *bytes, const char *field, struct err *err)
{
    unsigned char hash[EVP_MAX_MD_SIZE];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return err_set_errno(err, ERR_INPUT, field, path);
    EVP_MD_CTX *sum = EVP_MD_CTX_new();
    bool ok = sum && EVP_DigestInit_ex(sum, EVP_sha256(), NULL) == 1 && each_chunk(fd, -1, sum, bytes) &&
              EVP_DigestFinal_ex(sum, hash, NULL) == 1;
    EVP_MD_CTX_free(sum);
    (void)close(fd); /* only read */
    if (ok)
        hex_write(hex, hash, SHA256_HEX_BYTES / 2);
    return ok || err_set_errno(err, ERR_BROKEN, field, path);
}

bool folder_copy_file(const char *from, const char *to, const char *field, struct err *err)
{
    int64_t unused;
    int in = open(from, O_RDONLY | O_CLOEXEC);
    if (in < 0)
        return err_set_errno(err, ERR_INPUT, field, from);
    int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool ok = out >= 0 && each_chunk(in, out, NULL, &unused);
    if (!ok)
        (void)err_set_errno(err, ERR_BUSY, field, to); /* ok is false */
    (void)close(in); /* only read */
    return out >= 0 ? folder_close_file(out, field, err) && ok : ok;
}

void folder_remove(const char *path)
{
    static const char *const OURS[] = { "data.mdb",  "lock.mdb",  "worker.lock", "manifest.json",
                                        "journal.0", "journal.1", "made" };
    char name[FOLDER_PATH_MAX_BYTES];
    struct err unused;
    for (size_t i = 0; i < COUNT(OURS); i++)
        if (folder_path(name, NULL, &unused, "%s/%s", path, OURS[i]))
            (void)unlink(name); /* what is not there need not go */
    (void)rmdir(path); /* one that holds more stays: a person put it there */
}
