#include "io/lmdb_tree.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    META_AT = 16, /* behind the page's header, as everything */
    META_BYTES = 136,
    DB_BYTES = 48,
    NODE_BYTES = 8,
    KEY_BYTES_MAX = 511,
    DEPTH_MAX = 32,
    PAGE_BRANCH = 0x01,
    PAGE_LEAF = 0x02,
    PAGE_OVERFLOW = 0x04,
    PAGE_META = 0x08,
    NODE_BIG = 0x01,
    NODE_TREE = 0x02,
    NODE_DUPLICATES = 0x04,
    TREES_MAX = 256,
    MAGIC = (int)0xBEEFC0DE,
    FORMAT = 1,
};
#define NO_PAGE UINT64_MAX

/* What LMDB says of a tree (MDB_db). */
struct tree {
    uint16_t depth;
    uint64_t branches, leaves, overflows, entries, root;
    uint64_t seen_branches, seen_leaves, seen_overflows, seen_entries;
    bool is_free_list; /* its keys are numbers of this machine, its values lists of pages */
};

struct meta {
    uint64_t page_bytes, last_page, transaction;
    struct tree free_list, main;
};

struct visit {
    uint64_t page;
    uint16_t tree;
    uint16_t depth; /* 1: a leaf */
};

struct walk {
    int fd;
    struct meta meta;
    struct tree trees[TREES_MAX];
    size_t trees_n;
    struct visit *queue;
    size_t queue_n, queue_room, next;
    uint8_t *used; /* a bit a page */
    size_t left;   /* pages that may still be looked at */
    size_t looked;
    char *why;
    uint8_t page[LMDB_PAGE_BYTES_MAX];
    uint8_t other[LMDB_PAGE_BYTES_MAX];
    uint64_t file_pages; /* whole ones that the file has */
};

static bool PRINTF_LIKE(2, 3) bad(struct walk *walk, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)vsnprintf(walk->why, LMDB_WHY_BYTES, format, args); /* our own short sentences */
    va_end(args);
    return false;
}

static uint16_t u16(const uint8_t *at)
{
    uint16_t v;
    memcpy(&v, at, sizeof v);
    return v;
}

static uint32_t u32(const uint8_t *at)
{
    uint32_t v;
    memcpy(&v, at, sizeof v);
    return v;
}

static uint64_t u64(const uint8_t *at)
{
    uint64_t v;
    memcpy(&v, at, sizeof v);
    return v;
}

/* --- the metas ---------------------------------------------------------------------------------------------------- */

static struct tree tree_read(const uint8_t *at)
{
    return (struct tree){ .depth = u16(at + 6),
                          .branches = u64(at + 8),
                          .leaves = u64(at + 16),
                          .overflows = u64(at + 24),
                          .entries = u64(at + 32),
                          .root = u64(at + 40) };
}

/* False: it is no meta. */
static bool meta_read(int fd, uint64_t at, struct meta *out)
{
    uint8_t b[META_AT + META_BYTES];
    errno = EINVAL;
    if (pread(fd, b, sizeof b, (off_t)at) != (ssize_t)sizeof b || !(u16(b + 10) & PAGE_META) ||
        u32(b + META_AT) != (uint32_t)MAGIC || u32(b + META_AT + 4) != FORMAT)
        return false;
    *out = (struct meta){ .page_bytes = u32(b + META_AT + 24),
                          .last_page = u64(b + META_AT + 120),
                          .transaction = u64(b + META_AT + 128),
                          .free_list = tree_read(b + META_AT + 24),
                          .main = tree_read(b + META_AT + 72) };
    uint64_t n = out->page_bytes;
    return n >= 512 && n <= LMDB_PAGE_BYTES_MAX && (n & (n - 1)) == 0;
}

size_t lmdb_tree_page_bytes(int fd)
{
    struct meta meta = { 0 };
    return meta_read(fd, 0, &meta) ? (size_t)meta.page_bytes : 0;
}

