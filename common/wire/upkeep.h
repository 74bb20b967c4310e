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
#define BACKUP_ASK(X, S) \
    X(S, STR,  folder,       _)  /* absolute, on the worker's machine; made by the backup */
#define BACKUP_MANIFEST(X, S) \
    X(S, INT,  format,       _) \
    X(S, ID,   store_id,     _) \
    X(S, INT,  generation,   _) \
    X(S, INT,  layout,       _)  /* ROWS_VERSION */ \
    X(S, TIME, taken_at,     _)  /* all that was committed before it is in it */ \
    X(S, INT,  event_head,   _) \
    X(S, INT,  ledger_entries, _) \
    X(S, INT,  messages,     _) \
    X(S, INT,  bytes,        _)  /* of data.mdb */ \
    X(S, STR,  sha256,       _)
/* start: begin now, once; else only how it stands. */
#define RECOVER_ASK(X, S) \
    X(S, BOOL, starts,       _) \
    X(S, BOOL, skips_plivo,  _)  /* nobody is asked which texts came meanwhile: the operator answers for it */
#define RECOVERY_VIEW(X, S) \
    X(S, INT,  generation,   _) \
    X(S, TIME, backup_at,    _) \
    X(S, TIME, restored_at,  _) \
    X(S, INT,  unconfirmed,  _)  /* messages that the restore made unconfirmed */ \
    X(S, INT,  opt_outs,     _)  /* taken from the side file */ \
    X(S, TIME, asked_at,     _) \
    X(S, INT,  inbound,      _)  /* texts at Plivo that the store never got */ \
    X(S, INT,  paused,       _)  /* conversations that wait for a person's look because of them */ \
    X(S, TIME, recovered_at, _)
/* sender → worker: what Plivo took in since the backup. */
#define INBOUND_LOOK(X, S) \
    X(S, STR,  sender,       _) \
    X(S, INT,  epoch,        _) \
    X(S, TIME, window_from,  _) \
    X(S, TIME, window_to,    _) \
    X(S, BOOL, is_first,     _)  /* of a telling from the start */ \
    X(S, BOOL, is_complete,  _)  /* with these, every record of the window was told */ \
    X(S, LIST, records,      plivo_record)
/* clang-format on */

#endif
