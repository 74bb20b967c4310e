/* campaign_text.h - a campaign's text, filled in for one recipient.
 *
 * Promise: preview, expansion and the list of recipients show the same text: they all ask here. What the first message of a programme
 *          must say is in it.
 *          A place is filled from the recipient's column of that name, else from the contact: contact.name, contact.address,
 *          contact.attributes.*, first_name (the first word of the name).
 * Memory:  the text lives in the transaction's arena.
 * Threads: as the transaction.
 */
#ifndef PARLEY_CAMPAIGN_TEXT_H
#define PARLEY_CAMPAIGN_TEXT_H
#include "apply/queue_message.h"
#include "domain/segments.h"
#include "store/campaigns.h"

struct campaign_text {
    struct str filled_in;
    struct str text;     /* the same, as it would leave */
    struct str from;     /* our number; unset: there is none */
    struct segments size;
    int64_t cost;        /* estimated */
    const char *unusable; /* a stable word why it cannot be sent: "empty", "too_long", "no_number"; NULL: it can */
    struct refusal refusal; /* it would be stored as blocked */
};

MUST_USE bool campaign_text_make(struct txn *txn, int64_t tenant, const struct settings *settings,
                                 const struct campaign_row *campaign, const struct recipient_row *recipient,
                                 struct campaign_text *out, struct err *err);

/* Whether the text's places all have names that a recipient of this campaign can have. False: ERR_CONFLICT on "text". */
MUST_USE bool campaign_text_check(struct txn *txn, const struct campaign_row *campaign, struct err *err);

/* The value of one attribute of a contact; unset when it has none. Numbers and booleans as JSON writes them. */
struct str attribute_get(struct arena *arena, struct str attributes, struct str name);

#endif
