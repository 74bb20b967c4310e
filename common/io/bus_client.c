/* The asking side of bus.h. One I/O thread owns the socket; callers hand it their frames under `lock` and sleep on a condition of their own.
 *
 * I1 a call is in at most one of the lists `outgoing` and `waiting`, and only while bus_call() has not returned.
 * I2 the I/O thread touches a call only under `lock`; so a caller that leaves at its deadline takes itself out and is never touched again.
 */
#include "io/bus.h"
#include "io/bus_connect.h"
#include "io/bus_frame.h"
#include "io/bus_metrics.h"
#include "io/chance.h"
#include "io/clock.h"
#include "io/log.h"
#include "io/wait.h"

#include <czmq.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/eventfd.h>

enum {
    BUCKETS = 1024,         /* of the table of waiting calls */
    PING_EVERY_MS = 1000,   /* an idle peer is asked this often whether it lives … */
    PING_FIRST_MS = 50,     /* … and until it was heard once: whoever starts waits for that */
    HEADER_MAX_BYTES = 512, /* names, ids and an actor */
};

struct call {
    struct call *next;
    uint64_t id;
    struct str header, body;
    bool is_done;
    zmsg_t *reply;
    pthread_cond_t done;
};

struct call_list {
    struct call *first;
    struct call **last;
};

struct bus_client {
    zsock_t *socket;
    const char *name;
    bool is_local; /* the peer is on this machine, and so has our boot clock */
    int wake_fd;
    pthread_t thread;
    pthread_mutex_t lock;
    struct call_list outgoing;        /* guarded by lock, as all below it */
    struct call *waiting[BUCKETS];
    size_t in_flight;
    uint64_t next_id;
    bool is_hung_up;
    bool is_stopping;
    _Atomic int64_t heard_at_ms;
};

static void list_init(struct call_list *list)
{
    list->first = NULL;
    list->last = &list->first;
}

static void list_add(struct call_list *list, struct call *call)
{
    call->next = NULL;
    *list->last = call;
    list->last = &call->next;
}

static void list_remove(struct call_list *list, const struct call *call)
{
    struct call **at = &list->first;
    while (*at && *at != call)
        at = &(*at)->next;
    if (!*at)
        return;
    *at = call->next;
    if (!*at)
        list->last = at;
}

static struct call **waiting_at(struct bus_client *client, uint64_t id)
{
    struct call **at = &client->waiting[id % BUCKETS];
    while (*at && (*at)->id != id)
        at = &(*at)->next;
    return at;
}

static void wake(struct bus_client *client)
{
    uint64_t one = 1;
    (void)!write(client->wake_fd, &one, sizeof one); /* full means that it will wake anyway */
}

/* --- the I/O thread --- */

static bool send_frames(struct bus_client *client, const struct call *call)
{
    void *socket = zsock_resolve(client->socket);
    /* the first part decides: once it is taken, the rest of the message cannot be refused */
    if (zmq_send(socket, call->header.p, call->header.n, ZMQ_DONTWAIT | ZMQ_SNDMORE) < 0)
        return false;
    return zmq_send(socket, call->body.p, call->body.n, ZMQ_DONTWAIT) >= 0;
}

static void send_outgoing(struct bus_client *client)
{
    pthread_mutex_lock(&client->lock);
    struct call *call = client->outgoing.first;
    while (call && send_frames(client, call)) {
        list_remove(&client->outgoing, call);
        call->next = client->waiting[call->id % BUCKETS];
        client->waiting[call->id % BUCKETS] = call;
        call = client->outgoing.first;
    }
    pthread_mutex_unlock(&client->lock);
}

/* The two parts of a reply; false when it is none. */
static bool split(zmsg_t *message, struct str *head, struct str *body)
{
    zframe_t *frame = zmsg_first(message);
    return frame && zmsg_size(message) == 1 &&
           bus_reply_split(str_bytes(zframe_data(frame), zframe_size(frame)), head, body);
}

static uint64_t reply_id(zmsg_t *message)
{
    struct reply_header header;
    struct str head;
    struct str body;
    struct err err;
    struct arena arena;
    arena_init(&arena, HEADER_MAX_BYTES);
    bool ok = split(message, &head, &body) && record_decode(&reply_header_record, head, &arena, &header, &err);
    arena_release(&arena);
    metric_add(&metric_bus_bad_replies, ok ? 0 : 1);
    return ok ? (uint64_t)header.request_id : 0;
}

static void take_replies(struct bus_client *client)
{
    while (zsock_events(client->socket) & ZMQ_POLLIN) {
        zmsg_t *message = zmsg_recv(client->socket);
        if (!message)
            return;
        atomic_store_explicit(&client->heard_at_ms, clock_boot_ms(), memory_order_relaxed);
        uint64_t id = reply_id(message);
        pthread_mutex_lock(&client->lock);
        struct call **at = waiting_at(client, id);
        struct call *call = *at;
        if (call) {
            *at = call->next;
            call->reply = message;
            call->is_done = true;
            pthread_cond_signal(&call->done);
        }
        pthread_mutex_unlock(&client->lock);
        if (!call) /* its caller gave up, or it was a ping */
            zmsg_destroy(&message);
    }
}

