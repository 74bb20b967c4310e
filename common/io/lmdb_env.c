#include "io/lmdb_env.h"

#include "io/clock.h"
#include "io/lmdb_file.h"
#include "io/log.h"

#include <errno.h>
#include <stdio.h>
#include <sys/statvfs.h>

bool lmdb_env_err(struct lmdb_env *env, int code, const char *doing, struct err *err)
{
    if (code == MDB_MAP_FULL || code == ENOSPC || code == EDQUOT)
        env->is_full = true; /* writes alone come to this */
    const char *what = env->options.what;
    switch (code) {
    case MDB_MAP_FULL:
        return err_set(err, ERR_BUSY, NULL, "the %s is full", what);
    case ENOSPC:
    case EDQUOT:
        return err_set(err, ERR_BUSY, NULL, "the %s's disk is full", what);
    case EROFS:
    case EACCES:
        return err_set(err, ERR_BUSY, NULL, "the %s's folder cannot be written", what);
    case EIO:
    case MDB_PANIC:
        return err_set(err, ERR_BUSY, NULL, "the %s's disk fails (%s)", what, doing);
    case MDB_READERS_FULL:
        return err_set(err, ERR_BUSY, NULL, "too many readers of the %s", what);
    case MDB_CORRUPTED:
    case MDB_PAGE_NOTFOUND:
    case MDB_INVALID:
        return err_set(err, ERR_BROKEN, NULL, "the %s is damaged (%s: %s)", what, doing, mdb_strerror(code));
    default:
        return err_set(err, ERR_BROKEN, NULL, "the %s, %s: %s", what, doing, mdb_strerror(code));
    }
}

/* --- opening ------------------------------------------------------------------------------------------------------ */

static bool environment_make(struct lmdb_env *env, const char *path, unsigned flags, struct err *err)
{
    const struct lmdb_options *o = &env->options;
    int code = mdb_env_create(&env->mdb);
    if (code)
        return lmdb_env_err(env, code, "opening", err);
    code = mdb_env_set_maxdbs(env->mdb, o->tables);
    if (!code)
        code = mdb_env_set_maxreaders(env->mdb, o->readers);
    if (!code && o->map_bytes)
        code = mdb_env_set_mapsize(env->mdb, o->map_bytes);
    if (!code)
        code = mdb_env_open(env->mdb, path, o->flags | flags, 0600);
    if (code == ENOENT)
        (void)err_set(err, ERR_MISSING, o->field, "there is no %s in this folder", o->what); /* false below */
    bool is_fine = code == ENOENT ? false
                   : code ? lmdb_env_err(env, code, "opening", err)
                                  : o->open_tables(env, o->owner, !(flags & MDB_RDONLY), err);
    if (is_fine)
        return true;
    mdb_env_close(env->mdb);
    env->mdb = NULL;
    return false;
}

/* Made under another name, so that a power cut leaves all of it or nothing (E2). */
static bool make_new(struct lmdb_env *env, struct err *err)
{
    char path[PATH_MAX];
    const struct lmdb_options *o = &env->options;
    if (snprintf(path, sizeof path, "%s/" LMDB_NEW_NAME, o->folder) >= (int)sizeof path)
        return err_set(err, ERR_INPUT, o->field, "has a path of over %d bytes", PATH_MAX - 1);
    lmdb_file_forget_new(o->folder);
    if (!environment_make(env, path, MDB_NOSUBDIR, err))
        return false;
    mdb_env_close(env->mdb);
    env->mdb = NULL;
    return lmdb_file_adopt(o->folder, o->field, err);
}

/* Looks, makes what is missing, and opens for writing. */
static bool open_whole(struct lmdb_env *env, struct err *err)
{
    const struct lmdb_options *o = &env->options;
    struct lmdb_file_check check;
    return lmdb_file_check(o->folder, o->field, LMDB_CHECK_PAGES, &check, err) &&
           (check.is_there || make_new(env, err)) && lmdb_file_settle(o->folder, o->field, err) &&
           environment_make(env, o->folder, 0, err) && lmdb_file_mark_made(o->folder, o->field, err);
}

