/* The worker whole, in this process: front, writer, readers and teller over a real bus and a real store. */
#include "loop.h"

#include "config.h"
#include "front.h"
#include "io/chance.h"
#include "io/clock.h"
#include "readers.h"
#include "teller.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { ASK_MS = 5000, ARENA_BYTES = 8 * 1024 * 1024 };

static char folder[64];
static char endpoint[96];
static struct bus_client *client;
static struct arena arena;

static const char *lookup(const char *variable)
{
    static char store[96];
    (void)snprintf(store, sizeof store, "lmdb:%s/store", folder);
    if (strcmp(variable, "STORE_URL") == 0)
        return store;
    if (strcmp(variable, "RUN_DIR") == 0)
        return folder;
    if (strcmp(variable, "PLIVO_FROM_NUMBER") == 0)
        return "+15550100000";
    return strcmp(variable, "NUMBER_RATE") == 0 ? "100" : NULL;
}

static int a_running_worker(void **state)
{
    struct err err = { 0 };
    (void)state;
    (void)snprintf(folder, sizeof folder, "/tmp/parley-loop-XXXXXX");
    assert_non_null(mkdtemp(folder));
    (void)snprintf(endpoint, sizeof endpoint, "ipc://%s/worker.sock", folder);
    arena_init(&arena, ARENA_BYTES);
    bool ok = config_load_from(&worker_config_table, lookup, &worker_config, &err) &&
              front_prepare(&worker_config, &err) && loop_open(&worker_config, &err) &&
              teller_start(&worker_config, &err) && readers_start(&worker_config, &err) &&
              loop_start(&worker_config, &err) && front_start(&worker_config, &err) &&
              bus_client_open(&client, endpoint, "worker", &err);
    if (!ok)
        print_error("%s: %s\n", err.field, err.text);
    return ok ? 0 : 1;
}

static int stopped(void **state)
{
    char command[128];
    (void)state;
    bus_client_close(&client);
    front_drain(clock_boot_ms() + ASK_MS);
    front_stop();
    loop_stop();
    readers_stop();
    teller_stop();
    loop_close();
    front_release();
    arena_release(&arena);
    (void)snprintf(command, sizeof command, "rm -r '%s'", folder);
    return system(command);
}

static bool ask_as(enum operation operation, struct id id, const void *request, void *reply,
                   struct bus_reply_info *info, struct err *err)
{
    const struct bus_context context = { .tenant = 1, .actor = STR("test"), .operation = id };
    *err = (struct err){ 0 };
    return bus_call(client, operation, &context, request, &arena, reply, info, ASK_MS, err);
}

static void ask(enum operation operation, const void *request, void *reply)
{
    struct err err;
    if (!ask_as(operation, (struct id){ 0 }, request, reply, NULL, &err))
        fail_msg("%s: %s %s", operation_row(operation)->name, err.field, err.text);
}

static struct inbound_event text_of(const char *uuid, const char *text)
{
    return (struct inbound_event){ .uuid = str_of(uuid),
                                   .from = STR("+15550100042"),
                                   .to = STR("+15550100000"),
                                   .text = str_of(text),
                                   .type = STR("sms"),
                                   .units = 1,
                                   .received_at = clock_wall_ms(),
                                   .ingress = STR("test") };
}

static size_t messages_stored(const char *direction)
{
    struct messages_query all = { .limit = 1000, .direction = str_of(direction) };
    struct message_page page;
    ask(OP_messages, &all, &page);
    return page.data.n;
}

static void an_answered_batch_can_be_read_and_its_repetition_changes_nothing(void **state)
{
    struct inbound_event events[] = { text_of("u-1", "one"), text_of("u-2", "two"), text_of("u-1", "one") };
    struct inbound_batch batch = { .events = { events, COUNT(events) } };
    struct inbound_answers answers;
    (void)state;
    ask(OP_inbound, &batch, &answers);
    assert_int_equal(answers.answers.n, 3);
    assert_int_equal(answers.answers.v[0].result, EVENT_COMMITTED);
    assert_int_equal(answers.answers.v[1].result, EVENT_COMMITTED);
    assert_int_equal(answers.answers.v[2].result, EVENT_DUPLICATE);
    ask(OP_inbound, &batch, &answers);
    assert_int_equal(answers.answers.v[1].result, EVENT_DUPLICATE);
    assert_int_equal(messages_stored("inbound"), 2);
}

