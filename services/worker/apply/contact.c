/* What people and programs do with contacts: make, change, hide, and say what they may be texted about. */
#include "apply/apply.h"
#include "apply/audit.h"
#include "apply/consent_change.h"
#include "apply/holds.h"
#include "apply/notice.h"
#include "domain/phone.h"
#include "io/time_zone.h"
#include "query/query.h"

enum { NAME_MAX_BYTES = 200, ATTRIBUTES_MAX_BYTES = 16384, EVIDENCE_MAX_BYTES = 2000 };

/* --- make, change, hide --- */

static bool change(struct txn *txn, const struct contact_patch *asked, struct contact_row *row, struct err *err)
{
    const struct record *fields = &contact_changes_record;
    const struct contact_changes *changes = asked->changes;
    uint64_t present = (uint64_t)asked->present;
    if (present & record_bit(fields, "name")) {
        if (changes->name.n > NAME_MAX_BYTES)
            return err_set(err, ERR_INPUT, "name", "must have at most %d bytes", NAME_MAX_BYTES);
        row->name = changes->name.n ? changes->name : (struct str){ 0 };
    }
    if (present & record_bit(fields, "attributes")) {
        if (changes->attributes.n > ATTRIBUTES_MAX_BYTES)
            return err_set(err, ERR_INPUT, "attributes", "must have at most %d bytes", ATTRIBUTES_MAX_BYTES);
        if (changes->attributes.n && changes->attributes.p[0] != '{')
            return err_set(err, ERR_INPUT, "attributes", "must be an object");
        row->attributes = changes->attributes;
    }
    if (present & record_bit(fields, "time_zone")) {
        struct str zone = arena_dup(txn->arena, changes->time_zone); /* with its NUL */
        if (str_is_set(changes->time_zone) && (!str_is_set(zone) || !time_zone_is_known(zone.p)))
            return err_set(err, ERR_INPUT, "time_zone", "must be a time zone such as America/Chicago, or null");
        row->time_zone = changes->time_zone;
    }
    return true;
}

/* One that was hidden or erased counts as not there. */
static bool find(struct txn *txn, int64_t tenant, struct id id, struct contact_row *row, struct err *err)
{
    bool found;
    return contact_get(txn, tenant, id, row, &found, err) &&
           ((found && !row->hidden_at && !row->erased_at) ||
            err_set(err, ERR_MISSING, "id", "there is no contact with this id"));
}

static bool put(struct txn *txn, int64_t tenant, struct contact_row *row, const char *told, struct err *err)
{
    row->updated_at = txn->now_ms;
    return ROW_PUT(txn, TABLE_CONTACT, key_of_id(tenant, row->id), contact_row, row, err) &&
           txn_tell(txn, tenant, told, row->id, err);
}

bool contact_create_apply(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request,
                          void *reply, struct err *err)
{
    const struct contact_patch *asked = request;
    struct contact_row row;
    struct phone phone;
    bool found;
    (void)settings;
    if (!asked->changes)
        return err_set(err, ERR_INPUT, "changes", "is missing");
    if (!phone_parse(asked->address, "address", &phone, err) ||
        !contact_by_address(txn, tenant, asked->address, &row, &found, err))
        return false;
    if (found && !row.hidden_at)
        return err_set(err, ERR_CONFLICT, "address", "is a contact already: %s", id_text(row.id).c);
    return contact_find_or_make(txn, tenant, asked->address, &row, err) && change(txn, asked, &row, err) &&
           put(txn, tenant, &row, "contact.updated", err) && contact_view_make(txn, tenant, &row, reply, err);
}

bool contact_patch_apply(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request,
                         void *reply, struct err *err)
{
    const struct contact_patch *asked = request;
    struct contact_row row;
    (void)settings;
    if (!asked->changes)
        return err_set(err, ERR_INPUT, "changes", "is missing");
    return find(txn, tenant, asked->id, &row, err) && change(txn, asked, &row, err) &&
           put(txn, tenant, &row, "contact.updated", err) &&
           holds_of_person_look_again(txn, tenant, row.address, err) &&
           contact_view_make(txn, tenant, &row, reply, err);
}

bool contact_delete_apply(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request,
                          void *reply, struct err *err)
{
    const struct by_id *asked = request;
    struct contact_row row;
    (void)settings;
    (void)reply;
    if (!find(txn, tenant, asked->id, &row, err))
        return false;
    row.hidden_at = txn->now_ms;
    return audit_add(txn, tenant, "contact.delete", notice_about(txn, "contact", row.id), STR("{}"), err) &&
           put(txn, tenant, &row, "contact.deleted", err);
}

