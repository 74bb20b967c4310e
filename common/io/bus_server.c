/* The answering side of bus.h. */
#include "io/bus.h"
#include "io/bus_folder.h"
#include "io/bus_frame.h"
#include "io/bus_metrics.h"
#include "io/clock.h"
#include "io/log.h"

#include <czmq.h>
#include <sys/stat.h>

enum { HEADER_MAX_BYTES = 1024 };

struct bus_server {
    zsock_t *socket;
    struct buf header; /* scratch of the owner's thread */
    struct buf body;
};

bool bus_folder_make(const char *endpoint, struct err *err)
{
    struct str path = str_of(endpoint);
    if (!str_starts(path, STR("ipc://")))
        return true;
    char folder[256];
    const char *start = endpoint + 6;
    for (const char *slash = strchr(start + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        size_t n = (size_t)(slash - start);
        if (n >= sizeof folder)
            return err_set(err, ERR_INPUT, "RUN_DIR", "is longer than %zu bytes", sizeof folder);
        memcpy(folder, start, n);
        folder[n] = '\0';
        if (mkdir(folder, 0700) != 0 && errno != EEXIST)
            return err_set_errno(err, ERR_INPUT, "RUN_DIR", folder);
    }
    return true;
}

bool bus_server_open(struct bus_server **out, const char *endpoint, struct err *err)
{
    zsys_handler_set(NULL);
    if (!bus_folder_make(endpoint, err))
        return false;
    struct bus_server *server = calloc(1, sizeof *server);
    if (!server)
        return err_set(err, ERR_BUSY, NULL, "out of memory");
    buf_init(&server->header, HEADER_MAX_BYTES);
    buf_init(&server->body, BUS_FRAME_MAX_BYTES);
    server->socket = zsock_new(ZMQ_ROUTER);
    if (server->socket) {
        zsock_set_linger(server->socket, 500); /* the answers to the last batch still leave when we stop */
        zsock_set_maxmsgsize(server->socket, BUS_FRAME_MAX_BYTES);
        zsock_set_sndhwm(server->socket, 100000);
        zsock_set_rcvhwm(server->socket, 100000);
    }
    if (!server->socket || zsock_bind(server->socket, "%s", endpoint) < 0) {
        (void)err_set(err, ERR_INPUT, NULL, "%s cannot be bound: %s", endpoint,
                      zmq_strerror(zmq_errno())); /* false below */
        bus_server_close(&server);
        return false;
    }
    *out = server;
    return true;
}

void bus_server_close(struct bus_server **server_at)
{
    struct bus_server *server = *server_at;
    if (!server)
        return;
    zsock_destroy(&server->socket);
    buf_release(&server->header);
    buf_release(&server->body);
    free(server);
    *server_at = NULL;
}

void *bus_server_socket(struct bus_server *server)
{
    return zsock_resolve(server->socket);
}

void bus_request_free(struct bus_request *rq)
{
    if (!rq)
        return;
    zmsg_t *frames = rq->frames;
    zmsg_destroy(&frames);
    free(rq);
}

/* --- answers --- */

static void send_reply(struct bus_server *server, const struct bus_request *rq, const struct reply_header *header,
                       struct str body)
{
    zframe_t *peer = zmsg_first(rq->frames);
    void *socket = zsock_resolve(server->socket);
    buf_clear(&server->header);
    if (!record_encode(&reply_header_record, header, &server->header)) {
        log_event(LOG_ERROR, "bus.reply_header_too_big", F_WORD("operation", operation_row(rq->operation)->name));
        return;
    }
    zmq_msg_t frame;
    if (zmq_msg_init_size(&frame, BUS_REPLY_PREFIX_BYTES + server->header.n + body.n) != 0)
        return; /* no memory: as if it was lost on the way */
    uint8_t *at = zmq_msg_data(&frame);
    bus_reply_prefix(server->header.n, at);
    memcpy(at + BUS_REPLY_PREFIX_BYTES, buf_str(&server->header).p, server->header.n);
    memcpy(at + BUS_REPLY_PREFIX_BYTES + server->header.n, body.p, body.n);
    /* ROUTER drops what it cannot route: the peer is gone, and asks again if it still wants to know */
    (void)zmq_send(socket, zframe_data(peer), zframe_size(peer), ZMQ_DONTWAIT | ZMQ_SNDMORE);
    if (zmq_msg_send(&frame, socket, ZMQ_DONTWAIT) < 0)
        (void)zmq_msg_close(&frame); /* as above */
}

void bus_server_reply_bytes(struct bus_server *server, const struct bus_request *rq, struct str encoded,
                            const struct bus_reply_info *info)
{
    struct reply_header header = {.version = WIRE_VERSION, .request_id = (int64_t)rq->request_id};
    if (info) {
        header.event_id = info->event_id;
        header.is_replay = info->is_replay;
    }
    send_reply(server, rq, &header, encoded);
}

void bus_server_reply(struct bus_server *server, const struct bus_request *rq, const void *reply,
                      const struct bus_reply_info *info)
{
    buf_clear(&server->body);
    if (record_encode(operation_row(rq->operation)->reply, reply, &server->body)) {
        bus_server_reply_bytes(server, rq, buf_str(&server->body), info);
        return;
    }
    struct err err;
    (void)err_set(&err, ERR_TOO_BIG, NULL, "the answer is over %d bytes; ask for less",
                  BUS_FRAME_MAX_BYTES); /* sent on */
    bus_server_refuse(server, rq, &err);
}

void bus_server_refuse(struct bus_server *server, const struct bus_request *rq, const struct err *err)
{
    struct reply_header header = {
        .version = WIRE_VERSION,
        .request_id = (int64_t)rq->request_id,
        .error = str_of(err_word(err->kind)),
        .field = str_of(err->field),
        .text = str_of(err->text),
    };
    send_reply(server, rq, &header, STR("\x80")); /* an empty msgpack map */
}

/* --- requests --- */

static bool read_header(struct bus_request *rq, zmsg_t *frames, struct err *err)
{
    (void)zmsg_first(frames); /* the peer's address; the next two are ours */
    zframe_t *head = zmsg_next(frames);
    zframe_t *body = zmsg_next(frames);
    struct request_header header;
    struct arena arena;
    arena_init(&arena, HEADER_MAX_BYTES);
    bool ok = record_decode(&request_header_record, str_bytes(zframe_data(head), zframe_size(head)), &arena, &header,
                            err);
    arena_release(&arena); /* the texts borrow from the frame, not from the arena */
    if (!ok) {
        metric_add(&metric_bus_bad_requests, 1);
        return false;
    }
    rq->request_id = (uint64_t)header.request_id;
    rq->tenant = header.tenant;
    rq->actor = header.actor;
    rq->operation_id = header.operation_id;
    rq->body = str_bytes(zframe_data(body), zframe_size(body));
    if (header.version > WIRE_VERSION)
        return err_set(err, ERR_INPUT, "version", "is %lld, this side knows up to %d", (long long)header.version,
                       WIRE_VERSION);
    if (!operation_find(header.operation, &rq->operation))
        return err_set(err, ERR_MISSING, "operation", "is not one that this version knows: %.*s",
                       (int)min_size(header.operation.n, 40), header.operation.p);
    /* a query that nobody waits for any more is not worth its answer; a command still is: it may be the last of its askers */
    if (header.deadline_boot_ms > 0 && operation_row(rq->operation)->kind == OPERATION_QUERY &&
        header.deadline_boot_ms < clock_boot_ms())
        return err_set(err, ERR_BUSY, NULL, "the request was older than its deadline");
    return true;
}

/* NULL when what came was handled here: a ping, or nothing that can be served. */
static struct bus_request *take_one(struct bus_server *server)
{
    zmsg_t *frames = zmsg_recv(server->socket);
    struct bus_request *rq = frames ? calloc(1, sizeof *rq) : NULL;
    if (!rq || zmsg_size(frames) != 3) {
        metric_add(&metric_bus_bad_requests, frames ? 1 : 0);
        zmsg_destroy(&frames);
        free(rq);
        return NULL;
    }
    struct err err;
    rq->frames = frames;
    if (!read_header(rq, frames, &err)) {
        bus_server_refuse(server, rq, &err);
    } else if (rq->operation == OP_ping) {
        bus_server_reply_bytes(server, rq, STR("\x80"), NULL);
    } else {
        return rq;
    }
    bus_request_free(rq);
    return NULL;
}

size_t bus_server_take(struct bus_server *server, int64_t wait_ms, struct bus_request **out, size_t max)
{
    zmq_pollitem_t item = {.socket = zsock_resolve(server->socket), .events = ZMQ_POLLIN};
    size_t n = 0;
    if (zmq_poll(&item, 1, (long)wait_ms) <= 0)
        return 0;
    while (n < max && (zsock_events(server->socket) & ZMQ_POLLIN)) {
        out[n] = take_one(server);
        if (out[n])
            n++;
    }
    return n;
}
