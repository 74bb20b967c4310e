#include "store/journal.h"

#include "io/folder_sync.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    SUM_BYTES = 32,
    FIRST_ROOM_BYTES = 256 * 1024,
    MORE_ROOM_BYTES = 2 * 1024 * 1024,
};

static const char FIELD[] = "STORE_URL";
static const char MAGIC[8] = "parleyJ1";

/* In this machine's byte order, as LMDB's file is. */
struct head {
    char magic[sizeof MAGIC];
    unsigned char sum[SUM_BYTES]; /* SHA-256 of the payload, then of the head from `store` on */
    struct id store;
    int64_t generation;
    int64_t sequence;
    int64_t payload_bytes;
};

static const size_t SUMMED_FROM = offsetof(struct head, store);

static int64_t aligned(int64_t bytes)
{
    return (bytes + JOURNAL_ALIGN - 1) / JOURNAL_ALIGN * JOURNAL_ALIGN;
}

static bool sum_end(EVP_MD_CTX *sum, const struct head *head, unsigned char out[SUM_BYTES])
{
    return EVP_DigestUpdate(sum, (const char *)head + SUMMED_FROM, sizeof *head - SUMMED_FROM) == 1 &&
           EVP_DigestFinal_ex(sum, out, NULL) == 1;
}

static bool path_of(char out[PATH_MAX], const char *folder, int which, struct err *err)
{
    return snprintf(out, PATH_MAX, "%s/journal.%d", folder, which) < PATH_MAX ||
           err_set(err, ERR_INPUT, FIELD, "has a path of over %d bytes", PATH_MAX - 1);
}

/* --- writing --- */

static bool write_at(int fd, const char *bytes, size_t n, int64_t at)
{
    while (n > 0) {
        ssize_t written = pwrite(fd, bytes, n, (off_t)at);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        bytes += written;
        n -= (size_t)written;
        at += written;
    }
    return true;
}

/* Zeros ahead, so that a block's sync has no size and no extents to write. */
static bool make_room(struct journal *journal, int64_t bytes)
{
    static const char ZEROS[64 * 1024];
    for (int64_t at = journal->room; at < bytes; at += (int64_t)sizeof ZEROS)
        if (!write_at(journal->fd, ZEROS, min_size(sizeof ZEROS, (size_t)(bytes - at)), at))
            return false;
    if (fdatasync(journal->fd) != 0)
        return false;
    journal->room = bytes;
    return true;
}

static bool failed(struct journal *journal, struct err *err)
{
    journal->has_failed = true;
    journal->is_full = errno == ENOSPC || errno == EDQUOT;
    return journal->is_full ? err_set(err, ERR_BUSY, NULL, "the store's disk is full")
                            : err_set_errno(err, ERR_BUSY, NULL, "the store's journal cannot be written");
}

static bool is_listed(const struct journal *journal)
{
    int code = folder_sync(journal->folder);
    if (code)
        errno = code;
    return code == 0;
}

