/* upkeep.h - what the operator's command asks of the worker about its store: checking, backing up, recovering; as tables of fields.
 *
 * Promise: BACKUP_MANIFEST is also what stands in a backup's manifest.json: it is never given another meaning.
 * Units:   times are int64 ms UTC (TIME); sha256 in hex.
 * Memory:  see record.h. The structs themselves are made in schema.h, from its list of records.
 * Threads: constants only.
 * Source:  design.md section 6.
 */
#ifndef PARLEY_WIRE_UPKEEP_H
#define PARLEY_WIRE_UPKEEP_H

/* clang-format off */

#define STORE_VERDICT(X, S) \
    X(S, INT,  rows,         _) \
    X(S, INT,  found,        _)  /* findings; 0: the store is whole */ \
    X(S, STRS, findings,     _)  /* the first of them, a line each */
/* clang-format on */

#endif
