/* Clients and servers of the bus in one process, over ipc:// in a folder of their own. The operation is `hello`: its text says how the
 * server behaves, and `epoch` of the reply repeats the number in it, so that a reply that went to the wrong caller shows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "io/bus.h"
#include "io/clock.h"

#include <czmq.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    DEADLINE_MS = 20000,
    SHORT_MS = 150,
    CALLERS = 16,
    CALLS = 100,
    REQUESTS_MAX = 64
};

static char folder[64];
static char endpoint[128];

/* --- a server on a thread --- */

struct peer {
    pthread_t thread;
    struct bus_server *server;
    atomic_bool is_stopping;
    atomic_int taken;
    struct bus_request *kept; /* asked with "keep": answered when the next one is */
};

/* "echo 7" -> 7 */
static int64_t number_in(struct str text)
{
    int64_t n = -1;
    size_t blank = str_find(text, ' ');
    if (!str_to_int(str_slice(text, blank + 1, text.n), 0, INT64_MAX, &n))
        return -1;
    return n;
}

static void answer(struct peer *peer, const struct bus_request *rq, struct str text)
{
    const struct welcome welcome = { .epoch = number_in(text), .generation = rq->tenant };
    const struct bus_reply_info info = { .event_id = 77, .is_replay = true };
    bus_server_reply(peer->server, rq, &welcome, &info);
}

static void serve(struct peer *peer, struct bus_request *rq)
{
    struct hello hello;
    struct arena arena;
    struct err err;
    arena_init(&arena, 1024 * 1024);
    if (!record_decode(operation_row(rq->operation)->request, rq->body, &arena, &hello, &err)) {
        bus_server_refuse(peer->server, rq, &err);
    } else if (str_starts(hello.sender, STR("keep"))) {
        peer->kept = rq;
        rq = NULL;
    } else if (str_starts(hello.sender, STR("refuse"))) {
        (void)err_set(&err, ERR_CONFLICT, "sender", "%.*s is not wanted", STR_ARGS(rq->actor)); /* sent to the caller */
        bus_server_refuse(peer->server, rq, &err);
    } else if (!str_starts(hello.sender, STR("silent"))) {
        if (peer->kept)
            answer(peer, peer->kept, STR("late 666"));
        bus_request_free(peer->kept);
        peer->kept = NULL;
        answer(peer, rq, hello.sender);
    }
    arena_release(&arena);
    bus_request_free(rq);
}

static void *peer_thread(void *arg)
{
    struct peer *peer = arg;
    struct bus_request *requests[REQUESTS_MAX];
    while (!atomic_load(&peer->is_stopping)) {
        size_t n = bus_server_take(peer->server, 20, requests, REQUESTS_MAX);
        atomic_fetch_add(&peer->taken, (int)n);
        for (size_t i = 0; i < n; i++)
            serve(peer, requests[i]);
    }
    bus_request_free(peer->kept);
    bus_server_close(&peer->server);
    return NULL;
}

static void peer_start(struct peer *peer)
{
    struct err err;
    memset(peer, 0, sizeof *peer);
    if (!bus_server_open(&peer->server, endpoint, &err))
        fail_msg("%s", err.text);
    assert_int_equal(pthread_create(&peer->thread, NULL, peer_thread, peer), 0);
}

static void peer_stop(struct peer *peer)
{
    atomic_store(&peer->is_stopping, true);
    assert_int_equal(pthread_join(peer->thread, NULL), 0);
}

/* --- calls --- */

static bool ask(struct bus_client *client, const char *how, int64_t number, int64_t timeout_ms, int64_t *epoch,
                struct err *err)
{
    char text[64];
    struct welcome welcome;
    struct arena arena;
    arena_init(&arena, 1024 * 1024);
    (void)snprintf(text, sizeof text, "%s %lld", how, (long long)number);
    const struct hello hello = { .sender = str_of(text) };
    bool ok = bus_call(client, OP_hello, NULL, &hello, &arena, &welcome, NULL, timeout_ms, err);
    *epoch = ok ? welcome.epoch : -1;
    arena_release(&arena);
    return ok;
}

