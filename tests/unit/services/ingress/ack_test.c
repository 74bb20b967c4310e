/* Lanes, spool, relay and outcomes together, on a real bus socket and a real disk; the worker is a double. */
#include "ack.h"
#include "io/log.h"
#include "metrics.h"
#include "outcomes.h"
#include "relay.h"

#include "unit/services/ingress/hook.h"

#include <signal.h>
#include <sys/resource.h>

enum { BUDGET_MS = 50, CROWD = 200 };

static char folder[64], spool_folder[96];
static struct peer worker;
static struct bus_client *client;
static bool is_up;
static int64_t unanswered_before;

static void ingress_up(int64_t budget_ms, int64_t spool_bytes)
{
    struct err err;
    if (!bus_client_open(&client, worker.endpoint, "worker", &err) ||
        !spool_start(spool_folder, spool_bytes, acks_spooled, &err) || !acks_start(budget_ms, &err) ||
        !outcomes_start(client, &err) || !relay_start(client, client, &err))
        fail_msg("%s", err.text);
    unanswered_before = metric_get(&metric_unanswered_inbound);
    is_up = true;
}

static void ingress_down(void)
{
    if (!is_up)
        return;
    relay_stop();
    outcomes_stop();
    spool_stop();
    bus_client_close(&client);
    is_up = false;
}

static int fresh(void **unused)
{
    (void)unused;
    struct err err;
    assert_true(log_init("test", STR("error"), STR("text"), &err));
    (void)snprintf(folder, sizeof folder, "/tmp/parley-ack-XXXXXX");
    assert_non_null(mkdtemp(folder));
    (void)snprintf(spool_folder, sizeof spool_folder, "%s/spool", folder);
    peer_init(&worker, folder);
    return 0;
}

static int released(void **unused)
{
    (void)unused;
    ingress_down();
    peer_release(&worker);
    folder_remove(spool_folder);
    folder_remove(folder);
    return 0;
}

static bool is_kept(const char *uuid)
{
    pthread_mutex_lock(&worker.lock);
    bool is_there = peer_keeps(&worker, str_of(uuid));
    pthread_mutex_unlock(&worker.lock);
    return is_there;
}

/* The first call is over: what a worker hears from now on is the spool's replay. */
static void direct_call_given_up(void)
{
    eventually(metric_get(&metric_unanswered_inbound) > unanswered_before);
}

static bool spool_is_empty(void)
{
    return spool_waiting(SPOOL_INBOUND) == 0;
}

/* --- the promises ------------------------------------------------------------------------------------------------- */

static void a_committed_event_is_answered_from_the_worker(void **unused)
{
    (void)unused;
    peer_start(&worker);
    ingress_up(2000, 1 << 20);
    assert_int_equal(webhook("u1", "hi"), ACK_COMMITTED);
    assert_int_equal(webhook("u1", "hi"), ACK_COMMITTED);
    assert_int_equal(webhook("u2", "STOP"), ACK_COMMITTED);
    assert_int_equal(peer_count(&worker, &worker.n), 2);
    assert_true(spool_is_empty());
}

static void a_quarantined_event_counts_as_taken(void **unused)
{
    (void)unused;
    atomic_store(&worker.mode, PEER_QUARANTINES);
    peer_start(&worker);
    ingress_up(2000, 1 << 20);
    assert_int_equal(webhook("u1", "hi"), ACK_COMMITTED);
    assert_true(spool_is_empty());
}

static void without_a_worker_an_event_is_spooled_and_replayed_later(void **unused)
{
    (void)unused;
    ingress_up(BUDGET_MS, 1 << 20);
    assert_int_equal(webhook("u1", "hi"), ACK_SPOOLED);
    assert_int_equal(spool_waiting(SPOOL_INBOUND), 1);
    assert_int_equal(webhook("u1", "hi"), ACK_SPOOLED);                /* Plivo repeats itself: kept once */
    assert_int_equal(spool_waiting(SPOOL_INBOUND), 1);
    peer_start(&worker);
    eventually(spool_is_empty());
    assert_true(is_kept("u1"));
    assert_int_equal(peer_count(&worker, &worker.n), 1);
    eventually(webhook("u2", "hi") == ACK_COMMITTED);                  /* the straight way is open again */
}

