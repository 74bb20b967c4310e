/* The check on a store that is whole, and on the same store with every possible row missing or unreadable. */
#include "upkeep/check.h"

#include "store/campaigns.h"
#include "unit/services/worker/store/store_place.h"

enum { FOUND_MAX_BYTES = 4000, ROWS_MAX = 200 };

struct found {
    char text[FOUND_MAX_BYTES];
    size_t n;
};

static void note(void *context, const char *line)
{
    struct found *found = context;
    int n = snprintf(found->text + found->n, sizeof found->text - found->n, "%s\n", line);
    found->n = min_size(found->n + (size_t)n, sizeof found->text - 1);
}

static int64_t findings(struct txn *txn, struct found *found)
{
    struct check_summary sum;
    struct err err;
    *found = (struct found){ 0 };
    assert_true(check_run(txn, note, found, &sum, &err));
    return sum.findings;
}

/* The i-th key of a table. False: it has no more. */
static bool key_at(struct txn *txn, enum table table, size_t i, struct key *key)
{
    struct scan scan;
    struct str rest;
    struct str value;
    struct err err;
    bool found = true;
    scan_begin(&scan, txn, table, key_begin(), SCAN_FORWARD);
    for (size_t at = 0; found && at <= i; at++)
        assert_true(scan_next(&scan, &rest, &value, &found, &err));
    if (found) {
        *key = key_begin();
        key_bytes(key, rest.p, rest.n);
    }
    scan_end(&scan);
    return found;
}

/* A note, a draft, and what was put aside. */
static void add_office(struct txn *txn)
{
    const struct id conversation = { { 7 } };
    const struct note_row note = { .id = txn_id(txn), .conversation = conversation, .text = STR("calls back") };
    const struct draft_row draft = { .text = STR("Dear") };
    const struct quarantine_row aside = { .id = txn_id(txn), .kind = STR("inbound"), .name = STR("inbound u-1") };
    struct err err;
    assert_true(ROW_PUT(txn, TABLE_NOTE, key_of_note(1, conversation, note.id), note_row, &note, &err));
    assert_true(
        value_put(txn, TABLE_NOTE_ID, key_of_id(1, note.id), str_bytes((const char *)conversation.b, ID_BYTES), &err));
    assert_true(ROW_PUT(txn, TABLE_DRAFT, key_of_draft(1, conversation, STR("ann")), draft_row, &draft, &err));
    assert_true(ROW_PUT(txn, TABLE_QUARANTINE, key_of_text(1, aside.name), quarantine_row, &aside, &err));
}

/* The first message that waits becomes one of this campaign. */
static void add_waiting(struct txn *txn, struct id campaign)
{
    struct key key;
    struct err err;
    struct message_row message;
    struct pending_row pending;
    bool found;
    assert_true(key_at(txn, TABLE_OUTBOX, 0, &key));
    struct str id = str_slice(key_str(&key), key.n - ID_BYTES, key.n);
    assert_true(message_get(txn, 1, key_take_id(&id), &message, &found, &err) && found);
    assert_true(
        ROW_GET(txn, TABLE_PENDING, key_of_pending(1, message.to, message.id), pending_row, &pending, &found, &err) &&
        found);
    message.campaign = campaign;
    assert_true(message_put(txn, 1, &message, &err));
    assert_true(outbox_add(txn, 1, &message, pending.due, &err));
}

static void add_bulk(struct txn *txn)
{
    const struct template_row template = { .id = txn_id(txn), .name = STR("hello") };
    const struct pool_row pool = { .id = txn_id(txn), .name = STR("all") };
    const struct campaign_count_row counts = { .queued = 1 };
    const struct str people[] = { STR("+15550100001"), STR("+15550100002"), STR("+15550100003") };
    struct campaign_row campaign;
    struct err err;
    record_init(&campaign_row_record, &campaign);
    campaign.id = txn_id(txn);
    campaign.state = CAMPAIGN_RUNNING;
    campaign.generation = 1;
    for (size_t i = 0; i < COUNT(people); i++) {
        const struct recipient_row row = { .address = people[i] };
        bool is_new;
        int64_t line;
        assert_true(recipient_add(txn, 1, &campaign, &row, &is_new, &line, &err) && is_new);
    }
    assert_true(campaign_put(txn, 1, &campaign, &err));
    assert_true(campaign_counts_put(txn, 1, campaign.id, &counts, &err));
    assert_true(ROW_PUT(txn, TABLE_TEMPLATE, key_of_id(1, template.id), template_row, &template, &err));
    assert_true(ROW_PUT(txn, TABLE_POOL, key_of_id(1, pool.id), pool_row, &pool, &err));
    add_waiting(txn, campaign.id);
}