static void expect_echo(struct bus_client *client, int64_t number)
{
    int64_t epoch;
    struct err err;
    if (!ask(client, "echo", number, DEADLINE_MS, &epoch, &err))
        fail_msg("%s", err.text);
    assert_int_equal(epoch, number);
}

static struct bus_client *client_open(void)
{
    struct bus_client *client;
    struct err err;
    if (!bus_client_open(&client, endpoint, "peer", &err))
        fail_msg("%s", err.text);
    return client;
}

/* Waits until the client hears the peer, or no longer does. */
static void await_connected(struct bus_client *client, bool wanted, int64_t within_ms)
{
    int64_t until_ms = clock_boot_ms() + DEADLINE_MS;
    while (bus_client_is_connected(client, within_ms) != wanted) {
        if (clock_boot_ms() > until_ms)
            fail_msg("the client is not %s", wanted ? "connected" : "disconnected");
        (void)poll(NULL, 0, 5); /* between two looks */
    }
}

/* --- the tests: request and reply --- */

static void a_call_brings_the_context_there_and_the_reply_back(void **unused)
{
    (void)unused;
    struct peer peer;
    peer_start(&peer);
    struct bus_client *client = client_open();
    struct welcome welcome;
    struct bus_reply_info info = { 0 };
    struct arena arena;
    struct err err;
    arena_init(&arena, 1024 * 1024);
    const struct bus_context context = { .tenant = 42, .actor = STR("user:1"), .operation = { { 9 } } };
    const struct hello hello = { .sender = STR("echo 5") };
    assert_true(bus_call(client, OP_hello, &context, &hello, &arena, &welcome, &info, DEADLINE_MS, &err));
    assert_int_equal(welcome.epoch, 5);
    assert_int_equal(welcome.generation, 42);
    assert_int_equal(info.event_id, 77);
    assert_true(info.is_replay);
    assert_true(
        bus_call(client, OP_hello, &context, &hello, &arena, NULL, NULL, DEADLINE_MS, &err)); /* only success matters */
    arena_release(&arena);
    bus_client_close(&client);
    assert_null(client);
    peer_stop(&peer);
}

static void a_refusal_arrives_with_kind_field_and_text(void **unused)
{
    (void)unused;
    struct peer peer;
    peer_start(&peer);
    struct bus_client *client = client_open();
    struct arena arena;
    struct err err;
    arena_init(&arena, 1024);
    const struct bus_context context = { .actor = STR("key:7") };
    const struct hello hello = { .sender = STR("refuse") };
    assert_false(bus_call(client, OP_hello, &context, &hello, &arena, NULL, NULL, DEADLINE_MS, &err));
    assert_int_equal(err.kind, ERR_CONFLICT);
    assert_string_equal(err.field, "sender");
    assert_string_equal(err.text, "key:7 is not wanted");
    arena_release(&arena);
    bus_client_close(&client);
    peer_stop(&peer);
}

static void silence_is_busy_at_the_deadline_and_not_before(void **unused)
{
    (void)unused;
    struct peer peer;
    peer_start(&peer);
    struct bus_client *client = client_open();
    int64_t epoch;
    struct err err;
    int64_t began_us = clock_boot_us();
    assert_false(ask(client, "silent", 1, SHORT_MS, &epoch, &err));
    assert_true(clock_boot_us() - began_us >= SHORT_MS * 1000 - 1000);
    assert_int_equal(err.kind, ERR_BUSY);
    assert_false(ask(client, "silent", 1, 0, &epoch, &err));
    assert_int_equal(err.kind, ERR_BUSY);
    assert_false(ask(client, "silent", 1, -5, &epoch, &err));
    expect_echo(client, 3);
    bus_client_close(&client);
    peer_stop(&peer);
}

static void a_reply_after_its_deadline_goes_to_nobody(void **unused)
{
    (void)unused;
    struct peer peer;
    peer_start(&peer);
    struct bus_client *client = client_open();
    int64_t epoch;
    struct err err;
    assert_false(ask(client, "keep", 1, SHORT_MS, &epoch, &err));
    expect_echo(client, 2); /* the late reply comes just before this one's */
    expect_echo(client, 3);
    bus_client_close(&client);
    peer_stop(&peer);
}

