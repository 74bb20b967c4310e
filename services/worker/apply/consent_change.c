#include "apply/consent_change.h"

#include "apply/pair_pause.h"
#include "metrics.h"
#include "upkeep/side_file.h"

enum { BLOCK_MAX = 1000 }; /* what is beyond it is blocked when its turn comes: the choke point asks consent again */

bool ledger_append(struct txn *txn, int64_t tenant, const struct consent_entry *entry, enum consent from,
                   struct tenant_row *head, struct err *err)
{
    struct consent_hash previous = {0};
    struct consent_hash hash;
    struct consent_private hidden = {.address = entry->address, .evidence = entry->evidence};
    struct consent_facts facts = {
        .sequence = head->ledger_entries + 1,
        .at_ms = txn->now_ms,
        .contact_id = entry->contact,
        .number = entry->number,
        .from = from,
        .to = entry->to,
        .source = entry->source,
        .actor = entry->actor,
        .is_superseded = entry->is_superseded,
        .scope = entry->scope,
    };
    txn_secret_bytes(txn, hidden.salt, sizeof hidden.salt);
    if (head->ledger_head.n == sizeof previous.b)
        memcpy(previous.b, head->ledger_head.p, sizeof previous.b);
    if (!consent_private_hash(&hidden, &facts.private_hash, err) || !consent_entry_hash(&previous, &facts, &hash, err))
        return false;
    struct ledger_row row = {
        .sequence = facts.sequence,
        .at = facts.at_ms,
        .number = entry->number,
        .contact = entry->contact,
        .address = entry->address,
        .evidence = entry->evidence,
        .salt = str_bytes(hidden.salt, sizeof hidden.salt),
        .from = from,
        .to = entry->to,
        .source = entry->source,
        .actor = entry->actor,
        .is_superseded = entry->is_superseded,
        .scope = entry->scope,
        .private_hash = str_bytes(facts.private_hash.b, sizeof facts.private_hash.b),
        .hash = str_bytes(hash.b, sizeof hash.b),
    };
    head->ledger_entries = facts.sequence;
    head->ledger_head = arena_dup(txn->arena, row.hash);
    return ROW_PUT(txn, TABLE_LEDGER, key_of_number(tenant, row.sequence), ledger_row, &row, err) &&
           value_put(txn, TABLE_LEDGER_CONTACT, key_of_ledger_contact(tenant, row.contact, row.sequence), STR(""),
                     err) &&
           tenant_put(txn, tenant, head, err);
}

/* An opt-out is kept once more, where a restore finds it. */
static bool note_aside(struct txn *txn, int64_t tenant, const struct consent_entry *entry,
                       const struct consent_row *state, struct err *err)
{
    const struct ledger_row written = { .sequence = state->entry,
                                        .contact = entry->contact,
                                        .number = entry->number,
                                        .source = entry->source,
                                        .actor = entry->actor };
    return entry->to != CONSENT_OUT || side_note_opt_out(txn, tenant, entry->address, state, &written, err);
}

static bool is_own(enum consent_source source)
{
    return source == CONSENT_BY_KEYWORD || source == CONSENT_BY_PROVIDER;
}

/* A person's own STOP stays their own, whoever says the same after it: else saying it twice would be a way to undo it. */
static bool write_state(struct txn *txn, int64_t tenant, const struct consent_entry *entry, struct str scope,
                        int64_t sequence, struct err *err)
{
    struct consent_row before;
    bool found;
    struct consent_row row = {
        .state = entry->to,
        .changed_at = entry->received_at,
        .ingress = entry->ingress,
        .entry = sequence,
        .entered_at = txn->now_ms,
        .by_provider = entry->source == CONSENT_BY_PROVIDER,
        .scope = scope,
        .source = entry->source,
    };
    if (!consent_get(txn, tenant, entry->address, scope, &before, &found, err))
        return false;
    if (found && before.state == CONSENT_OUT && row.state == CONSENT_OUT && !is_own(row.source) &&
        (before.by_provider || is_own(before.source))) {
        row.source = before.source;
        row.by_provider = before.by_provider;
    }
    return consent_put(txn, tenant, entry->address, &row, err) && note_aside(txn, tenant, entry, &row, err);
}

/* The scopes that the entry names, and with an opt-in every other one that kept the person out. */
static bool write_states(struct txn *txn, int64_t tenant, const struct consent_entry *entry,
                         const struct consent_reach *reach, const struct consent_rows *rows, int64_t sequence,
                         struct err *err)
{
    if (!write_state(txn, tenant, entry, entry->scope, sequence, err))
        return false;
    if (entry->also.n && !write_state(txn, tenant, entry, entry->also, sequence, err))
        return false;
    for (size_t i = 0; entry->to == CONSENT_IN && i < rows->n; i++) {
        const struct consent_row *row = &rows->v[i];
        bool is_lifted = row->state == CONSENT_OUT && !str_eq(row->scope, entry->scope) &&
                         consent_applies(reach, row->scope);
        if (is_lifted && !write_state(txn, tenant, entry, row->scope, sequence, err))
            return false;
    }
    return true;
}

