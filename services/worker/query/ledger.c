#include "query/page.h"

enum { LIMIT_MAX = 200, ENTRY_BYTES_MAX = 256 * 1024 };

static struct str hex(struct txn *txn, struct str bytes)
{
    static const char HEX[] = "0123456789abcdef";
    char *text = arena_alloc(txn->arena, 2 * bytes.n + 1);
    if (!text || !str_is_set(bytes))
        return (struct str){0};
    for (size_t i = 0; i < bytes.n; i++) {
        text[2 * i] = HEX[(uint8_t)bytes.p[i] >> 4];
        text[2 * i + 1] = HEX[(uint8_t)bytes.p[i] & 15];
    }
    return (struct str){text, 2 * bytes.n};
}

void consent_entry_view_make(struct txn *txn, const struct ledger_row *row, struct consent_entry_view *out)
{
    record_init(&consent_entry_view_record, out);
    out->sequence = row->sequence;
    out->at = row->at;
    out->number = row->number;
    out->contact_id = row->contact;
    out->address = row->address;
    out->from = row->from;
    out->to = row->to;
    out->source = row->source;
    out->evidence = row->evidence;
    out->actor = row->actor;
    out->hash = hex(txn, row->hash);
    out->scope = row->scope;
    out->superseded = row->is_superseded;
}

/* Of one contact the entries stand in a directory of their own; of all, in the ledger itself. */
static bool entry_at(struct txn *txn, int64_t tenant, bool is_of_contact, struct str rest, struct str value,
                     struct ledger_row *row, struct err *err)
{
    bool found;
    if (!is_of_contact)
        return row_decode(txn, &ledger_row_record, value, row, err);
    if (!ROW_GET(txn, TABLE_LEDGER, key_of_number(tenant, key_take_int(&rest)), ledger_row, row, &found, err))
        return false;
    return found || err_set(err, ERR_BROKEN, NULL, "an entry of the consent ledger is missing");
}

bool ledger_query(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request, void *reply,
                  struct err *err)
{
    const struct consent_query *asked = request;
    struct consent_page *page = reply;
    bool is_of_contact = id_is_set(asked->contact);
    struct str filters = arena_format(txn->arena, "ledger|%s", id_text(asked->contact).c);
    struct page_walk walk;
    struct str rest;
    struct str value;
    bool found = true;
    bool ok = true;
    (void)settings;
    if (!page_begin(&walk, txn, is_of_contact ? TABLE_LEDGER_CONTACT : TABLE_LEDGER,
                    is_of_contact ? key_of_id(tenant, asked->contact) : key_of_tenant(tenant), SCAN_BACKWARD, filters,
                    asked->cursor, asked->limit, LIMIT_MAX, err))
        return false;
    page->data.v = arena_alloc_array(txn->arena, (size_t)walk.limit, sizeof *page->data.v);
    if (!page->data.v)
        return arena_err(txn->arena, err);
    while (ok && (ok = page_next(&walk, page->data.n, &rest, &value, &found, err)) && found) {
        struct ledger_row row;
        ok = entry_at(txn, tenant, is_of_contact, rest, value, &row, err);
        if (ok && page_has_room(&walk, page->data.n))
            consent_entry_view_make(txn, &row, &page->data.v[page->data.n++]);
    }
    return page_end(&walk, ok, &page->next_cursor, err);
}

bool ledger_verify_query(struct txn *txn, int64_t tenant, const struct settings *settings, const void *request,
                         void *reply, struct err *err)
{
    struct consent_verdict *verdict = reply;
    struct consent_chain chain = {0};
    struct tenant_row head;
    struct str rest;
    struct str value;
    struct scan scan;
    bool found = true;
    bool ok = true;
    (void)settings;
    (void)request;
    if (!tenant_get(txn, tenant, &head, &found, err))
        return false;
    struct arena *own = txn->arena;
    struct arena scratch;
    arena_init(&scratch, ENTRY_BYTES_MAX);
    txn->arena = &scratch; /* a ledger of any length in the memory of one entry */
    scan_begin(&scan, txn, TABLE_LEDGER, key_of_tenant(tenant), SCAN_FORWARD);
    while (ok && (ok = scan_next(&scan, &rest, &value, &found, err)) && found) {
        struct ledger_row row;
        ok = row_decode(txn, &ledger_row_record, value, &row, err) && ledger_verify_step(&row, &chain, err);
        arena_reset(&scratch);
    }
    scan_end(&scan);
    arena_release(&scratch);
    txn->arena = own;
    if (!ok)
        return false;
    /* a ledger whose last entries were cut off is whole in itself: only the tenant's own count shows it */
    if (!chain.first_bad && chain.entries != head.ledger_entries)
        chain.first_bad = chain.entries + 1;
    verdict->entries = chain.entries;
    verdict->first_bad = chain.first_bad ? chain.first_bad : INT_UNSET;
    verdict->valid = chain.first_bad == 0;
    verdict->head = chain.entries ? hex(txn, str_bytes(chain.head.b, sizeof chain.head.b)) : (struct str){0};
    return true;
}
