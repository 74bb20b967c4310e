/* apply.h - the shells of the writer: one function per bus operation, in the one transaction of its batch.
 *
 * Promise: an apply function reads facts, lets a pure function of core/ decide, and writes. It is a function of the request, the stamp in
 *          the transaction and the store: applied again after an aborted batch it does the same.
 *          On false the request leaves no trace: the loop sees to that (txn.h, T3).
 * Memory:  request and reply live in the transaction's arena.
 * Threads: the writer's.
 */
#ifndef PARLEY_APPLY_H
#define PARLEY_APPLY_H
#include "settings.h"
#include "store/entities.h"

/* `request` and `reply` are the operation's records of schema.h; *reply is zeroed. */
typedef bool apply_function(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request,
                            void *reply, struct err *err);

struct apply_row {
    apply_function *apply;
    bool keeps_answer; /* a command: its answer is stored for 24 h under its operation id */
    enum room_need need; /* when room runs out: core/room_decide.h */
};

/* The table of writes; `apply` is NULL for what is no write of the worker's. */
const struct apply_row *apply_row(enum operation operation);

apply_function recover_apply, inbound_look_apply;
apply_function inbound_apply, report_apply, hello_apply, grant_apply, outcome_apply, settle_apply, send_apply,
    message_action_apply, media_seen_apply, conversation_patch_apply, conversation_read_apply, rule_create_apply,
    rule_patch_apply, rule_delete_apply, number_patch_apply, login_create_apply, login_exchange_apply, logout_apply,
    key_create_apply, notice_close_apply, quarantine_release_apply, settings_patch_apply, contact_create_apply,
    contact_patch_apply, contact_delete_apply, consent_set_apply, note_add_apply, draft_put_apply;

/* Privacy. */
apply_function contact_erase_apply, contact_export_apply;

/* Holds and limits: wire/sending.h. */
apply_function quiet_hours_put_apply, quiet_hours_delete_apply, limit_put_apply, limit_delete_apply,
    message_patch_apply;

/* Bulk sending: wire/bulk.h. */
apply_function prices_put_apply, template_put_apply, template_delete_apply, pool_put_apply, pool_delete_apply,
    campaign_put_apply, campaign_delete_apply, campaign_deed_apply, audience_part_apply, audience_filter_apply;

/* The recovery of a restored store, for who reads. False: it was not restored (ERR_CONFLICT). */
MUST_USE bool recovery_view_read(struct txn *txn, struct recovery_view *out, struct err *err);

/* What time alone brings about: silent senders, old answers and events. Bounded work a call. */
MUST_USE bool tick_apply(struct txn *txn, const struct settings *settings, struct err *err);

/* The first tenant and its number, made when they are not there (from the environment). */
/* bulk_hours: the quiet_bulk that a new store begins with; empty: the default. */
MUST_USE bool bootstrap_apply(struct txn *txn, struct str from_number, bool inline_replies, struct str bulk_hours,
                              struct err *err);

#endif