/* Beside a writer (LMDB's own lock is used then) the file changes under one's eyes: it is that writer's to check. */
static bool open_to_look(struct lmdb_env *env, struct err *err)
{
    const struct lmdb_options *o = &env->options;
    struct lmdb_file_check check;
    if ((o->flags & MDB_NOLOCK) && !lmdb_file_check(o->folder, o->field, SIZE_MAX, &check, err))
        return false;
    return environment_make(env, o->folder, MDB_RDONLY, err);
}

static bool open_by(bool (*how)(struct lmdb_env *, struct err *), struct lmdb_env *env,
                    const struct lmdb_options *options, struct err *err)
{
    pthread_rwlockattr_t attr;
    *env = (struct lmdb_env){.options = *options};
    if (snprintf(env->folder, sizeof env->folder, "%s", options->folder) >= (int)sizeof env->folder)
        return err_set(err, ERR_INPUT, options->field, "has a path of over %d bytes", PATH_MAX - 1);
    env->options.folder = env->folder;
    (void)pthread_rwlockattr_init(&attr); /* cannot fail, here and in the next */
    (void)pthread_rwlockattr_setkind_np(&attr, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    if (pthread_rwlock_init(&env->gate, &attr) != 0)
        return err_set(err, ERR_BUSY, NULL, "out of memory");
    (void)pthread_rwlockattr_destroy(&attr);
    env->is_open = true;
    bool is_fine = how(env, err);
    if (!is_fine)
        lmdb_env_close(env);
    return is_fine;
}

bool lmdb_env_open(struct lmdb_env *env, const struct lmdb_options *options, struct err *err)
{
    return open_by(open_whole, env, options, err);
}

bool lmdb_env_open_to_look(struct lmdb_env *env, const struct lmdb_options *options, struct err *err)
{
    return open_by(open_to_look, env, options, err);
}

void lmdb_env_close(struct lmdb_env *env)
{
    if (env->mdb)
        mdb_env_close(env->mdb);
    if (env->is_open)
        (void)pthread_rwlock_destroy(&env->gate); /* nobody holds it */
    env->mdb = NULL;
    env->is_open = false;
}

/* --- opening anew ------------------------------------------------------------------------------------------------- */

static bool reopen(struct lmdb_env *env)
{
    struct err ignored;
    (void)pthread_rwlock_wrlock(&env->gate); /* this thread holds no read */
    if (env->mdb)
        mdb_env_close(env->mdb);
    env->mdb = NULL;
    bool is_fine = open_whole(env, &env->why);
    /* what cannot be written may still be read (nobody else writes it: no lock, whose file might want to be written);
     * if not even that, begin says so */
    if (!is_fine && !environment_make(env, env->options.folder, MDB_RDONLY | MDB_NOLOCK, &ignored))
        env->mdb = NULL;
    (void)pthread_rwlock_unlock(&env->gate);
    bool was = env->is_read_only;
    env->is_read_only = !is_fine;
    env->retry_at_ms = clock_boot_ms() + LMDB_RETRY_MS;
    if (is_fine)
        log_event(LOG_INFO, "disk.opened_anew", F_WORD("what", env->options.what));
    else if (!was)
        log_event(LOG_ERROR, "disk.read_only", F_WORD("what", env->options.what), F_ERR(&env->why));
    return is_fine;
}

/* Whether LMDB itself has given up: it says so to everybody who begins. */
static bool has_given_up(struct lmdb_env *env)
{
    MDB_txn *txn;
    int code = mdb_txn_begin(env->mdb, NULL, MDB_RDONLY, &txn);
    if (code == 0)
        mdb_txn_abort(txn);
    return code == MDB_PANIC;
}

/* --- transactions ------------------------------------------------------------------------------------------------- */

static bool begin_read(struct lmdb_env *env, MDB_txn **out, struct err *err)
{
    (void)pthread_rwlock_rdlock(&env->gate); /* one read a thread: no deadlock, and far fewer than its limit */
    int code = env->mdb ? mdb_txn_begin(env->mdb, NULL, MDB_RDONLY, out) : EIO;
    if (code == 0)
        return true;
    (void)pthread_rwlock_unlock(&env->gate);
    return lmdb_env_err(env, code, "reading", err);
}

bool lmdb_env_begin(struct lmdb_env *env, bool is_write, MDB_txn **out, struct err *err)
{
    *out = NULL;
    if (!is_write)
        return begin_read(env, out, err);
    if (env->is_read_only && (clock_boot_ms() < env->retry_at_ms || !reopen(env))) {
        *err = env->why;
        return false;
    }
    int code = mdb_txn_begin(env->mdb, NULL, 0, out);
    return code ? lmdb_env_err(env, code, "beginning to write", err) : true;
}

bool lmdb_env_commit(struct lmdb_env *env, MDB_txn *txn, struct err *err)
{
    int code = mdb_txn_commit(txn);
    if (code == 0)
        return true;
    bool is_room = code == MDB_MAP_FULL || code == ENOSPC || code == EDQUOT;
    if (!is_room || has_given_up(env))
        (void)reopen(env); /* it logs; while it fails, begin refuses */
    return lmdb_env_err(env, code, "committing", err);
}

void lmdb_env_end(struct lmdb_env *env, bool is_write, MDB_txn *txn)
{
    if (!txn)
        return;
    mdb_txn_abort(txn);
    if (!is_write)
        (void)pthread_rwlock_unlock(&env->gate);
}

bool lmdb_env_copy_to(struct lmdb_env *env, int fd, struct err *err)
{
    (void)pthread_rwlock_rdlock(&env->gate); /* as in begin_read() */
    int code = env->mdb ? mdb_env_copyfd2(env->mdb, fd, MDB_CP_COMPACT) : EIO;
    (void)pthread_rwlock_unlock(&env->gate);
    return code == 0 ? true : lmdb_env_err(env, code, "copying", err);
}

/* --- room --------------------------------------------------------------------------------------------------------- */

/* Pages inside that nothing uses: lists, each a count and then the numbers. */
static int64_t free_pages(struct lmdb_env *env)
{
    MDB_txn *txn;
    MDB_cursor *cursor;
    MDB_val key;
    MDB_val list;
    int64_t n = 0;
    if (mdb_txn_begin(env->mdb, NULL, MDB_RDONLY, &txn) != 0)
        return 0;
    if (mdb_cursor_open(txn, 0, &cursor) == 0) { /* 0: LMDB's own table of them */
        while (mdb_cursor_get(cursor, &key, &list, MDB_NEXT) == 0) {
            size_t count;
            memcpy(&count, list.mv_data, sizeof count);
            n += (int64_t)count;
        }
        mdb_cursor_close(cursor);
    }
    mdb_txn_abort(txn);
    return n;
}

static int64_t free_bytes(struct lmdb_env *env, int64_t enough)
{
    struct statvfs disk;
    MDB_envinfo info;
    MDB_stat stat;
    if (!env->mdb || mdb_env_info(env->mdb, &info) != 0 || mdb_env_stat(env->mdb, &stat) != 0)
        return 0;
    int64_t page_bytes = (int64_t)stat.ms_psize;
    int64_t bytes = (int64_t)info.me_mapsize - (int64_t)(info.me_last_pgno + 1) * page_bytes;
    if (statvfs(env->folder, &disk) == 0)
        bytes = min_i64(bytes, (int64_t)(disk.f_bavail * disk.f_frsize));
    return bytes < enough ? bytes + free_pages(env) * page_bytes : bytes;
}

int64_t lmdb_env_free_bytes(struct lmdb_env *env, int64_t enough)
{
    (void)pthread_rwlock_rdlock(&env->gate); /* as in begin_read() */
    int64_t bytes = free_bytes(env, enough);
    (void)pthread_rwlock_unlock(&env->gate);
    return bytes;
}
