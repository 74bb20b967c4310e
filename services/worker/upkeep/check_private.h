/* check_private.h - what the files of the check share; nobody else includes it.
 *
 * Promise: one function a table; each tells of its own row and what that leads to, and goes on.
 * Threads: as the transaction.
 */
#ifndef PARLEY_CHECK_PRIVATE_H
#define PARLEY_CHECK_PRIVATE_H
#include "upkeep/check.h"

/* What a walk along the messages needs of one: the rest of its row is passed over. */
#define MESSAGE_LINK(X, S) \
    X(S, ID,   conversation,     _) \
    X(S, ID,   previous,         _)
RECORD_STRUCT(message_link, MESSAGE_LINK)

struct check {
    struct txn *txn;
    check_report *report;
    void *context;
    enum table table;             /* being walked */
    struct check_summary sum;
    int64_t seen[TABLE_COUNT];    /* rows */
    int64_t chained;              /* messages met on the chains of their conversations */
    bool is_chain_broken;         /* one of them, at least */
    bool are_chained;             /* all messages: what their links say need not be followed once more */
    int64_t owned;                /* Plivo's uuids that lead to the very message or attempt which leads to them */
    bool are_owned;               /* all of them, likewise */
    struct id reported;           /* the message that the last report was of … */
    bool is_reported_there;       /* … and whether there is one */
    int64_t counted_messages, counted_conversations, counted_contacts, counted_entries; /* by the tenants */
    int64_t event_tenant, event_number; /* of the event before */
};

/* One more finding, in the table that is being walked. */
void check_found(struct check *c, const char *format, ...) PRINTF_LIKE(2, 3);

/* A row that something leads to. *is_there false: it is not, or cannot be read (a finding of its own table). */
MUST_USE bool check_get(struct check *c, enum table table, struct key key, const struct record *record, void *row,
                        bool *is_there, struct err *err);
/* Whether there is such a key; `value`, when it is wanted, is what stands there. */
MUST_USE bool check_has(struct check *c, enum table table, struct key key, struct str *value, bool *is_there,
                        struct err *err);
/* The row at hand. False: it cannot be read, which is a finding. */
bool check_read(struct check *c, const struct record *record, struct str value, void *row);

/* Whether a message is to stand in the outbox. */
bool check_waits(const struct message_row *row);

#define CHECK_GET(c, table, key, type, row, is_there, err) check_get(c, table, key, &type##_record, row, is_there, err)

/* One row of a table; `key` without the tenant where the table's keys begin with it (else tenant is 0). False: the store failed. */
typedef bool check_row(struct check *c, int64_t tenant, struct str key, struct str value, struct err *err);

check_row check_tenant, check_number, check_number_id, check_contact, check_contact_address, check_conversation,
    check_conversation_pair, check_conversation_list, check_snooze, check_message, check_uuid, check_a_report,
    check_orphan, check_outbox, check_pending, check_open, check_consent, check_entry, check_entry_of_contact,
    check_rule, check_sender, check_event, check_answer, check_answer_age, check_access, check_key, check_notice,
    check_notice_open, check_erased, check_erasure, check_retained, check_note, check_note_id, check_quarantine,
    check_campaign, check_campaign_count, check_campaign_waiting, check_recipient, check_recipient_address,
    check_nothing;

#endif
