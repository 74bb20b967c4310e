/* entities.h - the nouns of the store: find, make and keep them with all their directories, in one call each.
 *
 * Promise: a noun and its directories are written together or not at all (same transaction); what people see is told by txn_tell() in
 *          the call that changes it.
 * Memory:  rows live in the transaction's arena.
 * Threads: as the transaction.
 *
 * Every function: false means that the store failed or memory is out (*err says which), never "not found": that is *found.
 */
#ifndef PARLEY_ENTITIES_H
#define PARLEY_ENTITIES_H
#include "core/consent_reach.h"
#include "domain/address.h"
#include "store/store.h"

/* --- tenant --- */

MUST_USE bool tenant_get(struct txn *txn, int64_t tenant, struct tenant_row *row, bool *found, struct err *err);
MUST_USE bool tenant_put(struct txn *txn, int64_t tenant, const struct tenant_row *row, struct err *err);

/* --- events: numbers in commit order, told after the commit --- */

/* `type` is static: "message.created" … */
MUST_USE bool txn_tell(struct txn *txn, int64_t tenant, const char *type, struct id object, struct err *err);

/* --- numbers of ours --- */

MUST_USE bool number_get(struct txn *txn, int64_t tenant, struct str address, struct number_row *row, bool *found,
                         struct err *err);
MUST_USE bool number_by_id(struct txn *txn, int64_t tenant, struct id id, struct number_row *row, bool *found,
                           struct err *err);
MUST_USE bool number_put(struct txn *txn, int64_t tenant, const struct number_row *row, struct err *err);
/* A number that nobody set up: made as `state`, with the defaults of its kind (plivo.md section 11). */
MUST_USE bool number_make(struct txn *txn, int64_t tenant, struct str address, enum number_state state,
                          struct number_row *row, struct err *err);

/* --- contacts --- */

MUST_USE bool contact_get(struct txn *txn, int64_t tenant, struct id id, struct contact_row *row, bool *found,
                          struct err *err);
MUST_USE bool contact_by_address(struct txn *txn, int64_t tenant, struct str address, struct contact_row *row,
                                 bool *found, struct err *err);
MUST_USE bool contact_find_or_make(struct txn *txn, int64_t tenant, struct str address, struct contact_row *row,
                                   struct err *err);

/* --- conversations --- */

MUST_USE bool conversation_get(struct txn *txn, int64_t tenant, struct id id, struct conversation_row *row, bool *found,
                               struct err *err);
MUST_USE bool conversation_find(struct txn *txn, int64_t tenant, struct str number, struct str address,
                                struct conversation_row *row, bool *found, struct err *err);
MUST_USE bool conversation_find_or_make(struct txn *txn, int64_t tenant, struct str number,
                                        const struct contact_row *contact, struct conversation_row *row,
                                        struct err *err);
/* Writes it and tells "conversation.updated". `activity_at`: moves it in the list; 0: it stays. */
MUST_USE bool conversation_put(struct txn *txn, int64_t tenant, struct conversation_row *row, int64_t activity_at,
                               struct err *err);

/* --- messages --- */

MUST_USE bool message_get(struct txn *txn, int64_t tenant, struct id id, struct message_row *row, bool *found,
                          struct err *err);
/* Appends it to its conversation (chain, list place, unread for inbound) and tells both. Sets id, previous, times and segments. */
MUST_USE bool message_add(struct txn *txn, int64_t tenant, struct conversation_row *conversation,
                          struct message_row *row, struct err *err);
/* Its text was changed while it waits: encoding, segments and estimated cost follow. */
MUST_USE bool message_measure(struct txn *txn, int64_t tenant, struct message_row *row, struct err *err);
/* Writes a changed message and tells it. */
MUST_USE bool message_put(struct txn *txn, int64_t tenant, struct message_row *row, struct err *err);
/* One more attempt, numbered: a copy of the list with it at the end. Of more than MESSAGE_ATTEMPTS_MAX the oldest in which nothing happened
 * is dropped; NULL when there is none such, or the arena is full. */
enum { MESSAGE_ATTEMPTS_MAX = 32 };
MUST_USE struct attempt_row *message_add_attempt(struct txn *txn, struct message_row *row);
/* The attempt of that number, or NULL. */
struct attempt_row *message_attempt(const struct message_row *row, int64_t number);

/* Plivo's uuid → what it belongs to. */
MUST_USE bool uuid_get(struct txn *txn, int64_t tenant, struct str uuid, struct uuid_row *row, bool *found,
                       struct err *err);
MUST_USE bool uuid_put(struct txn *txn, int64_t tenant, struct str uuid, struct id message, int64_t attempt,
                       struct err *err);

/* --- what waits, and what is open --- */