struct caller {
    pthread_t thread;
    struct bus_client *client;
    int64_t first;
    bool retries; /* a busy peer is asked again, as P2 allows */
    int wrong, answered;
};

static void *caller_thread(void *arg)
{
    struct caller *c = arg;
    int64_t until_ms = clock_boot_ms() + DEADLINE_MS;
    for (int64_t i = 0; i < CALLS; i++) {
        int64_t epoch = -1;
        struct err err;
        bool ok = false;
        do
            ok = ask(c->client, "echo", c->first + i, c->retries ? SHORT_MS : DEADLINE_MS, &epoch, &err);
        while (!ok && c->retries && err.kind == ERR_BUSY && clock_boot_ms() < until_ms);
        c->answered += ok ? 1 : 0;
        c->wrong += ok && epoch != c->first + i ? 1 : 0;
    }
    return NULL;
}

static void callers_start(struct caller callers[CALLERS], struct bus_client *client, bool retries)
{
    for (int i = 0; i < CALLERS; i++) {
        callers[i] = (struct caller){ .client = client, .first = (int64_t)i * 1000000, .retries = retries };
        assert_int_equal(pthread_create(&callers[i].thread, NULL, caller_thread, &callers[i]), 0);
    }
}

static void callers_join(struct caller callers[CALLERS])
{
    int answered = 0;
    int wrong = 0;
    for (int i = 0; i < CALLERS; i++) {
        assert_int_equal(pthread_join(callers[i].thread, NULL), 0);
        answered += callers[i].answered;
        wrong += callers[i].wrong;
    }
    assert_int_equal(wrong, 0);
    assert_int_equal(answered, CALLERS * CALLS);
}

static void many_threads_call_at_once_and_each_gets_its_own_reply(void **unused)
{
    (void)unused;
    struct peer peer;
    struct caller callers[CALLERS];
    peer_start(&peer);
    struct bus_client *client = client_open();
    callers_start(callers, client, false);
    callers_join(callers);
    assert_int_equal(atomic_load(&peer.taken), CALLERS * CALLS);
    bus_client_close(&client);
    peer_stop(&peer);
}

static void a_server_that_restarts_amid_calls_is_found_again(void **unused)
{
    (void)unused;
    struct peer peer;
    struct caller callers[CALLERS];
    peer_start(&peer);
    struct bus_client *client = client_open();
    callers_start(callers, client, true);
    for (int restart = 0; restart < 5; restart++) {
        int64_t until_ms = clock_boot_ms() + DEADLINE_MS;
        while (atomic_load(&peer.taken) < CALLERS * CALLS / 10 && clock_boot_ms() < until_ms)
            (void)poll(NULL, 0, 1); /* between two looks */
        peer_stop(&peer);
        peer_start(&peer);
    }
    callers_join(callers);
    bus_client_close(&client);
    peer_stop(&peer);
}

static void a_call_waits_for_a_peer_that_comes_before_its_deadline(void **unused)
{
    (void)unused;
    struct peer peer;
    struct caller callers[CALLERS];
    int64_t epoch;
    struct err err;
    struct bus_client *client = client_open();
    assert_false(ask(client, "echo", 1, SHORT_MS, &epoch, &err));
    assert_int_equal(err.kind, ERR_BUSY);
    callers_start(callers, client, false);
    peer_start(&peer);
    callers_join(callers);
    assert_int_equal(atomic_load(&peer.taken), CALLERS * CALLS); /* the one that gave up was not queued for later */
    bus_client_close(&client);
    peer_stop(&peer);
}

static void a_client_knows_whether_its_peer_lives(void **unused)
{
    (void)unused;
    struct peer peer;
    struct bus_client *client = client_open();
    assert_false(bus_client_is_connected(client, DEADLINE_MS));
    peer_start(&peer);
    await_connected(client, true, 3000); /* by its own pings */
    peer_stop(&peer);
    await_connected(client, false, 100);
    peer_start(&peer);
    await_connected(client, true, 3000);
    bus_client_close(&client);
    peer_stop(&peer);
}

/* --- the tests: bounds and strangers --- */

