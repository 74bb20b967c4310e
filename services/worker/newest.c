#include "newest.h"

#include "io/log.h"
#include "mapped_page.h"

#include <sys/mman.h>

static const char MAGIC[16] = "parley newest 2";

/* Within one sector; each number is stored whole. */
struct page {
    char magic[sizeof MAGIC];
    struct id store;
    _Atomic int64_t generation;
    _Atomic int64_t commit;
};

static struct page *page; /* NULL: nothing is noted */

static int map(const char *folder)
{
    void *at;
    int code = mapped_page_open(folder, "newest.page", sizeof *page, &at);
    page = at;
    return code;
}

static bool is_of(const struct store *store)
{
    return memcmp(page->magic, MAGIC, sizeof MAGIC) == 0 && id_eq(page->store, store_id(store));
}

static bool is_earlier(struct store *store)
{
    int64_t generation = store_generation(store);
    return generation < page->generation || (generation == page->generation && store_newest(store) < page->commit);
}

/* A death in between leaves a page that says less than it could. */
static void begin_anew(struct store *store)
{
    page->commit = 0;
    page->generation = store_generation(store);
    page->store = store_id(store);
    memcpy(page->magic, MAGIC, sizeof MAGIC);
}

bool newest_open(const char *folder, struct store *store, struct err *err)
{
    int code = map(folder);
    if (!page) {
        log_event(LOG_WARN, "worker.newest_not_noted", F_STR("because", str_of(strerror(code))));
        return true;
    }
    if (is_of(store) && is_earlier(store)) {
        (void)err_set(
            err, ERR_BROKEN, "STORE_URL",
            "%s/data.mdb is of an earlier time (commit %lld of generation %lld; %lld of %lld was there): put the newer "
            "one back, or use `parley restore`",
            folder, (long long)store_newest(store), (long long)store_generation(store), (long long)page->commit,
            (long long)page->generation); /* false below */
        newest_close();
        return false;
    }
    if (!is_of(store) || page->generation != store_generation(store))
        begin_anew(store);
    newest_note(store);
    return true;
}

void newest_note(struct store *store)
{
    if (page)
        page->commit = max_i64(page->commit, store_newest(store));
}

void newest_close(void)
{
    if (page)
        (void)munmap(page, sizeof *page); /* mapped by us */
    page = NULL;
}