/* The first event is written before the second is found to be bad: the whole request leaves no trace, the worker goes on. */
static void a_request_that_fails_half_way_leaves_no_trace(void **state)
{
    struct inbound_event events[] = { text_of("u-3", "three"), text_of("", "nobody") };
    struct inbound_batch batch = { .events = { events, COUNT(events) } };
    struct inbound_answers answers;
    struct err err;
    size_t before = messages_stored("");
    (void)state;
    assert_false(ask_as(OP_inbound, (struct id){ 0 }, &batch, &answers, NULL, &err));
    assert_int_equal(err.kind, ERR_INPUT);
    assert_string_equal(err.field, "events");
    assert_int_equal(messages_stored(""), before);
    batch.events.n = 1;
    ask(OP_inbound, &batch, &answers);
    assert_int_equal(answers.answers.v[0].result, EVENT_COMMITTED);
}

static void a_command_asked_twice_gets_its_first_answer(void **state)
{
    struct send_command command = { .to = STR("+15550100043"), .text = STR("hi") };
    struct bus_reply_info first_info;
    struct bus_reply_info second_info;
    struct message_view first;
    struct message_view second;
    struct err err;
    struct id id = chance_id();
    (void)state;
    assert_true(ask_as(OP_send, id, &command, &first, &first_info, &err));
    assert_true(ask_as(OP_send, id, &command, &second, &second_info, &err));
    assert_true(id_eq(first.id, second.id));
    assert_false(first_info.is_replay);
    assert_true(second_info.is_replay);
    command.text = STR("something else");
    assert_false(ask_as(OP_send, id, &command, &second, NULL, &err));
    assert_int_equal(err.kind, ERR_KEY_REUSED);
}

static void what_is_not_the_workers_is_refused_by_name(void **state)
{
    struct raw_report_batch reports = { 0 };
    struct err err;
    (void)state;
    assert_false(ask_as(OP_raw_report, (struct id){ 0 }, &reports, NULL, NULL, &err));
    assert_int_equal(err.kind, ERR_MISSING);
    assert_string_equal(err.field, "operation");
}

/* --- grants --- */

static struct welcome hello(void)
{
    struct hello name = { .sender = STR("test-sender") };
    struct welcome welcome;
    ask(OP_hello, &name, &welcome);
    return welcome;
}

/* Asks until something was granted; the number of the request that got it stands in *number. */
static struct grant_answer granted(int64_t epoch, int64_t *number)
{
    const int64_t deadline = clock_boot_ms() + ASK_MS;
    struct grant_answer answer;
    do {
        struct grant_request request = { .sender = STR("test-sender"), .epoch = epoch, .number = ++*number, .max = 10 };
        ask(OP_grant, &request, &answer);
    } while (answer.sends.n == 0 && clock_boot_ms() < deadline);
    assert_true(answer.sends.n > 0);
    return answer;
}

static struct message_view message_of(struct id id)
{
    struct by_id by_id = { .id = id };
    struct message_view view;
    ask(OP_message, &by_id, &view);
    return view;
}

static struct id a_send(const char *to)
{
    struct send_command command = { .to = str_of(to), .text = STR("hi") };
    struct message_view view;
    struct err err;
    assert_true(ask_as(OP_send, chance_id(), &command, &view, NULL, &err));
    return view.id;
}

static void the_same_grant_request_gets_the_same_sends(void **state)
{
    struct id id = a_send("+15550100050");
    struct welcome welcome = hello();
    int64_t number = 0;
    struct grant_answer first = granted(welcome.epoch, &number);
    struct grant_request again = { .sender = STR("test-sender"), .epoch = welcome.epoch, .number = number, .max = 10 };
    struct grant_answer second;
    (void)state;
    ask(OP_grant, &again, &second);
    assert_int_equal(first.sends.n, second.sends.n);
    for (size_t i = 0; i < first.sends.n; i++) {
        assert_true(id_eq(first.sends.v[i].message, second.sends.v[i].message));
        assert_int_equal(first.sends.v[i].attempt, second.sends.v[i].attempt);
        assert_true(str_eq(first.sends.v[i].callback_path, second.sends.v[i].callback_path));
    }
    assert_int_equal(message_of(id).status, STATUS_SENDING);
}

static void a_grant_that_was_never_received_goes_back_and_is_granted_anew(void **state)
{
    struct id id = a_send("+15550100051");
    struct welcome welcome = hello();
    int64_t number = 0;
    struct grant_answer lost = granted(welcome.epoch, &number);
    struct grant_answer found = granted(welcome.epoch, &number); /* lists nothing in hand */
    (void)state;
    assert_true(lost.sends.n > 0);
    bool seen = false;
    for (size_t i = 0; i < found.sends.n; i++)
        seen = seen || (id_eq(found.sends.v[i].message, id) && found.sends.v[i].attempt == 2);
    assert_true(seen);
}