static bool make_file(struct journal *journal, struct err *err)
{
    journal->fd = open(journal->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    journal->end = journal->room = 0;
    journal->has_failed = journal->is_full = false;
    return (journal->fd >= 0 && make_room(journal, FIRST_ROOM_BYTES) && is_listed(journal)) || failed(journal, err);
}

void journal_close(struct journal *journal)
{
    if (journal->fd >= 0)
        (void)close(journal->fd); /* every block was synced */
    journal->fd = -1;
}

bool journal_renew(struct journal *journal, struct err *err)
{
    journal_close(journal);
    if (unlink(journal->path) != 0 && errno != ENOENT)
        return failed(journal, err);
    return make_file(journal, err);
}

bool journal_open(struct journal *journal, const char *folder, int which, struct err *err)
{
    *journal = (struct journal){.folder = folder, .fd = -1};
    if (path_of(journal->path, folder, which, err) && journal_renew(journal, err))
        return true;
    journal_close(journal);
    return false;
}

void journal_remove(struct journal *journal)
{
    journal_close(journal);
    if (journal->path[0])
        (void)unlink(journal->path); /* one that stays is passed over: the store has its blocks */
}

void journal_rewind(struct journal *journal)
{
    journal->end = 0;
}

bool journal_block_init(struct journal_block *block, size_t max_bytes)
{
    *block = (struct journal_block){.sum = EVP_MD_CTX_new()};
    buf_init(&block->bytes, max_bytes);
    return block->sum;
}

void journal_block_release(struct journal_block *block)
{
    EVP_MD_CTX_free(block->sum);
    buf_release(&block->bytes);
}

bool journal_begin(struct journal_block *block)
{
    const struct head none = {0};
    buf_clear(&block->bytes);
    block->summed = sizeof none;
    return buf_add_bytes(&block->bytes, &none, sizeof none) && EVP_DigestInit_ex(block->sum, EVP_sha256(), NULL) == 1;
}

bool journal_added(struct journal_block *block)
{
    const struct buf *bytes = &block->bytes;
    bool ok = !bytes->has_failed &&
              EVP_DigestUpdate(block->sum, bytes->p + block->summed, bytes->n - block->summed) == 1;
    block->summed = bytes->n;
    return ok;
}

bool journal_is_empty(const struct journal_block *block)
{
    return block->bytes.n <= sizeof(struct head);
}

static bool finish(const struct journal_owner *owner, int64_t sequence, struct journal_block *block)
{
    static const char ZEROS[JOURNAL_ALIGN];
    struct buf *bytes = &block->bytes;
    struct head head = {.store = owner->store,
                         .generation = owner->generation,
                         .sequence = sequence,
                         .payload_bytes = (int64_t)(bytes->n - sizeof head) };
    memcpy(head.magic, MAGIC, sizeof MAGIC);
    if (block->summed != bytes->n || !sum_end(block->sum, &head, head.sum) ||
        !buf_add_bytes(bytes, ZEROS, (size_t)aligned((int64_t)bytes->n) - bytes->n))
        return false;
    memcpy(bytes->p, &head, sizeof head);
    return true;
}

/* A kill must not leave what was refused: the system may have it, and the disk may not. Whether this can be written is not known, either. */
static bool take_back(struct journal *journal, struct err *err)
{
    static const char ZEROS[JOURNAL_ALIGN];
    (void)failed(journal, err); /* first: it looks at errno */
    (void)write_at(journal->fd, ZEROS, sizeof ZEROS, journal->end);
    return false;
}

bool journal_append(struct journal *journal, const struct journal_owner *owner, int64_t sequence,
                    struct journal_block *block, struct err *err)
{
    const struct buf *bytes = &block->bytes;
    if (journal->has_failed)
        return err_set(err, ERR_BUSY, NULL, "the store's journal cannot be written");
    if (!finish(owner, sequence, block))
        return err_set(err, ERR_BUSY, NULL, "out of memory"); /* nothing was written */
    const int64_t after = journal->end + (int64_t)bytes->n;
    if ((after > journal->room && !make_room(journal, after + MORE_ROOM_BYTES)) ||
        !write_at(journal->fd, bytes->p, bytes->n, journal->end) || fdatasync(journal->fd) != 0)
        return take_back(journal, err);
    journal->end = after;
    return true;
}

/* --- reading --- */

struct file {
    char *bytes; /* all of it; on the heap */
    int64_t n;
    int64_t first; /* sequences; first > last: no block of ours */
    int64_t last;
    int64_t end;   /* behind the last block */
};

static bool read_whole(const char *path, struct file *file, struct err *err)
{
    struct stat is;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT ? true : err_set_errno(err, ERR_BUSY, FIELD, path);
    bool ok = fstat(fd, &is) == 0 && (is.st_size == 0 || (file->bytes = malloc((size_t)is.st_size)));
    while (ok && file->n < is.st_size) {
        ssize_t got = pread(fd, file->bytes + file->n, (size_t)(is.st_size - file->n), (off_t)file->n);
        ok = got > 0;
        file->n += ok ? got : 0;
    }
    (void)close(fd); /* only read */
    return ok ? true : err_set_errno(err, ERR_BUSY, FIELD, path);
}

static bool is_sum_right(const struct head *head, const char *payload)
{
    unsigned char right[SUM_BYTES];
    EVP_MD_CTX *sum = EVP_MD_CTX_new();
    bool ok = sum && EVP_DigestInit_ex(sum, EVP_sha256(), NULL) == 1 &&
              EVP_DigestUpdate(sum, payload, (size_t)head->payload_bytes) == 1 && sum_end(sum, head, right) &&
              memcmp(right, head->sum, SUM_BYTES) == 0;
    EVP_MD_CTX_free(sum);
    return ok;
}

/* A whole block at this place, whoever's it is. */
static bool block_at(const struct file *file, int64_t at, struct head *head)
{
    if (file->n - at < (int64_t)sizeof *head)
        return false;
    memcpy(head, file->bytes + at, sizeof *head);
    return memcmp(head->magic, MAGIC, sizeof MAGIC) == 0 && head->payload_bytes >= 0 &&
           head->payload_bytes <= file->n - at - (int64_t)sizeof *head &&
           is_sum_right(head, file->bytes + at + sizeof *head);
}

static bool check_owner(const char *path, const struct journal_owner *owner, const struct head *head, struct err *err)
{
    if (!id_eq(head->store, owner->store))
        return err_set(err, ERR_BROKEN, FIELD,
                       "%s is the journal of another store: put its data.mdb back, or move it away", path);
    if (head->generation > owner->generation)
        return err_set(err, ERR_BROKEN, FIELD, "data.mdb is of an earlier time than %s: put the newer one back", path);
    return true;
}

static int64_t block_bytes(const struct head *head)
{
    return aligned((int64_t)sizeof *head + head->payload_bytes);
}

/* Takes blocks from the start of the file as long as they follow; then none with a higher sequence may lie behind. */
static bool find_blocks(const char *path, const struct journal_owner *owner, int64_t applied, struct file *file,
                        struct err *err)
{
    struct head head;
    file->first = INT64_MAX;
    file->last = 0;
    while (block_at(file, file->end, &head)) {
        if (!check_owner(path, owner, &head, err))
            return false;
        if (head.generation != owner->generation || (file->last && head.sequence != file->last + 1))
            break;
        file->first = min_i64(file->first, head.sequence);
        file->last = head.sequence;
        file->end += block_bytes(&head);
    }
    for (int64_t at = file->end; at < file->n; at += JOURNAL_ALIGN)
        if (block_at(file, at, &head) && head.generation == owner->generation && id_eq(head.store, owner->store) &&
            head.sequence > max_i64(file->last, applied))
            return err_set(err, ERR_BROKEN, FIELD, "%s is damaged: restore a backup", path);
    return true;
}

struct reading {
    const char *folder;
    int64_t next; /* the sequence that must come now */
    journal_each *each;
    void *context;
};

/* The blocks from r->next on and below `until`. */
static bool read_blocks(struct reading *r, const struct file *file, int64_t until, struct err *err)
{
    struct head head;
    for (int64_t at = 0; at < file->end && block_at(file, at, &head); at += block_bytes(&head)) {
        if (head.sequence < r->next || head.sequence >= until)
            continue;
        if (head.sequence > r->next)
            return err_set(err, ERR_BROKEN, FIELD,
                           "%s/data.mdb is of an earlier time than its journal (%lld of %lld): put the newer one back, "
                           "or use `parley restore`",
                           r->folder, (long long)r->next - 1, (long long)head.sequence);
        const struct str payload = {file->bytes + at + sizeof head, (size_t)head.payload_bytes};
        if (!r->each(r->context, head.sequence, payload, err))
            return false;
        r->next++;
    }
    return true;
}

bool journal_read(const char *folder, const struct journal_owner *owner, int64_t applied, journal_each *each,
                  void *context, int64_t *last, struct err *err)
{
    struct reading r = {folder, applied + 1, each, context};
    struct file files[JOURNAL_FILES] = {0};
    char path[PATH_MAX];
    bool ok = true;
    for (int i = 0; i < JOURNAL_FILES && ok; i++)
        ok = path_of(path, folder, i, err) && read_whole(path, &files[i], err) &&
             find_blocks(path, owner, applied, &files[i], err);
    const struct file *earlier = &files[files[0].first > files[1].first];
    const struct file *later = &files[files[0].first <= files[1].first];
    ok = ok && read_blocks(&r, earlier, later->first, err) && read_blocks(&r, later, INT64_MAX, err);
    for (int i = 0; i < JOURNAL_FILES; i++)
        free(files[i].bytes);
    *last = r.next - 1;
    return ok;
}
