/* mapped_page.h - a small file beside the store that is written by storing to memory.
 *
 * Promise: what was stored to it survives the death of the process, without a call; not a loss of power. Its room on the disk is taken at
 *          once, so that a full disk cannot fault a store to it. A new file is all zero.
 * Memory:  the mapping is the caller's, who ends it with munmap(); the file stays.
 * Threads: any.
 */
#ifndef PARLEY_MAPPED_PAGE_H
#define PARLEY_MAPPED_PAGE_H
#include <stddef.h>

/* Opens or makes folder/name and maps its first `bytes`. 0, or an errno and *out is NULL. */
int mapped_page_open(const char *folder, const char *name, size_t bytes, void **out);

#endif
