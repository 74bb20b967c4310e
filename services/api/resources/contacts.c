/* /api/v1/contacts */
#include "domain/phone_plan.h"
#include "routes.h"

enum { SEARCH_MAX_BYTES = 400 };

bool contacts_list(struct call *call, struct err *err)
{
    struct page_query query = { .cursor = call_query(call, "cursor"), .q = call_query(call, "q") };
    struct contact_page page;
    if (query.q.n > SEARCH_MAX_BYTES)
        return err_set(err, ERR_INPUT, "q", "must have at most 100 characters");
    return call_query_limit(call, &query.limit, err) && call_ask(call, OP_contacts, &query, &page, err) &&
           call_answer(call, 200, &contact_page_record, &page, err);
}

bool contact_get(struct call *call, struct err *err)
{
    return call_relay_by_id(call, OP_contact, err);
}

bool contact_consent(struct call *call, struct err *err)
{
    struct consent_query query = { .cursor = call_query(call, "cursor") };
    struct by_id whom = { 0 };
    struct contact_view contact;
    struct consent_page page;
    if (!call_id(call, 0, &whom.id, err) || !call_query_limit(call, &query.limit, err))
        return false;
    query.contact = whom.id;
    return call_ask(call, OP_contact, &whom, &contact, err) && /* a stranger has no empty ledger: 404 */
           call_ask(call, OP_ledger, &query, &page, err) && call_answer(call, 200, &consent_page_record, &page, err);
}

/* For good: an owner's to do. The rest of it goes on behind the answer. */
bool contact_erase(struct call *call, struct err *err)
{
    struct by_id whom = { 0 };
    struct contact_view contact;
    if (strcmp(call->caller.role, "owner") != 0)
        return err_set(err, ERR_DENIED, NULL, "only an owner may erase a person's data");
    return call_id(call, 0, &whom.id, err) && call_ask(call, OP_contact_erase, &whom, &contact, err) &&
           call_answer(call, 202, &contact_view_record, &contact, err);
}

/* --- making and changing them --- */

/* clang-format off */
#define CONTACT_BODY(X, S) \
    X(S, STR,  address,      _) \
    X(S, STR,  name,         _) \
    X(S, JSON, attributes,   _) \
    X(S, STR,  time_zone,    _)
#define CONSENT_BODY(X, S) \
    X(S, ENUM, state,        consent) \
    X(S, ENUM, source,       consent_source) \
    X(S, STR,  evidence,     _) \
    X(S, STR,  number,       _) \
    X(S, STR,  topic,        _)
/* clang-format on */
RECORD_STRUCT(contact_body, CONTACT_BODY)
RECORD_TABLE(contact_body, CONTACT_BODY);
RECORD_STRUCT(consent_body, CONSENT_BODY)
RECORD_TABLE(consent_body, CONSENT_BODY);

bool contact_make(struct call *call, struct err *err)
{
    struct contact_body body;
    struct contact_view view;
    struct phone phone;
    uint64_t present;
    bool is_valid;
    if (!call_body(call, &contact_body_record, "address attributes", &body, &present, err))
        return false;
    if (!str_is_set(body.address))
        return err_set(err, ERR_INPUT, "address", "is required");
    if (!phone_plan_parse(body.address, "address", &phone, &is_valid, err))
        return false;
    struct contact_changes changes = { .name = body.name, .attributes = body.attributes, .time_zone = body.time_zone };
    const char *const FIELDS[] = { "name", "attributes", "time_zone" };
    struct contact_patch request = { .address = phone_str(&phone), .changes = &changes };
    for (size_t i = 0; i < COUNT(FIELDS); i++)
        if (present & record_bit(&contact_body_record, FIELDS[i]))
            request.present |= (int64_t)record_bit(&contact_changes_record, FIELDS[i]);
    return call_ask(call, OP_contact_create, &request, &view, err) &&
           call_answer(call, 201, &contact_view_record, &view, err);
}

bool contact_change(struct call *call, struct err *err)
{
    struct contact_changes changes;
    struct contact_patch request = { .changes = &changes };
    struct contact_view view;
    uint64_t present;
    if (!call_id(call, 0, &request.id, err) ||
        !call_body(call, &contact_changes_record, "attributes", &changes, &present, err))
        return false;
    if (present == 0)
        return err_set(err, ERR_INPUT, NULL, "nothing to change: name, attributes or time_zone");
    request.present = (int64_t)present;
    return call_ask(call, OP_contact_patch, &request, &view, err) &&
           call_answer(call, 200, &contact_view_record, &view, err);
}

bool contact_hide(struct call *call, struct err *err)
{
    struct by_id request = { 0 };
    struct nothing nothing;
    return call_id(call, 0, &request.id, err) && call_ask(call, OP_contact_delete, &request, &nothing, err) &&
           call_answer_bytes(call, 204, NULL, STR(""));
}

/* --- consent, as somebody else says it --- */

bool contact_consent_set(struct call *call, struct err *err)
{
    struct consent_body body;
    struct consent_set request = { 0 };
    struct consent_entry_view entry;
    uint64_t present;
    if (!call_id(call, 0, &request.contact, err) ||
        !call_body(call, &consent_body_record, "state source", &body, &present, err))
        return false;
    if (!(present & record_bit(&consent_body_record, "state")))
        return err_set(err, ERR_INPUT, "state", "is required: in or out");
    bool has_source = present & record_bit(&consent_body_record, "source");
    request.state = body.state;
    request.source = has_source ? body.source : call->caller.is_key ? CONSENT_BY_API : CONSENT_BY_AGENT;
    request.evidence = body.evidence;
    request.number = body.number;
    request.topic = body.topic;
    return call_ask(call, OP_consent_set, &request, &entry, err) &&
           call_answer(call, 201, &consent_entry_view_record, &entry, err);
}
