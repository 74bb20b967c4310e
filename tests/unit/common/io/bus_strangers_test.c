/* Bounds, malformed frames, peers of other versions, and endpoints that are none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "io/bus_frame.h"
#include "io/bus_metrics.h"
#include "unit/common/io/bus_fixture.h"

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

/* The header of a reply, which is one frame. */
static struct str reply_head(zmsg_t *message)
{
    struct str head;
    struct str body;
    assert_int_equal(zmsg_size(message), 1);
    zframe_t *frame = zmsg_first(message);
    assert_true(bus_reply_split(str_bytes(zframe_data(frame), zframe_size(frame)), &head, &body));
    return head;
}

static void raw_reply(zsock_t *raw, struct str head, struct str body)
{
    struct buf frame;
    uint8_t prefix[BUS_REPLY_PREFIX_BYTES];
    buf_init(&frame, 8192);
    bus_reply_prefix(head.n, prefix);
    assert_true(buf_add_bytes(&frame, prefix, sizeof prefix) && buf_add(&frame, head) && buf_add(&frame, body));
    assert_true(zmq_send(zsock_resolve(raw), buf_str(&frame).p, frame.n, 0) >= 0);
    buf_release(&frame);
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
    struct str copy = arena_dup(arena, reply_head(message));
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
        .version = WIRE_VERSION, .operation = STR("status"), .request_id = 7, .deadline_boot_ms = 1
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
    const int64_t counted_before = metric_get(&metric_bus_bad_requests);
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
    const int64_t until_ms = clock_boot_ms() + DEADLINE_MS; /* its way is another than the echo's */
    while (metric_get(&metric_bus_bad_requests) - counted_before < 3 * 6 && clock_boot_ms() < until_ms)
        expect_echo(client, 0);
    assert_int_equal(metric_get(&metric_bus_bad_requests) - counted_before, 3 * 6);
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
    assert_true(record_decode(&reply_header_record, reply_head(message), &arena, &reply, &err));
    assert_true(str_is(reply.error, "too_big"));
    zmsg_destroy(&message);
    zsock_destroy(&raw);
    buf_release(&bytes);
    arena_release(&arena);
    bus_server_close(&server);
}

struct asker {
    pthread_t thread;
    struct bus_client *client;
    enum err_kind kind;
};

static void *asks_once(void *arg)
{
    struct asker *c = arg;
    int64_t epoch;
    struct err err = { 0 };
    (void)ask(c->client, "echo", 1, DEADLINE_MS, &epoch, &err); /* the kind tells */
    c->kind = err.kind;
    return NULL;
}

/* Answers everything with what is not even a header, and after it the hello with a right one and a body that is none. */
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
        assert_int_equal(zframe_send(&peer, raw, ZFRAME_MORE | ZFRAME_REUSE), 0);
        raw_send(raw, STR("\xC1"), STR("\xC1"));
        assert_int_equal(zframe_send(&peer, raw, ZFRAME_MORE | ZFRAME_REUSE), 0);
        assert_true(zmq_send(zsock_resolve(raw), "\xff\xff\xff\xff.", 5, 0) >= 0); /* a header longer than its frame */
        if (is_answered) {
            assert_int_equal(zframe_send(&peer, raw, ZFRAME_MORE | ZFRAME_REUSE), 0);
            raw_reply(raw, buf_str(&bytes), STR("\xC1"));
        }
        zframe_destroy(&peer);
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
    const int64_t counted_before = metric_get(&metric_bus_bad_replies);
    struct asker asker = { .client = client_open() };
    assert_int_equal(pthread_create(&asker.thread, NULL, asks_once, &asker), 0);
    answer_nonsense(raw, &arena);
    assert_int_equal(pthread_join(asker.thread, NULL), 0);
    assert_int_equal(asker.kind, ERR_BROKEN);
    assert_true(metric_get(&metric_bus_bad_replies) > counted_before);
    bus_client_close(&asker.client);
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
    assert_false(bus_subscriber_open(&subscriber, BUS_ALL, "carrier-pigeon://x", &err));
    assert_true(err.text[0] != '\0');
    assert_null(client);
    assert_null(server);
    assert_null(publisher);
    assert_null(subscriber);
    bus_client_close(&client); /* NULL is fine */
    bus_server_close(&server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_too_big_is_refused_on_this_side),
        cmocka_unit_test(strange_requests_get_a_clear_refusal),
        cmocka_unit_test(garbage_does_not_disturb_the_others),
        cmocka_unit_test(an_answer_that_is_too_big_becomes_a_refusal),
        cmocka_unit_test(a_malformed_reply_is_the_peers_fault_not_the_askers),
        cmocka_unit_test(a_wrong_endpoint_is_an_error_of_the_start),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