/* The small store of layout 1, migrated, and what came after it: some of nearly everything. */
static int a_lived_in_store(void **state)
{
    struct place *place = calloc(1, sizeof *place);
    struct err err;
    char command[256];
    (void)snprintf(place->folder, sizeof place->folder, "/tmp/parley-check-XXXXXX");
    assert_non_null(mkdtemp(place->folder));
    (void)snprintf(place->url, sizeof place->url, "lmdb:%s", place->folder);
    (void)snprintf(command, sizeof command, "cp '%s/stores/v1/data.mdb' '%s'", VECTORS_DIR, place->folder);
    assert_int_equal(system(command), 0);
    arena_init(&place->arena, 16 * 1024 * 1024);
    assert_true(store_open(&place->store, place->url, &err));
    struct txn txn = write_begun(place);
    add_office(&txn);
    add_bulk(&txn);
    committed(&txn);
    *state = place;
    return 0;
}

static void a_whole_store_has_no_finding(void **state)
{
    struct place *place = *state;
    struct txn txn = read_begun(place);
    struct found found;
    int64_t n = findings(&txn, &found);
    if (n > 0)
        print_error("%s", found.text);
    assert_int_equal(n, 0);
    store_abort(&txn);
}

/* Tables whose rows something else leads to, or counts. */
static const enum table MISSED[] = {
    TABLE_TENANT,
    TABLE_NUMBER,
    TABLE_NUMBER_ID,
    TABLE_CONTACT,
    TABLE_CONTACT_ADDRESS,
    TABLE_CONVERSATION,
    TABLE_CONVERSATION_PAIR,
    TABLE_CONVERSATION_LIST,
    TABLE_MESSAGE,
    TABLE_UUID,
    TABLE_CONSENT,
    TABLE_LEDGER,
    TABLE_LEDGER_CONTACT,
    TABLE_OUTBOX,
    TABLE_PENDING,
    TABLE_OPEN,
    TABLE_EVENT,
    TABLE_SNOOZE,
    TABLE_ANSWER,
    TABLE_ANSWER_AGE,
    TABLE_KEY,
    TABLE_NOTE,
    TABLE_NOTE_ID,
    TABLE_CAMPAIGN_ACTIVE,
    TABLE_CAMPAIGN_WAITING,
    TABLE_RECIPIENT,
    TABLE_RECIPIENT_ADDRESS,
};

static void every_row_that_is_gone_is_missed(void **state)
{
    struct place *place = *state;
    for (size_t t = 0; t < COUNT(MISSED); t++) {
        size_t i = 0;
        for (; i < ROWS_MAX; i++) {
            struct txn txn = write_begun(place);
            struct found found;
            struct key key;
            struct err err;
            bool is_there = key_at(&txn, MISSED[t], i, &key);
            if (is_there) {
                assert_true(row_delete(&txn, MISSED[t], key, &err));
                if (findings(&txn, &found) == 0)
                    fail_msg("row %zu of table %d is gone, and nobody misses it", i, (int)MISSED[t]);
            }
            store_abort(&txn);
            if (!is_there)
                break;
        }
        if (i == 0)
            fail_msg("table %d is empty: nothing was tried", (int)MISSED[t]);
    }
}

/* Tables of rows; the others hold an id, an address or nothing. */
static const enum table ROWS_OF[] = {
    TABLE_TENANT,   TABLE_NUMBER,         TABLE_LIMIT,     TABLE_CONTACT,    TABLE_CONVERSATION, TABLE_MESSAGE,
    TABLE_UUID,     TABLE_REPORT,         TABLE_ORPHAN,    TABLE_CONSENT,    TABLE_LEDGER,       TABLE_RULE,
    TABLE_PENDING,  TABLE_OPEN,           TABLE_SENDER,    TABLE_EVENT,      TABLE_ANSWER,       TABLE_ACCESS,
    TABLE_KEY,      TABLE_NOTE,           TABLE_DRAFT,     TABLE_QUARANTINE, TABLE_TEMPLATE,     TABLE_POOL,
    TABLE_CAMPAIGN, TABLE_CAMPAIGN_COUNT, TABLE_RECIPIENT,
};

static void a_row_that_cannot_be_read_is_a_finding_of_its_table(void **state)
{
    struct place *place = *state;
    for (size_t t = 0; t < COUNT(ROWS_OF); t++) {
        struct txn txn = write_begun(place);
        struct found found;
        struct key key;
        struct err err;
        assert_true(key_at(&txn, ROWS_OF[t], 0, &key));
        assert_true(value_put(&txn, ROWS_OF[t], key, STR("\xc1"), &err)); /* never a msgpack map */
        assert_true(findings(&txn, &found) > 0);
        if (!strstr(found.text, "cannot be read"))
            fail_msg("table %d: only\n%s", (int)ROWS_OF[t], found.text);
        store_abort(&txn);
    }
}

static void no_table_is_passed_over(void **state)
{
    (void)state;
    for (enum table table = 0; table < TABLE_COUNT; table++)
        if (!check_knows(table))
            fail_msg("table %d has no line in upkeep/check.c", (int)table);
}

static void a_key_that_is_too_short_ends_no_process(void **state)
{
    struct place *place = *state;
    for (enum table table = TABLE_TENANT; table < TABLE_COUNT; table++) {
        struct txn txn = write_begun(place);
        struct found found;
        struct err err;
        assert_true(value_put(&txn, table, key_of_name(STR("\x01")), STR(""), &err));
        (void)findings(&txn, &found); /* not of every table a finding; for all a test that nothing asserts */
        store_abort(&txn);
    }
}

