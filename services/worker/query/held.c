/* What is held on a contact beside its messages and its ledger: drafts in its conversations, lines in audiences. */
#include "query/query.h"
#include "store/campaigns.h"

enum { DRAFTS_MAX = 1000, AUDIENCES_MAX = 10000 /* as many as there may be campaigns */ };

static bool add_drafts(struct txn *txn, int64_t tenant, struct id conversation, struct contact_held *out,
                       struct err *err)
{
    struct scan scan;
    struct str rest;
    struct str value;
    bool found = true;
    bool ok = true;
    scan_begin(&scan, txn, TABLE_DRAFT, key_of_id(tenant, conversation), SCAN_FORWARD);
    while (ok && out->drafts.n < DRAFTS_MAX) {
        struct draft_row row;
        ok = scan_next(&scan, &rest, &value, &found, err);
        if (!ok || !found)
            break;
        struct str owner = arena_dup(txn->arena, key_take_text(&rest));
        ok = row_decode(txn, &draft_row_record, value, &row, err);
        out->drafts.v[out->drafts.n++] = (struct held_draft){ conversation, owner, row.text, row.updated_at };
    }
    scan_end(&scan);
    return ok;
}

/* A conversation is found by its pair: one for each sender of ours. */
static bool add_conversations(struct txn *txn, int64_t tenant, struct str address, struct contact_held *out,
                              struct err *err)
{
    struct scan scan;
    struct str number;
    struct str value;
    bool found = true;
    bool ok = true;
    scan_begin(&scan, txn, TABLE_NUMBER, key_of_tenant(tenant), SCAN_FORWARD);
    while (ok && (ok = scan_next(&scan, &number, &value, &found, err)) && found) {
        struct conversation_row row;
        struct str ours = arena_dup(txn->arena, key_take_text(&number));
        ok = conversation_find(txn, tenant, ours, address, &row, &found, err) &&
             (!found || add_drafts(txn, tenant, row.id, out, err));
        found = true;
    }
    scan_end(&scan);
    return ok;
}

static bool add_recipient(struct txn *txn, int64_t tenant, const struct campaign_row *campaign, struct str address,
                          struct contact_held *out, struct err *err)
{
    struct recipient_row row;
    struct str number;
    bool found;
    if (!value_get(txn, TABLE_RECIPIENT_ADDRESS,
                   key_of_recipient_address(tenant, campaign->id, campaign->generation, address), &number, &found, err))
        return false;
    if (!found)
        return true;
    if (!recipient_get(txn, tenant, campaign, key_take_int(&number), &row, &found, err))
        return false;
    if (!found)
        return true;
    struct held_recipient *held = &out->audiences.v[out->audiences.n++];
    record_init(&held_recipient_record, held);
    held->campaign_id = campaign->id;
    held->line = row.line;
    held->columns.v = campaign->columns.v;
    held->columns.n = campaign->columns.n;
    held->values.v = row.values.v;
    held->values.n = row.values.n;
    return true;
}

static bool add_audiences(struct txn *txn, int64_t tenant, struct str address, struct contact_held *out,
                          struct err *err)
{
    struct scan scan;
    struct str rest;
    struct str value;
    bool found = true;
    bool ok = true;
    scan_begin(&scan, txn, TABLE_CAMPAIGN, key_of_tenant(tenant), SCAN_FORWARD);
    while (ok && out->audiences.n < AUDIENCES_MAX && (ok = scan_next(&scan, &rest, &value, &found, err)) && found) {
        struct campaign_row campaign;
        struct arena_mark mark = arena_mark(txn->arena);
        size_t before = out->audiences.n;
        ok = row_decode(txn, &campaign_row_record, value, &campaign, err) &&
             add_recipient(txn, tenant, &campaign, address, out, err);
        if (out->audiences.n == before)
            arena_rewind(txn->arena, mark);
    }
    scan_end(&scan);
    return ok;
}

bool contact_held_query(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request,
                        void *reply, struct err *err)
{
    const struct by_id *asked = request;
    struct contact_held *out = reply;
    struct contact_row contact;
    bool found;
    (void)settings;
    if (!contact_get(txn, tenant, asked->id, &contact, &found, err))
        return false;
    if (!found)
        return err_set(err, ERR_MISSING, "id", "there is no contact with this id");
    out->drafts.v = arena_alloc_array(txn->arena, DRAFTS_MAX, sizeof *out->drafts.v);
    out->audiences.v = arena_alloc_array(txn->arena, AUDIENCES_MAX, sizeof *out->audiences.v);
    if (!out->drafts.v || !out->audiences.v)
        return arena_err(txn->arena, err);
    return contact.erased_at || (add_conversations(txn, tenant, contact.address, out, err) &&
                                 add_audiences(txn, tenant, contact.address, out, err));
}
