/* folder_sync.h - that a file was made, renamed or removed is on the disk only when its folder was synced, too.
 *
 * Promise: 0 only after a real sync of the folder; else errno's number.
 * Threads: any.
 * Source:  fsync(2).
 */
#ifndef PARLEY_FOLDER_SYNC_H
#define PARLEY_FOLDER_SYNC_H
#include "base/base.h"

MUST_USE int folder_sync(const char *folder);

#endif
