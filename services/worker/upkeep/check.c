#include "upkeep/check_private.h"

#include <stdarg.h>
#include <stdio.h>

enum { LINE_MAX_BYTES = 400, ROW_MAX_BYTES = 8 * 1024 * 1024, TENANT_BYTES = 4 };

/* What each table's rows are held to, and how short their keys can be. A table that stands for itself is only to be readable: it has a
 * record instead of a check. META is read whole when the store is opened. */
static const struct {
    check_row *row;
    size_t key_min; /* without the tenant */
    bool is_by_tenant;
    const struct record *record;
} CHECKS[TABLE_COUNT] = {
    [TABLE_TENANT] = { check_tenant, 0, true, NULL },
    [TABLE_NUMBER] = { check_number, 1, true, NULL },
    [TABLE_NUMBER_ID] = { check_number_id, ID_BYTES, true, NULL },
    [TABLE_LIMIT] = { NULL, 1, true, &limit_row_record },
    [TABLE_CONTACT] = { check_contact, ID_BYTES, true, NULL },
    [TABLE_CONTACT_ADDRESS] = { check_contact_address, 1, true, NULL },
    [TABLE_CONVERSATION] = { check_conversation, ID_BYTES, true, NULL },
    [TABLE_CONVERSATION_PAIR] = { check_conversation_pair, 3, true, NULL },
    [TABLE_CONVERSATION_LIST] = { check_conversation_list, 8 + ID_BYTES, true, NULL },
    [TABLE_MESSAGE] = { check_message, ID_BYTES, true, NULL },
    [TABLE_UUID] = { check_uuid, 1, true, NULL },
    [TABLE_REPORT] = { check_a_report, ID_BYTES + 8, true, NULL },
    [TABLE_ORPHAN] = { check_orphan, 1, true, NULL },
    [TABLE_CONSENT] = { check_consent, 32, true, NULL },
    [TABLE_LEDGER] = { check_entry, 8, true, NULL },
    [TABLE_LEDGER_CONTACT] = { check_entry_of_contact, ID_BYTES + 8, true, NULL },
    [TABLE_RULE] = { check_rule, ID_BYTES, true, NULL },
    [TABLE_OUTBOX] = { check_outbox, 1 + 1 + 8 + ID_BYTES, true, NULL },
    [TABLE_PENDING] = { check_pending, 1 + ID_BYTES, true, NULL },
    [TABLE_OPEN] = { check_open, ID_BYTES + 8, true, NULL },
    [TABLE_SENDER] = { check_sender, 1, false, NULL },
    [TABLE_EVENT] = { check_event, 8, true, NULL },
    [TABLE_SNOOZE] = { check_snooze, 8 + TENANT_BYTES + ID_BYTES, false, NULL },
    [TABLE_ANSWER] = { check_answer, ID_BYTES, true, NULL },
    [TABLE_ANSWER_AGE] = { check_answer_age, 8 + TENANT_BYTES + ID_BYTES, false, NULL },
    [TABLE_ACCESS] = { check_access, 32, false, NULL },
    [TABLE_KEY] = { check_key, ID_BYTES, true, NULL },
    [TABLE_ERASED] = { check_erased, 32, true, NULL },
    [TABLE_ERASURE] = { check_erasure, ID_BYTES, true, NULL },
    [TABLE_RETAINED] = { check_retained, ID_BYTES, true, NULL },
    [TABLE_PRICES] = { NULL, 0, true, &prices_row_record },
    [TABLE_AUDIT] = { NULL, ID_BYTES, true, &audit_row_record },
    [TABLE_SETTINGS] = { NULL, 0, true, &settings_row_record },
    [TABLE_LOOP] = { NULL, 1, true, &loop_row_record },
    [TABLE_SPEND] = { NULL, 8, true, &spend_row_record },
    [TABLE_SHARED_LIMIT] = { NULL, 1, true, &shared_limit_row_record },
    [TABLE_TURN] = { NULL, 0, true, &turn_row_record },
    [TABLE_WINDOW] = { NULL, 1, true, &window_row_record },
    [TABLE_BULK_CAP] = { NULL, 1, true, &bulk_cap_row_record },
    [TABLE_NOTE] = { check_note, 2 * ID_BYTES, true, NULL },
    [TABLE_NOTE_ID] = { check_note_id, ID_BYTES, true, NULL },
    [TABLE_DRAFT] = { NULL, ID_BYTES, true, &draft_row_record },
    [TABLE_QUARANTINE] = { check_quarantine, 1, true, NULL },
    [TABLE_TEMPLATE] = { NULL, ID_BYTES, true, &template_row_record },
    [TABLE_POOL] = { NULL, ID_BYTES, true, &pool_row_record },
    [TABLE_CAMPAIGN] = { check_campaign, ID_BYTES, true, NULL },
    [TABLE_CAMPAIGN_COUNT] = { check_campaign_count, ID_BYTES, true, NULL },
    [TABLE_CAMPAIGN_ACTIVE] = { check_nothing, ID_BYTES, true, NULL }, /* may outlive its campaign */
    [TABLE_CAMPAIGN_WAITING] = { check_campaign_waiting, 2 * ID_BYTES, true, NULL },
    [TABLE_RECIPIENT] = { check_recipient, ID_BYTES + 16, true, NULL },
    [TABLE_RECIPIENT_ADDRESS] = { check_recipient_address, ID_BYTES + 8 + 1, true, NULL },
    [TABLE_HEALTH] = { NULL, 1 + 1 + 8, true, &health_row_record },
    [TABLE_NOTICE] = { check_notice, ID_BYTES, true, NULL },
    [TABLE_NOTICE_OPEN] = { check_notice_open, 3, true, NULL },
};

