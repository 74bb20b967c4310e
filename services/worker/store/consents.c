#include "store/entities.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

static bool consent_key(struct txn *txn, int64_t tenant, struct str address, struct key *key, struct err *err)
{
    struct tenant_row row;
    bool found;
    unsigned char mac[EVP_MAX_MD_SIZE];
    unsigned n = sizeof mac;
    if (!tenant_get(txn, tenant, &row, &found, err))
        return false;
    if (!found)
        return err_set(err, ERR_MISSING, "tenant", "there is no tenant %lld", (long long)tenant);
    if (!HMAC(EVP_sha256(), row.address_key.p, (int)row.address_key.n, (const unsigned char *)address.p, address.n, mac,
              &n))
        return err_set(err, ERR_BUSY, NULL, "out of memory");
    *key = key_of_text(tenant, str_bytes(mac, n));
    return true;
}

bool consent_get(struct txn *txn, int64_t tenant, struct str address, struct consent_row *row, bool *found,
                 struct err *err)
{
    struct key key = key_begin();
    record_init(&consent_row_record, row);
    *found = false;
    return consent_key(txn, tenant, address, &key, err) &&
           ROW_GET(txn, TABLE_CONSENT, key, consent_row, row, found, err);
}

bool consent_put(struct txn *txn, int64_t tenant, struct str address, const struct consent_row *row, struct err *err)
{
    struct key key = key_begin();
    return consent_key(txn, tenant, address, &key, err) && ROW_PUT(txn, TABLE_CONSENT, key, consent_row, row, err);
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
