#include "domain/hmac.h"
#include "store/entities.h"

static_assert((int)PERSON_MAC_BYTES == (int)HMAC_BYTES, "the whole of it is the key");

static bool person_mac(struct txn *txn, int64_t tenant, struct str address, unsigned char mac[PERSON_MAC_BYTES],
                       struct err *err)
{
    struct tenant_row row;
    bool found;
    if (!tenant_get(txn, tenant, &row, &found, err))
        return false;
    if (!found)
        return err_set(err, ERR_MISSING, "tenant", "there is no tenant %lld", (long long)tenant);
    return hmac_sha256(row.address_key, address, mac) || err_set(err, ERR_BUSY, NULL, "out of memory");
}

/* Where all rows of a person begin; the tenant's own lies there, a scope's behind it. A tenant's key never changes. */
bool person_key(struct txn *txn, int64_t tenant, struct str address, struct key *key, struct err *err)
{
    struct person_memo *memo = &txn->person;
    unsigned char mac[PERSON_MAC_BYTES];
    if (address.n == 0 || memo->tenant != tenant || !str_eq(address, str_bytes(memo->address, memo->n))) {
        if (!person_mac(txn, tenant, address, mac, err))
            return false;
        memo->tenant = tenant;
        memo->n = address.n <= sizeof memo->address ? address.n : 0;
        if (memo->n)
            memcpy(memo->address, address.p, memo->n);
        memcpy(memo->mac, mac, sizeof mac);
    }
    *key = key_of_text(tenant, str_bytes(memo->mac, sizeof memo->mac));
    return true;
}

static bool row_key(struct txn *txn, int64_t tenant, struct str address, struct str scope, struct key *key,
                    struct err *err)
{
    if (!person_key(txn, tenant, address, key, err))
        return false;
    if (scope.n)
        key_text(key, scope);
    return true;
}

bool consent_get(struct txn *txn, int64_t tenant, struct str address, struct str scope, struct consent_row *row,
                 bool *found, struct err *err)
{
    struct key key = key_begin();
    record_init(&consent_row_record, row);
    *found = false;
    return row_key(txn, tenant, address, scope, &key, err) &&
           ROW_GET(txn, TABLE_CONSENT, key, consent_row, row, found, err);
}

bool consent_put(struct txn *txn, int64_t tenant, struct str address, const struct consent_row *row, struct err *err)
{
    struct key key = key_begin();
    return row_key(txn, tenant, address, row->scope, &key, err) &&
           ROW_PUT(txn, TABLE_CONSENT, key, consent_row, row, err);
}

bool consent_remove(struct txn *txn, int64_t tenant, struct str address, struct str scope, struct err *err)
{
    struct key key = key_begin();
    return row_key(txn, tenant, address, scope, &key, err) && row_delete(txn, TABLE_CONSENT, key, err);
}

/* Makes room for one more. */
static bool grow(struct txn *txn, struct consent_rows *rows, size_t *room, struct err *err)
{
    if (rows->n < *room)
        return true;
    if (rows->n >= CONSENT_ROWS_MAX)
        return err_set(err, ERR_TOO_BIG, NULL, "a person has more than %d changes of consent that stand",
                       CONSENT_ROWS_MAX);
    size_t next = *room ? *room * 4 : 4;
    struct consent_row *v = arena_alloc_array(txn->arena, next, sizeof *v);
    if (!v)
        return arena_err(txn->arena, err);
    if (rows->v)
        memcpy(v, rows->v, rows->n * sizeof *v);
    rows->v = v;
    *room = next;
    return true;
}

bool consent_rows_get(struct txn *txn, int64_t tenant, struct str address, struct consent_rows *out, struct err *err)
{
    struct key prefix = key_begin();
    struct scan scan;
    struct str rest;
    struct str value;
    size_t room = 0;
    bool found = true;
    bool ok = true;
    *out = (struct consent_rows){ 0 };
    if (!person_key(txn, tenant, address, &prefix, err))
        return false;
    scan_begin(&scan, txn, TABLE_CONSENT, prefix, SCAN_FORWARD);
    while (ok && (ok = scan_next(&scan, &rest, &value, &found, err)) && found)
        ok = grow(txn, out, &room, err) && row_decode(txn, &consent_row_record, value, &out->v[out->n++], err);
    scan_end(&scan);
    return ok;
}

bool consent_reach_of(struct txn *txn, int64_t tenant, struct str number, struct str topic, struct consent_reach *out,
                      struct err *err)
{
    struct number_row row;
    bool found;
    *out = (struct consent_reach){ .number = number, .topic = topic, .is_all = number.n == 0 && topic.n == 0 };
    if (number.n == 0)
        return true;
    if (!number_get(txn, tenant, number, &row, &found, err))
        return false;
    if (!found)
        return true;
    out->campaign = row.campaign;
    out->topic = topic.n ? topic : row.topic;
    return true;
}

bool consent_read(struct txn *txn, int64_t tenant, struct str address, struct str number, struct str topic,
                  struct consent_standing *out, struct err *err)
{
    struct consent_rows rows;
    struct consent_reach reach = { .number = number, .topic = topic, .is_all = number.n == 0 && topic.n == 0 };
    *out = (struct consent_standing){ 0 };
    if (!consent_rows_get(txn, tenant, address, &rows, err))
        return false;
    bool is_scoped = false; /* only then does the number's own row matter */
    for (size_t i = 0; rows.v && i < rows.n; i++)
        is_scoped = is_scoped || rows.v[i].scope.n > 0;
    if (is_scoped && !consent_reach_of(txn, tenant, number, topic, &reach, err))
        return false;
    for (size_t i = 0; rows.v && i < rows.n; i++)
        consent_standing_add(out, &reach, &rows.v[i]);
    return true;
}


bool ledger_verify_step(const struct ledger_row *row, struct consent_chain *chain, struct err *err)
{
    struct consent_private hidden = {.address = row->address, .evidence = row->evidence};
    struct consent_facts facts = {
        .sequence = row->sequence,
        .at_ms = row->at,
        .contact_id = row->contact,
        .number = row->number,
        .from = row->from,
        .to = row->to,
        .source = row->source,
        .actor = row->actor,
        .is_superseded = row->is_superseded,
        .scope = row->scope,
    };
    struct consent_hash stored = {0};
    bool has_private = row->salt.n == sizeof hidden.salt;
    if (row->private_hash.n != sizeof stored.b || row->hash.n != sizeof stored.b)
        return err_set(err, ERR_BROKEN, NULL, "entry %lld of the consent ledger has no hash", (long long)row->sequence);
    memcpy(facts.private_hash.b, row->private_hash.p, sizeof stored.b);
    memcpy(stored.b, row->hash.p, sizeof stored.b);
    if (has_private)
        memcpy(hidden.salt, row->salt.p, sizeof hidden.salt);
    return consent_verify_step(chain, &facts, has_private ? &hidden : NULL, &stored, err);
}

bool erased_get(struct txn *txn, int64_t tenant, struct str address, struct erased_row *row, bool *found,
                struct err *err)
{
    struct key key = key_begin();
    *found = false;
    return person_key(txn, tenant, address, &key, err) && ROW_GET(txn, TABLE_ERASED, key, erased_row, row, found, err);
}

bool erased_put(struct txn *txn, int64_t tenant, struct str address, const struct erased_row *row, struct err *err)
{
    struct key key = key_begin();
    return person_key(txn, tenant, address, &key, err) && ROW_PUT(txn, TABLE_ERASED, key, erased_row, row, err);
}
