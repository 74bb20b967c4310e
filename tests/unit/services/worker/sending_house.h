/* sending_house.h - a worker's store with tenants and numbers in it, and the sender played by hand: for tests of what leaves, and when.
 *
 * Promise: time is the test's own; nothing is committed before the test says so.
 * Memory:  what an operation answers lives until the next one.
 * Threads: one.
 */
#ifndef PARLEY_SENDING_HOUSE_H
#define PARLEY_SENDING_HOUSE_H
#include "apply/apply.h"
#include "apply/rule_cache.h"
#include "apply/settings_cache.h"
#include "io/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

enum { HOUSE_ARENA_BYTES = 256 * 1024 * 1024, SECOND_MS = 1000 };
#define HOUSE_BORN_MS INT64_C(1790000000000) /* 2026-09-21 */

struct sending_house {
    char folder[64];
    struct store *store;
    struct arena arena;
    struct told told[TOLD_MAX];
    struct settings settings;
    struct txn txn;
    uint8_t chance[16];
    int64_t now_ms, boot_us;
    int64_t epoch, grant;
};

/* What the worker's loop does before each request. */
static inline void house_stamp(struct sending_house *h)
{
    h->chance[0]++;
    h->chance[1] = (uint8_t)(h->chance[1] + (h->chance[0] == 0 ? 1 : 0));
    arena_reset(&h->arena);
    h->txn.now_ms = h->now_ms;
    h->txn.boot_us = h->boot_us;
    h->txn.chance = h->chance;
    h->txn.chance_used = 0;
    h->txn.actor = STR("test");
    h->txn.prices = NULL;
    h->txn.told = h->told;
    h->txn.told_n = 0;
}

static inline void house_begin(struct sending_house *h)
{
    struct err err;
    assert_true(store_begin_write(h->store, &h->arena, &h->txn, &err));
    house_stamp(h);
}

static inline void house_commit(struct sending_house *h)
{
    struct err err;
    assert_true(store_commit(&h->txn, &err));
    store_abort(&h->txn);
    house_begin(h);
}

/* As after a kill -9: nothing since the last commit has happened. */
static inline void house_crash(struct sending_house *h)
{
    store_abort(&h->txn);
    rule_cache_forget(h->settings.rules);
    settings_cache_forget(h->settings.tenants);
    house_begin(h);
}

static inline void house_pass(struct sending_house *h, int64_t ms)
{
    h->now_ms += ms;
    h->boot_us += ms * 1000;
}

static inline struct sending_house *house_open(const struct settings *settings)
{
    struct sending_house *h = calloc(1, sizeof *h);
    char url[80];
    struct err err;
    assert_non_null(h);
    assert_true(log_init("test", STR("error"), STR("json"), &err));
    (void)snprintf(h->folder, sizeof h->folder, "/tmp/parley-sending-XXXXXX");
    assert_non_null(mkdtemp(h->folder));
    (void)snprintf(url, sizeof url, "lmdb:%s/store", h->folder);
    arena_init(&h->arena, HOUSE_ARENA_BYTES);
    h->settings = *settings;
    h->settings.rules = rule_cache_new();
    h->settings.tenants = settings_cache_new();
    h->now_ms = HOUSE_BORN_MS;
    h->boot_us = INT64_C(1000000000);
    assert_true(store_open(&h->store, url, &err));
    house_begin(h);
    return h;
}

static inline void house_close(struct sending_house *h)
{
    char command[128];
    store_abort(&h->txn);
    store_close(&h->store);
    rule_cache_free(h->settings.rules);
    settings_cache_free(h->settings.tenants);
    arena_release(&h->arena);
    (void)snprintf(command, sizeof command, "rm -r '%s'", h->folder);
    assert_int_equal(system(command), 0); /* NOLINT(cert-env33-c): a folder of our own making */
    free(h);
}

/* `rate` 0: the default. */
static inline void house_number(struct sending_house *h, int64_t tenant, const char *address, double rate,
                                const char *campaign)
{
    struct tenant_row head;
    struct number_row number;
    struct err err;
    bool found;
    house_stamp(h);
    assert_true(tenant_get(&h->txn, tenant, &head, &found, &err));
    if (!found) {
        record_init(&tenant_row_record, &head);
        head.name = STR("Tenant");
        head.address_key = STR("0123456789abcdef0123456789abcdef");
        head.default_number = str_of(address);
        head.event_tail = 1;
        assert_true(tenant_put(&h->txn, tenant, &head, &err));
    }
    assert_true(number_make(&h->txn, tenant, str_of(address), NUMBER_ACTIVE, &number, &err));
    number.rate = rate;
    number.campaign = str_of(campaign);
    assert_true(number_put(&h->txn, tenant, &number, &err));
}

static inline struct id house_send(struct sending_house *h, int64_t tenant, const char *from, const char *to,
                                   const char *text, const char *class)
{
    struct send_command send = {
        .to = str_of(to), .text = str_of(text), .from = str_of(from), .class = str_of(class), .source = STR("api")
    };
    struct message_view message;
    struct err err = { 0 };
    house_stamp(h);
    if (!send_apply(&h->txn, tenant, &h->settings, &send, &message, &err))
        fail_msg("send: %s %s", err.field, err.text);
    return message.id;
}

static inline void house_hello(struct sending_house *h)
{
    const struct hello hello = { .sender = STR("s") };
    struct welcome welcome;
    struct err err;
    house_stamp(h);
    assert_true(hello_apply(&h->txn, 0, &h->settings, &hello, &welcome, &err));
    h->epoch = welcome.epoch;
    h->grant = 0;
}

/* `in_hand` as the sender lists them. The answer lives until the next operation. */
static inline const struct grant_answer *house_grant(struct sending_house *h, int64_t max, struct attempt_ref *in_hand,
                                                     size_t n)
{
    static struct grant_answer answer;
    struct grant_request asked = { .sender = STR("s"), .epoch = h->epoch, .number = ++h->grant, .max = max };
    struct err err = { 0 };
    asked.in_hand.v = in_hand;
    asked.in_hand.n = n;
    house_stamp(h);
    record_init(&grant_answer_record, &answer);
    if (!grant_apply(&h->txn, 0, &h->settings, &asked, &answer, &err))
        fail_msg("grant: %s %s", err.field, err.text);
    return &answer;
}

static inline void house_outcome(struct sending_house *h, struct attempt_ref ref, enum call_outcome outcome,
                                 int64_t http_status, int64_t retry_in_ms)
{
    struct outcome_event event = { .tenant = ref.tenant,
                                   .message = ref.message,
                                   .attempt = ref.attempt,
                                   .outcome = outcome,
                                   .http_status = http_status,
                                   .retry_in_ms = retry_in_ms,
                                   .is_free = http_status == 429 };
    struct outcome_batch batch = { .sender = STR("s"), .epoch = h->epoch };
    struct event_answers answers;
    struct err err = { 0 };
    char uuid[ID_TEXT_CHARS + 16];
    (void)snprintf(uuid, sizeof uuid, "%s-%d", id_text(ref.message).c, (int)ref.attempt);
    event.uuid = outcome == CALL_ACCEPTED ? str_of(uuid) : (struct str){ 0 };
    batch.outcomes.v = &event;
    batch.outcomes.n = 1;
    house_stamp(h);
    if (!outcome_apply(&h->txn, 0, &h->settings, &batch, &answers, &err))
        fail_msg("outcome: %s %s", err.field, err.text);
}

#endif
