/* erase.h - what erasing takes out of a row, and what it leaves.
 *
 * Promise: afterwards nothing in the row tells who the person was or what was said; that a message was there, when, its status, cost and
 *          Plivo's uuid (an identity, P2) stay. Erasing twice changes nothing more.
 * Threads: pure.
 * Source:  docs/plivo.md section 12 (GDPR Art. 17); design.md section 6.
 */
#ifndef PARLEY_ERASE_H
#define PARLEY_ERASE_H
#include "core/rows.h"

/* What was said: text, media, Plivo's words. The addresses stay; what retention takes. */
void erase_content(struct message_row *row, int64_t now_ms);
/* The other side's address as well. */
void erase_message(struct message_row *row, int64_t now_ms);
bool message_is_erased(const struct message_row *row);
void erase_conversation(struct conversation_row *row);
void erase_contact(struct contact_row *row, int64_t now_ms);
/* Whether what came in then came in before its sender was erased. */
bool erased_covers(const struct erased_row *tombstone, int64_t received_at);
/* The entry's private fields and their salt: the chain still verifies (consent.h). */
void erase_ledger(struct ledger_row *row);

#endif
