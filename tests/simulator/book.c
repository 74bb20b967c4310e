#include "book.h"

enum { FORGET_TRIES = 64 }; /* how far from the oldest on it looks for one to forget */

/* FNV-1a, 32 bits. */
static size_t bucket_of(struct str uuid)
{
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < uuid.n; i++)
        hash = (hash ^ (unsigned char)uuid.p[i]) * 16777619u;
    return hash % BOOK_BUCKETS;
}

static void forget(struct book *book, struct message *m)
{
    struct message **at = &book->buckets[bucket_of(str_of(m->uuid.c))];
    while (*at != m)
        at = &(*at)->next_in_bucket;
    *at = m->next_in_bucket;
    *(m->older ? &m->older->newer : &book->oldest) = m->newer;
    *(m->newer ? &m->newer->older : &book->newest) = m->older;
    book->n--;
    message_free(m);
}

static bool make_room(struct book *book)
{
    struct message *m = book->oldest;
    for (int i = 0; m && i < FORGET_TRIES; i++, m = m->newer)
        if (m->pending == 0) {
            forget(book, m);
            return true;
        }
    return false;
}

bool book_add(struct book *book, struct message *m)
{
    if (book->n >= BOOK_MESSAGES_MAX && !make_room(book))
        return false;
    size_t bucket = bucket_of(str_of(m->uuid.c));
    m->next_in_bucket = book->buckets[bucket];
    book->buckets[bucket] = m;
    m->older = book->newest;
    m->newer = NULL;
    *(book->newest ? &book->newest->newer : &book->oldest) = m;
    book->newest = m;
    book->n++;
    return true;
}

struct message *book_find(const struct book *book, struct str uuid)
{
    struct message *m = book->buckets[bucket_of(uuid)];
    while (m && !str_eq(str_of(m->uuid.c), uuid))
        m = m->next_in_bucket;
    return m;
}

void book_clear(struct book *book)
{
    for (struct message *m = book->oldest, *next; m; m = next) {
        next = m->newer;
        message_free(m);
    }
    *book = (struct book){ 0 };
}
