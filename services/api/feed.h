/* feed.h - the newest events of one tenant, encoded once, for any number of readers.
 *
 * Promise: F1 blocks stand in the order of their numbers, which rise; F2 a reader whose cursor is at or behind `base` reads every event
 *          after it exactly once; F3 one whose cursor is before `base` is told so (FEED_LAPPED), never given a part.
 * Units:   at most FEED_EVENTS_MAX blocks and FEED_BYTES_MAX bytes; the oldest leave first.
 * Memory:  blocks on the heap, owned by the feed. What a read copies belongs to the reader.
 * Threads: none of its own: stream.c holds its lock around every call.
 * Source:  WHATWG HTML section 9.2 (server-sent events).
 */
#ifndef PARLEY_API_FEED_H
#define PARLEY_API_FEED_H
#include "base/buf.h"

enum { FEED_EVENTS_MAX = 4096, FEED_BYTES_MAX = 8 * 1024 * 1024, FEED_READ_MAX_BYTES = 64 * 1024 };
#define FEED_UNKNOWN INT64_C(-1)

struct feed_block;

struct feed {
    int64_t tenant;
    int64_t newest; /* FEED_UNKNOWN until feed_restart() */
    int64_t heard;  /* the highest number that anybody told of; above newest: something is missing */
    int64_t base;   /* the ring holds every event after this one */
    uint64_t restarts;
    bool is_doubted; /* the worker's head is below newest */
    struct feed_block *ring[FEED_EVENTS_MAX];
    size_t first, n, bytes;
};

enum feed_read { FEED_NOTHING, FEED_SOME, FEED_LAPPED };

/* Forgets everything; the next event is the one after `head`. */
void feed_restart(struct feed *feed, int64_t head);
void feed_release(struct feed *feed);

/* What the broadcast said. True: it is the event after newest, to be appended; false: known already, or a gap (then heard > newest). */
bool feed_hear(struct feed *feed, int64_t number, bool is_head);

/* `number` > newest. False: no memory; the event counts as missing. */
MUST_USE bool feed_append(struct feed *feed, int64_t number, struct str type, struct str data);

/* Appends what follows *cursor to `out`, as far as it fits into FEED_READ_MAX_BYTES, and moves *cursor. */
enum feed_read feed_read(const struct feed *feed, int64_t *cursor, struct buf *out);

/* One server-sent event. An unset type or data is left out. */
bool sse_add(struct buf *out, int64_t number, struct str type, struct str data);

#endif