/* A page that was taken at the end and freed again in one transaction is counted and was never written: the file may lack free pages. */
enum { UNWRITTEN_MAX = 1 << 20 };

static bool cut_short(struct walk *walk)
{
    return bad(walk, "it was cut short: %llu of %llu pages are there", (unsigned long long)walk->file_pages,
               (unsigned long long)walk->meta.last_page + 1);
}

static bool metas_read(struct walk *walk, uint64_t file_bytes)
{
    struct meta first = { 0 };
    struct meta second = { 0 };
    if (!meta_read(walk->fd, 0, &first))
        return bad(walk, "its first page is torn, or it is no store");
    if (!meta_read(walk->fd, first.page_bytes, &second) || second.page_bytes != first.page_bytes)
        return bad(walk, "its second page is torn");
    walk->meta = second.transaction > first.transaction ? second : first;
    walk->file_pages = file_bytes / walk->meta.page_bytes;
    uint64_t last = walk->meta.last_page;
    return last >= 1 && last < walk->file_pages + UNWRITTEN_MAX ? true : cut_short(walk);
}

/* --- pages -------------------------------------------------------------------------------------------------------- */

static bool page_read(struct walk *walk, uint64_t page, uint8_t *to, size_t bytes)
{
    if (pread(walk->fd, to, bytes, (off_t)(page * walk->meta.page_bytes)) != (ssize_t)bytes)
        return bad(walk, "page %llu cannot be read", (unsigned long long)page);
    if (u64(to) != page)
        return bad(walk, "page %llu is torn or misplaced", (unsigned long long)page);
    return true;
}

/* Marks pages, in use or free, as spoken for. */
static bool pages_claim(struct walk *walk, uint64_t page, uint64_t n)
{
    if (page < 2 || page > walk->meta.last_page || n > walk->meta.last_page - page + 1)
        return bad(walk, "a page points beyond the end, to %llu", (unsigned long long)page);
    for (uint64_t i = page; i < page + n; i++) {
        if (walk->used[i / 8] & (1U << (i % 8)))
            return bad(walk, "page %llu is in use twice", (unsigned long long)i);
        walk->used[i / 8] |= (uint8_t)(1U << (i % 8));
    }
    return true;
}

/* Those in use have to be there. */
static bool pages_use(struct walk *walk, uint64_t page, uint64_t n)
{
    return pages_claim(walk, page, n) && (page + n <= walk->file_pages || cut_short(walk));
}

static bool push(struct walk *walk, uint64_t page, size_t tree, unsigned depth)
{
    if (walk->queue_n == walk->queue_room) {
        size_t room = walk->queue_room ? 2 * walk->queue_room : 1024;
        struct visit *more = realloc(walk->queue, room * sizeof *more);
        if (!more)
            return bad(walk, "there is no memory to look at it");
        walk->queue = more;
        walk->queue_room = room;
    }
    walk->queue[walk->queue_n++] = (struct visit){page, (uint16_t)tree, (uint16_t)depth};
    return pages_use(walk, page, 1);
}

static bool tree_push(struct walk *walk, struct tree tree)
{
    if (tree.root == NO_PAGE) {
        if (tree.entries != 0)
            return bad(walk, "a table of %llu entries has no pages", (unsigned long long)tree.entries);
        return true;
    }
    if (tree.depth < 1 || tree.depth > DEPTH_MAX || walk->trees_n == TREES_MAX)
        return bad(walk, "a table's description is damaged");
    walk->trees[walk->trees_n] = tree;
    return push(walk, tree.root, walk->trees_n++, tree.depth);
}

/* --- nodes -------------------------------------------------------------------------------------------------------- */

struct node {
    const uint8_t *key, *data;
    uint64_t child; /* of a branch */
    uint32_t data_bytes;
    uint16_t key_bytes, flags;
};