static void an_opt_out_is_spooled_but_not_acknowledged(void **unused)
{
    (void)unused;
    ingress_up(BUDGET_MS, 1 << 20);
    struct hook hook = hook_of("stop", "STOP");
    (void)hook_run(&hook);
    assert_int_equal(hook.answer, ACK_BUSY);
    assert_int_equal(spool_waiting(SPOOL_INBOUND), 1);
    assert_true(hook.took_ms >= ACK_PATIENCE_MS && hook.took_ms < 8000);   /* Plivo waits 8 s */
}

static void an_opt_out_that_waits_is_answered_when_its_replay_commits(void **unused)
{
    (void)unused;
    ingress_up(BUDGET_MS, 1 << 20);
    struct hook first = hook_of("stop", "STOP"), again = hook_of("stop", "STOP");
    hook_begin(&first);
    hook_begin(&again);
    eventually(spool_waiting(SPOOL_INBOUND) == 1);
    direct_call_given_up();
    peer_start(&worker);
    hook_end(&first);
    hook_end(&again);
    assert_int_equal(first.answer, ACK_COMMITTED);
    assert_int_equal(again.answer, ACK_COMMITTED);
    assert_int_equal(peer_count(&worker, &worker.n), 1);
    eventually(spool_is_empty());
}

static void what_the_worker_puts_off_is_spooled_and_asked_again(void **unused)
{
    (void)unused;
    atomic_store(&worker.mode, PEER_SAYS_LATER);
    peer_start(&worker);
    ingress_up(2000, 1 << 20);
    assert_int_equal(webhook("u1", "hi"), ACK_SPOOLED);
    atomic_store(&worker.mode, PEER_COMMITS);
    eventually(spool_is_empty());
    assert_true(is_kept("u1"));
}

static void while_the_spool_holds_any_new_events_go_behind_it(void **unused)
{
    (void)unused;
    char uuid[PEER_UUID_BYTES];
    ingress_up(BUDGET_MS, 1 << 20);
    for (int i = 0; i < 30; i++) {
        (void)snprintf(uuid, sizeof uuid, "u%03d", i);
        assert_int_equal(webhook(uuid, "hi"), ACK_SPOOLED);
    }
    peer_start(&worker);
    for (int i = 30; i < 300; i++) {
        (void)snprintf(uuid, sizeof uuid, "u%03d", i);
        assert_int_not_equal(webhook(uuid, "hi"), ACK_BUSY);
    }
    eventually(spool_is_empty());
    assert_int_equal(peer_count(&worker, &worker.n), 300);
    for (int i = 0; i < 300; i++) {
        (void)snprintf(uuid, sizeof uuid, "u%03d", i);
        assert_string_equal(worker.kept[i], uuid);
    }
}

/* One answer came late. What comes next waits for it and for the spool, and is answered from the worker's commit. */
static void one_late_answer_does_not_send_all_that_follows_to_the_spool(void **unused)
{
    (void)unused;
    peer_start(&worker);
    ingress_up(600, 1 << 20);
    assert_int_equal(webhook("u0", "hi"), ACK_COMMITTED);
    atomic_store(&worker.delay_ms, UNTIL_TOLD);
    assert_int_equal(webhook("u1", "hi"), ACK_SPOOLED);
    atomic_store(&worker.delay_ms, 0);
    assert_int_equal(webhook("u2", "hi"), ACK_COMMITTED);
    assert_int_equal(peer_count(&worker, &worker.n), 3);
    assert_string_equal(worker.kept[2], "u2");
}

/* A slow worker: some are answered by it, some from the spool, over and over. One asks after the other, so their order is known. */
static void a_worker_at_the_edge_of_the_budget_never_reorders(void **unused)
{
    (void)unused;
    char uuid[PEER_UUID_BYTES];
    int64_t spooled = 0;
    peer_start(&worker);
    ingress_up(5, 1 << 20);
    for (int i = 0; i < 150; i++) {
        (void)snprintf(uuid, sizeof uuid, "u%03d", i);
        atomic_store(&worker.delay_ms, i % 7 == 0 ? 12 : 0);
        enum ack_answer answer = webhook(uuid, "hi");
        assert_int_not_equal(answer, ACK_BUSY);
        spooled += answer == ACK_SPOOLED;
    }
    assert_true(spooled > 0);
    eventually(spool_is_empty());
    assert_int_equal(peer_count(&worker, &worker.n), 150);
    for (int i = 0; i < 150; i++) {
        (void)snprintf(uuid, sizeof uuid, "u%03d", i);
        assert_string_equal(worker.kept[i], uuid);
    }
}

