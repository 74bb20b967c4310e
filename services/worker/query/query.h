/* query.h - the readers' side: one function per query of the bus, on a read transaction of its own.
 *
 * Promise: an answer reflects one commit, whole. A page costs its rows, not the table: bounded by QUERY_STEPS_MAX steps and by QUERY_MS,
 *          beyond which the page ends early with a cursor to go on from.
 * Memory:  request and reply live in the transaction's arena.
 * Threads: the readers'.
 */
#ifndef PARLEY_QUERY_H
#define PARLEY_QUERY_H
#include "settings.h"
#include "store/entities.h"

enum {
    QUERY_STEPS_MAX = 20000,
    QUERY_MS =
        400, /* well within the second after which the api asks again (ASK_TRY_MS): else a slow page is walked anew and never told */
};

/* Whether a walk that has done so many steps ends here: at QUERY_STEPS_MAX, or QUERY_MS after the query began. At least a few dozen steps
 * are always done, so that following the cursor comes to an end. */
MUST_USE bool query_is_over(const struct txn *txn, int steps);

#define CURRENCY "USD" /* what Plivo bills in */

typedef bool query_function(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request,
                            void *reply, struct err *err);

/* NULL for what is no query of the worker's. */
query_function *query_find(enum operation operation);

query_function backup_query, recovery_query;
query_function unsettled_query, conversations_query_run, conversation_query, messages_query_run, message_query,
    timeline_query, contacts_query, contact_query, ledger_query, ledger_verify_query, rules_query, rule_query,
    rule_test_query, numbers_query, number_query, events_query_run, key_principal_query, session_principal_query,
    first_owner_query, keys_query, status_query, store_check_query, notices_query_run, notice_query, settings_query,
    audit_query_run, notes_query_run, draft_query, contact_held_query, quarantine_query, erased_query;

/* Bulk sending: wire/bulk.h. */
query_function prices_query, price_query_run, month_query_run, templates_query, template_query, pools_query, pool_query,
    campaigns_query, campaign_query, recipients_query_run, deliverability_query_run;

/* Holds and limits: wire/sending.h. */
query_function quiet_hours_query, limits_query;
/* A state's hours as they count for the tenant; no source: it has none of its own. */
MUST_USE bool state_hours_read(struct txn *txn, int64_t tenant, struct str state, struct state_hours *out,
                               struct err *err);
/* A shared limit and what it has used up; *found false: there is none of this name, and *out has no limit. */
MUST_USE bool shared_limit_read(struct txn *txn, int64_t tenant, struct str name, struct shared_limit *out, bool *found,
                                struct err *err);

/* --- views: rows as people see them --- */

MUST_USE bool message_view_make(struct txn *txn, int64_t tenant, const struct message_row *row,
                                struct message_view *out, struct err *err);
MUST_USE bool conversation_view_make(struct txn *txn, int64_t tenant, const struct conversation_row *row,
                                     struct conversation_view *out, struct err *err);
MUST_USE bool contact_view_make(struct txn *txn, int64_t tenant, const struct contact_row *row,
                                struct contact_view *out, struct err *err);
void number_view_make(const struct number_row *row, const struct settings *settings, struct number_view *out);
void rule_view_make(const struct rule_row *row, struct rule_view *out);

void consent_entry_view_make(struct txn *txn, const struct ledger_row *row, struct consent_entry_view *out);
void note_view_make(const struct note_row *row, struct note_view *out);
MUST_USE bool note_get(struct txn *txn, int64_t tenant, struct id id, struct note_row *row, bool *found,
                       struct err *err);
void draft_view_make(struct id conversation, const struct draft_row *row, struct draft_view *out);
void notice_view_make(const struct notice_row *row, struct notice_view *out);

/* The built-in rules for STOP, START and HELP, as people see them: first in every list, not to be changed. */
enum { SYSTEM_RULES = 3 };
void system_rule_view_make(size_t i, struct rule_view *out);
/* False: no system rule has this id. */
bool system_rule_find(struct id id, struct rule_view *out);

/* --- cursors: where a page ended, tied to its filters --- */

/* Hex digits of a hash over filters and position, and of the position: the key part to go on behind. */
MUST_USE bool cursor_format(struct txn *txn, struct str filters, struct str position, struct str *out, struct err *err);
/* An unset cursor gives an unset position. False: ERR_INPUT on "cursor". */
MUST_USE bool cursor_parse(struct txn *txn, struct str filters, struct str cursor, struct str *position,
                           struct err *err);
/* limit 0 is `fallback`; outside 1…max is ERR_INPUT on "limit". */
MUST_USE bool limit_check(int64_t asked, int64_t fallback, int64_t max, int64_t *out, struct err *err);

/* Whether `part`, as a person types it into a search box, is a part of a name or an address: ASCII case folded. */
bool search_hits(struct str text, struct str part);

#endif
