/* Opt-outs and erasures of the side file, put into a restored store that may never have heard of the person. */
#include "apply/apply.h"
#include "apply/consent_change.h"
#include "upkeep/restore.h"
#include "upkeep/side_file.h"

enum { PERSON_BYTES = 32 };

static bool unhex(struct str hex, uint8_t *out, size_t n)
{
    if (hex.n != 2 * n)
        return false;
    for (size_t i = 0; i < 2 * n; i++) {
        char c = hex.p[i];
        int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
        if (digit < 0)
            return false;
        out[i / 2] = (uint8_t)(i % 2 ? out[i / 2] | digit : digit << 4);
    }
    return true;
}

/* The person's number, where the store knows the contact and it is the same person. */
static bool read_address(struct txn *txn, const struct side_line *line, struct key person, struct str *address,
                         struct err *err)
{
    struct contact_row contact;
    struct key own;
    bool found;
    *address = (struct str){ 0 };
    if (!contact_get(txn, line->tenant, line->contact, &contact, &found, err))
        return false;
    if (!found || contact.address.n == 0)
        return true;
    if (!person_key(txn, line->tenant, contact.address, &own, err))
        return false;
    if (str_starts(key_str(&person), key_str(&own)))
        *address = contact.address;
    return true;
}

/* Whether what stands in the store is this very change, or one that counts for more. */
static bool stands(const struct consent_row *row, const struct side_line *line)
{
    const struct consent_change have = { row->state, row->changed_at, row->ingress };
    const struct consent_change got = { CONSENT_OUT, line->received_at, line->ingress };
    return (row->state == CONSENT_OUT && row->changed_at >= line->received_at) ||
           consent_decide_order(&have, &got) == CONSENT_HAVE_STANDS;
}

static bool enter(struct txn *txn, const struct side_line *line, struct key person, const struct consent_row *was,
                  struct err *err)
{
    struct tenant_row head;
    bool found;
    struct consent_entry entry = {
        .contact = line->contact,
        .number = line->number,
        .to = CONSENT_OUT,
        .source = line->source,
        .evidence = STR("from the side file, after a restore"),
        .actor = line->actor,
        .scope = line->scope,
        .received_at = line->received_at,
        .ingress = line->ingress,
    };
    if (!read_address(txn, line, person, &entry.address, err) || !tenant_get(txn, line->tenant, &head, &found, err) ||
        !ledger_append(txn, line->tenant, &entry, was->state, &head, err))
        return false;
    const struct consent_row state = {
        .state = CONSENT_OUT,
        .changed_at = line->received_at,
        .ingress = line->ingress,
        .entry = head.ledger_entries,
        .entered_at = txn->now_ms,
        .by_provider = line->source == CONSENT_BY_PROVIDER,
        .scope = line->scope,
        .source = line->source,
    };
    return ROW_PUT(txn, TABLE_CONSENT, person, consent_row, &state, err);
}

/* As its command did it then: what came in before is not stored again. */
static bool erase(struct txn *txn, const struct side_line *line, struct key person, bool *has_applied, struct err *err)
{
    const struct by_id asked = { .id = line->contact };
    const int64_t now_ms = txn->now_ms;
    struct contact_row contact;
    struct contact_view unused;
    struct str address;
    bool found;
    if (!contact_get(txn, line->tenant, line->contact, &contact, &found, err) ||
        !read_address(txn, line, person, &address, err))
        return false;
    if (!found || contact.erased_at || address.n == 0)
        return true;
    *has_applied = true;
    txn->now_ms = line->at;
    bool ok = contact_erase_apply(txn, line->tenant, NULL, &asked, &unused, err);
    txn->now_ms = now_ms;
    return ok;
}

bool restore_side_line(struct txn *txn, const struct side_line *line, bool *has_applied, struct err *err)
{
    uint8_t bytes[PERSON_BYTES];
    struct tenant_row tenant;
    struct consent_row row;
    bool found;
    *has_applied = false;
    bool is_erasure = str_is(line->kind, SIDE_ERASURE);
    bool is_ours = (is_erasure || str_is(line->kind, SIDE_OPT_OUT)) && id_eq(line->store, store_id(txn->store)) &&
                   line->tenant > 0 && line->tenant <= UINT32_MAX && unhex(line->person, bytes, sizeof bytes);
    if (!is_ours)
        return true;
    if (!tenant_get(txn, line->tenant, &tenant, &found, err))
        return false;
    if (!found)
        return true;
    struct key person = key_of_text(line->tenant, str_bytes(bytes, sizeof bytes));
    if (is_erasure)
        return erase(txn, line, person, has_applied, err);
    if (line->scope.n)
        key_text(&person, line->scope); /* as consent_put() has it */
    record_init(&consent_row_record, &row);
    if (!ROW_GET(txn, TABLE_CONSENT, person, consent_row, &row, &found, err))
        return false;
    if (found && stands(&row, line))
        return true;
    *has_applied = true;
    return enter(txn, line, person, &row, err);
}