/* Puts a message into the outbox: due at `due_at` in the lane of its class. */
MUST_USE bool outbox_add(struct txn *txn, int64_t tenant, const struct message_row *message, int64_t due_at,
                         struct err *err);
/* Takes apart what a scan of the outbox meets: whom the message is for, and its campaign, if it has one. Borrowed from `value`. */
void outbox_value_read(struct str value, struct str *person_address, struct id *campaign);
/* Whether it waits there. */
MUST_USE bool outbox_holds(struct txn *txn, int64_t tenant, const struct message_row *message, bool *holds,
                           struct err *err);
/* Takes it out, wherever it waits; *was_there tells. */
MUST_USE bool outbox_remove(struct txn *txn, int64_t tenant, const struct message_row *message, bool *was_there,
                            struct err *err);
/* When the message that has been due for longest became so; INT64_MAX: nothing waits. Costs a step a lane of a number, not a message. */
MUST_USE bool outbox_first_due(struct txn *txn, int64_t *due_at, struct err *err);
MUST_USE bool open_get(struct txn *txn, int64_t tenant, struct id message, int64_t attempt, struct open_row *row,
                       bool *found, struct err *err);
/* The attempt is open from now on, became unconfirmed, or is to be looked at later; an open attempt blocks later messages to the person. */
MUST_USE bool open_put(struct txn *txn, int64_t tenant, const struct message_row *message, int64_t attempt,
                       const struct open_row *row, struct err *err);
MUST_USE bool open_remove(struct txn *txn, int64_t tenant, const struct message_row *message, int64_t attempt,
                          struct err *err);

/* One open attempt, as a walk meets it. */
struct open_attempt {
    int64_t tenant;
    struct id message;
    int64_t attempt;
    struct open_row row;
};

/* A walk over the open attempts of all tenants, at most `max` of them. Attempts may be opened and closed between two steps. */
struct open_walk {
    struct scan scan;
    int64_t left; /* steps */
};

void open_walk_begin(struct open_walk *walk, struct txn *txn, int64_t max);
/* True: *found tells whether there is another; it is in *out then. */
MUST_USE bool open_walk_next(struct open_walk *walk, struct open_attempt *out, bool *found, struct err *err);
void open_walk_end(struct open_walk *walk);
/* Whether `max` ended it. Then open_walk_at() says where, as bytes that live as long as the walk, and a later one goes on behind that. */
bool open_walk_is_cut(const struct open_walk *walk);
struct str open_walk_at(const struct open_walk *walk);
void open_walk_after(struct open_walk *walk, struct str at);

/* --- consent --- */

/* Where what outlives a person's number is found: tenant and HMAC-SHA256(the tenant's key, address). */
MUST_USE bool person_key(struct txn *txn, int64_t tenant, struct str address, struct key *key, struct err *err);

/* When the address was last erased: what came in before it is not stored again. */
MUST_USE bool erased_get(struct txn *txn, int64_t tenant, struct str address, struct erased_row *row, bool *found,
                         struct err *err);
MUST_USE bool erased_put(struct txn *txn, int64_t tenant, struct str address, const struct erased_row *row,
                         struct err *err);

/* Found by HMAC-SHA256(the tenant's key, address). One row of a person: unset scope: the tenant's. */
MUST_USE bool consent_get(struct txn *txn, int64_t tenant, struct str address, struct str scope,
                          struct consent_row *row, bool *found, struct err *err);
/* At its row->scope. */
MUST_USE bool consent_put(struct txn *txn, int64_t tenant, struct str address, const struct consent_row *row,
                          struct err *err);

MUST_USE bool consent_remove(struct txn *txn, int64_t tenant, struct str address, struct str scope, struct err *err);

/* All of a person's rows; few: one for the tenant and one for each narrower scope. */
enum { CONSENT_ROWS_MAX = 1024 };
struct consent_rows {
    struct consent_row *v;
    size_t n;
};
MUST_USE bool consent_rows_get(struct txn *txn, int64_t tenant, struct str address, struct consent_rows *out,
                               struct err *err);
/* What a message from `number` about `topic` (unset: the number's) falls in; both unset: the tenant as a whole. */
MUST_USE bool consent_reach_of(struct txn *txn, int64_t tenant, struct str number, struct str topic,
                               struct consent_reach *out, struct err *err);
/* Both together: how the person stands to such a message. */
MUST_USE bool consent_read(struct txn *txn, int64_t tenant, struct str address, struct str number, struct str topic,
                           struct consent_standing *out, struct err *err);

/* The ledger's next entry against its hash, and into the chain; as consent_verify_step(). */
MUST_USE bool ledger_verify_step(const struct ledger_row *row, struct consent_chain *chain, struct err *err);

#endif