static bool node_read(struct walk *walk, const struct visit *at, size_t i, struct node *out)
{
    const uint64_t bytes = walk->meta.page_bytes;
    size_t place = u16(walk->page + META_AT + 2 * i);
    if (place < u16(walk->page + 14) || place + NODE_BYTES > bytes)
        return bad(walk, "page %llu is torn", (unsigned long long)at->page);
    const uint8_t *node = walk->page + place;
    *out = (struct node){.key = node + NODE_BYTES, .key_bytes = u16(node + 6)};
    if (at->depth > 1)
        out->child = u16(node) | (uint64_t)u16(node + 2) << 16 | (uint64_t)u16(node + 4) << 32;
    else {
        out->flags = u16(node + 4);
        out->data_bytes = u16(node) | (uint32_t)u16(node + 2) << 16;
    }
    size_t inside = out->flags & NODE_BIG ? sizeof(uint64_t) : out->data_bytes;
    out->data = out->key + out->key_bytes;
    if (out->key_bytes > KEY_BYTES_MAX || place + NODE_BYTES + out->key_bytes + inside > bytes)
        return bad(walk, "page %llu is torn", (unsigned long long)at->page);
    return true;
}

/* <0, 0, >0, in the tree's own order. */
static int key_compare(const struct tree *tree, const struct node *a, const struct node *b)
{
    if (tree->is_free_list && a->key_bytes == sizeof(uint64_t) && b->key_bytes == sizeof(uint64_t))
        return u64(a->key) < u64(b->key) ? -1 : u64(a->key) > u64(b->key);
    return str_compare(str_bytes(a->key, a->key_bytes), str_bytes(b->key, b->key_bytes));
}

/* A value on pages of its own. */
static bool big_value(struct walk *walk, struct tree *tree, const struct node *node, const uint8_t **bytes)
{
    uint64_t page = u64(node->data);
    uint64_t n = (META_AT + (uint64_t)node->data_bytes + walk->meta.page_bytes - 1) / walk->meta.page_bytes;
    tree->seen_overflows += n;
    if (!pages_use(walk, page, n) || !page_read(walk, page, walk->other, (size_t)walk->meta.page_bytes))
        return false;
    if (!(u16(walk->other + 10) & PAGE_OVERFLOW) || u32(walk->other + 12) != n)
        return bad(walk, "page %llu is no value's", (unsigned long long)page);
    *bytes = walk->other + META_AT;
    return true;
}

/* Free pages are used by nobody: a count, then that many numbers. Of a long list only the first page is looked at. */
static bool free_pages(struct walk *walk, const struct node *node, const uint8_t *bytes)
{
    uint64_t room = node->flags & NODE_BIG ? walk->meta.page_bytes - META_AT : node->data_bytes;
    uint64_t n = room >= sizeof n ? u64(bytes) : 0;
    if (node->data_bytes < sizeof n || n > (node->data_bytes - sizeof n) / sizeof n)
        return bad(walk, "a list of free pages is damaged");
    for (uint64_t i = 1; i <= n && (i + 1) * sizeof n <= room; i++)
        if (!pages_claim(walk, u64(bytes + i * sizeof n), 1))
            return false;
    return true;
}

static bool leaf_node(struct walk *walk, struct tree *tree, const struct node *node)
{
    const uint8_t *bytes = node->data;
    if (node->flags & NODE_DUPLICATES || node->flags & ~(NODE_BIG | NODE_TREE))
        return bad(walk, "an entry is of a kind that no table has");
    if (node->flags & NODE_TREE)
        return node->data_bytes == DB_BYTES ? tree_push(walk, tree_read(node->data))
                                            : bad(walk, "a table's description is damaged");
    if (node->flags & NODE_BIG && !big_value(walk, tree, node, &bytes))
        return false;
    return !tree->is_free_list || free_pages(walk, node, bytes);
}

