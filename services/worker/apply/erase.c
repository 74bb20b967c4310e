/* contact_erase: a person's data goes. What must be true at once is done here; the rest is left to erase_tick(). */
#include "apply/erase.h"

#include "apply/apply.h"
#include "apply/audit.h"
#include "apply/consent_change.h"
#include "apply/note.h"
#include "apply/notice.h"
#include "apply/quarantine.h"
#include "core/erase.h"
#include "domain/keywords.h"
#include "query/query.h"
#include "upkeep/side_file.h"

enum { CONVERSATIONS_MAX = 256 /* at a time */, WAITING_MAX = 1000, NOTES_MAX = 100 };

/* Out of both directories, so that neither the list nor the next text finds it. */
static bool detach(struct txn *txn, int64_t tenant, struct conversation_row *row, struct err *err)
{
    if (!row_delete(txn, TABLE_CONVERSATION_PAIR, key_of_pair(tenant, row->number, row->address), err) ||
        !row_delete(txn, TABLE_CONVERSATION_LIST, key_of_listed(tenant, row->listed_at, row->id), err))
        return false;
    int left = NOTES_MAX; /* as a rule all there are: nobody reads them after the answer */
    bool are_gone;
    if (!notes_drop(txn, tenant, row->id, &left, &are_gone, err))
        return false;
    erase_conversation(row);
    return conversation_put(txn, tenant, row, 0, err);
}

/* The lists, with room for CONVERSATIONS_MAX more. */
static bool make_room(struct txn *txn, struct erasure_row *erasure)
{
    struct by_id *next = arena_alloc_array(txn->arena, erasure->next.n + CONVERSATIONS_MAX, sizeof *next);
    struct by_id *all = arena_alloc_array(txn->arena, erasure->conversations.n + CONVERSATIONS_MAX, sizeof *all);
    if (!next || !all)
        return false;
    for (size_t i = 0; i < erasure->next.n; i++)
        next[i] = erasure->next.v[i];
    for (size_t i = 0; i < erasure->conversations.n; i++)
        all[i] = erasure->conversations.v[i];
    erasure->next.v = next;
    erasure->conversations.v = all;
    return true;
}

bool erase_detach(struct txn *txn, int64_t tenant, struct id contact, struct erasure_row *erasure, struct err *err)
{
    struct scan scan;
    struct str number;
    struct str value;
    bool found = true;
    bool ok = true;
    size_t most = erasure->conversations.n + CONVERSATIONS_MAX;
    if (!make_room(txn, erasure))
        return arena_err(txn->arena, err);
    scan_begin(&scan, txn, TABLE_NUMBER, key_of_tenant(tenant), SCAN_FORWARD);
    if (erasure->detached_to.n > 0)
        scan_after(&scan, key_of_text(tenant, erasure->detached_to));
    while (ok && erasure->conversations.n < most && (ok = scan_next(&scan, &number, &value, &found, err)) && found) {
        struct conversation_row row;
        struct str ours = arena_dup(txn->arena, key_take_text(&number));
        if (!str_is_set(ours)) {
            ok = arena_err(txn->arena, err);
            break;
        }
        ok = conversation_find(txn, tenant, ours, erasure->address, &row, &found, err);
        erasure->detached_to = ours;
        if (ok && found && id_eq(row.contact, contact) && (ok = detach(txn, tenant, &row, err))) {
            erasure->conversations.v[erasure->conversations.n++].id = row.id;
            erasure->next.v[erasure->next.n++].id = row.last_message;
        }
        found = true;
    }
    scan_end(&scan);
    if (ok && !found)
        erasure->detached_to = (struct str){ 0 };
    return ok;
}

bool erase_waiting(struct txn *txn, int64_t tenant, struct message_row *message, bool *was_waiting, struct err *err)
{
    if (!outbox_remove(txn, tenant, message, was_waiting, err))
        return false;
    if (*was_waiting) {
        message->status = STATUS_CANCELLED;
        message->status_reason = STR("erased");
        message->status_text = STR("Not sent: the person's data was erased before its turn came");
    }
    return true;
}