static void a_crowd_shares_batches_and_each_gets_its_answer(void **unused)
{
    (void)unused;
    static struct hook hooks[CROWD];
    char uuid[PEER_UUID_BYTES];
    peer_start(&worker);
    ingress_up(4000, 1 << 20);
    atomic_store(&worker.delay_ms, 20);
    for (int i = 0; i < CROWD; i++) {
        (void)snprintf(uuid, sizeof uuid, "u%d", i);
        hooks[i] = hook_of(uuid, "hi");
        hook_begin(&hooks[i]);
    }
    for (int i = 0; i < CROWD; i++) {
        hook_end(&hooks[i]);
        assert_int_equal(hooks[i].answer, ACK_COMMITTED);
    }
    assert_int_equal(peer_count(&worker, &worker.n), CROWD);
    assert_true(peer_count(&worker, &worker.batches) < CROWD / 4);
    assert_true(peer_count(&worker, &worker.batch_max) <= EVENT_BATCH_MAX);
}

static void with_both_ways_shut_the_answer_is_busy(void **unused)
{
    (void)unused;
    char text[20000];
    char uuid[PEER_UUID_BYTES];
    enum ack_answer answer = ACK_SPOOLED;
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    ingress_up(BUDGET_MS, 200 * 1024);
    int n = 0;
    for (; n < 20 && answer == ACK_SPOOLED; n++) {
        (void)snprintf(uuid, sizeof uuid, "u%d", n);
        answer = webhook(uuid, text);
    }
    assert_int_equal(answer, ACK_BUSY);
    assert_in_range(n, 5, 15);
    peer_start(&worker);
    eventually(spool_is_empty());
    assert_int_equal(peer_count(&worker, &worker.n), n - 1);
}

static void a_batch_that_is_refused_as_a_whole_is_asked_in_smaller_ones(void **unused)
{
    (void)unused;
    char uuid[PEER_UUID_BYTES];
    ingress_up(BUDGET_MS, 1 << 20);
    for (int i = 0; i < 40; i++) {
        (void)snprintf(uuid, sizeof uuid, "u%03d", i);
        assert_int_equal(webhook(uuid, "hi"), ACK_SPOOLED);
    }
    atomic_store(&worker.mode, PEER_REFUSES_CROWDS);
    peer_start(&worker);
    eventually(spool_is_empty());
    assert_int_equal(peer_count(&worker, &worker.n), 40);
    assert_string_equal(worker.kept[0], "u000");
    assert_string_equal(worker.kept[39], "u039");
}

static void a_disk_that_takes_nothing_is_busy_and_no_lie(void **unused)
{
    (void)unused;
    struct rlimit before, none = { 0 };
    ingress_up(BUDGET_MS, 1 << 20);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    none.rlim_max = before.rlim_max;
    (void)signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
    int64_t failures = metric_get(&metric_spool_failures);
    enum ack_answer answer = webhook("u1", "hi");
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(answer, ACK_BUSY);
    assert_true(metric_get(&metric_spool_failures) > failures);
    eventually(spool_can_take());
    assert_int_equal(webhook("u2", "hi"), ACK_SPOOLED);
}

static void the_spool_survives_a_restart_of_ingress(void **unused)
{
    (void)unused;
    ingress_up(BUDGET_MS, 1 << 20);
    assert_int_equal(webhook("u1", "hi"), ACK_SPOOLED);
    assert_int_equal(webhook("u2", "hi"), ACK_SPOOLED);
    ingress_down();
    peer_start(&worker);
    ingress_up(BUDGET_MS, 1 << 20);
    eventually(spool_is_empty());
    assert_int_equal(peer_count(&worker, &worker.n), 2);
    assert_string_equal(worker.kept[0], "u1");
    assert_string_equal(worker.kept[1], "u2");
}

static void a_reply_is_handed_to_the_request_that_waits(void **unused)
{
    (void)unused;
    atomic_store(&worker.mode, PEER_REPLIES);
    peer_start(&worker);
    ingress_up(2000, 1 << 20);
    struct hook hook = hook_of("u1", "hi");
    (void)hook_run(&hook);
    assert_true(hook.has_reply);
    assert_string_equal(hook.reply, "Thanks & bye");
    struct hook again = hook_of("u1", "hi");
    (void)hook_run(&again);
    assert_false(again.has_reply);
    assert_int_equal(peer_count(&worker, &worker.outcomes_n), 0);      /* that it was written is for the writer to say */
}