static void what_is_too_big_is_refused_on_this_side(void **unused)
{
    (void)unused;
    struct peer peer;
    peer_start(&peer);
    struct bus_client *client = client_open();
    char *text = malloc(BUS_FRAME_MAX_BYTES);
    assert_non_null(text);
    memset(text, 'x', BUS_FRAME_MAX_BYTES);
    struct err err;
    struct arena arena;
    arena_init(&arena, 1024);
    struct hello hello = { .sender = { text, BUS_FRAME_MAX_BYTES } };
    assert_false(bus_call(client, OP_hello, NULL, &hello, &arena, NULL, NULL, DEADLINE_MS, &err));
    assert_int_equal(err.kind, ERR_TOO_BIG);
    struct bus_context context = { .actor = { text, 4096 } };
    hello.sender = STR("echo 1");
    assert_false(bus_call(client, OP_hello, &context, &hello, &arena, NULL, NULL, DEADLINE_MS, &err));
    assert_int_equal(err.kind, ERR_TOO_BIG);
    hello.sender = (struct str){ text, BUS_FRAME_MAX_BYTES - 64 }; /* the largest that still goes */
    assert_true(bus_call(client, OP_hello, NULL, &hello, &arena, NULL, NULL, DEADLINE_MS, &err));
    expect_echo(client, 2);
    arena_release(&arena);
    free(text);
    bus_client_close(&client);
    peer_stop(&peer);
}

static zsock_t *raw_open(int kind)
{
    zsock_t *raw = zsock_new(kind);
    assert_non_null(raw);
    zsock_set_linger(raw, 0);
    zsock_set_rcvtimeo(raw, DEADLINE_MS);
    assert_int_equal(zsock_connect(raw, "%s", endpoint), 0);
    return raw;
}

static void raw_send(zsock_t *raw, struct str first, struct str second)
{
    assert_true(zmq_send(zsock_resolve(raw), first.p, first.n, ZMQ_SNDMORE) >= 0);
    assert_true(zmq_send(zsock_resolve(raw), second.p, second.n, 0) >= 0);
}

/* Sends a header of one's own and reads the header of the answer. */
static struct reply_header raw_ask(zsock_t *raw, const struct request_header *header, struct arena *arena)
{
    struct buf bytes;
    struct reply_header reply;
    struct err err;
    buf_init(&bytes, 4096);
    assert_true(record_encode(&request_header_record, header, &bytes));
    raw_send(raw, buf_str(&bytes), STR("\x80"));
    buf_release(&bytes);
    zmsg_t *message = zmsg_recv(raw);
    assert_non_null(message);
    assert_int_equal(zmsg_size(message), 2);
    zframe_t *frame = zmsg_first(message);
    struct str copy = arena_dup(arena, str_bytes(zframe_data(frame), zframe_size(frame)));
    zmsg_destroy(&message);
    assert_true(record_decode(&reply_header_record, copy, arena, &reply, &err));
    return reply;
}

static void strange_requests_get_a_clear_refusal(void **unused)
{
    (void)unused;
    struct peer peer;
    struct arena arena;
    arena_init(&arena, 64 * 1024);
    peer_start(&peer);
    zsock_t *raw = raw_open(ZMQ_DEALER);
    struct request_header header = { .version = WIRE_VERSION, .operation = STR("brew"), .request_id = 5 };
    struct reply_header reply = raw_ask(raw, &header, &arena);
    assert_int_equal(reply.request_id, 5);
    assert_true(str_is(reply.error, "missing"));
    assert_true(str_is(reply.field, "operation"));
    header = (struct request_header){ .version = WIRE_VERSION + 1, .operation = STR("hello"), .request_id = 6 };
    reply = raw_ask(raw, &header, &arena);
    assert_true(str_is(reply.field, "version"));
    header = (struct request_header){
        .version = WIRE_VERSION, .operation = STR("status"), .request_id = 7, .deadline_at = 1000
    };
    reply = raw_ask(raw, &header, &arena);
    assert_int_equal(reply.request_id, 7);
    assert_true(str_is(reply.error, "busy"));
    header = (struct request_header){ .version = WIRE_VERSION, .operation = STR("ping"), .request_id = 8 };
    reply = raw_ask(raw, &header, &arena);
    assert_false(str_is_set(reply.error));
    assert_int_equal(atomic_load(&peer.taken), 0); /* none of them reached the taker */
    zsock_destroy(&raw);
    arena_release(&arena);
    peer_stop(&peer);
}

