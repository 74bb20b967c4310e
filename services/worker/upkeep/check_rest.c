/* Tenants and their counters, numbers, rules, events, kept answers, access. */
#include "upkeep/check_private.h"

#define ID(id) id_text(id).c

/* --- tenants --- */

static bool check_ledger(struct check *c, int64_t tenant, const struct tenant_row *row, struct err *err)
{
    struct consent_chain chain = { 0 };
    const struct arena_mark mark = arena_mark(c->txn->arena);
    struct scan scan;
    struct str rest;
    struct str value;
    bool found = true;
    bool ok = true;
    scan_begin(&scan, c->txn, TABLE_LEDGER, key_of_tenant(tenant), SCAN_FORWARD);
    while (ok && (ok = scan_next(&scan, &rest, &value, &found, err)) && found) {
        struct ledger_row entry;
        struct err unreadable;
        if (!row_decode(c->txn, &ledger_row_record, value, &entry, &unreadable) ||
            !ledger_verify_step(&entry, &chain, &unreadable))
            chain.first_bad = chain.first_bad ? chain.first_bad : chain.entries + 1;
        arena_rewind(c->txn->arena, mark);
    }
    scan_end(&scan);
    if (chain.first_bad)
        check_found(c, "%lld: its ledger does not verify from entry %lld on", (long long)tenant,
                    (long long)chain.first_bad);
    else if (chain.entries != row->ledger_entries)
        check_found(c, "%lld: its ledger has %lld entries, it counts %lld", (long long)tenant, (long long)chain.entries,
                    (long long)row->ledger_entries);
    else if (chain.entries && !str_eq(row->ledger_head, str_bytes(chain.head.b, sizeof chain.head.b)))
        check_found(c, "%lld: its ledger's head is not the last entry's", (long long)tenant);
    return ok;
}

static bool event_at(struct check *c, int64_t tenant, enum scan_direction end, int64_t *number, struct err *err)
{
    struct scan scan;
    struct str rest;
    struct str value;
    bool found;
    scan_begin(&scan, c->txn, TABLE_EVENT, key_of_tenant(tenant), end);
    bool ok = scan_next(&scan, &rest, &value, &found, err);
    if (ok)
        *number = found && rest.n == 8 ? key_take_int(&rest) : 0;
    scan_end(&scan);
    return ok;
}

static bool check_log(struct check *c, int64_t tenant, const struct tenant_row *row, struct err *err)
{
    int64_t first;
    int64_t last;
    if (!event_at(c, tenant, SCAN_FORWARD, &first, err) || !event_at(c, tenant, SCAN_BACKWARD, &last, err))
        return false;
    bool is_right = first ? first == row->event_tail && last == row->event_head
                          : row->event_tail == row->event_head + 1;
    if (!is_right)
        check_found(c, "%lld: its events are %lld to %lld, it counts %lld to %lld", (long long)tenant, (long long)first,
                    (long long)last, (long long)row->event_tail, (long long)row->event_head);
    return true;
}

bool check_tenant(struct check *c, int64_t tenant, struct str key, struct str value, struct err *err)
{
    struct tenant_row row;
    struct err unreadable;
    bool is_there;
    (void)key;
    if (!check_read(c, &tenant_row_record, value, &row))
        return true;
    if (!tenant_get(c->txn, tenant, &row, &is_there, &unreadable)) /* a transaction that writes knows a newer one */
        return true;
    c->counted_messages += row.messages;
    c->counted_conversations += row.conversations;
    c->counted_contacts += row.contacts;
    c->counted_entries += row.ledger_entries;
    return check_ledger(c, tenant, &row, err) && check_log(c, tenant, &row, err);
}

/* --- numbers --- */

bool check_number(struct check *c, int64_t tenant, struct str key, struct str value, struct err *err)
{
    struct number_row row;
    struct str address;
    bool is_there;
    struct str at = arena_dup(c->txn->arena, key);
    if (!check_read(c, &number_row_record, value, &row))
        return true;
    if (!str_eq(row.address, at))
        check_found(c, "%s lies where another one belongs", ID(row.id));
    if (!check_has(c, TABLE_NUMBER_ID, key_of_id(tenant, row.id), &address, &is_there, err))
        return false;
    if (!is_there || !str_eq(address, row.address))
        check_found(c, "%s is not found by its id", ID(row.id));
    return true;
}

