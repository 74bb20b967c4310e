/* held.h - what is held on a contact beside what the other lists show: unsent drafts, and its lines in campaigns' audiences.
 *
 * Promise: HELD_OPERATIONS and HELD_RECORDS are rows of schema.h's lists.
 * Memory:  see record.h.
 * Threads: constants only.
 * Source:  GDPR Art. 15 and 20: an export is complete.
 */
#ifndef PARLEY_HELD_H
#define PARLEY_HELD_H
#include "wire/record.h"

/* clang-format off */
#define HELD_DRAFT(X, S) \
    X(S, ID,   conversation_id, _) \
    X(S, STR,  owner,        _)  /* as an actor */ \
    X(S, STR,  text,         _) \
    X(S, TIME, updated_at,   _)
/* columns[i] is what the file calls values[i]. */
#define HELD_RECIPIENT(X, S) \
    X(S, ID,   campaign_id,  _) \
    X(S, INT,  line,         _) \
    X(S, STRS, columns,      _) \
    X(S, STRS, values,       _)
#define CONTACT_HELD(X, S) \
    X(S, LIST, drafts,       held_draft) \
    X(S, LIST, audiences,    held_recipient)

/* contact_export: says in the audit who took an export; asked before the rest. */
#define HELD_OPERATIONS(X) \
    X(contact_export,        WRITE,  by_id,                nothing) \
    X(contact_held,          QUERY,  by_id,                contact_held)

#define HELD_RECORDS(X) \
    X(held_draft, HELD_DRAFT) X(held_recipient, HELD_RECIPIENT) X(contact_held, CONTACT_HELD)
/* clang-format on */

#endif
