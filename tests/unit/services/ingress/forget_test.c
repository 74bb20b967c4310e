/* The shelves of a real spool on a real disk; the worker is away. */
#include "ack.h"
#include "forget.h"
#include "io/clock.h"
#include "io/log.h"
#include "metrics.h"
#include "spool.h"

#include "unit/services/ingress/hook.h"

#define DAY_MS INT64_C(86400000)

static char folder[64];
static struct bus_client *client;

static int fresh(void **unused)
{
    (void)unused;
    struct err err;
    assert_true(log_init("test", STR("error"), STR("text"), &err));
    (void)snprintf(folder, sizeof folder, "/tmp/parley-forget-XXXXXX");
    assert_non_null(mkdtemp(folder));
    return 0;
}

static int released(void **unused)
{
    (void)unused;
    folder_remove(folder);
    return 0;
}

/* So many days ago. */
static void keep(struct spool_store *store, int64_t days)
{
    struct err err;
    int64_t at = clock_wall_ms() - days * DAY_MS;
    char identity[SPOOL_IDENTITY_BYTES] = { 0 };
    struct spool_aside aside = { .at = at, .identity = str_bytes(identity, sizeof identity), .event = STR("x") };
    struct rejected_request request = { .at = at, .status = 403, .body = STR("x") };
    if (!spool_begin(store, &err) || !spool_put_aside(store, &aside, &err) || !spool_reject(store, &request, &err) ||
        !spool_commit(store, &err))
        fail_msg("%s", err.text);
}

static size_t left(enum spool_shelf shelf)
{
    struct arena arena;
    struct spool_aside *asides;
    struct rejected_request *requests;
    struct err err;
    size_t n;
    arena_init(&arena, 1 << 20);
    assert_true(shelf == SHELF_ASIDE ? spool_asides(spool_opened(), 0, 100, &arena, &asides, &n, &err)
                                     : spool_rejected(spool_opened(), 0, 100, &arena, &requests, &n, &err));
    arena_release(&arena);
    return n;
}

static void what_is_too_old_goes_though_nobody_answers(void **unused)
{
    (void)unused;
    struct spool_store *store;
    struct err err;
    char nobody[128];
    int64_t before = metric_get(&metric_forgotten_old);
    if (!spool_store_open(&store, folder, SPOOL_OWN, 0, &err))
        fail_msg("%s", err.text);
    keep(store, 31);
    keep(store, 31);
    keep(store, 29);
    spool_store_close(&store);
    (void)snprintf(nobody, sizeof nobody, "ipc://%s/nobody.sock", folder);
    if (!bus_client_open(&client, nobody, "worker", &err) || !spool_start(folder, 1 << 20, acks_spooled, &err) ||
        !acks_start(50, &err) || !forget_start(client, 30, &err))
        fail_msg("%s", err.text);
    eventually(left(SHELF_ASIDE) == 1 && left(SHELF_REJECTED) == 0);
    eventually(metric_get(&metric_forgotten_old) == before + 5);
    forget_stop();
    spool_stop();
    bus_client_close(&client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_too_old_goes_though_nobody_answers, fresh, released),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