static void a_new_epoch_makes_the_old_ones_open_attempts_unconfirmed(void **state)
{
    struct id id = a_send("+15550100052");
    struct welcome old = hello();
    int64_t number = 0;
    struct err err;
    (void)granted(old.epoch, &number);
    (void)state;
    struct welcome new = hello();
    assert_true(new.epoch > old.epoch);
    assert_int_equal(message_of(id).status, STATUS_UNCONFIRMED);
    struct grant_request late = { .sender = STR("test-sender"), .epoch = old.epoch, .number = number + 1, .max = 1 };
    assert_false(ask_as(OP_grant, (struct id){ 0 }, &late, NULL, NULL, &err));
    assert_int_equal(err.kind, ERR_CONFLICT);
    assert_string_equal(err.field, "epoch");
}

static void an_outcome_is_entered_once_and_a_report_moves_on_from_it(void **state)
{
    struct id id = a_send("+15550100053");
    struct welcome welcome = hello();
    int64_t number = 0;
    (void)state;
    (void)granted(welcome.epoch, &number);
    struct outcome_event outcome = {
        .tenant = 1, .message = id, .attempt = 1, .outcome = CALL_ACCEPTED, .uuid = STR("p-53"), .http_status = 202
    };
    struct outcome_batch batch = { .sender = STR("test-sender"), .epoch = welcome.epoch, .outcomes = { &outcome, 1 } };
    struct event_answers answers;
    ask(OP_outcome, &batch, &answers);
    assert_int_equal(answers.answers.v[0].result, EVENT_COMMITTED);
    ask(OP_outcome, &batch, &answers);
    assert_int_equal(answers.answers.v[0].result, EVENT_DUPLICATE);
    assert_int_equal(message_of(id).status, STATUS_ACCEPTED);
    struct report_event report = { .uuid = STR("p-53"),
                                   .status_word = STR("delivered"),
                                   .sequence = 3,
                                   .error_code = INT_UNSET,
                                   .received_at = clock_wall_ms() };
    struct report_batch reports = { .reports = { &report, 1 } };
    ask(OP_report, &reports, &answers);
    assert_int_equal(answers.answers.v[0].result, EVENT_COMMITTED);
    ask(OP_report, &reports, &answers);
    assert_int_equal(answers.answers.v[0].result, EVENT_DUPLICATE);
    assert_int_equal(message_of(id).status, STATUS_DELIVERED);
}

static void a_report_before_the_response_waits_for_its_attempt(void **state)
{
    struct id id = a_send("+15550100054");
    struct welcome welcome = hello();
    int64_t number = 0;
    struct event_answers answers;
    (void)state;
    (void)granted(welcome.epoch, &number);
    struct report_event report = { .uuid = STR("p-54"),
                                   .status_word = STR("sent"),
                                   .sequence = 2,
                                   .error_code = INT_UNSET,
                                   .received_at = clock_wall_ms() };
    struct report_batch reports = { .reports = { &report, 1 } };
    ask(OP_report, &reports, &answers);
    assert_int_equal(message_of(id).status, STATUS_SENDING);
    struct outcome_event outcome = {
        .tenant = 1, .message = id, .attempt = 1, .outcome = CALL_ACCEPTED, .uuid = STR("p-54")
    };
    struct outcome_batch batch = { .sender = STR("test-sender"), .epoch = welcome.epoch, .outcomes = { &outcome, 1 } };
    ask(OP_outcome, &batch, &answers);
    assert_int_equal(message_of(id).status, STATUS_SENT);
}

static void a_crowd_for_one_person_does_not_hold_up_the_others(void **state)
{
    struct welcome welcome = hello();
    int64_t number = 0;
    (void)state;
    (void)a_send("+15550100060");
    (void)granted(welcome.epoch, &number); /* open from now on: what follows for this person waits */
    welcome = hello();                     /* and unconfirmed: for long */
    number = 0;
    for (int i = 0; i < 300; i++)
        (void)a_send("+15550100060");
    struct id other = a_send("+15550100061");
    struct grant_answer answer = granted(welcome.epoch, &number);
    assert_int_equal(answer.sends.n, 1);
    assert_true(id_eq(answer.sends.v[0].message, other));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answered_batch_can_be_read_and_its_repetition_changes_nothing),
        cmocka_unit_test(a_request_that_fails_half_way_leaves_no_trace),
        cmocka_unit_test(a_command_asked_twice_gets_its_first_answer),
        cmocka_unit_test(what_is_not_the_workers_is_refused_by_name),
        cmocka_unit_test(the_same_grant_request_gets_the_same_sends),
        cmocka_unit_test(a_grant_that_was_never_received_goes_back_and_is_granted_anew),
        cmocka_unit_test(a_new_epoch_makes_the_old_ones_open_attempts_unconfirmed),
        cmocka_unit_test(an_outcome_is_entered_once_and_a_report_moves_on_from_it),
        cmocka_unit_test(a_report_before_the_response_waits_for_its_attempt),
        cmocka_unit_test(a_crowd_for_one_person_does_not_hold_up_the_others),
    };
    return cmocka_run_group_tests(tests, a_running_worker, stopped);
}
