/* Contacts, conversations, consent and its ledger. */
#include "upkeep/check_private.h"

#define ID(id) id_text(id).c

/* --- contacts --- */

bool check_contact(struct check *c, int64_t tenant, struct str key, struct str value, struct err *err)
{
    struct contact_row row;
    struct str id;
    bool is_there;
    struct id at = key_take_id(&key);
    if (!check_read(c, &contact_row_record, value, &row))
        return true;
    if (!id_eq(row.id, at))
        check_found(c, "%s lies where another one belongs", ID(row.id));
    if (row.address.n == 0)
        return true;
    if (!check_has(c, TABLE_CONTACT_ADDRESS, key_of_text(tenant, row.address), &id, &is_there, err))
        return false;
    if (!is_there || !str_eq(id, str_bytes(at.b, ID_BYTES)))
        check_found(c, "%s is not found by its address", ID(at));
    return true;
}

static bool take_id(struct check *c, struct str value, struct id *id)
{
    if (value.n != ID_BYTES) {
        check_found(c, "row %lld holds no id", (long long)c->seen[c->table]);
        return false;
    }
    memcpy(id->b, value.p, ID_BYTES);
    return true;
}

bool check_contact_address(struct check *c, int64_t tenant, struct str key, struct str value, struct err *err)
{
    struct contact_row row;
    struct id id;
    bool is_there;
    if (!take_id(c, value, &id))
        return true;
    struct str address = arena_dup(c->txn->arena, key);
    if (!CHECK_GET(c, TABLE_CONTACT, key_of_id(tenant, id), contact_row, &row, &is_there, err))
        return false;
    if (!is_there || !str_eq(row.address, address))
        check_found(c, "leads to %s, which is %s", ID(id), is_there ? "somebody else" : "not there");
    return true;
}

/* --- conversations --- */

RECORD_TABLE(message_link, MESSAGE_LINK);

/* From the newest message to the first: each older than the one after it, and of this conversation. */
static bool walk_chain(struct check *c, int64_t tenant, const struct conversation_row *conversation, struct err *err)
{
    struct id id = conversation->last_message;
    const struct arena_mark mark = arena_mark(c->txn->arena);
    while (id_is_set(id)) {
        struct message_link message;
        bool is_there;
        if (!CHECK_GET(c, TABLE_MESSAGE, key_of_id(tenant, id), message_link, &message, &is_there, err))
            return false;
        if (!is_there || !id_eq(message.conversation, conversation->id)) {
            c->is_chain_broken = true;
            check_found(c, "%s: message %s of its chain is %s", ID(conversation->id), ID(id),
                        is_there ? "of another conversation" : "not there");
            return true;
        }
        c->chained++;
        struct id previous = message.previous;
        if (id_is_set(previous) && id_compare(previous, id) >= 0) {
            c->is_chain_broken = true;
            check_found(c, "%s: message %s does not come after the one before it", ID(conversation->id), ID(id));
            return true;
        }
        id = previous;
        arena_rewind(c->txn->arena, mark);
    }
    return true;
}

static bool check_directories(struct check *c, int64_t tenant, const struct conversation_row *row, struct err *err)
{
    struct str id;
    struct contact_row contact;
    bool is_there;
    if (row->address.n == 0)
        return true; /* erased: found by its id only */
    if (!check_has(c, TABLE_CONVERSATION_PAIR, key_of_pair(tenant, row->number, row->address), &id, &is_there, err))
        return false;
    if (!is_there || !str_eq(id, str_bytes(row->id.b, ID_BYTES)))
        check_found(c, "%s is not found by number and address", ID(row->id));
    if (!check_has(c, TABLE_CONVERSATION_LIST, key_of_listed(tenant, row->listed_at, row->id), NULL, &is_there, err))
        return false;
    if (!is_there)
        check_found(c, "%s is not in the list", ID(row->id));
    if (!CHECK_GET(c, TABLE_CONTACT, key_of_id(tenant, row->contact), contact_row, &contact, &is_there, err))
        return false;
    if (!is_there || !str_eq(contact.address, row->address))
        check_found(c, "%s: its contact %s is %s", ID(row->id), ID(row->contact),
                    is_there ? "somebody else" : "not there");
    if (row->status != CONVERSATION_SNOOZED || row->snooze_until == 0)
        return true;
    if (!check_has(c, TABLE_SNOOZE, key_of_snooze(row->snooze_until, tenant, row->id), NULL, &is_there, err))
        return false;
    if (!is_there)
        check_found(c, "%s sleeps, and nothing will wake it", ID(row->id));
    return true;
}

bool check_conversation(struct check *c, int64_t tenant, struct str key, struct str value, struct err *err)
{
    struct conversation_row row;
    struct id at = key_take_id(&key);
    if (!check_read(c, &conversation_row_record, value, &row))
        return true;
    if (!id_eq(row.id, at))
        check_found(c, "%s lies where another one belongs", ID(row.id));
    return check_directories(c, tenant, &row, err) && walk_chain(c, tenant, &row, err);
}