bool check_number_id(struct check *c, int64_t tenant, struct str key, struct str value, struct err *err)
{
    struct number_row row;
    bool is_there;
    struct id id = key_take_id(&key);
    if (!CHECK_GET(c, TABLE_NUMBER, key_of_text(tenant, value), number_row, &row, &is_there, err))
        return false;
    if (!is_there || !id_eq(row.id, id))
        check_found(c, "%s leads to %s", ID(id), is_there ? "another number" : "none");
    return true;
}

/* --- rules, senders, events --- */

bool check_rule(struct check *c, int64_t tenant, struct str key, struct str value, struct err *err)
{
    struct rule_row row;
    struct id at = key_take_id(&key);
    (void)tenant;
    (void)err;
    if (check_read(c, &rule_row_record, value, &row) && !id_eq(row.id, at))
        check_found(c, "%s lies where another one belongs", ID(row.id));
    return true;
}

bool check_sender(struct check *c, int64_t tenant, struct str key, struct str value, struct err *err)
{
    struct sender_row row;
    (void)tenant;
    (void)key;
    (void)err;
    if (check_read(c, &sender_row_record, value, &row) && row.epoch >= (store_generation(c->txn->store) + 1) << 32)
        check_found(c, "an epoch is of a generation that is yet to come");
    return true;
}

bool check_event(struct check *c, int64_t tenant, struct str key, struct str value, struct err *err)
{
    struct event_row row;
    int64_t number = key_take_int(&key);
    (void)err;
    if (check_read(c, &event_row_record, value, &row) && tenant == c->event_tenant && number != c->event_number + 1)
        check_found(c, "%lld comes after %lld", (long long)number, (long long)c->event_number);
    c->event_tenant = tenant;
    c->event_number = number;
    return true;
}

/* --- kept answers --- */

bool check_answer(struct check *c, int64_t tenant, struct str key, struct str value, struct err *err)
{
    struct answer_row row;
    bool is_there;
    struct id operation = key_take_id(&key);
    if (!check_read(c, &answer_row_record, value, &row))
        return true;
    if (!check_has(c, TABLE_ANSWER_AGE, key_of_answer_age(row.at, tenant, operation), NULL, &is_there, err))
        return false;
    if (!is_there)
        check_found(c, "%s will never be forgotten", ID(operation));
    return true;
}

bool check_answer_age(struct check *c, int64_t tenant, struct str key, struct str value, struct err *err)
{
    bool is_there;
    (void)tenant;
    (void)value;
    (void)key_take_int(&key);
    int64_t of = key_take_tenant(&key);
    struct id operation = key_take_id(&key);
    if (!check_has(c, TABLE_ANSWER, key_of_id(of, operation), NULL, &is_there, err))
        return false;
    if (!is_there)
        check_found(c, "leads to %s, which is not there", ID(operation));
    return true;
}

/* --- access --- */

bool check_access(struct check *c, int64_t tenant, struct str key, struct str value, struct err *err)
{
    struct access_row row;
    bool is_there;
    (void)tenant;
    (void)key;
    if (!check_read(c, &access_row_record, value, &row) || !str_is(row.kind, "key"))
        return true;
    if (!check_has(c, TABLE_KEY, key_of_id(row.tenant, row.id), NULL, &is_there, err))
        return false;
    if (!is_there)
        check_found(c, "key %s works, and is not in the list", ID(row.id));
    return true;
}

bool check_key(struct check *c, int64_t tenant, struct str key, struct str value, struct err *err)
{
    struct access_row row;
    struct id at = key_take_id(&key);
    (void)tenant;
    (void)err;
    if (check_read(c, &access_row_record, value, &row) && !id_eq(row.id, at))
        check_found(c, "%s lies where another one belongs", ID(row.id));
    return true;
}
