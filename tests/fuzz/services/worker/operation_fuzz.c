/* What a peer may ask of the worker, applied to a small store and thrown away again: no request ends the process, whatever
 * it holds. Input: up to STEPS_MAX steps of one transaction, each an operation's number, two bytes of length, and a msgpack
 * body. In a body, "MESSAGE-ID------" and its kin (MARKS) stand for the ids of what is in the store. */
#include "apply/apply.h"
#include "apply/rule_cache.h"
#include "apply/settings_cache.h"
#include "io/log.h"
#include "query/query.h"
#include "store/store.h"
#include "store/lmdb_private.h"
#include "upkeep/check.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { STEPS_MAX = 12, ARENA_BYTES = 32 * 1024 * 1024, REPLY_BYTES = 16 * 1024 * 1024, MARK_BYTES = ID_BYTES };
#define NOW_MS INT64_C(1700000000000)
#define BOOT_US INT64_C(1000000000)
#define OURS STR("+15550100000")
#define THEIRS STR("+15550100042")

static const char *const MARKS[] = { "MESSAGE-ID------", "CONVERSATION-ID-", "CONTACT-ID------", "RULE-ID---------",
                                     "NUMBER-ID-------" };

static struct {
    struct store *store;
    struct arena arena;
    struct told told[TOLD_MAX];
    struct settings settings;
    struct id ids[COUNT(MARKS)];
    struct buf reply;
} house;

static struct txn begun(void)
{
    static const uint8_t CHANCE[16] = { 1, 2, 3 };
    struct txn txn;
    struct err err;
    assert(store_begin_write(house.store, &house.arena, &txn, &err));
    txn.told = house.told;
    txn.chance = CHANCE;
    txn.now_ms = NOW_MS;
    txn.boot_us = BOOT_US;
    txn.actor = STR("fuzz");
    return txn;
}

/* Decodes, runs and encodes as the worker's loop and readers do. False: refused. */
static bool run(struct txn *txn, enum operation operation, struct str body, void **reply)
{
    const struct operation_row *row = operation_row(operation);
    apply_function *apply = apply_row(operation)->apply;
    query_function *function = apply ? apply : query_find(operation);
    struct err err = { 0 };
    if (!function || operation == OP_backup) /* a backup writes where it is told to */
        return false;
    void *request = arena_alloc(&house.arena, row->request->size);
    *reply = arena_alloc(&house.arena, row->reply->size);
    if (!request || !*reply || !record_decode(row->request, body, &house.arena, request, &err))
        return false;
    record_init(row->reply, *reply);
    bool ok = function(txn, FIRST_TENANT, &house.settings, request, *reply, &err);
    assert(ok || err.kind != ERR_NONE);
    assert(ok || err.kind != ERR_BROKEN); /* that would be our fault */
    buf_clear(&house.reply);
    return ok && record_encode(row->reply, *reply, &house.reply);
}

static void *must(struct txn *txn, enum operation operation, const void *request)
{
    AUTO(buf_release) struct buf body;
    void *reply = NULL;
    buf_init(&body, 64 * 1024);
    assert(record_encode(operation_row(operation)->request, request, &body));
    struct str kept = arena_dup(&house.arena, buf_str(&body));
    assert(run(txn, operation, kept, &reply));
    return reply;
}

/* Somebody who wrote and was answered, an attempt in the sender's hand, a rule. */
static void furnish(void)
{
    struct err err;
    struct txn txn = begun();
    assert(bootstrap_apply(&txn, OURS, false, STR(""), &err));
    struct inbound_event event = {
        .uuid = STR("u-1"), .from = THEIRS, .to = OURS, .text = STR("Hello"), .received_at = NOW_MS
    };
    struct inbound_batch batch = { .events = { &event, 1 } };
    (void)must(&txn, OP_inbound, &batch);
    struct rule_match match = { .kind = MATCH_CONTAINS, .words = { &STR("pizza"), 1 } };
    struct rule_action action = { .kind = ACTION_REPLY, .text = STR("Hi {{contact.name|there}}") };
    struct rule_changes changes = { .name = STR("r"), .enabled = true, .match = &match, .actions = { &action, 1 } };
    struct rule_patch rule = { .present = -1, .changes = &changes };
    house.ids[3] = ((struct rule_view *)must(&txn, OP_rule_create, &rule))->id;
    struct send_command send = { .to = THEIRS, .text = STR("Hi"), .source = STR("api") };
    struct message_view *message = must(&txn, OP_send, &send);
    struct hello hello = { .sender = STR("s") };
    struct welcome *welcome = must(&txn, OP_hello, &hello);
    struct grant_request grant = { .sender = STR("s"), .epoch = welcome->epoch, .number = 1, .max = 1 };
    (void)must(&txn, OP_grant, &grant);
    house.ids[0] = message->id;
    house.ids[1] = message->conversation_id;
    struct page_query all = { .limit = 1 };
    house.ids[2] = ((struct contact_page *)must(&txn, OP_contacts, &all))->data.v[0].id;
    house.ids[4] = ((struct number_page *)must(&txn, OP_numbers, &all))->data.v[0].id;
    assert(store_commit(&txn, &err));
    store_abort(&txn);
}