/* A deadline leaves the process only where the other side reads the same clock: two wall clocks may be minutes apart. */
static bool encode_header(const struct bus_client *client, enum operation operation, const struct bus_context *context,
                          uint64_t id, int64_t timeout_ms, struct buf *out)
{
    const struct bus_context nobody = {0};
    const struct bus_context *who = context ? context : &nobody;
    struct request_header header = {
        .version = WIRE_VERSION,
        .operation = str_of(operation_row(operation)->name),
        .request_id = (int64_t)id,
        .tenant = who->tenant,
        .actor = who->actor,
        .operation_id = who->operation,
        .deadline_boot_ms = client->is_local ? clock_boot_ms() + timeout_ms : 0,
    };
    return record_encode(&request_header_record, &header, out);
}

static void ping(struct bus_client *client)
{
    struct buf header;
    buf_init(&header, HEADER_MAX_BYTES);
    struct call call = {.body = STR("\x80")}; /* an empty msgpack map */
    if (encode_header(client, OP_ping, NULL, UINT64_MAX >> 1, PING_EVERY_MS, &header)) {
        call.header = buf_str(&header);
        (void)send_frames(client, &call); /* nobody there: that is what bus_client_is_connected() will say */
    }
    buf_release(&header);
}

static void *io_thread(void *arg)
{
    struct bus_client *client = arg;
    int64_t pinged_at = 0;
    for (;;) {
        pthread_mutex_lock(&client->lock);
        bool stopping = client->is_stopping;
        bool blocked = client->outgoing.first != NULL; /* the peer is away: wait until it can be written to */
        pthread_mutex_unlock(&client->lock);
        if (stopping)
            return NULL;
        zmq_pollitem_t items[] = {
            {.socket = zsock_resolve(client->socket), .events = (short)(ZMQ_POLLIN | (blocked ? ZMQ_POLLOUT : 0))},
            {.fd = client->wake_fd, .events = ZMQ_POLLIN},
        };
        int64_t ping_every_ms = atomic_load_explicit(&client->heard_at_ms, memory_order_relaxed) ? PING_EVERY_MS
                                                                                                 : PING_FIRST_MS;
        (void)zmq_poll(items, COUNT(items),
                       (long)ping_every_ms); /* an error is as a wake-up: everything is looked at anyway */
        if (items[1].revents) {
            uint64_t unused;
            (void)!read(client->wake_fd, &unused, sizeof unused);
        }
        send_outgoing(client);
        take_replies(client);
        int64_t now = clock_boot_ms();
        if (now - pinged_at >= ping_every_ms) {
            pinged_at = now;
            ping(client);
        }
    }
}

/* --- open and close --- */

/* Each caller finds itself in no list (I1), without a reply. */
static void give_up_all(struct call **first)
{
    for (; *first; *first = (*first)->next) {
        (*first)->is_done = true;
        pthread_cond_signal(&(*first)->done);
    }
}

bool bus_client_open(struct bus_client **out, const char *endpoint, const char *name, struct err *err)
{
    struct bus_client *client = calloc(1, sizeof *client);
    if (!client)
        return err_set(err, ERR_BUSY, NULL, "out of memory");
    client->name = name;
    client->is_local = str_starts(str_of(endpoint), STR("ipc://"));
    client->next_id = 1 + chance_below(UINT64_C(1) << 40); /* a late reply to a process before us must find nobody */
    list_init(&client->outgoing);
    pthread_mutex_init(&client->lock, NULL);
    client->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (client->wake_fd < 0) {
        (void)err_set_errno(err, ERR_BROKEN, NULL, "eventfd"); /* false is returned below */
        goto undo_client;
    }
    client->socket = bus_connect_dealer(endpoint);
    if (!client->socket) {
        (void)err_set(err, ERR_INPUT, NULL, "%s is not an endpoint that can be connected to", endpoint); /* as above */
        goto undo_fd;
    }
    if (pthread_create(&client->thread, NULL, io_thread, client) != 0) {
        (void)err_set(err, ERR_BUSY, NULL, "no thread for the bus"); /* as above */
        goto undo_socket;
    }
    *out = client;
    return true;
undo_socket:
    zsock_destroy(&client->socket);
undo_fd:
    close(client->wake_fd);
undo_client:
    pthread_mutex_destroy(&client->lock);
    free(client);
    return false;
}

void bus_client_close(struct bus_client **client_at)
{
    struct bus_client *client = *client_at;
    if (!client)
        return;
    pthread_mutex_lock(&client->lock);
    client->is_stopping = true;
    pthread_mutex_unlock(&client->lock);
    wake(client);
    pthread_join(client->thread, NULL);
    assert(client->in_flight == 0); /* whoever closes a client has stopped its callers */
    zsock_destroy(&client->socket);
    close(client->wake_fd);
    pthread_mutex_destroy(&client->lock);
    free(client);
    *client_at = NULL;
}