static void garbage_does_not_disturb_the_others(void **unused)
{
    (void)unused;
    struct peer peer;
    peer_start(&peer);
    struct bus_client *client = client_open();
    char *huge = calloc(1, BUS_FRAME_MAX_BYTES + 1);
    assert_non_null(huge);
    for (int round = 0; round < 3; round++) {
        zsock_t *raw = raw_open(ZMQ_DEALER);
        raw_send(raw, STR(""), STR(""));
        raw_send(raw, STR("\xC1\xFF"), STR("\x80"));
        raw_send(raw, STR("\x81\xA9operation\x05"), STR("\x80"));
        raw_send(raw, STR("\xDD\xFF\xFF\xFF\xFF"), STR("\x80"));
        assert_int_equal(zmq_send(zsock_resolve(raw), "one", 3, 0), 3);
        assert_int_equal(zmq_send(zsock_resolve(raw), "a", 1, ZMQ_SNDMORE), 1);
        raw_send(raw, STR("b"), STR("c"));
        expect_echo(client, round);
        raw_send(raw, STR("\x80"), (struct str){ huge, BUS_FRAME_MAX_BYTES + 1 });
        expect_echo(client, round);
        zsock_destroy(&raw);
    }
    assert_int_equal(atomic_load(&peer.taken), 6);
    free(huge);
    bus_client_close(&client);
    peer_stop(&peer);
}

static void an_answer_that_is_too_big_becomes_a_refusal(void **unused)
{
    (void)unused;
    struct bus_server *server;
    struct err err;
    struct arena arena;
    arena_init(&arena, 1024);
    assert_true(bus_server_open(&server, endpoint, &err));
    zsock_t *raw = raw_open(ZMQ_DEALER);
    struct buf bytes;
    buf_init(&bytes, 4096);
    const struct request_header header = { .version = WIRE_VERSION, .operation = STR("rule"), .request_id = 9 };
    assert_true(record_encode(&request_header_record, &header, &bytes));
    raw_send(raw, buf_str(&bytes), STR("\x80"));
    struct bus_request *rq = NULL;
    int64_t until_ms = clock_boot_ms() + DEADLINE_MS;
    while (bus_server_take(server, 100, &rq, 1) == 0)
        assert_true(clock_boot_ms() < until_ms);
    char *name = calloc(1, BUS_FRAME_MAX_BYTES);
    assert_non_null(name);
    const struct rule_view rule = { .name = { name, BUS_FRAME_MAX_BYTES } };
    bus_server_reply(server, rq, &rule, NULL);
    free(name);
    bus_request_free(rq);
    zmsg_t *message = zmsg_recv(raw);
    assert_non_null(message);
    struct reply_header reply;
    zframe_t *frame = zmsg_first(message);
    assert_true(
        record_decode(&reply_header_record, str_bytes(zframe_data(frame), zframe_size(frame)), &arena, &reply, &err));
    assert_true(str_is(reply.error, "too_big"));
    zmsg_destroy(&message);
    zsock_destroy(&raw);
    buf_release(&bytes);
    arena_release(&arena);
    bus_server_close(&server);
}

static void *asks_once(void *arg)
{
    struct caller *c = arg;
    int64_t epoch;
    struct err err = { 0 };
    (void)ask(c->client, "echo", 1, DEADLINE_MS, &epoch, &err); /* the kind tells */
    c->wrong = (int)err.kind;
    return NULL;
}

/* Answers with `first` until the operation is hello, and that one with a right header and a body that is none. */
static void answer_nonsense(zsock_t *raw, struct arena *arena)
{
    bool is_answered = false;
    while (!is_answered) {
        struct request_header header = { 0 };
        struct reply_header reply = { .version = WIRE_VERSION };
        struct err err;
        struct buf bytes;
        buf_init(&bytes, 4096);
        zmsg_t *message = zmsg_recv(raw);
        assert_non_null(message);
        zframe_t *peer = zframe_dup(zmsg_first(message));
        zframe_t *head = zmsg_next(message);
        assert_true(record_decode(&request_header_record, str_bytes(zframe_data(head), zframe_size(head)), arena,
                                  &header, &err));
        is_answered = str_is(header.operation, "hello");
        reply.request_id = header.request_id;
        assert_true(record_encode(&reply_header_record, &reply, &bytes));
        assert_int_equal(zframe_send(&peer, raw, ZFRAME_MORE), 0);
        raw_send(raw, is_answered ? buf_str(&bytes) : STR("\xC1"), STR("\xC1")); /* a ping gets not even a header */
        zmsg_destroy(&message);
        buf_release(&bytes);
    }
}