static void a_reply_that_nobody_waits_for_is_told_as_not_sent(void **unused)
{
    (void)unused;
    ingress_up(BUDGET_MS, 1 << 20);
    assert_int_equal(webhook("u1", "hi"), ACK_SPOOLED);
    direct_call_given_up();
    atomic_store(&worker.mode, PEER_REPLIES);
    peer_start(&worker);
    eventually(peer_count(&worker, &worker.outcomes_n) == 1);
    assert_int_equal(worker.outcomes[0].outcome, CALL_NOT_SENT);
    assert_int_equal(worker.outcomes[0].attempt, 1);
    assert_int_equal(worker.outcomes[0].tenant, 1);
}

static void an_answer_that_comes_after_the_spool_s_gives_its_reply_back(void **unused)
{
    (void)unused;
    atomic_store(&worker.mode, PEER_REPLIES);
    atomic_store(&worker.delay_ms, UNTIL_TOLD);
    peer_start(&worker);
    ingress_up(BUDGET_MS, 1 << 20);
    assert_int_equal(webhook("u1", "hi"), ACK_SPOOLED);
    atomic_store(&worker.delay_ms, 0);
    eventually(peer_count(&worker, &worker.outcomes_n) == 1);
    assert_int_equal(worker.outcomes[0].outcome, CALL_NOT_SENT);
    eventually(spool_is_empty());
    assert_int_equal(peer_count(&worker, &worker.n), 1);
}

static void at_the_end_an_opt_out_does_not_hold_the_process_up(void **unused)
{
    (void)unused;
    ingress_up(BUDGET_MS, 1 << 20);
    struct hook hook = hook_of("stop", "STOP");
    hook_begin(&hook);
    eventually(spool_waiting(SPOOL_INBOUND) == 1);
    acks_drain();
    hook_end(&hook);
    assert_int_equal(hook.answer, ACK_BUSY);
    assert_true(hook.took_ms < ACK_PATIENCE_MS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_committed_event_is_answered_from_the_worker, fresh, released),
        cmocka_unit_test_setup_teardown(a_quarantined_event_counts_as_taken, fresh, released),
        cmocka_unit_test_setup_teardown(without_a_worker_an_event_is_spooled_and_replayed_later, fresh, released),
        cmocka_unit_test_setup_teardown(an_opt_out_is_spooled_but_not_acknowledged, fresh, released),
        cmocka_unit_test_setup_teardown(an_opt_out_that_waits_is_answered_when_its_replay_commits, fresh, released),
        cmocka_unit_test_setup_teardown(what_the_worker_puts_off_is_spooled_and_asked_again, fresh, released),
        cmocka_unit_test_setup_teardown(while_the_spool_holds_any_new_events_go_behind_it, fresh, released),
        cmocka_unit_test_setup_teardown(one_late_answer_does_not_send_all_that_follows_to_the_spool, fresh, released),
        cmocka_unit_test_setup_teardown(a_worker_at_the_edge_of_the_budget_never_reorders, fresh, released),
        cmocka_unit_test_setup_teardown(a_crowd_shares_batches_and_each_gets_its_answer, fresh, released),
        cmocka_unit_test_setup_teardown(with_both_ways_shut_the_answer_is_busy, fresh, released),
        cmocka_unit_test_setup_teardown(a_batch_that_is_refused_as_a_whole_is_asked_in_smaller_ones, fresh, released),
        cmocka_unit_test_setup_teardown(a_disk_that_takes_nothing_is_busy_and_no_lie, fresh, released),
        cmocka_unit_test_setup_teardown(the_spool_survives_a_restart_of_ingress, fresh, released),
        cmocka_unit_test_setup_teardown(a_reply_is_handed_to_the_request_that_waits, fresh, released),
        cmocka_unit_test_setup_teardown(a_reply_that_nobody_waits_for_is_told_as_not_sent, fresh, released),
        cmocka_unit_test_setup_teardown(an_answer_that_comes_after_the_spool_s_gives_its_reply_back, fresh, released),
        cmocka_unit_test_setup_teardown(at_the_end_an_opt_out_does_not_hold_the_process_up, fresh, released),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