bool check_conversation_pair(struct check *c, int64_t tenant, struct str key, struct str value, struct err *err)
{
    struct conversation_row row;
    struct id id;
    bool is_there;
    if (!take_id(c, value, &id))
        return true;
    struct str copy = arena_dup(c->txn->arena, key);
    struct str number = key_take_text(&copy);
    if (!CHECK_GET(c, TABLE_CONVERSATION, key_of_id(tenant, id), conversation_row, &row, &is_there, err))
        return false;
    if (!is_there || !str_eq(row.number, number) || !str_eq(row.address, copy))
        check_found(c, "leads to %s, which is %s", ID(id), is_there ? "another one" : "not there");
    return true;
}

bool check_conversation_list(struct check *c, int64_t tenant, struct str key, struct str value, struct err *err)
{
    struct conversation_row row;
    bool is_there;
    int64_t listed_at = key_take_desc(&key);
    struct id id = key_take_id(&key);
    (void)value;
    if (!CHECK_GET(c, TABLE_CONVERSATION, key_of_id(tenant, id), conversation_row, &row, &is_there, err))
        return false;
    if (!is_there || row.listed_at != listed_at)
        check_found(c, "leads to %s, which is %s", ID(id), is_there ? "listed elsewhere" : "not there");
    return true;
}

/* One that woke before, or sleeps longer now, may still lead here. */
bool check_snooze(struct check *c, int64_t tenant, struct str key, struct str value, struct err *err)
{
    bool is_there;
    (void)tenant;
    (void)value;
    (void)key_take_int(&key);
    int64_t of = key_take_tenant(&key);
    struct id id = key_take_id(&key);
    if (!check_has(c, TABLE_CONVERSATION, key_of_id(of, id), NULL, &is_there, err))
        return false;
    if (!is_there)
        check_found(c, "leads to %s, which is not there", ID(id));
    return true;
}

/* --- consent --- */

bool check_consent(struct check *c, int64_t tenant, struct str key, struct str value, struct err *err)
{
    struct consent_row row;
    bool is_there;
    (void)key;
    if (!check_read(c, &consent_row_record, value, &row) || row.entry == 0)
        return true;
    struct ledger_row entry;
    if (!CHECK_GET(c, TABLE_LEDGER, key_of_number(tenant, row.entry), ledger_row, &entry, &is_there, err))
        return false;
    if (!is_there || entry.to != row.state || entry.is_superseded)
        check_found(c, "the state of entry %lld is %s", (long long)row.entry,
                    is_there ? "not what the ledger says" : "without its entry");
    return true;
}

/* The hashes are verified from the tenant's row; here, whether the entry is found, and whether its change was made. */
bool check_entry(struct check *c, int64_t tenant, struct str key, struct str value, struct err *err)
{
    struct ledger_row row;
    struct consent_row state;
    bool is_there;
    int64_t at = key_take_int(&key);
    if (!check_read(c, &ledger_row_record, value, &row))
        return true;
    if (row.sequence != at)
        check_found(c, "entry %lld lies at the place of %lld", (long long)row.sequence, (long long)at);
    if (!check_has(c, TABLE_LEDGER_CONTACT, key_of_ledger_contact(tenant, row.contact, at), NULL, &is_there, err))
        return false;
    if (!is_there)
        check_found(c, "entry %lld is not found by its contact", (long long)at);
    if (row.is_superseded || row.address.n == 0)
        return true;
    struct err no_tenant;
    if (!consent_get(c->txn, tenant, row.address, row.scope, &state, &is_there, &no_tenant))
        return true; /* damage that is found where it lies */
    if (!is_there || state.entry < at)
        check_found(c, "entry %lld changed nobody's state", (long long)at);
    return true;
}

bool check_entry_of_contact(struct check *c, int64_t tenant, struct str key, struct str value, struct err *err)
{
    struct ledger_row row;
    bool is_there;
    (void)value;
    struct id contact = key_take_id(&key);
    int64_t sequence = key_take_int(&key);
    if (!CHECK_GET(c, TABLE_LEDGER, key_of_number(tenant, sequence), ledger_row, &row, &is_there, err))
        return false;
    if (!is_there || !id_eq(row.contact, contact))
        check_found(c, "leads to entry %lld, which is %s", (long long)sequence,
                    is_there ? "of somebody else" : "not there");
    return true;
}

/* --- erasure --- */

static bool check_is_erased(struct check *c, int64_t tenant, struct id contact, struct err *err)
{
    struct contact_row row;
    bool is_there;
    if (!CHECK_GET(c, TABLE_CONTACT, key_of_id(tenant, contact), contact_row, &row, &is_there, err))
        return false;
    if (is_there && row.erased_at == 0)
        check_found(c, "%s was erased and is still here", ID(contact));
    return true;
}

bool check_erased(struct check *c, int64_t tenant, struct str key, struct str value, struct err *err)
{
    struct erased_row row;
    (void)key;
    return !check_read(c, &erased_row_record, value, &row) || check_is_erased(c, tenant, row.contact, err);
}

bool check_erasure(struct check *c, int64_t tenant, struct str key, struct str value, struct err *err)
{
    struct erasure_row row;
    return !check_read(c, &erasure_row_record, value, &row) || check_is_erased(c, tenant, key_take_id(&key), err);
}

bool check_retained(struct check *c, int64_t tenant, struct str key, struct str value, struct err *err)
{
    bool is_there;
    struct id id = key_take_id(&key);
    (void)value;
    if (!check_has(c, TABLE_MESSAGE, key_of_id(tenant, id), NULL, &is_there, err))
        return false;
    if (!is_there)
        check_found(c, "leads to %s, which is not there", ID(id));
    return true;
}
