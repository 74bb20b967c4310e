/* lmdb_tree.h - the pages of an LMDB file, read as bytes: do they hang together?
 *
 * Promise: T1 no byte of the file is believed before it is checked: a damaged file ends in a sentence, never in a fault or an endless walk.
 *          T2 breadth first: with few pages to look at, those that lead to most others come first.
 *          T3 a complete walk also compares what each tree says of its pages and entries with what is there, and finds pages that are in
 *          use twice, or in use and free.
 * Units:   pages.
 * Memory:  a bit and a queue's place for each page that is looked at, on the heap while it walks.
 * Threads: any, while nobody writes the file.
 * Source:  LMDB 0.9's mdb.c, on a machine of 64 bits.
 */
#ifndef PARLEY_LMDB_TREE_H
#define PARLEY_LMDB_TREE_H
#include "base/base.h"

enum { LMDB_PAGE_BYTES_MAX = 32768, LMDB_WHY_BYTES = 80 };

/* 0 and errno when the first page is no meta of LMDB. */
size_t lmdb_tree_page_bytes(int fd);

/* False: `why` says what is damaged. */
MUST_USE bool lmdb_tree_check(int fd, uint64_t file_bytes, size_t max_pages, size_t *pages, bool *is_complete,
                              char why[LMDB_WHY_BYTES]);

#endif