/* --- what the checks share --- */

void check_found(struct check *c, const char *format, ...)
{
    char line[LINE_MAX_BYTES];
    int n = snprintf(line, sizeof line, "%s: ", table_name(c->table));
    assert(n > 0 && (size_t)n < sizeof line); /* names are short */
    va_list args;
    va_start(args, format);
    (void)vsnprintf(line + n, sizeof line - (size_t)n, format, args); /* a cut line is still read */
    va_end(args);
    c->sum.findings++;
    c->report(c->context, line);
}

bool check_has(struct check *c, enum table table, struct key key, struct str *value, bool *is_there, struct err *err)
{
    struct str unused;
    return value_get(c->txn, table, key, value ? value : &unused, is_there, err);
}

bool check_get(struct check *c, enum table table, struct key key, const struct record *record, void *row,
               bool *is_there, struct err *err)
{
    struct str bytes;
    struct err unreadable;
    if (!value_get(c->txn, table, key, &bytes, is_there, err))
        return false;
    *is_there = *is_there && record_decode(record, bytes, c->txn->arena, row, &unreadable);
    return true;
}

bool check_read(struct check *c, const struct record *record, struct str value, void *row)
{
    struct err unreadable;
    if (record_decode(record, value, c->txn->arena, row, &unreadable)) /* nothing is written: it stays where it is */
        return true;
    check_found(c, "row %lld cannot be read", (long long)c->seen[c->table]);
    return false;
}

bool check_nothing(struct check *c, int64_t tenant, struct str key, struct str value, struct err *err)
{
    (void)c;
    (void)tenant;
    (void)key;
    (void)value;
    (void)err;
    return true;
}

/* --- the walk --- */

static bool check_one(struct check *c, struct str key, struct str value, struct err *err)
{
    int64_t tenant = 0;
    size_t tenant_bytes = CHECKS[c->table].is_by_tenant ? TENANT_BYTES : 0;
    if (key.n < tenant_bytes + CHECKS[c->table].key_min) {
        check_found(c, "row %lld has a key that is too short", (long long)c->seen[c->table]);
        return true;
    }
    if (tenant_bytes)
        tenant = key_take_tenant(&key);
    if (CHECKS[c->table].row)
        return CHECKS[c->table].row(c, tenant, key, value, err);
    const struct record *record = CHECKS[c->table].record;
    void *row = arena_alloc(c->txn->arena, record->size);
    if (row)
        (void)check_read(c, record, value, row); /* what cannot be read has been told */
    return row || arena_err(c->txn->arena, err);
}

static bool check_table(struct check *c, enum table table, struct err *err)
{
    struct scan scan;
    struct str key;
    struct str value;
    bool found = true;
    bool ok = true;
    c->table = table;
    scan_begin(&scan, c->txn, table, key_begin(), SCAN_FORWARD);
    while (ok && (ok = scan_next(&scan, &key, &value, &found, err)) && found) {
        c->seen[table]++;
        if (CHECKS[table].row || CHECKS[table].record)
            ok = check_one(c, key, value, err);
        arena_reset(c->txn->arena);
    }
    scan_end(&scan);
    c->sum.rows += c->seen[table];
    return ok;
}

static void check_total(struct check *c, enum table table, int64_t counted)
{
    c->table = table;
    if (counted != c->seen[table])
        check_found(c, "the tenants count %lld, there are %lld", (long long)counted, (long long)c->seen[table]);
}

static void check_totals(struct check *c)
{
    check_total(c, TABLE_MESSAGE, c->counted_messages);
    check_total(c, TABLE_CONVERSATION, c->counted_conversations);
    check_total(c, TABLE_CONTACT, c->counted_contacts);
    check_total(c, TABLE_LEDGER, c->counted_entries);
    c->table = TABLE_MESSAGE;
    if (c->chained != c->seen[TABLE_MESSAGE])
        check_found(c, "%lld stand on the chains of their conversations, there are %lld", (long long)c->chained,
                    (long long)c->seen[TABLE_MESSAGE]);
}

bool check_knows(enum table table)
{
    return table == TABLE_META || CHECKS[table].row || CHECKS[table].record;
}

bool check_run(struct txn *txn, check_report *report, void *context, struct check_summary *out, struct err *err)
{
    struct check c = { .txn = txn, .report = report, .context = context };
    struct arena *own = txn->arena;
    struct arena scratch;
    bool ok = true;
    arena_init(&scratch, ROW_MAX_BYTES);
    txn->arena = &scratch; /* a store of any size in the memory of one row */
    for (enum table table = 0; ok && table < TABLE_COUNT; table++)
        ok = check_table(&c, table, err);
    if (ok)
        check_totals(&c);
    arena_release(&scratch);
    txn->arena = own;
    *out = c.sum;
    return ok;
}