static void open_house(void)
{
    static char folder[] = "/tmp/parley-fuzz-XXXXXX";
    char url[64];
    struct err err;
    assert(log_init("fuzz", STR("error"), STR("json"), &err) && mkdtemp(folder));
    (void)snprintf(url, sizeof url, "lmdb:%s", folder); /* fits */
    arena_init(&house.arena, ARENA_BYTES);
    buf_init(&house.reply, REPLY_BYTES);
    house.settings = (struct settings){ .number_rate = 1000,
                                        .confirm_after_ms = 1000,
                                        .unconfirmed_max_ms = 60000,
                                        .event_days = 1,
                                        .rules = rule_cache_new(),
                                        .tenants = settings_cache_new() };
    assert(house.settings.rules && store_open(&house.store, url, &err));
    char command[80];
    (void)snprintf(command, sizeof command, "rm -r '%s'", folder);
    assert(system(command) == 0); /* it lives on in our hands, and ends with us */
    furnish();
}

static struct str with_ids(struct str body)
{
    struct str copy = arena_dup(&house.arena, body);
    for (size_t at = 0; at + MARK_BYTES <= copy.n; at++)
        for (size_t i = 0; i < COUNT(MARKS); i++)
            if (memcmp(copy.p + at, MARKS[i], MARK_BYTES) == 0)
                memcpy((char *)(uintptr_t)copy.p + at, house.ids[i].b, ID_BYTES);
    return copy;
}

static void tell(void *context, const char *line)
{
    (void)context;
    (void)fprintf(stderr, "%s\n", line); /* the assertion below ends the process */
}

/* Whatever was asked, every row and every directory lead to each other. */
static void must_be_whole(struct txn *txn)
{
    struct check_summary sum;
    struct err err;
    assert(tenant_flush(txn, &err)); /* as a commit would: a tenant's row is written with it */
    assert(check_run(txn, tell, NULL, &sum, &err) && sum.findings == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str rest = str_bytes(data, size);
    struct err err;
    bool is_half_done = false;
    if (!house.store)
        open_house();
    arena_reset(&house.arena);
    struct txn txn = begun();
    for (int step = 0; step < STEPS_MAX && rest.n >= 3; step++) {
        size_t n = (size_t)(uint8_t)rest.p[1] << 8 | (uint8_t)rest.p[2];
        enum operation operation = (enum operation)((uint8_t)rest.p[0] % OPERATION_COUNT);
        struct str body = with_ids(str_slice(rest, 3, n));
        void *reply;
        txn.now_ms = NOW_MS + step * 1000;
        txn.boot_us = BOOT_US + step * INT64_C(1000000);
        txn_mark(&txn);
        is_half_done = str_is_set(body) && !run(&txn, operation, body, &reply) && txn.is_dirty;
        if (is_half_done)
            break; /* the loop throws such a transaction away, too */
        rest = str_slice(rest, min_size(rest.n, 3 + n), rest.n);
    }
    if (!txn.is_broken && !is_half_done && txn.told_n < TOLD_MAX / 2) {
        is_half_done = !tick_apply(&txn, &house.settings, &err);
        assert(!is_half_done || err.kind != ERR_BROKEN);
    }
    if (!txn.is_broken && !is_half_done)
        must_be_whole(&txn);
    store_abort(&txn);
    rule_cache_forget(house.settings.rules);
    settings_cache_forget(house.settings.tenants);
    return 0;
}
