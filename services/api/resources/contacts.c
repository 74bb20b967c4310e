/* /api/v1/contacts */
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
