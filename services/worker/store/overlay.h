/* overlay.h - rows that are durable in the journal and not yet in LMDB: an ordered map for each table, in memory.
 *
 * Promise: V1 keys stand in the order of their bytes, as LMDB has them. V2 overlay_undo() leaves what overlay_keep() last kept, whatever was
 *          put since. V3 bytes that were handed out stay where they are until overlay_clear().
 * Units:   bytes of keys and values that were put; what was overwritten counts until overlay_clear().
 * Memory:  keys and values are copied.
 * Threads: one writes; once nobody writes, any may read.
 */
#ifndef PARLEY_OVERLAY_H
#define PARLEY_OVERLAY_H
#include "base/base.h"

struct overlay;

enum overlay_sight { OVERLAY_UNKNOWN, OVERLAY_THERE, OVERLAY_DELETED };

struct overlay_row {
    struct str key;
    struct str value;
    bool is_deleted;
};

/* For tables 0 to tables - 1. NULL: out of memory. */
struct overlay *overlay_new(size_t tables);
void overlay_free(struct overlay *overlay);
void overlay_clear(struct overlay *overlay);

size_t overlay_bytes(const struct overlay *overlay);
/* Rows and deletions of a table. */
size_t overlay_count(const struct overlay *overlay, size_t table);

/* NULL for a value: the key is deleted. False: out of memory, and nothing changed. */
MUST_USE bool overlay_put(struct overlay *overlay, size_t table, struct str key, const struct str *value);
/* UNKNOWN: whoever lies below says. */
enum overlay_sight overlay_get(const struct overlay *overlay, size_t table, struct str key, struct str *value);

enum overlay_direction { OVERLAY_UP, OVERLAY_DOWN };

/* The first row from `key` on, itself included only if is_inclusive. False: there is none. */
bool overlay_next(const struct overlay *overlay, size_t table, struct str key, bool is_inclusive,
                  enum overlay_direction direction, struct overlay_row *out);

void overlay_keep(struct overlay *overlay);
void overlay_undo(struct overlay *overlay);

/* All rows of all tables, in order, until `each` says false. */
typedef bool overlay_each_function(void *context, size_t table, const struct overlay_row *row);
bool overlay_each(const struct overlay *overlay, overlay_each_function *each, void *context);

#endif