static bool page_shape(struct walk *walk, const struct visit *at, size_t *nodes)
{
    unsigned flags = u16(walk->page + 10);
    unsigned lower = u16(walk->page + 12);
    unsigned upper = u16(walk->page + 14);
    unsigned wanted = at->depth > 1 ? PAGE_BRANCH : PAGE_LEAF;
    if ((flags & (PAGE_BRANCH | PAGE_LEAF | PAGE_OVERFLOW | PAGE_META)) != wanted || lower < META_AT || lower & 1 ||
        lower > upper || upper > walk->meta.page_bytes)
        return bad(walk, "page %llu is torn", (unsigned long long)at->page);
    *nodes = (lower - META_AT) / 2;
    return *nodes > 0 ? true : bad(walk, "page %llu is empty", (unsigned long long)at->page);
}

static bool page_visit(struct walk *walk, const struct visit *at)
{
    struct tree *tree = &walk->trees[at->tree];
    struct node before = {0};
    size_t nodes = 0;
    if (!page_read(walk, at->page, walk->page, (size_t)walk->meta.page_bytes) || !page_shape(walk, at, &nodes))
        return false;
    *(at->depth > 1 ? &tree->seen_branches : &tree->seen_leaves) += 1;
    tree->seen_entries += at->depth > 1 ? 0 : nodes;
    for (size_t i = 0; i < nodes; i++) {
        struct node node = { 0 };
        if (!node_read(walk, at, i, &node))
            return false;
        /* a branch's first key is not used */
        if (i > (at->depth > 1 ? 1U : 0U) && key_compare(tree, &before, &node) >= 0)
            return bad(walk, "page %llu is out of order", (unsigned long long)at->page);
        before = node;
        if (at->depth > 1 ? !push(walk, node.child, at->tree, at->depth - 1U) : !leaf_node(walk, tree, &node))
            return false;
    }
    return true;
}

/* --- the walk ----------------------------------------------------------------------------------------------------- */

static bool counts_agree(struct walk *walk)
{
    for (size_t i = 0; i < walk->trees_n; i++) {
        const struct tree *t = &walk->trees[i];
        if (t->branches != t->seen_branches || t->leaves != t->seen_leaves || t->overflows != t->seen_overflows ||
            t->entries != t->seen_entries)
            return bad(walk, "a table has %llu entries and says %llu", (unsigned long long)t->seen_entries,
                       (unsigned long long)t->entries);
    }
    return true;
}

static bool walk_all(struct walk *walk, bool *is_complete)
{
    walk->meta.free_list.is_free_list = true;
    if (!tree_push(walk, walk->meta.free_list) || !tree_push(walk, walk->meta.main))
        return false;
    while (walk->next < walk->queue_n && walk->looked < walk->left) {
        struct visit at = walk->queue[walk->next++];
        walk->looked++;
        if (!page_visit(walk, &at))
            return false;
    }
    *is_complete = walk->next == walk->queue_n;
    return !*is_complete || counts_agree(walk);
}

bool lmdb_tree_check(int fd, uint64_t file_bytes, size_t max_pages, size_t *pages, bool *is_complete,
                     char why[LMDB_WHY_BYTES])
{
    struct walk *walk = calloc(1, sizeof *walk);
    *is_complete = false;
    *pages = 0;
    (void)snprintf(why, LMDB_WHY_BYTES, "there is no memory to look at it"); /* replaced by what is wrong */
    if (!walk)
        return false;
    walk->fd = fd;
    walk->why = why;
    walk->left = max_pages;
    bool is_fine = metas_read(walk, file_bytes);
    if (is_fine) {
        walk->used = calloc(1, (size_t)(walk->meta.last_page / 8 + 1));
        is_fine = walk->used ? walk_all(walk, is_complete) : bad(walk, "there is no memory to look at it");
    }
    *pages = walk->looked;
    free(walk->used);
    free(walk->queue);
    free(walk);
    return is_fine;
}