/* What the person has said for certain ends the wait for somebody's look at what they may have said. */
static bool settle_pauses(struct txn *txn, int64_t tenant, const struct consent_entry *entry,
                          const struct consent_rows *rows, struct err *err)
{
    for (size_t i = 0; i < rows->n; i++) {
        struct consent_reach pair;
        struct str number;
        if (consent_scope_kind(rows->v[i].scope, &number) != SCOPE_PAIR)
            continue;
        if (!consent_reach_of(txn, tenant, number, (struct str){ 0 }, &pair, err))
            return false;
        if (consent_applies(&pair, entry->scope) && !pair_resume(txn, tenant, number, entry->address, err))
            return false;
    }
    return true;
}

bool consent_change_apply(struct txn *txn, int64_t tenant, const struct consent_entry *entry, int64_t *sequence,
                          struct err *err)
{
    struct tenant_row head;
    struct consent_reach reach;
    struct consent_rows rows;
    struct consent_standing standing = { 0 };
    bool found;
    if (!consent_reach_of(txn, tenant, entry->number, entry->topic, &reach, err) ||
        !consent_rows_get(txn, tenant, entry->address, &rows, err) || !tenant_get(txn, tenant, &head, &found, err))
        return false;
    if (!found)
        return err_set(err, ERR_MISSING, "tenant", "there is no tenant %lld", (long long)tenant);
    for (size_t i = 0; i < rows.n; i++)
        consent_standing_add(&standing, &reach, &rows.v[i]);
    if (!ledger_append(txn, tenant, entry, standing.state, &head, err))
        return false;
    *sequence = head.ledger_entries;
    if (entry->is_superseded)
        return true;
    if (entry->to == CONSENT_OUT)
        metric_add(&metric_opt_outs, 1);
    bool is_new = entry->to == CONSENT_OUT && standing.state != CONSENT_OUT && entry->source == CONSENT_BY_KEYWORD;
    if (is_new && !health_opted_out(txn, tenant, entry->number, &entry->answers, err))
        return false;
    return write_states(txn, tenant, entry, &reach, &rows, *sequence, err) &&
           settle_pauses(txn, tenant, entry, &rows, err) &&
           txn_tell(txn, tenant, "contact.updated", entry->contact, err);
}

/* Whether the person is out for this message; its number falls in more than the tenant only where narrower changes stand. */
static bool is_out(struct txn *txn, int64_t tenant, const struct consent_rows *rows, const struct message_row *message,
                   bool *out, struct err *err)
{
    struct consent_standing standing = { 0 };
    struct consent_reach reach;
    if (!consent_reach_of(txn, tenant, message->from, message->topic, &reach, err))
        return false;
    for (size_t i = 0; i < rows->n; i++)
        consent_standing_add(&standing, &reach, &rows->v[i]);
    *out = standing.state == CONSENT_OUT;
    return true;
}

static bool block_one(struct txn *txn, int64_t tenant, const struct consent_rows *rows, struct id id, struct err *err)
{
    struct message_row message;
    bool found;
    bool was_there;
    bool is_blocked = false;
    if (!message_get(txn, tenant, id, &message, &found, err))
        return false;
    if (!found || message.class == CLASS_CONFIRM || message.help_at)
        return true; /* the confirmation itself, and the answer to a HELP, may still go (P4) */
    if (!is_out(txn, tenant, rows, &message, &is_blocked, err))
        return false;
    if (!is_blocked)
        return true;
    if (!outbox_remove(txn, tenant, &message, &was_there, err))
        return false;
    if (!was_there)
        return true;
    message.status = STATUS_BLOCKED;
    message.status_reason = STR("opted_out");
    message.status_text = STR("Not sent: the person opted out before its turn came");
    metric_add(&metric_blocked, 1);
    return message_put(txn, tenant, &message, err);
}

bool block_queued(struct txn *txn, int64_t tenant, struct str address, struct err *err)
{
    struct consent_rows rows;
    struct scan scan;
    struct str rest;
    struct str value;
    bool found = true;
    bool ok = true;
    if (!consent_rows_get(txn, tenant, address, &rows, err))
        return false;
    scan_begin(&scan, txn, TABLE_PENDING, key_of_person(tenant, address), SCAN_FORWARD);
    for (int i = 0; ok && i < BLOCK_MAX && txn->told_n < TOLD_MAX / 2; i++) {
        ok = scan_next(&scan, &rest, &value, &found, err);
        if (!ok || !found)
            break;
        ok = block_one(txn, tenant, &rows, key_take_id(&rest), err);
    }
    scan_end(&scan);
    return ok;
}
