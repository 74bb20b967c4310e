/* programme_notice.h - the first message of a programme says who writes, how to end it and how to get help.
 *
 * Promise: a text that says all three is left as it is; else what is missing is added, in one place each: the name before it, STOP and HELP
 *          behind it.
 * Memory:  texts are borrowed for the call.
 * Threads: pure.
 * Source:  plivo.md section 12 (CTIA Messaging Principles: the first message of a programme).
 */
#ifndef PARLEY_PROGRAMME_NOTICE_H
#define PARLEY_PROGRAMME_NOTICE_H
#include "base/buf.h"

/* Whether the text names the sender, STOP and HELP. Case does not matter; STOP and HELP count as whole words. */
bool programme_notice_is_there(struct str text, struct str sender);

/* Appends the text with what it lacks. False when the buffer is full. */
MUST_USE bool programme_notice_add(struct str text, struct str sender, struct buf *out);

#endif
