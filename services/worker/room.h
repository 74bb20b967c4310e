/* room.h - how much room the store has, looked at by the writer; who is refused for it.
 *
 * Promise: the disk's free space and the map are looked at every ROOM_LOOK_MS; a commit that found no room counts for ROOM_FAILED_MS.
 *          Each trouble of a commit is counted, and told when it begins and when it is over.
 * Threads: the writer's.
 */
#ifndef PARLEY_WORKER_ROOM_H
#define PARLEY_WORKER_ROOM_H
#include "core/room_decide.h"
#include "store/store.h"

enum { ROOM_LOOK_MS = 500, ROOM_FAILED_MS = 3000 };

void room_open(int64_t reserve_bytes);
/* As of the last look. */
enum room room_look(struct store *store);
/* False: ERR_BUSY, there is no room for such an operation. */
MUST_USE bool room_admits(enum room_need need, struct err *err);
/* What became of a commit; `is_full`: it found no room. */
void room_told(bool is_committed, bool is_full, const struct err *err);

#endif