bool bus_client_is_connected(const struct bus_client *client, int64_t within_ms)
{
    int64_t heard = atomic_load_explicit(&client->heard_at_ms, memory_order_relaxed);
    return heard != 0 && clock_boot_ms() - heard <= within_ms;
}

void bus_client_hang_up(struct bus_client *client)
{
    pthread_mutex_lock(&client->lock);
    client->is_hung_up = true;
    give_up_all(&client->outgoing.first);
    list_init(&client->outgoing);
    for (size_t i = 0; i < BUCKETS; i++)
        give_up_all(&client->waiting[i]);
    pthread_mutex_unlock(&client->lock);
}

/* --- a call --- */

/* Hands the call over, waits, takes it back. Its reply, or NULL at the deadline. */
static zmsg_t *exchange(struct bus_client *client, struct call *call, int64_t timeout_ms)
{
    const int64_t until_us = clock_boot_us() + timeout_ms * 1000;
    wait_init(&call->done);
    pthread_mutex_lock(&client->lock);
    bool was_empty = client->outgoing.first == NULL;
    call->is_done = client->is_hung_up;
    if (!call->is_done)
        list_add(&client->outgoing, call);
    if (was_empty)
        wake(client);
    while (!call->is_done && wait_until(&call->done, &client->lock, until_us))
        continue;
    if (!call->is_done) {
        list_remove(&client->outgoing, call);
        struct call **at = waiting_at(client, call->id);
        if (*at)
            *at = call->next;
    }
    client->in_flight--;
    pthread_mutex_unlock(&client->lock);
    pthread_cond_destroy(&call->done);
    return call->reply;
}

static bool read_reply(zmsg_t *message, enum operation operation, struct arena *arena, void *reply,
                       struct bus_reply_info *info, struct err *err)
{
    struct reply_header header;
    struct str head = {0};
    struct str body = {0};
    if (!split(message, &head, &body)) /* it was one when it came: reply_id() */
        return err_set(err, ERR_BROKEN, NULL, "a reply of another kind");
    head = arena_dup(arena, head);
    body = arena_dup(arena, body);
    if (!str_is_set(head) || !str_is_set(body))
        return arena_err(arena, err);
    if (!record_decode(&reply_header_record, head, arena, &header, err))
        return false;
    if (str_is_set(header.error)) {
        (void)err_set(err, err_kind_of(header.error), NULL, "%.*s",
                      STR_ARGS(header.text)); /* false is returned below */
        (void)snprintf(err->field, sizeof err->field, "%.*s", STR_ARGS(header.field));
        return false;
    }
    if (info)
        *info = (struct bus_reply_info){.event_id = header.event_id, .is_replay = header.is_replay};
    bool ok = !reply || record_decode(operation_row(operation)->reply, body, arena, reply, err);
    if (!ok && err->kind == ERR_INPUT)
        err->kind = ERR_BROKEN; /* the peer's input to us, not our asker's: that one did nothing wrong */
    return ok;
}

static bool reserve(struct bus_client *client, uint64_t *id)
{
    pthread_mutex_lock(&client->lock);
    bool ok = client->in_flight < BUS_IN_FLIGHT_MAX;
    if (ok) {
        client->in_flight++;
        *id = client->next_id++;
    }
    pthread_mutex_unlock(&client->lock);
    return ok;
}

static void unreserve(struct bus_client *client)
{
    pthread_mutex_lock(&client->lock);
    client->in_flight--;
    pthread_mutex_unlock(&client->lock);
}

bool bus_call(struct bus_client *client, enum operation operation, const struct bus_context *context,
              const void *request, struct arena *arena, void *reply, struct bus_reply_info *info, int64_t timeout_ms,
              struct err *err)
{
    AUTO(buf_release) struct buf header;
    AUTO(buf_release) struct buf body;
    buf_init(&header, HEADER_MAX_BYTES);
    buf_init(&body, BUS_FRAME_MAX_BYTES);
    uint64_t id = 0;
    if (!record_encode(operation_row(operation)->request, request, &body))
        return err_set(err, ERR_TOO_BIG, NULL, "the request is over %d bytes", BUS_FRAME_MAX_BYTES);
    if (!reserve(client, &id))
        return err_set(err, ERR_BUSY, NULL, "more than %d requests wait for the %s", BUS_IN_FLIGHT_MAX, client->name);
    if (!encode_header(client, operation, context, id, timeout_ms, &header)) {
        unreserve(client);
        return err_set(err, ERR_TOO_BIG, NULL, "the actor's name is too long");
    }
    struct call call = {.id = id, .header = buf_str(&header), .body = buf_str(&body)};
    zmsg_t *message = exchange(client, &call, timeout_ms);
    if (!message)
        return err_set(err, ERR_BUSY, NULL, "the %s did not answer within %lld ms", client->name,
                       (long long)timeout_ms);
    bool ok = read_reply(message, operation, arena, reply, info, err);
    zmsg_destroy(&message);
    return ok;
}