static void a_second_place_in_the_outbox_is_found(void **state)
{
    struct place *place = *state;
    struct txn txn = write_begun(place);
    struct found found;
    struct key key;
    struct err err;
    struct str address;
    bool is_there;
    assert_true(key_at(&txn, TABLE_OUTBOX, 0, &key));
    assert_true(value_get(&txn, TABLE_OUTBOX, key, &address, &is_there, &err) && is_there);
    key.b[key.n - ID_BYTES - 1]++; /* due a moment later */
    assert_true(value_put(&txn, TABLE_OUTBOX, key, address, &err));
    assert_int_equal(findings(&txn, &found), 1);
    assert_non_null(strstr(found.text, "a second time"));
    store_abort(&txn);
}

static void a_changed_entry_of_the_ledger_is_found(void **state)
{
    struct place *place = *state;
    struct txn txn = write_begun(place);
    struct found found;
    struct ledger_row row;
    struct err err;
    bool is_there;
    assert_true(ROW_GET(&txn, TABLE_LEDGER, key_of_number(1, 2), ledger_row, &row, &is_there, &err) && is_there);
    row.at++;
    assert_true(ROW_PUT(&txn, TABLE_LEDGER, key_of_number(1, 2), ledger_row, &row, &err));
    assert_int_equal(findings(&txn, &found), 1);
    assert_non_null(strstr(found.text, "entry 2"));
    store_abort(&txn);
}

static bool any_message(struct txn *txn, size_t i, struct message_row *row)
{
    struct key key;
    struct err err;
    bool is_there;
    if (!key_at(txn, TABLE_MESSAGE, i, &key))
        return false;
    assert_true(ROW_GET(txn, TABLE_MESSAGE, key, message_row, row, &is_there, &err) && is_there);
    return true;
}

static void a_uuid_that_leads_astray_is_found(void **state)
{
    struct place *place = *state;
    struct txn txn = write_begun(place);
    struct found found;
    struct message_row row;
    struct err err;
    assert_true(any_message(&txn, 0, &row));
    assert_true(uuid_put(&txn, 1, STR("one-too-many"), row.id, 0, &err));
    assert_int_equal(findings(&txn, &found), 1);
    assert_non_null(strstr(found.text, "which has another"));
    store_abort(&txn);
    txn = write_begun(place);
    assert_true(uuid_put(&txn, 1, STR("erased-before-it-came"), (struct id){ 0 }, 0, &err));
    assert_int_equal(findings(&txn, &found), 0);
    store_abort(&txn);
}

static void a_link_that_leads_astray_is_found(void **state)
{
    struct place *place = *state;
    struct found found;
    struct message_row row;
    int tried = 0;
    for (size_t i = 0;; i++) {
        struct err err;
        struct txn txn = write_begun(place);
        bool is_there = any_message(&txn, i, &row);
        bool is_linked = is_there && id_is_set(row.previous);
        if (is_linked) {
            tried++;
            row.previous = row.id; /* to itself */
            assert_true(ROW_PUT(&txn, TABLE_MESSAGE, key_of_id(1, row.id), message_row, &row, &err));
            assert_true(findings(&txn, &found) > 0);
            row.previous = (struct id){ 0 };
            assert_true(ROW_PUT(&txn, TABLE_MESSAGE, key_of_id(1, row.id), message_row, &row, &err));
            assert_true(findings(&txn, &found) > 0);
        }
        store_abort(&txn);
        if (!is_there)
            break;
    }
    assert_true(tried > 0);
}

static void a_counter_that_is_off_is_found(void **state)
{
    struct place *place = *state;
    struct txn txn = write_begun(place);
    struct found found;
    struct tenant_row row;
    struct err err;
    bool is_there;
    assert_true(tenant_get(&txn, 1, &row, &is_there, &err) && is_there);
    row.messages++;
    assert_true(tenant_put(&txn, 1, &row, &err));
    committed(&txn); /* which is when a tenant's row is written */
    txn = read_begun(place);
    assert_int_equal(findings(&txn, &found), 1);
    store_abort(&txn);
}

#define ON_A_LIVED_IN_STORE(test) cmocka_unit_test_setup_teardown(test, a_lived_in_store, gone)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_A_LIVED_IN_STORE(a_whole_store_has_no_finding),
        ON_A_LIVED_IN_STORE(every_row_that_is_gone_is_missed),
        ON_A_LIVED_IN_STORE(a_row_that_cannot_be_read_is_a_finding_of_its_table),
        cmocka_unit_test(no_table_is_passed_over),
        ON_A_LIVED_IN_STORE(a_key_that_is_too_short_ends_no_process),
        ON_A_LIVED_IN_STORE(a_second_place_in_the_outbox_is_found),
        ON_A_LIVED_IN_STORE(a_changed_entry_of_the_ledger_is_found),
        ON_A_LIVED_IN_STORE(a_uuid_that_leads_astray_is_found),
        ON_A_LIVED_IN_STORE(a_link_that_leads_astray_is_found),
        ON_A_LIVED_IN_STORE(a_counter_that_is_off_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
