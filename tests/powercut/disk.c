/* disk.c - a disk that forgets: an LD_PRELOAD layer below one process, for the files under one folder.
 *
 * Promise: D1 every change of such a file is a record of the journal before it is made; a sync is one after all before it is as good as
 *          on the disk. So whoever kills the process can make of journal and files what a power cut would have left (harness/disk.py).
 *          D2 no real sync is made: nothing reaches the true disk sooner for it. D3 while the control page says so, a call fails with
 *          the errno it names, and nothing is written. D4 what is no file under the folder goes through untouched.
 * Units:   PARLEY_DISK_SYNC_US: how long a sync takes (0). PARLEY_DISK_ROOT: the folder, absolute. PARLEY_DISK_JOURNAL: the file of records, appended. PARLEY_DISK_CONTROL: a file of
 *          one struct control, mapped; may be left out.
 * Threads: any; one lock around each change and its record, so that the journal's order is the order of the changes. A kill between
 *          the two leaves a change that the journal calls pending: it may be lost or not, as on a disk.
 * Source:  fsync(2), open(2) on O_DSYNC: what is durable when. Memory that is mapped is not seen: LMDB's lock file, none of its data.
 */
/* NOLINTBEGIN(readability-inconsistent-declaration-parameter-name): libc calls its parameters otherwise */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { FDS_MAX = 65536, PATH_BYTES = 512, PARTS_MAX = 1024, MAGIC = 0x4B534944 };

/* One of harness/disk.py, little-endian as the machine is. */
struct record {
    uint32_t magic;
    uint32_t kind;
    uint32_t path_n;
    uint32_t ordinal; /* of this record in its journal, from 0 */
    int64_t offset;   /* WRITE; TRUNCATE: the new size; SYNC: records before this ordinal; DURABLE: that record */
    int64_t n;        /* bytes behind the path: WRITE its data, RENAME the new path */
};

enum kind { CREATE = 1, WRITE, TRUNCATE, DURABLE, SYNC, RENAME, UNLINK, SYNC_FOLDER };

/* An errno each, or 0. */
struct control {
    int32_t write_errno; /* of writes and truncations */
    int32_t meta_errno;  /* of writes that are durable by themselves (O_DSYNC) */
    int32_t sync_errno;
    int32_t open_errno;  /* of opening for writing */
    int32_t refused;     /* counts calls that failed for one of these */
};

struct file {
    char path[PATH_BYTES]; /* relative to the root */
    bool is_folder;
    bool is_dsync;
};

static struct {
    pthread_mutex_t lock;
    char root[PATH_BYTES];
    size_t root_n;
    int journal;
    uint32_t ordinal;
    useconds_t sync_us;
    struct control *control;
    struct file *files[FDS_MAX];
} disk = {.lock = PTHREAD_MUTEX_INITIALIZER, .journal = -1};

#define REAL(name) ((__typeof__(&(name)))real(#name))

static void *real(const char *name)
{
    void *function = dlsym(RTLD_NEXT, name);
    if (!function)
        abort(); /* there is no libc without it */
    return function;
}

