/* bus_fixture.h - clients and servers of the bus in one process, over ipc:// in a folder of their own; for the tests of the bus.
 *
 * Promise: the operation is `hello`: its text says how the server behaves, and `epoch` of the reply repeats the number in it, so that a
 *          reply that went to the wrong caller shows. Every wait has a deadline.
 * Memory:  what is started is stopped by the test; the folder by remove_folder().
 * Threads: a failed expectation ends the test (cmocka), so the server's and the callers' threads have none.
 */
#ifndef PARLEY_TEST_BUS_FIXTURE_H
#define PARLEY_TEST_BUS_FIXTURE_H
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
static inline int64_t number_in(struct str text)
{
    int64_t n = -1;
    size_t blank = str_find(text, ' ');
    if (!str_to_int(str_slice(text, blank + 1, text.n), 0, INT64_MAX, &n))
        return -1;
    return n;
}

static inline void answer(struct peer *peer, const struct bus_request *rq, struct str text)
{
    const struct welcome welcome = { .epoch = number_in(text), .generation = rq->tenant };
    const struct bus_reply_info info = { .event_id = 77, .is_replay = true };
    bus_server_reply(peer->server, rq, &welcome, &info);
}

static inline void serve(struct peer *peer, struct bus_request *rq)
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

static inline void *peer_thread(void *arg)
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

static inline void peer_start(struct peer *peer)
{
    struct err err;
    memset(peer, 0, sizeof *peer);
    if (!bus_server_open(&peer->server, endpoint, &err))
        fail_msg("%s", err.text);
    assert_int_equal(pthread_create(&peer->thread, NULL, peer_thread, peer), 0);
}

static inline void peer_stop(struct peer *peer)
{
    atomic_store(&peer->is_stopping, true);
    assert_int_equal(pthread_join(peer->thread, NULL), 0);
}

/* --- calls --- */

static inline bool ask(struct bus_client *client, const char *how, int64_t number, int64_t timeout_ms, int64_t *epoch,
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

static inline void expect_echo(struct bus_client *client, int64_t number)
{
    int64_t epoch;
    struct err err;
    if (!ask(client, "echo", number, DEADLINE_MS, &epoch, &err))
        fail_msg("%s", err.text);
    assert_int_equal(epoch, number);
}

static inline struct bus_client *client_open(void)
{
    struct bus_client *client;
    struct err err;
    if (!bus_client_open(&client, endpoint, "peer", &err))
        fail_msg("%s", err.text);
    return client;
}

/* Waits until the client hears the peer, or no longer does. */
static inline void await_connected(struct bus_client *client, bool wanted, int64_t within_ms)
{
    int64_t until_ms = clock_boot_ms() + DEADLINE_MS;
    while (bus_client_is_connected(client, within_ms) != wanted) {
        if (clock_boot_ms() > until_ms)
            fail_msg("the client is not %s", wanted ? "connected" : "disconnected");
        (void)poll(NULL, 0, 5); /* between two looks */
    }
}

/* --- around --- */

static inline int make_folder(void **unused)
{
    (void)unused;
    (void)snprintf(folder, sizeof folder, "/tmp/parley-bus-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    (void)snprintf(endpoint, sizeof endpoint, "ipc://%s/made/here/bus", folder);
    /* Makes the folders within. Not at `endpoint`: a subscriber that meets a server there, while that one still closes, has
     * met another kind of socket, and ZeroMQ never connects it again. */
    char first[160];
    (void)snprintf(first, sizeof first, "%s-first", endpoint);
    struct bus_server *server;
    struct err err;
    if (!bus_server_open(&server, first, &err))
        return -1;
    bus_server_close(&server);
    return 0;
}

static inline int remove_folder(void **unused)
{
    static const char *const NAMES[] = { "made/here/bus", "made/here/bus-first", "made/here", "made", "" };
    (void)unused;
    for (size_t i = 0; i < COUNT(NAMES); i++) {
        char path[128];
        (void)snprintf(path, sizeof path, "%s/%s", folder, NAMES[i]);
        (void)remove(path); /* a socket that zmq removed already */
    }
    zsys_shutdown();
    return access(folder, F_OK) == 0 ? -1 : 0;
}

#endif
