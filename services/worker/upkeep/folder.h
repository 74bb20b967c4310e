/* folder.h - files and folders that must be there after a power failure.
 *
 * Promise: what returns true is synced, the entry in its folder included.
 * Units:   a path has at most FOLDER_PATH_MAX_BYTES with its NUL; sha256 in hex.
 * Threads: any; each call is for itself.
 */
#ifndef PARLEY_FOLDER_H
#define PARLEY_FOLDER_H
#include "base/err.h"

#include <sys/types.h>

enum { FOLDER_PATH_MAX_BYTES = 512, SHA256_HEX_BYTES = 65 };

/* False: too long, *err names `field`. */
MUST_USE bool folder_path(char out[FOLDER_PATH_MAX_BYTES], const char *field, struct err *err, const char *format, ...)
    PRINTF_LIKE(4, 5);

/* Syncs the folder in which `path` stands, so that the entry itself is there for good. */
MUST_USE bool folder_sync_of(const char *path, const char *field, struct err *err);
/* Syncs a file by its descriptor and closes it, whatever comes of it. */
MUST_USE bool folder_close_file(int fd, const char *field, struct err *err);
MUST_USE bool folder_exists(const char *path);
/* Writes a small file whole. It must not be there yet. */
MUST_USE bool folder_write(const char *path, struct str text, const char *field, struct err *err);
/* Reads a file of at most max bytes into `out`, NUL-terminated; *n without the NUL. */
MUST_USE bool folder_read(const char *path, char *out, size_t max, size_t *n, const char *field, struct err *err);
/* The sum of a whole file, and its length. */
MUST_USE bool folder_sum(const char *path, char hex[SHA256_HEX_BYTES], int64_t *bytes, const char *field,
                         struct err *err);
/* Copies a file to a new one. */
MUST_USE bool folder_copy_file(const char *from, const char *to, const char *field, struct err *err);
/* A store's or a backup's folder with the files we put there, and nothing else: what is left of a try that failed. */
void folder_remove(const char *path);

#endif