static void a_malformed_reply_is_the_peers_fault_not_the_askers(void **unused)
{
    (void)unused;
    struct arena arena;
    arena_init(&arena, 64 * 1024);
    zsock_t *raw = zsock_new(ZMQ_ROUTER);
    assert_non_null(raw);
    zsock_set_linger(raw, 0);
    zsock_set_rcvtimeo(raw, DEADLINE_MS);
    assert_true(zsock_bind(raw, "%s", endpoint) >= 0);
    struct caller caller = { .client = client_open() };
    assert_int_equal(pthread_create(&caller.thread, NULL, asks_once, &caller), 0);
    answer_nonsense(raw, &arena);
    assert_int_equal(pthread_join(caller.thread, NULL), 0);
    assert_int_equal(caller.wrong, ERR_BROKEN);
    bus_client_close(&caller.client);
    zsock_destroy(&raw);
    arena_release(&arena);
}

static void a_wrong_endpoint_is_an_error_of_the_start(void **unused)
{
    (void)unused;
    struct bus_client *client = NULL;
    struct bus_server *server = NULL;
    struct bus_publisher *publisher = NULL;
    struct bus_subscriber *subscriber = NULL;
    struct err err;
    assert_false(bus_client_open(&client, "carrier-pigeon://x", "peer", &err));
    assert_false(bus_server_open(&server, "carrier-pigeon://x", &err));
    assert_false(bus_server_open(&server, "ipc:///proc/no/such/folder/x", &err));
    assert_false(bus_publisher_open(&publisher, "carrier-pigeon://x", &err));
    assert_false(bus_subscriber_open(&subscriber, "carrier-pigeon://x", &err));
    assert_true(err.text[0] != '\0');
    assert_null(client);
    assert_null(server);
    assert_null(publisher);
    assert_null(subscriber);
    bus_client_close(&client); /* NULL is fine */
    bus_server_close(&server);
}

/* --- the tests: events --- */

/* Publishes `number` again and again until the subscriber has it: subscribing takes a moment. */
static void publish_until_heard(struct bus_publisher *publisher, struct bus_subscriber *subscriber, int64_t number,
                                struct arena *arena)
{
    struct event_frame got = { 0 };
    int64_t until_ms = clock_boot_ms() + DEADLINE_MS;
    while (got.number != number) {
        const struct event_frame event = { .tenant = 1, .number = number, .type = STR("head") };
        bus_publish(publisher, &event);
        (void)bus_subscriber_next(subscriber, 20, arena, &got); /* nothing yet: once more */
        if (clock_boot_ms() > until_ms)
            fail_msg("event %lld was not heard", (long long)number);
    }
    while (bus_subscriber_next(subscriber, 50, arena, &got)) /* its repetitions */
        assert_int_equal(got.number, number);
}

static void events_arrive_in_order_and_again_after_a_restart(void **unused)
{
    (void)unused;
    struct bus_publisher *publisher;
    struct bus_subscriber *subscriber;
    struct err err;
    struct arena arena;
    arena_init(&arena, 4 * 1024 * 1024);
    assert_true(bus_subscriber_open(&subscriber, endpoint, &err)); /* first: a reader may be there before the worker */
    struct event_frame got;
    assert_false(bus_subscriber_next(subscriber, 1, &arena, &got));
    assert_true(bus_publisher_open(&publisher, endpoint, &err));
    publish_until_heard(publisher, subscriber, 1, &arena);
    for (int64_t i = 2; i <= 500; i++) {
        const struct event_frame event = {
            .tenant = 3, .number = i, .type = STR("message.created"), .data = STR("{\"id\":1}")
        };
        bus_publish(publisher, &event);
    }
    for (int64_t i = 2; i <= 500; i++) {
        assert_true(bus_subscriber_next(subscriber, DEADLINE_MS, &arena, &got));
        assert_int_equal(got.number, i);
        assert_int_equal(got.tenant, 3);
        assert_true(str_is(got.type, "message.created"));
        assert_true(str_is(got.data, "{\"id\":1}"));
    }
    bus_publisher_close(&publisher);
    assert_true(bus_publisher_open(&publisher, endpoint, &err));
    publish_until_heard(publisher, subscriber, 1000, &arena);
    bus_subscriber_close(&subscriber);
    bus_publisher_close(&publisher);
    assert_null(subscriber);
    assert_null(publisher);
    arena_release(&arena);
}