/* Somebody takes with them all that is held on a person: that is entered before they have it. */
bool contact_export_apply(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request,
                          void *reply, struct err *err)
{
    const struct by_id *asked = request;
    struct contact_row row;
    (void)settings;
    (void)reply;
    return find(txn, tenant, asked->id, &row, err) &&
           audit_add(txn, tenant, "contact.export", notice_about(txn, "contact", row.id), STR("{}"), err);
}

/* --- consent, as somebody else says it --- */

static bool check_change(const struct consent_set *asked, struct err *err)
{
    bool is_in = asked->state == CONSENT_IN;
    if (!is_in && asked->state != CONSENT_OUT)
        return err_set(err, ERR_INPUT, "state", "must be one of: in, out");
    if (asked->source != CONSENT_BY_AGENT && asked->source != CONSENT_BY_API && asked->source != CONSENT_BY_IMPORT)
        return err_set(err, ERR_INPUT, "source", "must be one of: agent, api, import");
    if (is_in && str_trim(asked->evidence).n == 0)
        return err_set(err, ERR_INPUT, "evidence", "is required for an opt-in: when, where and in which words");
    if (asked->evidence.n > EVIDENCE_MAX_BYTES)
        return err_set(err, ERR_INPUT, "evidence", "must have at most %d bytes", EVIDENCE_MAX_BYTES);
    if (asked->number.n && asked->topic.n)
        return err_set(err, ERR_INPUT, "topic", "names a scope of its own: give a number or a topic, not both");
    return scope_name_check(asked->topic, "topic", err);
}

static bool scope_asked(struct txn *txn, int64_t tenant, const struct consent_set *asked, struct str *scope,
                        struct err *err)
{
    struct number_row number;
    bool found;
    *scope = (struct str){ 0 };
    if (asked->topic.n)
        *scope = arena_format(txn->arena, "topic:%.*s", STR_ARGS(asked->topic));
    if (asked->number.n == 0)
        return true;
    if (!number_get(txn, tenant, asked->number, &number, &found, err))
        return false;
    if (!found)
        return err_set(err, ERR_INPUT, "number", "is none of your numbers");
    *scope = arena_format(txn->arena, "number:%.*s", STR_ARGS(asked->number));
    return true;
}

/* A person's own STOP, or Plivo's word for it, is lifted by that person's START and by nothing else. */
static bool check_standing(struct txn *txn, int64_t tenant, const struct consent_set *asked, struct str address,
                           struct err *err)
{
    struct consent_standing standing;
    if (asked->state != CONSENT_IN)
        return true;
    if (!consent_read(txn, tenant, address, asked->number, asked->topic, &standing, err))
        return false;
    return !standing.is_out_by_person ||
           err_set(err, ERR_CONFLICT, "state", "the person has opted out; only their own START lifts it");
}

static bool enter_consent(struct txn *txn, int64_t tenant, const struct ledger_row *row, struct err *err)
{
    const struct consent_said before = { .consent = row->from };
    struct str source = str_of(words_name(&consent_source_words, (int)row->source));
    const struct consent_said after = { row->to, source, row->scope, row->sequence };
    return audit_change(txn, tenant, "consent.set", notice_about(txn, "contact", row->contact), &consent_said_record,
                        &before, &after, err);
}

bool consent_set_apply(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request,
                       void *reply, struct err *err)
{
    const struct consent_set *asked = request;
    struct contact_row contact;
    struct ledger_row row;
    struct str scope;
    int64_t sequence;
    bool found;
    (void)settings;
    if (!check_change(asked, err) || !find(txn, tenant, asked->contact, &contact, err) ||
        !scope_asked(txn, tenant, asked, &scope, err) || !check_standing(txn, tenant, asked, contact.address, err))
        return false;
    struct consent_entry entry = {
        .contact = contact.id,
        .address = contact.address,
        .number = asked->number,
        .topic = asked->topic,
        .scope = scope,
        .to = asked->state,
        .source = asked->source,
        .evidence = asked->evidence,
        .actor = txn->actor,
        .received_at = txn->now_ms,
        .ingress = STR("api"),
    };
    if (!consent_change_apply(txn, tenant, &entry, &sequence, err) ||
        !ROW_GET(txn, TABLE_LEDGER, key_of_number(tenant, sequence), ledger_row, &row, &found, err))
        return false;
    consent_entry_view_make(txn, &row, reply);
    if (!enter_consent(txn, tenant, &row, err))
        return false;
    return entry.to != CONSENT_OUT || block_queued(txn, tenant, contact.address, err);
}