/* As many as one commit should bear; should there be more, the tick comes upon them. */
static bool cancel_waiting(struct txn *txn, int64_t tenant, struct str address, struct err *err)
{
    struct scan scan;
    struct str rest;
    struct str value;
    bool found = true;
    bool ok = true;
    scan_begin(&scan, txn, TABLE_PENDING, key_of_person(tenant, address), SCAN_FORWARD);
    for (int i = 0; ok && i < WAITING_MAX; i++) {
        struct message_row message;
        bool was_there = false;
        ok = scan_next(&scan, &rest, &value, &found, err);
        if (!ok || !found)
            break;
        ok = message_get(txn, tenant, key_take_id(&rest), &message, &found, err) &&
             (!found || erase_waiting(txn, tenant, &message, &was_there, err));
        if (!ok || !was_there)
            continue;
        ok = message_put(txn, tenant, &message, err);
    }
    scan_end(&scan);
    return ok;
}

static bool begin(struct txn *txn, int64_t tenant, struct contact_row *contact, struct err *err)
{
    struct str address = arena_dup(txn->arena, contact->address);
    struct erasure_row erasure = { .address = address, .at = txn->now_ms };
    struct erased_row tombstone = { .contact = contact->id, .at = txn->now_ms };
    erase_contact(contact, txn->now_ms);
    return side_note_erasure(txn, tenant, address, contact->id, err) && cancel_waiting(txn, tenant, address, err) &&
           erase_detach(txn, tenant, contact->id, &erasure, err) &&
           row_delete(txn, TABLE_CONTACT_ADDRESS, key_of_text(tenant, address), err) &&
           row_delete(txn, TABLE_LOOP, key_of_text(tenant, address), err) &&
           row_delete(txn, TABLE_BULK_CAP, key_of_text(tenant, address), err) &&
           quarantine_erase(txn, tenant, address, err) && erased_put(txn, tenant, address, &tombstone, err) &&
           ROW_PUT(txn, TABLE_CONTACT, key_of_id(tenant, contact->id), contact_row, contact, err) &&
           ROW_PUT(txn, TABLE_ERASURE, key_of_id(tenant, contact->id), erasure_row, &erasure, err) &&
           audit_add(txn, tenant, "contact.erase", notice_about(txn, "contact", contact->id), STR("{}"), err) &&
           txn_tell(txn, tenant, "contact.updated", contact->id, err);
}

bool contact_erase_apply(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request,
                         void *reply, struct err *err)
{
    const struct by_id *asked = request;
    struct contact_row contact;
    bool found;
    (void)settings;
    if (!contact_get(txn, tenant, asked->id, &contact, &found, err))
        return false;
    if (!found)
        return err_set(err, ERR_MISSING, "id", "there is no contact with this id");
    return (contact.erased_at != 0 || begin(txn, tenant, &contact, err)) &&
           contact_view_make(txn, tenant, &contact, reply, err);
}

/* --- what comes again after it --- */

static bool opt_out(struct txn *txn, int64_t tenant, const struct inbound_event *event, struct id contact,
                    struct err *err)
{
    struct consent_standing standing;
    struct ledger_row entry;
    int64_t sequence;
    bool found;
    struct consent_entry change = { .contact = contact,
                                    .address = event->from,
                                    .number = event->to,
                                    .to = CONSENT_OUT,
                                    .source = CONSENT_BY_KEYWORD,
                                    .actor = STR("person"),
                                    .received_at = event->received_at,
                                    .ingress = event->ingress };
    if (!consent_read(txn, tenant, event->from, event->to, (struct str){0}, &standing, err))
        return false;
    if (standing.has_change && standing.newest.received_at_ms >= event->received_at)
        return true; /* a later change stands */
    if (!consent_change_apply(txn, tenant, &change, &sequence, err) ||
        !ROW_GET(txn, TABLE_LEDGER, key_of_number(tenant, sequence), ledger_row, &entry, &found, err))
        return false;
    erase_ledger(&entry);
    return ROW_PUT(txn, TABLE_LEDGER, key_of_number(tenant, sequence), ledger_row, &entry, err);
}

bool erase_inbound(struct txn *txn, int64_t tenant, const struct inbound_event *event, bool *is_erased, struct err *err)
{
    struct erased_row tombstone;
    bool found;
    if (!erased_get(txn, tenant, event->from, &tombstone, &found, err))
        return false;
    *is_erased = found && erased_covers(&tombstone, event->received_at);
    if (!*is_erased)
        return true;
    if (may_be_opt_out(event->text, event->intent) && !opt_out(txn, tenant, event, tombstone.contact, err))
        return false;
    return uuid_put(txn, tenant, event->uuid, (struct id){0}, 0, err);
}
