/* book.h - every message the simulator remembers, by uuid and in the order of arrival.
 *
 * Promise: at most BOOK_MESSAGES_MAX. At the bound the oldest message that nothing names any more is forgotten; when there is
 *          none, book_add() refuses.
 * Memory:  the book owns its messages.
 * Threads: the world's lock.
 */
#ifndef PARLEY_SIM_BOOK_H
#define PARLEY_SIM_BOOK_H
#include "message.h"

enum { BOOK_MESSAGES_MAX = 100000, BOOK_BUCKETS = 1 << 16 }; /* some 100 MB at most */

struct book {
    struct message *buckets[BOOK_BUCKETS];
    struct message *oldest, *newest;
    size_t n;
};

/* Takes m over. False: the book is full, and m still the caller's. Its uuid must be new. */
MUST_USE bool book_add(struct book *book, struct message *m);
struct message *book_find(const struct book *book, struct str uuid);
void book_clear(struct book *book);

#endif