static void a_malformed_event_is_passed_over(void **unused)
{
    (void)unused;
    zsock_t *raw = zsock_new(ZMQ_PUB);
    assert_non_null(raw);
    assert_true(zsock_bind(raw, "%s", endpoint) >= 0);
    struct bus_subscriber *subscriber;
    struct err err;
    struct arena arena;
    arena_init(&arena, 1024 * 1024);
    assert_true(bus_subscriber_open(&subscriber, endpoint, &err));
    struct buf good;
    buf_init(&good, 4096);
    const struct event_frame event = { .tenant = 1, .number = 9, .type = STR("head") };
    assert_true(record_encode(&event_frame_record, &event, &good));
    struct event_frame got = { 0 };
    int64_t until_ms = clock_boot_ms() + DEADLINE_MS;
    while (got.number != 9) {
        assert_true(clock_boot_ms() < until_ms);
        (void)zmq_send(zsock_resolve(raw), "\xC1", 1, 0);
        (void)zmq_send(zsock_resolve(raw), buf_str(&good).p, good.n, 0);
        (void)bus_subscriber_next(subscriber, 20, &arena, &got); /* false for the malformed one */
    }
    buf_release(&good);
    arena_release(&arena);
    bus_subscriber_close(&subscriber);
    zsock_destroy(&raw);
}

/* --- around --- */

static int make_folder(void **unused)
{
    (void)unused;
    (void)snprintf(folder, sizeof folder, "/tmp/parley-bus-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    (void)snprintf(endpoint, sizeof endpoint, "ipc://%s/made/here/bus", folder);
    struct bus_server *server; /* makes the folders within */
    struct err err;
    if (!bus_server_open(&server, endpoint, &err))
        return -1;
    bus_server_close(&server);
    return 0;
}

static int remove_folder(void **unused)
{
    static const char *const NAMES[] = { "made/here/bus", "made/here", "made", "" };
    (void)unused;
    for (size_t i = 0; i < COUNT(NAMES); i++) {
        char path[128];
        (void)snprintf(path, sizeof path, "%s/%s", folder, NAMES[i]);
        (void)remove(path); /* a socket that zmq removed already */
    }
    zsys_shutdown();
    return access(folder, F_OK) == 0 ? -1 : 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_call_brings_the_context_there_and_the_reply_back),
        cmocka_unit_test(a_refusal_arrives_with_kind_field_and_text),
        cmocka_unit_test(silence_is_busy_at_the_deadline_and_not_before),
        cmocka_unit_test(a_reply_after_its_deadline_goes_to_nobody),
        cmocka_unit_test(many_threads_call_at_once_and_each_gets_its_own_reply),
        cmocka_unit_test(a_server_that_restarts_amid_calls_is_found_again),
        cmocka_unit_test(a_call_waits_for_a_peer_that_comes_before_its_deadline),
        cmocka_unit_test(a_client_knows_whether_its_peer_lives),
        cmocka_unit_test(what_is_too_big_is_refused_on_this_side),
        cmocka_unit_test(strange_requests_get_a_clear_refusal),
        cmocka_unit_test(garbage_does_not_disturb_the_others),
        cmocka_unit_test(an_answer_that_is_too_big_becomes_a_refusal),
        cmocka_unit_test(a_malformed_reply_is_the_peers_fault_not_the_askers),
        cmocka_unit_test(a_wrong_endpoint_is_an_error_of_the_start),
        cmocka_unit_test(events_arrive_in_order_and_again_after_a_restart),
        cmocka_unit_test(a_malformed_event_is_passed_over),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