static void *map_control(const char *path)
{
    int fd = REAL(open)(path, O_RDWR | O_CLOEXEC);
    if (fd < 0)
        return NULL;
    void *page = mmap(NULL, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    (void)REAL(close)(fd);
    return page == MAP_FAILED ? NULL : page;
}

static void __attribute__((constructor)) begin(void)
{
    const char *root = getenv("PARLEY_DISK_ROOT");
    const char *journal = getenv("PARLEY_DISK_JOURNAL");
    const char *control = getenv("PARLEY_DISK_CONTROL");
    if (!root || !journal)
        return;
    disk.root_n = (size_t)snprintf(disk.root, sizeof disk.root, "%s", root);
    disk.journal = REAL(open)(journal, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (disk.root_n >= sizeof disk.root || disk.journal < 0)
        abort(); /* a test that believes in a layer that is not there proves nothing */
    const char *sync_us = getenv("PARLEY_DISK_SYNC_US");
    disk.sync_us = sync_us ? (useconds_t)strtoul(sync_us, NULL, 10) : 0;
    disk.control = control ? map_control(control) : NULL;
}

/* The part of a path below the root, or NULL. */
static const char *below(const char *path)
{
    if (disk.journal < 0 || !path || strncmp(path, disk.root, disk.root_n) != 0 || path[disk.root_n] != '/')
        return NULL;
    return path + disk.root_n + 1;
}

static struct file *file_of(int fd)
{
    return disk.journal >= 0 && fd >= 0 && fd < FDS_MAX ? disk.files[fd] : NULL;
}

/* True: the call fails, errno is set. */
static bool fails(int32_t code)
{
    if (code == 0)
        return false;
    disk.control->refused++;
    errno = code;
    return true;
}

#define FAILS(which) (disk.control && fails(disk.control->which))

static bool write_fails(const struct file *file)
{
    return FAILS(write_errno) || (file->is_dsync && FAILS(meta_errno));
}

/* --- the journal; the lock is held --- */

static uint32_t put(enum kind kind, const char *path, int64_t offset, const struct iovec *data, int parts)
{
    struct iovec all[PARTS_MAX + 2];
    struct record record = {
        .magic = MAGIC, .kind = kind, .path_n = (uint32_t)strlen(path), .ordinal = disk.ordinal++, .offset = offset
    };
    ssize_t total = (ssize_t)(sizeof record + record.path_n);
    if (parts > PARTS_MAX)
        abort(); /* writev() takes 1,024 */
    for (int i = 0; i < parts; i++) {
        all[i + 2] = data[i];
        record.n += (int64_t)data[i].iov_len;
    }
    all[0] = (struct iovec){&record, sizeof record};
    all[1] = (struct iovec){(void *)(uintptr_t)path, record.path_n};
    total += record.n;
    /* three records' worth of parts at most; a short write means that the true disk is full: the test cannot go on */
    if (parts + 2 > 1024 || REAL(writev)(disk.journal, all, parts + 2) != total)
        abort();
    return record.ordinal;
}

/* The window in which a cut hurts; others may write in it. */
static void take_time(void)
{
    pthread_mutex_unlock(&disk.lock);
    (void)usleep(disk.sync_us);
    pthread_mutex_lock(&disk.lock);
}

/* --- opening and closing --- */

static void keep_file(int fd, const char *path, int flags)
{
    struct stat st;
    bool is_folder = fstat(fd, &st) == 0 && S_ISDIR(st.st_mode);
    if (fd >= FDS_MAX || (!is_folder && (flags & O_ACCMODE) == O_RDONLY))
        return;
    struct file *file = calloc(1, sizeof *file);
    if (!file || strlen(path) >= sizeof file->path)
        abort();
    memcpy(file->path, path, strlen(path) + 1);
    file->is_folder = is_folder;
    file->is_dsync = (flags & O_DSYNC) != 0;
    disk.files[fd] = file;
}

static int open_below(const char *path, const char *name, int flags, mode_t mode)
{
    bool is_write = (flags & O_ACCMODE) != O_RDONLY;
    if (is_write && FAILS(open_errno))
        return -1;
    pthread_mutex_lock(&disk.lock);
    bool is_new = (flags & O_CREAT) && access(path, F_OK) != 0;
    if (is_new)
        (void)put(CREATE, name, 0, NULL, 0);
    if (is_write && (flags & O_TRUNC) && !is_new)
        (void)put(TRUNCATE, name, 0, NULL, 0);
    int fd = REAL(open)(path, flags, mode);
    if (fd >= 0)
        keep_file(fd, name, flags);
    pthread_mutex_unlock(&disk.lock);
    return fd;
}

int open(const char *path, int flags, ...)
{
    mode_t mode = 0;
    if (flags & (O_CREAT | O_TMPFILE)) {
        va_list more;
        va_start(more, flags);
        mode = va_arg(more, mode_t);
        va_end(more);
    }
    const char *name = below(path);
    return name ? open_below(path, name, flags, mode) : REAL(open)(path, flags, mode);
}

int open64(const char *path, int flags, ...) __attribute__((alias("open")));

int close(int fd)
{
    struct file *file = file_of(fd);
    if (!file)
        return REAL(close)(fd);
    pthread_mutex_lock(&disk.lock);
    disk.files[fd] = NULL;
    int result = REAL(close)(fd);
    pthread_mutex_unlock(&disk.lock);
    free(file);
    return result;
}

/* --- changes --- */

static ssize_t write_at(int fd, const struct file *file, const struct iovec *data, int parts, off_t offset)
{
    if (write_fails(file))
        return -1;
    pthread_mutex_lock(&disk.lock);
    uint32_t ordinal = put(WRITE, file->path, offset, data, parts);
    ssize_t n = REAL(pwritev)(fd, data, parts, offset);
    if (file->is_dsync) {
        take_time();
        (void)put(DURABLE, file->path, ordinal, NULL, 0);
    }
    pthread_mutex_unlock(&disk.lock);
    return n;
}

/* At the file's own place, which moves on. */
static ssize_t write_on(int fd, const struct file *file, const struct iovec *data, int parts)
{
    bool appends = (fcntl(fd, F_GETFL) & O_APPEND) != 0;
    off_t offset = lseek(fd, 0, appends ? SEEK_END : SEEK_CUR);
    ssize_t n = write_at(fd, file, data, parts, offset);
    if (n > 0)
        (void)lseek(fd, offset + n, SEEK_SET);
    return n;
}

ssize_t pwrite(int fd, const void *bytes, size_t n, off_t offset)
{
    const struct file *file = file_of(fd);
    struct iovec data = {(void *)(uintptr_t)bytes, n};
    return file ? write_at(fd, file, &data, 1, offset) : REAL(pwrite)(fd, bytes, n, offset);
}

ssize_t pwrite64(int fd, const void *bytes, size_t n, off_t offset) __attribute__((alias("pwrite")));

ssize_t pwritev(int fd, const struct iovec *data, int parts, off_t offset)
{
    const struct file *file = file_of(fd);
    return file ? write_at(fd, file, data, parts, offset) : REAL(pwritev)(fd, data, parts, offset);
}

ssize_t pwritev64(int fd, const struct iovec *data, int parts, off_t offset) __attribute__((alias("pwritev")));

ssize_t write(int fd, const void *bytes, size_t n)
{
    const struct file *file = file_of(fd);
    struct iovec data = {(void *)(uintptr_t)bytes, n};
    return file ? write_on(fd, file, &data, 1) : REAL(write)(fd, bytes, n);
}

ssize_t writev(int fd, const struct iovec *data, int parts)
{
    const struct file *file = file_of(fd);
    return file ? write_on(fd, file, data, parts) : REAL(writev)(fd, data, parts);
}

int ftruncate(int fd, off_t size)
{
    const struct file *file = file_of(fd);
    if (!file)
        return REAL(ftruncate)(fd, size);
    if (write_fails(file))
        return -1;
    pthread_mutex_lock(&disk.lock);
    (void)put(TRUNCATE, file->path, size, NULL, 0);
    int result = REAL(ftruncate)(fd, size);
    pthread_mutex_unlock(&disk.lock);
    return result;
}

int ftruncate64(int fd, off_t size) __attribute__((alias("ftruncate")));

int rename(const char *from, const char *to)
{
    const char *name = below(from);
    const char *to_name = below(to);
    if (!name || !to_name)
        return REAL(rename)(from, to);
    if (FAILS(open_errno))
        return -1;
    struct iovec data = {(void *)(uintptr_t)to_name, strlen(to_name)};
    pthread_mutex_lock(&disk.lock);
    (void)put(RENAME, name, 0, &data, 1);
    int result = REAL(rename)(from, to);
    pthread_mutex_unlock(&disk.lock);
    return result;
}

int unlink(const char *path)
{
    const char *name = below(path);
    if (!name)
        return REAL(unlink)(path);
    pthread_mutex_lock(&disk.lock);
    (void)put(UNLINK, name, 0, NULL, 0);
    int result = REAL(unlink)(path);
    pthread_mutex_unlock(&disk.lock);
    return result;
}

/* --- syncs --- */

static int sync_file(const struct file *file)
{
    if (FAILS(sync_errno))
        return -1;
    pthread_mutex_lock(&disk.lock);
    uint32_t before = disk.ordinal;
    take_time();
    (void)put(file->is_folder ? SYNC_FOLDER : SYNC, file->path, before, NULL, 0);
    pthread_mutex_unlock(&disk.lock);
    return 0;
}

int fdatasync(int fd)
{
    const struct file *file = file_of(fd);
    return file ? sync_file(file) : REAL(fdatasync)(fd);
}

int fsync(int fd)
{
    const struct file *file = file_of(fd);
    return file ? sync_file(file) : REAL(fsync)(fd);
}
/* NOLINTEND(readability-inconsistent-declaration-parameter-name) */
